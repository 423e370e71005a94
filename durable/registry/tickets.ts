import type { Visitor } from '../protocol/access.ts'
import type { Instant } from '../protocol/domain.ts'

/** How long a ticket waits to be used, in ms: a page asks for one and opens its socket at once. */
export const TICKET_MS = 30_000
/** Tickets that wait; a thousand pages that come back together ask for one each. */
export const TICKETS_MAX = 10_000

/** Keeps a ticket by its digest. Null when too many wait. */
export function putTicket(
  sql: SqlStorage,
  sha256: string,
  visitor: Visitor,
  wall: Instant,
): { expiresAt: Instant } | null {
  sql.exec('DELETE FROM tickets WHERE expires <= ?', wall)
  if (sql.exec<{ n: number }>('SELECT count(*) AS n FROM tickets').one().n >= TICKETS_MAX) return null
  const expiresAt = wall + TICKET_MS
  sql.exec(
    'INSERT INTO tickets (sha256, visitor, expires) VALUES (?, ?, ?)',
    sha256,
    JSON.stringify(visitor),
    expiresAt,
  )
  return { expiresAt }
}

/** Takes a ticket: whoever comes first gets it, and it is gone either way. */
export function takeTicket(sql: SqlStorage, sha256: string, wall: Instant): Visitor | null {
  const taken = sql
    .exec<{ visitor: string; expires: number }>(
      'DELETE FROM tickets WHERE sha256 = ? RETURNING visitor, expires',
      sha256,
    )
    .toArray()[0]
  return taken && taken.expires > wall ? (JSON.parse(taken.visitor) as Visitor) : null
}
