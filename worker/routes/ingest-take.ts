import type { Context } from 'hono'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AlertIntake, IntakeReceipt } from '../../durable/protocol/objects.ts'
import { packed } from '../../durable/protocol/packed.ts'
import type { AppEnv } from '../env.ts'
import { log, unavailable } from '../errors.ts'
import type { ParsedPost } from '../ingest/alert.ts'
import type { Body } from '../ingest/body.ts'
import type { Origin } from '../ingest/origin.ts'
import { sourceNamed } from '../ingest/sources.ts'
import { together } from '../ingest/together.ts'

/**
 * The status policy, from what senders do with each answer: 2xx only after the row is durable; 503 + Retry-After for
 * everything that may pass; never 429, 500 or a redirect (Alertmanager forgets after the first, OTLP after the second,
 * and follows the third without its body). What cannot be understood is kept in quarantine and answered 202: a 400
 * would be posted again and then lost.
 */

const NO_UNITS = { received: 0, deduplicated: 0 }
const NOTHING: typeof NO_UNITS & { quarantined?: string } = NO_UNITS

/** What became of a post, as its sender is told. */
export interface Taken {
  received: number
  deduplicated: number
  quarantined: boolean
  /** why a body, or a part of it, is in quarantine. */
  reason?: string
  /** understood, and no alert: reason word -> how many. */
  skipped?: Record<string, number>
}

/** The sender of this request with what the live catalogue says of it; a drill's sources have no settings. */
export async function originOf(c: Context<AppEnv>): Promise<Origin> {
  const { namespace, source, receivedAt } = c.get('sender')
  const settings = namespace === LIVE ? await sourceNamed(c, source) : null
  return {
    source,
    receivedAt,
    ignoreLabels: settings?.ignoreLabels ?? [],
    mapping: settings?.mapping ?? null,
    header: (name) => c.req.header(name) ?? null,
  }
}

/** Makes a parsed post durable: its alerts first, then what of the body nobody understood. */
export async function takePost(
  c: Context<AppEnv>,
  intake: AlertIntake['intake'],
  body: Pick<Body, 'raw'>,
  post: ParsedPost,
): Promise<Taken> {
  const { source } = c.get('sender')
  const receipt =
    post.alerts.length === 0
      ? NOTHING
      : await receiptOf(c, () => together(c, packed({ intake, source, raw: body.raw, alerts: post.alerts })))
  const { received, deduplicated } = receipt
  // The directory could store all but this one post: it is kept unread, as what no parser understands.
  if (receipt.quarantined !== undefined) return { ...NO_UNITS, quarantined: true, reason: receipt.quarantined }
  const skipped = Object.keys(post.skipped ?? {}).length === 0 ? {} : { skipped: post.skipped ?? {} }
  if (post.undecodable === null) return { received, deduplicated, quarantined: false, ...skipped }
  // The whole body is kept beside the alerts that were understood: the next reader may understand more of it. Last,
  // because taking the alerts again changes nothing when this fails and the sender repeats itself.
  return { ...(await quarantine(c, intake, body, post.undecodable)), received, deduplicated, ...skipped }
}

/** Keeps a body that nobody could read. */
export async function quarantine(
  c: Context<AppEnv>,
  intake: string,
  body: Pick<Body, 'raw'>,
  reason: string,
): Promise<Taken> {
  const contentType = (c.req.header('content-type') ?? '').slice(0, 200)
  const { source } = c.get('sender')
  await receiptOf(c, (directory) => directory.quarantine({ intake, source, contentType, raw: body.raw, reason }))
  return { received: 0, deduplicated: 0, quarantined: true, reason }
}

type Directory = ReturnType<AppEnv['Bindings']['DIRECTORY']['getByName']>

/** The receipt of what is durable now; every other end of the call is a 503 that the sender repeats. */
async function receiptOf(
  c: Context<AppEnv>,
  call: (directory: Directory) => Promise<IntakeReceipt>,
): Promise<Extract<IntakeReceipt, { ok: true }>> {
  const receipt = await durable(c, call)
  if (!receipt.ok)
    throw unavailable(`intake-${receipt.reason}`, 'Nothing was taken in; send it again.', receipt.retryAfterS)
  return receipt
}

/** What the sender's directory answers; 503 when it does not. */
export async function durable<T>(c: Context<AppEnv>, call: (directory: Directory) => Promise<T>): Promise<T> {
  return asked(c, call(c.env.DIRECTORY.getByName(c.get('sender').namespace)))
}

/** An object's answer; 503 when there is none. */
export async function asked<T>(c: Context<AppEnv>, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    log(c, error)
    throw unavailable('intake-storage', 'Nothing was taken in; send it again.')
  }
}
