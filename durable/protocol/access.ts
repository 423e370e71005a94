/**
 * Who may come in, as the registry, the Worker and the CLI say it. Instants are wall time: access knows no drill clock.
 * A token, a ticket and a secret's value appear in the request that makes them and never in a row.
 */
import type { Instant, Role } from './domain.ts'

/** How somebody showed who they are. */
export type Via = 'local' | 'token' | 'access' | 'oidc'

/** A person at the door: the name that stands in records, and what they may do. */
export interface Visitor {
  name: string
  role: Role
  via: Via
  /**
   * What the sockets of this sign-in are ended by: a token's id, or a digest of a signed token. Null in local mode, where
   * nothing is revoked.
   */
  session: string | null
  /** the sign-in itself ends then; null: it lasts until it is revoked. */
  until: Instant | null
}

// ---------------------------------------------------------------------------------------------- tokens

/** An API token speaks as a person with a role; an ingest token posts for one source and does nothing else. */
export type TokenGrant = { kind: 'api'; role: Role } | { kind: 'ingest'; source: string }

export type NewToken = TokenGrant & {
  name: string
  expiresAt: Instant | null
}

export type TokenRow = NewToken & {
  id: string
  createdAt: Instant
  createdBy: string
  /** not finer than a minute. */
  lastUsedAt: Instant | null
  revokedAt: Instant | null
}

/** What a digest of a token is worth now. */
export type TokenWorth = (TokenGrant & { id: string; name: string; expiresAt: Instant | null }) | null

// ---------------------------------------------------------------------------------------------- secrets

/** A secret as it is listed: never its value. `sealed` says whether today's master key opens it. */
export interface SecretRow {
  name: string
  version: number
  setAt: Instant
  setBy: string
  lastUsedAt: Instant | null
  sealed: 'readable' | 'other-key'
}

export type SecretReason = 'master-key-missing' | 'master-key-invalid' | 'too-many-secrets'

/** Whether the agents of an instance can sign their votes, or what keeps them from it: then no ballot carries. */
export type SigningState = 'ready' | Exclude<SecretReason, 'too-many-secrets'>

// ---------------------------------------------------------------------------------------------- audit

export type AuditOutcome = 'ok' | 'refused' | 'failed'

/** Something worth a line: who did what where, and how it ended. Texts are ours or cut; never a secret, a body or a query. */
export interface AuditNote {
  who: string
  role: Role | null
  /** `socket`: in a room, by a socket that was let in as that person. */
  via: Via | 'socket' | 'none' | 'system'
  /** the route as the map has it, or what an object did: `POST /api/v1/tokens`, `secret-used`. */
  action: string
  /** what it was done to: a path, an id, a name. */
  subject: string
  outcome: AuditOutcome
  /** the reason word; empty when it went well. */
  code: string
  requestId: string | null
  /** like ones that were counted with this one and have no line of their own. */
  more: number
}

export interface AuditEntry extends AuditNote {
  seq: number
  at: Instant
  hash: string
}

export interface AuditPage {
  items: AuditEntry[]
  next: string | null
  head: { seq: number; hash: string }
  /** what the oldest kept entry follows on: entries up to there are no longer kept. */
  anchor: { seq: number; hash: string }
}
