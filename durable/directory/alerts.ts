import type { AlertState } from '../core/correlate/identity.ts'
import { type Flapping, STEADY } from '../core/correlate/flap.ts'
import type { Alert, Instant } from '../protocol/domain.ts'
import { HELD_COLUMNS, type Held, type StoredHeld, heldOf, writeHeld } from './held.ts'

/** One alert as the directory holds it: what was said of it, what its room was told, and where it belongs. */
export interface AlertEntry {
  source: string
  fingerprint: string
  state: AlertState
  /** as its room was told last; null: no room ever was. */
  told: Alert | null
  incident: string | null
  /** the correlation's reason word and what it matched. */
  reason: string
  matched: string
  /** its changes between firing and not. */
  flap: Flapping
  /** what keeps it, or its end, from people; null: nothing. */
  held: Held | null
}

interface Stored extends StoredHeld {
  source: string
  fingerprint: string
  state: string
  told: string | null
  incident: string | null
  reason: string | null
  matched: string | null
  turns: string | null
}

const COLUMNS = 'source, fingerprint, state, told, incident, reason, matched, turns'
const READ = `SELECT alert.source, alert.fingerprint, state, told, incident, alert.reason, matched, turns, ${HELD_COLUMNS}
  FROM alert LEFT JOIN held ON held.source = alert.source AND held.fingerprint = alert.fingerprint`

export function readAlert(sql: SqlStorage, source: string, fingerprint: string): AlertEntry | null {
  const row = sql
    .exec<Stored>(`${READ} WHERE alert.source = ? AND alert.fingerprint = ?`, source, fingerprint)
    .toArray()[0]
  return row ? entry(row) : null
}

/** An alert that nothing was known of. */
export const UNKNOWN: Omit<AlertEntry, 'source' | 'fingerprint' | 'state'> = {
  told: null,
  incident: null,
  reason: '',
  matched: '',
  flap: STEADY,
  held: null,
}

/**
 * Stores it; `held` is what it was stored with before. `expires` is set only while people believe that it fires, for then
 * its end must be told; an end that is held back has its own time.
 */
export function writeAlert(sql: SqlStorage, alert: AlertEntry, wall: Instant, held: Held | null): void {
  const firing = alert.told?.status === 'firing'
  if (alert.held !== held) writeHeld(sql, alert, alert.state.text.service, alert.held)
  sql.exec(
    `INSERT INTO alert (${COLUMNS}, expires, ended, wall) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (source, fingerprint) DO UPDATE SET state = excluded.state, told = excluded.told,
       incident = excluded.incident, reason = excluded.reason, matched = excluded.matched, turns = excluded.turns, expires = excluded.expires,
       ended = excluded.ended, wall = excluded.wall`,
    alert.source,
    alert.fingerprint,
    JSON.stringify(alert.state),
    alert.told === null ? null : JSON.stringify(alert.told),
    alert.incident,
    alert.reason,
    alert.matched,
    alert.flap === STEADY ? null : JSON.stringify(alert.flap),
    firing && (alert.held === null || alert.held.due === null) ? alert.state.expiresAt : null,
    firing ? null : wall,
    wall,
  )
}

/** Alerts that people believe to fire and that nobody said again in time, the longest expired first. */
export function readExpired(sql: SqlStorage, now: Instant, limit: number): AlertEntry[] {
  return sql.exec<Stored>(`${READ} WHERE expires <= ? ORDER BY expires LIMIT ?`, now, limit).toArray().map(entry)
}

/** When the next firing alert expires, on the namespace's clock; null when none does. */
export function nextExpiry(sql: SqlStorage): Instant | null {
  return sql.exec<{ next: number | null }>('SELECT MIN(expires) AS next FROM alert WHERE expires IS NOT NULL').one()
    .next
}

/** How long an ended alert is remembered, in ms of wall time; said again after that it is a new one. */
export const ENDED_KEEP_MS = 30 * 86_400_000

/** When the next ended alert may be forgotten, in wall time; null when none is kept. */
export function forgetDue(sql: SqlStorage): Instant | null {
  const { first } = sql
    .exec<{ first: number | null }>('SELECT MIN(ended) AS first FROM alert WHERE ended IS NOT NULL')
    .one()
  return first === null ? null : first + ENDED_KEEP_MS
}

/** Forgets what ended long ago. What people believe to fire is never forgotten. */
export function pruneAlerts(sql: SqlStorage, wall: Instant): void {
  sql.exec('DELETE FROM alert WHERE ended <= ?', wall - ENDED_KEEP_MS)
  sql.exec(
    `DELETE FROM held WHERE NOT EXISTS (
       SELECT 1 FROM alert WHERE alert.source = held.source AND alert.fingerprint = held.fingerprint
     )`,
  )
}

function entry(row: Stored): AlertEntry {
  return {
    source: row.source,
    fingerprint: row.fingerprint,
    state: JSON.parse(row.state) as AlertState,
    told: row.told === null ? null : (JSON.parse(row.told) as Alert),
    incident: row.incident,
    reason: row.reason ?? '',
    matched: row.matched ?? '',
    flap: row.turns === null ? STEADY : (JSON.parse(row.turns) as Flapping),
    held: heldOf(row),
  }
}
