import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { clockAt } from '../../durable/protocol/clock.ts'
import type { Instant, Source } from '../../durable/protocol/domain.ts'
import { LIVE, namespaceOfDrill } from '../../durable/protocol/namespace.ts'
import type { AppEnv, Bindings } from '../env.ts'
import { log, unavailable } from '../errors.ts'
import { localPerson } from './person.ts'
import { drillOfToken, tokenOf, unauthenticated } from './token.ts'

export type IntakeName = Source['intakes'][number]

/** Who posts: the namespace and the source come from the token, never from the payload. */
export interface Sender {
  namespace: string
  source: string
  /** the namespace's own time of receipt. */
  receivedAt: Instant
}

/** How long an isolate remembers which source speaks for an intake, in ms: the directory is busy exactly in a storm. */
const SOURCE_MEMO_MS = 1_000

/**
 * Lets senders through and leaves `sender`. 401 for a missing or unknown token. A drill token is worth what the drill's
 * own directory says of its SHA-256; a person of local mode speaks for the source that the catalogue names for this
 * intake, so that alerts and series of one Prometheus are one source.
 */
export function sends(intake: IntakeName): MiddlewareHandler<AppEnv> {
  const liveSource = sourceOf(intake)
  return async (c, next) => {
    const token = tokenOf(c.req.raw)
    if (token === null) throw unauthenticated('Send `Authorization: Bearer <token>`.')
    const drill = drillOfToken(token)
    if (drill === null && !localPerson(token)) throw unauthenticated('This token is not known here.')
    const asked = drill === null ? liveSender(c.env, liveSource) : drillSender(c.env, token, drill)
    const sender = await asked.catch((error: unknown) => {
      log(c, error)
      throw unavailable('directory-unavailable', 'The directory did not answer; nothing was taken in.')
    })
    if (!sender) throw unauthenticated('This token is not known here.')
    c.set('sender', sender)
    await next()
  }
}

async function liveSender(env: Bindings, source: (env: Bindings) => Promise<string>): Promise<Sender> {
  return { namespace: LIVE, source: await source(env), receivedAt: Date.now() }
}

/** The source that the live catalogue names for an intake; the intake's own name where it names none. */
function sourceOf(intake: IntakeName): (env: Bindings) => Promise<string> {
  let known: { source: string; until: number } | null = null
  return async (env) => {
    if (known && Date.now() < known.until) return known.source
    const { sources } = await env.DIRECTORY.getByName(LIVE).catalogue()
    const source = sources.find((candidate) => candidate.intakes.includes(intake))?.name ?? intake
    known = { source, until: Date.now() + SOURCE_MEMO_MS }
    return source
  }
}

async function drillSender(env: Bindings, token: string, drill: string): Promise<Sender | null> {
  const namespace = namespaceOfDrill(drill)
  const directory = env.DIRECTORY.getByName(namespace)
  const sha256Hex = createHash('sha256').update(token).digest('hex')
  const [source, clock] = await Promise.all([directory.checkToken(sha256Hex), directory.clock()])
  return source === null ? null : { namespace, source, receivedAt: clockAt(clock, Date.now()) }
}
