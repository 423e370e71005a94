import type { Effect } from '../protocol/effects.ts'
import { effectKey, isHeldBack } from '../protocol/effects.ts'
import type { DrillClock, Instant } from '../protocol/domain.ts'
import { clockAt } from '../protocol/clock.ts'

/** Tries before an effect is parked and shown. With the waits below that is about two minutes of trying. */
export const EFFECT_TRIES_MAX = 8
/** Wait before the second try, in ms of wall time; it doubles up to the longest. No jitter: one room, one caller. */
const RETRY_MS_FIRST = 500
const RETRY_MS_LONGEST = 30_000

/** One effect that is committed and not yet settled. */
export interface OutboxRow {
  key: string
  /** of the event that named it. */
  seq: number
  effect: Effect
  /** which clock `due` is on; a room instant waits while a drill's clock stands. */
  clock: 'room' | 'wall'
  due: Instant
  attempts: number
  /** wall time of the claim of an at-most-once effect; null before it. */
  claimed: Instant | null
  /** why it is no longer tried; null while it is. */
  parked: string | null
}

type StoredRow = Omit<OutboxRow, 'effect'> & { effect: string }

/** Stores the effects of one event. A second effect with the same key is the same effect. */
export function enqueue(sql: SqlStorage, effects: Effect[], seq: number, at: Instant, wall: Instant): void {
  for (const effect of effects) {
    const after = 'after' in effect ? effect.after : null
    const clock = after?.clock ?? 'wall'
    const due = (clock === 'room' ? at : wall) + (after?.ms ?? 0)
    sql.exec(
      'INSERT OR IGNORE INTO outbox (key, seq, effect, clock, due) VALUES (?, ?, ?, ?, ?)',
      effectKey(effect, seq),
      seq,
      JSON.stringify(effect),
      clock,
      Math.ceil(due),
    )
  }
}

/** Everything that is not settled, parked ones too, in the order of the log. */
export function pending(sql: SqlStorage): OutboxRow[] {
  return sql
    .exec<StoredRow>('SELECT key, seq, effect, clock, due, attempts, claimed, parked FROM outbox ORDER BY seq, rowid')
    .toArray()
    .map((row) => ({ ...row, effect: JSON.parse(row.effect) as Effect }))
}

/** Is it time, by the clock that the row is on? */
export function isDue(row: OutboxRow, clock: DrillClock | null, wall: Instant): boolean {
  return row.parked === null && row.due <= (row.clock === 'room' ? clockAt(clock, wall) : wall)
}

/** It is done; its answer is committed in the same transaction. */
export function settle(sql: SqlStorage, key: string): void {
  sql.exec('DELETE FROM outbox WHERE key = ?', key)
}

/** One row of the index says all that earlier ones wanted to say, parked ones too. */
export function settleIndexBefore(sql: SqlStorage, seq: number): void {
  sql.exec("DELETE FROM outbox WHERE key LIKE 'update-index:%' AND seq < ?", seq)
}

/** Marks an at-most-once effect as called from now on: whatever happens next, it is not called again. */
export function claim(sql: SqlStorage, key: string, wall: Instant): void {
  sql.exec('UPDATE outbox SET claimed = ? WHERE key = ? AND claimed IS NULL', wall, key)
}

export function isClaimed(sql: SqlStorage, key: string): boolean {
  return sql.exec('SELECT 1 FROM outbox WHERE key = ? AND claimed IS NOT NULL', key).toArray().length > 0
}

/** An incident waits for their answer and takes no other step meanwhile, and asking again is harmless. */
const FOR_EVER: readonly Effect['type'][] = ['move-alerts']

/** A try that failed: later again, or parked with the reason after the last one. */
export function failed(sql: SqlStorage, row: OutboxRow, wall: Instant, reason: string): void {
  const attempts = row.attempts + 1
  const wait = Math.min(RETRY_MS_LONGEST, RETRY_MS_FIRST * 2 ** (attempts - 1))
  sql.exec(
    "UPDATE outbox SET attempts = ?, clock = 'wall', due = ?, parked = ? WHERE key = ?",
    attempts,
    wall + wait,
    attempts >= EFFECT_TRIES_MAX && !FOR_EVER.includes(row.effect.type) ? reason : null,
    row.key,
  )
}

/** Lets parked effects be tried again, from the first try on. Answers how many. */
export function unpark(sql: SqlStorage, wall: Instant): number {
  return sql.exec(
    "UPDATE outbox SET parked = NULL, attempts = 0, clock = 'wall', due = ? WHERE parked IS NOT NULL",
    wall,
  ).rowsWritten
}

/**
 * Rows that may start now: not parked, not in the making; of the index only the newest, which says all that earlier ones
 * wanted to say; a clock resumes only after the pause before it.
 */
export function startable(rows: OutboxRow[], inFlight: ReadonlySet<string>): OutboxRow[] {
  const waiting = rows.filter(({ parked }) => parked === null)
  const lastIndex = waiting.findLast(({ effect }) => effect.type === 'update-index')
  const indexBusy = waiting.some(({ effect, key }) => effect.type === 'update-index' && inFlight.has(key))
  return waiting.filter((row) => {
    if (inFlight.has(row.key)) return false
    const { effect } = row
    if (effect.type === 'update-index') return row === lastIndex && !indexBusy
    return !isHeldBack(effect, waiting)
  })
}
