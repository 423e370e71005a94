import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { clockAt } from '../../durable/protocol/clock.ts'
import type { Instant, Source } from '../../durable/protocol/domain.ts'
import { LIVE, namespaceOfDrill } from '../../durable/protocol/namespace.ts'
import type { AppEnv, Bindings } from '../env.ts'
import { unavailable } from '../errors.ts'
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

/**
 * Lets senders through and leaves `sender`. 401 for a missing or unknown token. A drill token is worth what the drill's
 * own directory says of its SHA-256; a person of local mode speaks for the source that the catalogue names for this
 * intake, so that alerts and series of one Prometheus are one source.
 */
export function sends(intake: IntakeName): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const token = tokenOf(c.req.raw)
    if (token === null) throw unauthenticated('Send `Authorization: Bearer <token>`.')
    const sender = await senderOf(c.env, token, intake).catch(() => {
      throw unavailable('directory-unavailable', 'The directory did not answer; nothing was taken in.')
    })
    if (!sender) throw unauthenticated('This token is not known here.')
    c.set('sender', sender)
    await next()
  }
}

async function senderOf(env: Bindings, token: string, intake: IntakeName): Promise<Sender | null> {
  const drill = drillOfToken(token)
  if (drill !== null) return drillSender(env, token, drill)
  if (!localPerson(token)) return null
  const { sources } = await env.DIRECTORY.getByName(LIVE).catalogue()
  const source = sources.find((candidate) => candidate.intakes.includes(intake))
  return { namespace: LIVE, source: source?.name ?? intake, receivedAt: Date.now() }
}

async function drillSender(env: Bindings, token: string, drill: string): Promise<Sender | null> {
  const namespace = namespaceOfDrill(drill)
  const directory = env.DIRECTORY.getByName(namespace)
  const source = await directory.checkToken(createHash('sha256').update(token).digest('hex'))
  if (source === null) return null
  return { namespace, source, receivedAt: clockAt(await directory.clock(), Date.now()) }
}
