import type { State } from '../core/incident/index.ts'

/** A snapshot at least every so many events; reading 500 events of the log takes a millisecond or two. */
export const SNAPSHOT_EVENTS_MAX = 500
/** Bytes of one row: half of the platform's limit of 2 MB for a row. */
const PART_BYTES_MAX = 1_000_000

/** The shape of what is stored. A snapshot of another one is not read: the log tells the state all the same. */
const SHAPE = 3

/** Stores the state as of its seq and forgets older snapshots. Bytes, not text: a cut may fall inside a character. */
export function writeSnapshot(sql: SqlStorage, state: State): void {
  const { seq } = state.view
  const bytes = new TextEncoder().encode(JSON.stringify({ shape: SHAPE, state }))
  for (let part = 0; part * PART_BYTES_MAX < bytes.length; part += 1) {
    const piece = bytes.slice(part * PART_BYTES_MAX, (part + 1) * PART_BYTES_MAX)
    sql.exec('INSERT INTO snapshots (seq, part, bytes) VALUES (?, ?, ?)', seq, part, piece)
  }
  sql.exec('DELETE FROM snapshots WHERE seq < ?', seq)
}

/** The latest snapshot, or null before the first one of today's shape. */
export function readSnapshot(sql: SqlStorage): State | null {
  const decoder = new TextDecoder()
  let text = ''
  for (const row of sql.exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM snapshots ORDER BY seq, part'))
    text += decoder.decode(row.bytes, { stream: true })
  text += decoder.decode()
  if (text === '') return null
  const { shape, state } = JSON.parse(text) as { shape?: number; state: State }
  return shape === SHAPE ? state : null
}

export function snapshotSeq(sql: SqlStorage): number {
  return sql.exec<{ seq: number | null }>('SELECT max(seq) AS seq FROM snapshots').one().seq ?? 0
}
