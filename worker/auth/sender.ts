import type { Context, MiddlewareHandler } from 'hono'
import { clockAt } from '../../durable/protocol/clock.ts'
import type { Instant, IntakeName } from '../../durable/protocol/domain.ts'
import { LIVE, namespaceOfDrill } from '../../durable/protocol/namespace.ts'
import type { AppEnv, Bindings } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'
import { liveSources, speaksFor } from '../ingest/sources.ts'
import { isLocal } from './gate.ts'
import { worthOf } from './known.ts'
import { localPerson } from './person.ts'
import { drillOfToken, isToken, sha256Hex, tokenOf, unauthenticated } from './token.ts'

/** Who posts: the namespace and the source come from the token, never from the payload. */
export interface Sender {
  namespace: string
  source: string
  /** the namespace's own time of receipt. */
  receivedAt: Instant
}

/**
 * Lets senders through and leaves `sender`. 401 for a missing or unknown token. An ingest token speaks for its source; a
 * drill token is worth what the drill's own directory says of its SHA-256; a person of local mode speaks for the source that the catalogue names for this
 * intake (or that the address names, where it does), so that alerts and series of one Prometheus are one source.
 */
export function sends(intake: IntakeName): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('sender', await senderOf(c, tokenOf(c.req.raw), intake))
    await next()
  }
}

/** Who the token speaks for on this intake; 401 for none and for one that is not known. */
export async function senderOf(c: Context<AppEnv>, token: string | null, intake: IntakeName): Promise<Sender> {
  if (token === null) throw unauthenticated('Send `Authorization: Bearer <token>`.')
  const drill = drillOfToken(token)
  const asked = drill === null ? liveSender(c, token, intake) : drillSender(c.env, token, drill)
  const sender = await asked.catch((error: unknown) => {
    if (error instanceof ProblemError) throw error
    log(c, error)
    throw unavailable('directory-unavailable', 'The directory did not answer; nothing was taken in.')
  })
  if (!sender) throw unauthenticated('This token is not known here.')
  return sender
}

async function liveSender(c: Context<AppEnv>, token: string, intake: IntakeName): Promise<Sender | null> {
  const named = c.req.param('source') ?? null
  if (isLocal(c) && localPerson(token)) {
    const source = speaksFor(await liveSources(c), intake, named)
    return { namespace: LIVE, source: source?.name ?? intake, receivedAt: Date.now() }
  }
  const worth = isToken('ingest', token) || isToken('api', token) ? await worthOf(c, token) : null
  if (!worth) return null
  // A person's token may do much more than post: it has no place in a sender's settings.
  if (worth.kind !== 'ingest') throw notAllowed('Post with an ingest token of your source.')
  if (named !== null && named !== worth.source) throw notAllowed('This token speaks for another source.')
  return { namespace: LIVE, source: worth.source, receivedAt: Date.now() }
}

function notAllowed(detail: string): ProblemError {
  return new ProblemError(403, 'token-not-allowed', detail)
}

async function drillSender(env: Bindings, token: string, drill: string): Promise<Sender | null> {
  const namespace = namespaceOfDrill(drill)
  const directory = env.DIRECTORY.getByName(namespace)
  const [source, clock] = await Promise.all([directory.checkToken(sha256Hex(token)), directory.clock()])
  return source === null ? null : { namespace, source, receivedAt: clockAt(clock, Date.now()) }
}
