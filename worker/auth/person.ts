import type { MiddlewareHandler } from 'hono'
import type { Role } from '../../durable/protocol/domain.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { isDrillToken, tokenOf, unauthenticated } from './token.ts'

/** Who is asking: a name as it stands in the record, and what it may do. */
export interface Person {
  name: string
  role: Role
}

/** Names travel in a header to the room and stand in the log: plain ASCII, at most 40 characters. */
const LOCAL_TOKEN = /^dev(?::([A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?))?$/

/** Local mode's people: `dev` is the person dev, `dev:<name>` is another one; all are commanders. Null: no such token. */
export function localPerson(token: string): Person | null {
  const match = LOCAL_TOKEN.exec(token)
  return match ? { name: match[1] ?? 'dev', role: 'commander' } : null
}

/**
 * Lets people through and leaves `person`. 401 without a known token; 403 `token-not-allowed` for ingest tokens, which
 * may do nothing else.
 */
export const signedIn: MiddlewareHandler<AppEnv> = async (c, next) => {
  const token = tokenOf(c.req.raw)
  if (token === null) throw unauthenticated('Send `Authorization: Bearer <token>`.')
  if (isDrillToken(token)) throw new ProblemError(403, 'token-not-allowed', 'An ingest token may only post to ingest.')
  const person = localPerson(token)
  if (!person) throw unauthenticated('This token is not known here.')
  c.set('person', person)
  await next()
}

const RANK: Record<Role, number> = { viewer: 0, responder: 1, commander: 2, admin: 3 }

/** Throws 403 `role-too-low` unless the person's role is `least` or above. Incident orders are judged by the room. */
export function requireRole(person: Person, least: Role): void {
  if (RANK[person.role] < RANK[least])
    throw new ProblemError(403, 'role-too-low', `This needs the role ${least}; yours is ${person.role}.`)
}
