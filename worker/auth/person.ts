import type { Context, MiddlewareHandler } from 'hono'
import type { Visitor } from '../../durable/protocol/access.ts'
import type { Role } from '../../durable/protocol/domain.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { once } from '../middleware/once.ts'
import { authConfig } from './config.ts'
import { isLocal } from './gate.ts'
import { registry, worthOf } from './known.ts'
import { requireSight } from './sight.ts'
import { requireNamedOrigin } from './origin.ts'
import { signedVisitor } from './signed.ts'
import { isIngestToken, isSigned, isToken, isUpgrade, sha256Hex, tokenOf, unauthenticated } from './token.ts'

/** Who is asking: a name as it stands in the record, what it may do, and how it showed that. */
export type Person = Visitor

/** Names travel in a header to the room and stand in the log: plain ASCII, at most 40 characters. */
const LOCAL_TOKEN =
  /^dev(?::([A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?))?(?:@(viewer|responder|commander|admin))?$/

/**
 * Local mode's people: `dev` is the person dev, `dev:<name>` is another one. They are commanders, unless `@<role>` after it
 * says what else. Null: no such token.
 */
export function localPerson(token: string): Person | null {
  const match = LOCAL_TOKEN.exec(token)
  if (!match) return null
  const role = (match[2] ?? 'commander') as Role
  return { name: match[1] ?? 'dev', role, via: 'local', session: null, until: null }
}

/**
 * Lets people of a role and above through and leaves `person`. 401 without a sign-in that is known; 403
 * `token-not-allowed` for ingest tokens, which may do nothing else; 403 `role-too-low` below the role.
 */
export function needs(least: Role): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const person = await visitorOf(c)
    c.set('person', person)
    requireRole(person, least)
    await requireSight(c, person)
    return once(c, next)
  }
}

/** Lets everybody through who is somebody. */
export const signedIn = needs('viewer')

async function visitorOf(c: Context<AppEnv>): Promise<Person> {
  const ticket = isUpgrade(c.req.raw) ? c.req.query('ticket') : undefined
  if (ticket !== undefined) return await ticketHolder(c, ticket)
  const token = tokenOf(c.req.raw)
  if (token !== null) return await tokenHolder(c, token)
  const assertion = c.req.header('cf-access-jwt-assertion')
  const { access } = authConfig(c.env)
  if (assertion === undefined || !access || isLocal(c) || c.req.header('authorization') !== undefined)
    throw unauthenticated('Send `Authorization: Bearer <token>`.')
  requireNamedOrigin(c)
  return await signedVisitor(access, assertion)
}

/** Whoever the ticket was made for; it is used up by this. */
async function ticketHolder(c: Context<AppEnv>, ticket: string): Promise<Person> {
  const holder = isToken('ticket', ticket) ? await registry(c, (one) => one.takeTicket(sha256Hex(ticket))) : null
  if (!holder || (holder.via === 'local' && !isLocal(c)))
    throw unauthenticated('This ticket is used, over or not known here; ask for another one.')
  return holder
}

async function tokenHolder(c: Context<AppEnv>, token: string): Promise<Person> {
  if (isIngestToken(token)) throw new ProblemError(403, 'token-not-allowed', 'An ingest token may only post to ingest.')
  const local = isLocal(c) ? localPerson(token) : null
  if (local) return local
  const { oidc } = authConfig(c.env)
  if (isSigned(token) && oidc && !isLocal(c)) return await signedVisitor(oidc, token)
  const worth = isToken('api', token) ? await worthOf(c, token) : null
  if (worth?.kind !== 'api') throw unauthenticated('This token is not known here.')
  return { name: worth.name, role: worth.role, via: 'token', session: worth.id, until: worth.expiresAt }
}

const RANK: Record<Role, number> = { viewer: 0, responder: 1, commander: 2, admin: 3 }

/** Throws 403 `role-too-low` unless the person's role is `least` or above. */
export function requireRole(person: Pick<Person, 'role'>, least: Role): void {
  if (RANK[person.role] < RANK[least])
    throw new ProblemError(403, 'role-too-low', `This needs the role ${least}; yours is ${person.role}.`)
}
