import type { Context } from 'hono'
import type { Instant } from '../../durable/protocol/domain.ts'
import type { IntakeReceipt } from '../../durable/protocol/objects.ts'
import type { AppEnv } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'
import type { ParsedPost } from '../ingest/alert.ts'
import { parseAlertmanager } from '../ingest/alertmanager/parse.ts'
import { parseAlerts } from '../ingest/alerts/parse.ts'
import { type Body, readBody } from '../ingest/body.ts'
import { changesOf, changesSchema } from '../ingest/changes/parse.ts'
import { checked } from '../validate.ts'

/**
 * The status policy, from what senders do with each answer: 2xx only after the row is durable; 503 + Retry-After for
 * everything that may pass; never 429, 500 or a redirect (Alertmanager forgets after the first, OTLP after the second,
 * and follows the third without its body). What cannot be understood is kept in quarantine and answered 202: a 400
 * would be posted again and then lost.
 */
type AlertParser = (body: unknown, source: string, receivedAt: Instant) => ParsedPost

/** `POST /api/v1/ingest/alertmanager`. 200 `{received, deduplicated}`. */
export async function alertmanager(c: Context<AppEnv>): Promise<Response> {
  const taken = await takeAlerts(c, 'alertmanager', parseAlertmanager)
  return taken.quarantined ? c.json(taken, 202) : c.json(taken)
}

/** `POST /api/v2/alerts`. 200 with no body, as Alertmanager's own server answers. */
export async function alerts(c: Context<AppEnv>): Promise<Response> {
  const taken = await takeAlerts(c, 'alerts', parseAlerts)
  return taken.quarantined ? c.json(taken, 202) : c.body(null, 200)
}

const NOTHING = { received: 0, deduplicated: 0 }

interface Taken {
  received: number
  deduplicated: number
  quarantined: boolean
  /** why a body, or a part of it, is in quarantine. */
  reason?: string
}

async function takeAlerts(c: Context<AppEnv>, intake: 'alertmanager' | 'alerts', parse: AlertParser): Promise<Taken> {
  const { source, receivedAt } = c.get('sender')
  const body = await readBody(c.req.raw)
  if (!body.ok) return quarantine(c, intake, body, body.reason)
  const post = parse(body.value, source, receivedAt)
  const receipt =
    post.alerts.length === 0
      ? NOTHING
      : await taken(c, (directory) => directory.intake({ intake, source, raw: body.raw, alerts: post.alerts }))
  const { received, deduplicated } = receipt
  if (post.undecodable === null) return { received, deduplicated, quarantined: false }
  // The whole body is kept beside the alerts that were understood: the next reader may understand more of it. Last,
  // because taking the alerts again changes nothing when this fails and the sender repeats itself.
  return { ...(await quarantine(c, intake, body, post.undecodable)), received, deduplicated }
}

async function quarantine(c: Context<AppEnv>, intake: string, body: Body, reason: string): Promise<Taken> {
  const contentType = (c.req.header('content-type') ?? '').slice(0, 200)
  const { source } = c.get('sender')
  await taken(c, (directory) => directory.quarantine({ intake, source, contentType, raw: body.raw, reason }))
  return { received: 0, deduplicated: 0, quarantined: true, reason }
}

type Directory = ReturnType<AppEnv['Bindings']['DIRECTORY']['getByName']>

/** The receipt of what is durable now; every other end of the call is a 503 that the sender repeats. */
async function taken(
  c: Context<AppEnv>,
  call: (directory: Directory) => Promise<IntakeReceipt>,
): Promise<Extract<IntakeReceipt, { ok: true }>> {
  const receipt = await durable(c, call)
  if (!receipt.ok)
    throw unavailable(`intake-${receipt.reason}`, 'Nothing was taken in; send it again.', receipt.retryAfterS)
  return receipt
}

async function durable<T>(c: Context<AppEnv>, call: (directory: Directory) => Promise<T>): Promise<T> {
  try {
    return await call(c.env.DIRECTORY.getByName(c.get('sender').namespace))
  } catch (error) {
    log(c, error)
    throw unavailable('intake-storage', 'Nothing was taken in; send it again.')
  }
}

/** `POST /api/v1/changes`. 200 `{stored, deduplicated}`; what is not a list of changes is 400, nothing is kept of it. */
export async function changes(c: Context<AppEnv>): Promise<Response> {
  const { source, receivedAt } = c.get('sender')
  const body = await readBody(c.req.raw)
  if (!body.ok) throw new ProblemError(400, 'undecodable', `The body could not be read: ${body.reason}.`)
  const sent = changesOf(checked(changesSchema, body.value, 'undecodable'), receivedAt)
  return c.json(await durable(c, (directory) => directory.intakeChanges({ source, changes: sent })))
}
