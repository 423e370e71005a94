import type { Instant } from '../protocol/domain.ts'
import type { HeldReason, SuppressedRow } from '../protocol/noise.ts'
import type { Page } from '../protocol/objects.ts'

/** What keeps an alert, or its end, from people. */
export interface Held {
  reason: HeldReason
  /** a silence's id, or what is missing in words. */
  by: string
  since: Instant
  /** when it is looked at again by itself; null: when it is said again. */
  due: Instant | null
  /** 1 while a received unit waits here for its end. */
  units: 0 | 1
}

/** Rows of one page. */
const PAGE = 100

export interface StoredHeld extends Record<string, SqlStorageValue> {
  held_reason: string | null
  held_by: string | null
  held_since: number | null
  held_due: number | null
  held_units: number | null
}

export const HELD_COLUMNS = `held.reason AS held_reason, held.by AS held_by, held.since AS held_since,
  held.due AS held_due, held.units AS held_units`

export function heldOf(row: StoredHeld): Held | null {
  if (row.held_reason === null) return null
  return {
    reason: row.held_reason as HeldReason,
    by: row.held_by ?? '',
    since: row.held_since ?? 0,
    due: row.held_due,
    units: row.held_units === 1 ? 1 : 0,
  }
}

/** Stores what holds an alert back, or that nothing does. */
export function writeHeld(
  sql: SqlStorage,
  alert: { source: string; fingerprint: string },
  service: string,
  held: Held | null,
): void {
  if (held === null) {
    sql.exec('DELETE FROM held WHERE source = ? AND fingerprint = ?', alert.source, alert.fingerprint)
    return
  }
  sql.exec(
    `INSERT INTO held (source, fingerprint, service, reason, by, since, due, units) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (source, fingerprint) DO UPDATE SET service = excluded.service, reason = excluded.reason,
       by = excluded.by, since = excluded.since, due = excluded.due, units = excluded.units`,
    alert.source,
    alert.fingerprint,
    service,
    held.reason,
    held.by,
    held.since,
    held.due,
    held.units,
  )
}

/** When the next held alert is due, on the namespace's clock; null when none is. */
export function nextHeld(sql: SqlStorage): Instant | null {
  return sql.exec<{ next: number | null }>('SELECT MIN(due) AS next FROM held WHERE due IS NOT NULL').one().next
}

/** Held alerts that are due, the longest first. */
export function dueHeld(sql: SqlStorage, now: Instant, limit: number): { source: string; fingerprint: string }[] {
  return sql
    .exec<{ source: string; fingerprint: string }>(
      'SELECT source, fingerprint FROM held WHERE due <= ? ORDER BY due LIMIT ?',
      now,
      limit,
    )
    .toArray()
}

/** Alerts of a service that wait for its threshold, the longest first. */
export function heldBelow(sql: SqlStorage, service: string, limit: number): { source: string; fingerprint: string }[] {
  return sql
    .exec<{ source: string; fingerprint: string }>(
      `SELECT source, fingerprint FROM held WHERE service = ? AND reason = 'below-threshold' ORDER BY since LIMIT ?`,
      service,
      limit,
    )
    .toArray()
}

/** What a silence holds back is looked at as soon as the alarm rings: the silence is gone or changed. */
export function hurryHeld(sql: SqlStorage, by: string, now: Instant): void {
  sql.exec("UPDATE held SET due = ? WHERE by = ? AND reason IN ('silenced', 'in-maintenance')", now, by)
}

interface Listed extends StoredHeld {
  source: string
  fingerprint: string
  alert: string
  firing: number | null
  incident: string | null
  place: number
}

/** Newest first. `alertAt` tells how an alert stands from its stored state. */
export function heldPage(
  sql: SqlStorage,
  cursor: string | null,
  alertAt: (id: { source: string; fingerprint: string }, state: string) => SuppressedAlert,
): Page<SuppressedRow> {
  const match = /^(\d{1,15})~(\d{1,15})$/.exec(cursor ?? '')
  const rows = sql
    .exec<Listed>(
      `SELECT alert.source, alert.fingerprint, alert.state AS alert, alert.incident, held.rowid AS place, ${HELD_COLUMNS}
       FROM held JOIN alert USING (source, fingerprint)
       WHERE (held.since, held.rowid) < (?, ?) ORDER BY held.since DESC, held.rowid DESC LIMIT ?`,
      match ? Number(match[1]) : Number.MAX_SAFE_INTEGER,
      match ? Number(match[2]) : 0,
      PAGE + 1,
    )
    .toArray()
  const shown = rows.slice(0, PAGE)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => {
      const { source, fingerprint, incident } = row
      const { status, severity, service, title, labels, startsAt } = alertAt({ source, fingerprint }, row.alert)
      return {
        source,
        fingerprint,
        status,
        severity,
        service,
        title,
        labels,
        startsAt: new Date(startsAt).toISOString(),
        reason: row.held_reason as HeldReason,
        by: row.held_by ?? '',
        heldSince: new Date(row.held_since ?? 0).toISOString(),
        incident,
      }
    }),
    next: rows.length > PAGE && last ? `${last.held_since}~${last.place}` : null,
  }
}

type SuppressedAlert = Pick<SuppressedRow, 'status' | 'severity' | 'service' | 'title' | 'labels'> & {
  startsAt: Instant
}
