import type { Context, Next } from 'hono'
import { ANSWER_CHARS_MAX, type KeptAnswer } from '../../durable/protocol/ledger.ts'
import { sha256Hex } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'
import { collect } from '../ingest/body.ts'

const SAFE = ['GET', 'HEAD', 'OPTIONS']
const KEY = /^[\x21-\x7e]{1,128}$/
/** What belongs to an answer and is said again with it. */
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'link'] as const
/** Their answers hold what is shown once: that it was done is kept, what was answered is not. */
const SHOWN_ONCE = ['/api/v1/tokens', '/api/v1/tickets']
/** A digest of a short secret could be guessed from; setting it again is harmless anyway. */
const NEVER_KEPT = '/api/v1/secrets/'
/** Not done because of who asked, how often or when: asked again it may well be done. */
const TRY_AGAIN = [401, 403, 408, 429]
const RETRY_AFTER_S = 1
/** The longest body that any address for people reads, in bytes: an incident that is imported. */
const BODY_BYTES_MAX = 10_000_000

/**
 * A request under an `Idempotency-Key` is done once: repeated within a day it gets the first answer, marked
 * `Idempotency-Replayed: true`. 422 `idempotency-mismatch` when the key stood for another body, 409
 * `idempotency-running` while the first one runs, 400 for what is no key. Keys are a person's own, and an address's.
 */
export async function once(c: Context<AppEnv>, next: Next): Promise<Response | void> {
  const key = c.req.header('idempotency-key')
  if (key === undefined || SAFE.includes(c.req.method) || c.req.path.startsWith(NEVER_KEPT)) return next()
  if (!KEY.test(key))
    throw new ProblemError(400, 'invalid-idempotency-key', 'An Idempotency-Key is 1 to 128 visible ASCII characters.')
  const ledger = ledgerOf(c)
  const asked = { route: `${c.req.method} ${c.req.path}`, key, fingerprint: await fingerprintOf(c) }
  const claimed = await reached(c, () => ledger.claim(asked))
  switch (claimed.is) {
    case 'answered':
      return again(c, claimed.answer)
    case 'running':
      throw new ProblemError(409, 'idempotency-running', 'The first request under this key is still being answered.', {
        headers: { 'retry-after': String(RETRY_AFTER_S) },
      })
    case 'mismatch':
      throw new ProblemError(422, 'idempotency-mismatch', 'This key stood for another request; take a new one.')
    case 'done':
      throw new ProblemError(409, 'answer-not-kept', 'This was done, and what was answered is not kept.')
    case 'full':
      throw unavailable('too-many-keys', 'Too many keys are kept for you; the oldest go after a day.')
    case 'new':
      await next()
      return settled(c, async () => ledger.settle(claimed.claim, await outcomeOf(c)))
    default:
      return claimed satisfies never
  }
}

function ledgerOf(c: Context<AppEnv>): ReturnType<AppEnv['Bindings']['LEDGER']['getByName']> {
  const { via, name, session } = c.get('person')
  // A signed token is renewed every hour and stays the same person; two tokens of our own may have one name.
  return c.env.LEDGER.getByName(sha256Hex(via === 'token' ? `token ${session}` : `${via} ${name}`))
}

// The body is read here and handed on; what is within this bound and too long for the address is refused there.
async function fingerprintOf(c: Context<AppEnv>): Promise<string> {
  const { raw } = c.req
  const body = await collect(raw.body, BODY_BYTES_MAX)
  c.req.raw = new Request(raw, { method: raw.method, body: body.byteLength === 0 ? null : body })
  const query = new URL(raw.url).search
  const said = [query, raw.headers.get('content-encoding') ?? '', raw.headers.get('if-match') ?? '']
  return sha256Hex(`${JSON.stringify(said)}\n${Buffer.from(body).toString('base64')}`)
}

async function outcomeOf(c: Context<AppEnv>): Promise<KeptAnswer | 'done' | null> {
  const { status } = c.res
  if (status >= 500 || TRY_AGAIN.includes(status)) return null
  if (SHOWN_ONCE.includes(c.req.path)) return status < 300 ? 'done' : null
  const body = await c.res.clone().text()
  if (body.length > ANSWER_CHARS_MAX) return 'done'
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = c.res.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return { status, headers: Object.fromEntries(headers), body }
}

function again(c: Context<AppEnv>, { status, headers, body }: KeptAnswer): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  c.header('idempotency-replayed', 'true')
  const noBody = status === 204 || status === 304
  return c.newResponse(noBody ? null : body, status as 200)
}

/** Without the ledger nothing is promised, so nothing is done. */
async function reached<T>(c: Context<AppEnv>, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    log(c, error)
    throw unavailable('ledger-unavailable', 'What was asked under this key could not be looked up; ask again.')
  }
}

/** What was done is answered even where the answer could not be kept: whoever hears it has no reason to repeat itself. */
async function settled(c: Context<AppEnv>, call: () => Promise<void>): Promise<void> {
  try {
    await call()
  } catch (error) {
    log(c, error)
  }
}
