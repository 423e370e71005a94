import type { ControlSet, ServiceSwitch } from '../protocol/controls.ts'
import type { Relation } from '../protocol/crew.ts'
import type { Alert, DrillClock, IncidentHead, Instant } from '../protocol/domain.ts'
import type { KillSwitch } from '../protocol/objects.ts'

/** Alerts in one call to a room: a thousand single posts must not become a thousand calls. */
export const ALERTS_PER_CALL_MAX = 200
/** Characters of JSON in one outbox row, and in one call: a row holds 2 MB at up to 3 bytes each, a call 32 MB. */
export const ROW_CHARS_MAX = 500_000
const CALL_CHARS_MAX = 4_000_000
/** Waiting rows beyond which alerts are answered 503: a storm of a minute at 800 posts a second, measured, is less. */
export const BACKLOG_ROWS_MAX = 50_000
/** Wait before the second try in ms of wall time; it doubles up to the longest. Rows are never dropped. */
const RETRY_MS_FIRST = 500
const RETRY_MS_LONGEST = 30_000

export interface Delivered {
  alert: Alert
  reason: string
  /** what the reason found. */
  matched?: string
}

/** What somebody must still hear. */
export type Message =
  | { kind: 'open'; head: IncidentHead; alerts: Delivered[] }
  | { kind: 'alerts'; alerts: Delivered[] }
  | { kind: 'kill-switch'; set: KillSwitch }
  | { kind: 'service-switch'; set: ServiceSwitch }
  | { kind: 'dry-run'; set: ControlSet }
  | { kind: 'clock'; clock: DrillClock }
  | { kind: 'link'; relation: Relation; incident: string; linked: boolean; reason: string }
  | { kind: 'detach'; alerts: { source: string; fingerprint: string }[]; to: string }

/** Rows of one target that go in one call, oldest first. */
export interface Batch {
  /** stays the same over retries, so that the receiver knows a repeat. */
  id: string
  target: string
  kind: Message['kind']
  messages: Message[]
}

interface Stored extends Record<string, SqlStorageValue> {
  id: number
  kind: string
  body: string
  items: number
  due: number
  batch: string | null
}

/** Stores a message for a target (an incident id, or `drills`). A newer switch or clock takes the place of an unsent one. */
export function enqueue(sql: SqlStorage, target: string, message: Message, units: number, wall: Instant): void {
  if (message.kind === 'kill-switch' || message.kind === 'clock')
    sql.exec('DELETE FROM outbox WHERE target = ? AND kind = ? AND batch IS NULL', target, message.kind)
  const items = 'alerts' in message ? message.alerts.length : 1
  sql.exec(
    'INSERT INTO outbox (target, kind, body, items, units, due, written) VALUES (?, ?, ?, ?, ?, ?, ?)',
    target,
    message.kind,
    JSON.stringify(message),
    items,
    units,
    wall,
    wall,
  )
}

/** Rows that still go out. Parked ones wait for people and are no backlog. */
export function backlog(sql: SqlStorage): number {
  return sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM outbox WHERE parked IS NULL').one().n
}

/** Targets whose oldest row is due. */
export function dueTargets(sql: SqlStorage, wall: Instant): string[] {
  return heads(sql)
    .filter(({ due }) => due <= wall)
    .map(({ target }) => target)
}

/** When the earliest target is due; null when nothing waits. */
export function nextDue(sql: SqlStorage): Instant | null {
  const dues = heads(sql).map(({ due }) => due)
  return dues.length === 0 ? null : Math.min(...dues)
}

// With MIN, SQLite answers the other columns of that very row: the head of each target's line.
function heads(sql: SqlStorage): { target: string; due: number }[] {
  return sql
    .exec<{ target: string; head: number; due: number }>(
      'SELECT target, MIN(id) AS head, due FROM outbox WHERE parked IS NULL GROUP BY target',
    )
    .toArray()
}

/** The next call to a target: consecutive alerts together, anything else alone. Null when its line is empty or waits. */
export function takeBatch(sql: SqlStorage, target: string, wall: Instant): Batch | null {
  const line = sql
    .exec<Stored>(
      `SELECT id, kind, body, items, due, batch FROM outbox WHERE target = ? AND parked IS NULL ORDER BY id LIMIT ?`,
      target,
      ALERTS_PER_CALL_MAX,
    )
    .toArray()
  const head = line[0]
  if (!head || head.due > wall) return null
  const rows = head.batch === null ? together(line, head) : line.filter(({ batch }) => batch === head.batch)
  const id = head.batch ?? `${head.kind}:${head.id}-${rows.at(-1)?.id ?? head.id}`
  if (head.batch === null) for (const row of rows) sql.exec('UPDATE outbox SET batch = ? WHERE id = ?', id, row.id)
  return {
    id,
    target,
    kind: head.kind as Message['kind'],
    messages: rows.map(({ body }) => JSON.parse(body) as Message),
  }
}

function together(line: Stored[], head: Stored): Stored[] {
  if (head.kind !== 'alerts') return [head]
  const rows: Stored[] = []
  let items = 0
  let chars = 0
  for (const row of line) {
    items += row.items
    chars += row.body.length
    if (row.kind !== 'alerts') break
    if (rows.length > 0 && (items > ALERTS_PER_CALL_MAX || chars > CALL_CHARS_MAX)) break
    rows.push(row)
  }
  return rows
}

/** It was heard. Answers the received alerts among it; 0 when another call of the same batch settled it before. */
export function settle(sql: SqlStorage, batch: Batch): number {
  return sql
    .exec<{ units: number }>(
      'DELETE FROM outbox WHERE target = ? AND batch = ? RETURNING units',
      batch.target,
      batch.id,
    )
    .toArray()
    .reduce((sum, { units }) => sum + units, 0)
}

/** The call failed: later again, for as long as it takes. The wait grows with the tries of this batch. */
export function postpone(sql: SqlStorage, batch: Batch, wall: Instant): void {
  const { attempts } = sql
    .exec<{ attempts: number }>(
      'UPDATE outbox SET attempts = attempts + 1 WHERE target = ? AND batch = ? RETURNING attempts',
      batch.target,
      batch.id,
    )
    .toArray()[0] ?? { attempts: 1 }
  const wait = Math.min(RETRY_MS_LONGEST, RETRY_MS_FIRST * 2 ** (attempts - 1))
  sql.exec('UPDATE outbox SET due = ? WHERE target = ? AND batch = ?', wall + wait, batch.target, batch.id)
}

/** A definite no: it waits with its reason, counted as pending, until somebody looks. */
export function park(sql: SqlStorage, batch: Batch, reason: string): void {
  sql.exec('UPDATE outbox SET parked = ? WHERE target = ? AND batch = ?', reason, batch.target, batch.id)
}

/** Parked rows by reason, as counts of received alerts. */
export function parked(sql: SqlStorage): { reason: string; target: string; units: number }[] {
  return sql
    .exec<{ reason: string; target: string; units: number }>(
      'SELECT parked AS reason, target, SUM(units) AS units FROM outbox WHERE parked IS NOT NULL GROUP BY parked, target',
    )
    .toArray()
}
