import type { Instant } from '../protocol/domain.ts'
import type { AlertIntake } from '../protocol/objects.ts'
import { ALERTS_PER_PIECE_MAX, type PackedPost, joined } from '../protocol/packed.ts'
import { count, countAll } from './counters.ts'
import type { Desk } from './desk.ts'
import { type Taken, takeAlerts } from './intake.ts'
import { writeJournals, writeQuarantine } from './journal.ts'

/** Alerts of one commit that are judged within it. More are stored first and judged after their senders were answered. */
export const ALERTS_AT_ONCE_MAX = 16

/** Stores posts as they came with what was understood of them; judged later, each unit pending until then. */
export function store(desk: Desk, posts: readonly PackedPost[], wall: Instant): Taken[] {
  const journals = writeJournals(desk.sql, posts, wall)
  // Together, whoever sent them: one row for many small posts.
  for (const { units, alerts } of joined(posts.flatMap(({ pieces }) => pieces)))
    desk.sql.exec('INSERT INTO inbox (journal, units, alerts) VALUES (?, ?, ?)', journals[0], units, `[${alerts}]`)
  const received = posts.reduce((sum, { units }) => sum + units, 0)
  countAll(desk.sql, [
    ['received', received],
    ['pending', received],
  ])
  return posts.map(({ units }, index) => ({ journal: journals[index] ?? 0, received: units, deduplicated: 0 }))
}

/** Rows that wait beyond which posts are refused: at 64 alerts each they take some minutes to be judged. */
export const INBOX_ROWS_MAX = 5_000

/** Whether too much waits. Rows leave in the order in which they came: the span of their ids is their number. */
export function isFull(sql: SqlStorage): boolean {
  // Each end by itself: asked for both at once SQLite reads every row.
  const { span } = sql
    .exec<{ span: number | null }>('SELECT (SELECT MAX(id) FROM inbox) - (SELECT MIN(id) FROM inbox) AS span')
    .one()
  return span !== null && span >= INBOX_ROWS_MAX
}

/** Whether something is stored that was not judged yet. */
export function isWaiting(sql: SqlStorage): boolean {
  return sql.exec('SELECT id FROM inbox LIMIT 1').toArray().length > 0
}

interface Stored extends Record<string, SqlStorageValue> {
  id: number
  units: number
  alerts: string
}

/** Judges the next stored alerts, in the order in which they came, in one transaction. True when more may be left. */
export function judge(desk: Desk, wall: Instant): boolean {
  const some = next(desk.sql)
  if (some.length === 0) return false
  try {
    desk.commit(() => judgePieces(desk, some, wall))
  } catch (thrown) {
    // Each piece alone; the one that throws again is kept unread, so that it does not hold up the others for ever.
    console.error('inbox', thrown instanceof Error ? thrown.message : thrown)
    for (const piece of some) judgeAlone(desk, piece, wall)
  }
  return true
}

// Read one by one: a piece may be large, and mostly the first is enough.
function next(sql: SqlStorage): Stored[] {
  const some: Stored[] = []
  let units = 0
  for (const piece of sql.exec<Stored>('SELECT id, units, alerts FROM inbox ORDER BY id')) {
    units += piece.units
    if (some.length > 0 && units > ALERTS_PER_PIECE_MAX) break
    some.push(piece)
    if (units >= ALERTS_PER_PIECE_MAX) break
  }
  return some
}

function judgePieces(desk: Desk, some: readonly Stored[], wall: Instant): void {
  const [first, last] = [some[0]?.id ?? 0, some.at(-1)?.id ?? 0]
  desk.sql.exec('DELETE FROM inbox WHERE id BETWEEN ? AND ?', first, last)
  const alerts = some.flatMap((piece) => JSON.parse(piece.alerts) as AlertIntake['alerts'])
  takeAlerts(desk, alerts, wall, desk.now(), true)
}

function judgeAlone(desk: Desk, piece: Stored, wall: Instant): void {
  try {
    desk.commit(() => judgePieces(desk, [piece], wall))
  } catch (thrown) {
    console.error('inbox', thrown instanceof Error ? thrown.message : thrown)
    desk.commit(() => setAside(desk, piece, wall))
  }
}

function setAside(desk: Desk, piece: Stored, wall: Instant): void {
  desk.sql.exec('DELETE FROM inbox WHERE id = ?', piece.id)
  const said = { intake: 'inbox', source: '', contentType: 'application/json', reason: 'not-storable' }
  writeQuarantine(desk.sql, { ...said, raw: piece.alerts }, wall)
  count(desk.sql, 'pending', -piece.units)
  count(desk.sql, 'quarantined', piece.units)
}
