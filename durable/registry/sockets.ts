import type { Instant } from '../protocol/domain.ts'

/**
 * How long sockets of an API token live before the client must come back with it, in ms. Revoking ends them at once; this
 * only bounds how long a row is kept of sockets that may be long gone.
 */
const TOKEN_SOCKETS_MS = 12 * 3_600_000
/** The same for a signed-in person: their provider cannot tell us of a revocation, so they are checked again this often. */
const SIGNED_SOCKETS_MS = 30 * 60_000
/**
 * After a first ending a second one follows, in ms: a socket that was let in just before the revocation may reach its
 * object just after it.
 */
const SECOND_ENDING_MS = 10_000
/** Between tries to reach an object, in ms. A socket of a revoked token is closed within 30 s of the object answering. */
const RETRY_MS = 5_000
const TRIES_MAX = 720
/** Objects told at one waking. */
const ENDINGS_MAX = 200

export interface Ending {
  session: string
  /** `room <name>` or `lobby <name>`. */
  object: string
  reason: string
}

/** Notes that an object is about to hold a socket of this sign-in. The ending that is due is the later one. */
export function noteSocket(
  sql: SqlStorage,
  { session, object, until, signed }: { session: string; object: string; until: Instant | null; signed: boolean },
  wall: Instant,
): void {
  const lasts = wall + (signed ? SIGNED_SOCKETS_MS : TOKEN_SOCKETS_MS)
  const due = Math.min(lasts, until ?? lasts)
  sql.exec(
    `INSERT INTO sockets (session, object, opened, due) VALUES (?, ?, ?, ?)
     ON CONFLICT (session, object) DO UPDATE SET opened = excluded.opened,
       due = CASE WHEN ending IS NULL THEN max(due, excluded.due) ELSE due END`,
    session,
    object,
    wall,
    due,
  )
}

/** All sockets of a sign-in end now. */
export function endSockets(sql: SqlStorage, session: string, reason: string, wall: Instant): void {
  sql.exec('UPDATE sockets SET due = ?, ending = ?, tries = 0 WHERE session = ?', wall, reason, session)
}

export function nextEnding(sql: SqlStorage): Instant | null {
  return sql.exec<{ due: number | null }>('SELECT min(due) AS due FROM sockets').one().due
}

/** What is due; each comes again until it was told. */
export function dueEndings(sql: SqlStorage, wall: Instant): Ending[] {
  return sql
    .exec<{ session: string; object: string; ending: string | null }>(
      'SELECT session, object, ending FROM sockets WHERE due <= ? ORDER BY due LIMIT ?',
      wall,
      ENDINGS_MAX,
    )
    .toArray()
    .map(({ session, object, ending }) => ({ session, object, reason: ending ?? 'sign-in-over' }))
}

/** The object closed what it held: once more after a moment, then the row is forgotten. */
export function ended(sql: SqlStorage, { session, object }: Ending, wall: Instant): void {
  sql.exec(
    'DELETE FROM sockets WHERE session = ? AND object = ? AND opened <= ?',
    session,
    object,
    wall - SECOND_ENDING_MS,
  )
  sql.exec(
    'UPDATE sockets SET due = ? WHERE session = ? AND object = ? AND due <= ?',
    wall + SECOND_ENDING_MS,
    session,
    object,
    wall,
  )
}

/** The object did not answer: tried again, in the end forgotten (an object that never answers holds no socket). */
export function notEnded(sql: SqlStorage, { session, object }: Ending, wall: Instant): void {
  sql.exec(
    'UPDATE sockets SET due = ?, tries = tries + 1 WHERE session = ? AND object = ?',
    wall + RETRY_MS,
    session,
    object,
  )
  sql.exec('DELETE FROM sockets WHERE session = ? AND object = ? AND tries > ?', session, object, TRIES_MAX)
}
