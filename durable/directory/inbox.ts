import type { Instant } from '../protocol/domain.ts'
import type { AlertIntake } from '../protocol/objects.ts'
import { count, countAll } from './counters.ts'
import type { Desk } from './desk.ts'
import { ALERT_CHARS_MAX, fitted } from './fit.ts'
import { type Taken, takeAlerts } from './intake.ts'
import { writeJournal, writeQuarantine } from './journal.ts'

/** Alerts of one commit that are judged within it. More are stored first and judged after their senders were answered. */
export const ALERTS_AT_ONCE_MAX = 16
/** Alerts judged in one turn: a few milliseconds, for who posts meanwhile waits so long. */
export const ALERTS_PER_TURN_MAX = 64
/** Characters of one stored piece: a row holds 2 MB, at 3 bytes each at most. */
const PIECE_CHARS_MAX = 400_000

type Parsed = AlertIntake['alerts']

/** Stores posts as they came with what was understood of them; judged later, each unit pending until then. */
export function store(desk: Desk, posts: readonly AlertIntake[], wall: Instant): Taken[] {
  const taken = posts.map((post) => {
    return { journal: writeJournal(desk.sql, post, wall), received: post.alerts.length, deduplicated: 0 }
  })
  // Together, whoever sent them: one row for many small posts.
  const journal = taken[0]?.journal ?? 0
  for (const { units, alerts } of pieces(posts.flatMap((post) => post.alerts)))
    desk.sql.exec('INSERT INTO inbox (journal, units, alerts) VALUES (?, ?, ?)', journal, units, alerts)
  const received = taken.reduce((sum, post) => sum + post.received, 0)
  countAll(desk.sql, [
    ['received', received],
    ['pending', received],
  ])
  return taken
}

// Each alert becomes text once: a storm's posts pass through here.
function pieces(alerts: Parsed): { units: number; alerts: string }[] {
  const all: { units: number; alerts: string }[] = []
  for (const alert of alerts) {
    const whole = JSON.stringify(alert)
    const json = whole.length > ALERT_CHARS_MAX ? JSON.stringify(fitted(alert)) : whole
    const last = all.at(-1)
    if (last && last.units < ALERTS_PER_TURN_MAX && last.alerts.length + json.length < PIECE_CHARS_MAX) {
      last.alerts += `,${json}`
      last.units += 1
    } else all.push({ units: 1, alerts: json })
  }
  return all.map((piece) => ({ units: piece.units, alerts: `[${piece.alerts}]` }))
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

interface Piece extends Record<string, SqlStorageValue> {
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
function next(sql: SqlStorage): Piece[] {
  const some: Piece[] = []
  let units = 0
  for (const piece of sql.exec<Piece>('SELECT id, units, alerts FROM inbox ORDER BY id')) {
    units += piece.units
    if (some.length > 0 && units > ALERTS_PER_TURN_MAX) break
    some.push(piece)
    if (units >= ALERTS_PER_TURN_MAX) break
  }
  return some
}

function judgePieces(desk: Desk, some: readonly Piece[], wall: Instant): void {
  const [first, last] = [some[0]?.id ?? 0, some.at(-1)?.id ?? 0]
  desk.sql.exec('DELETE FROM inbox WHERE id BETWEEN ? AND ?', first, last)
  const alerts = some.flatMap((piece) => JSON.parse(piece.alerts) as Parsed)
  takeAlerts(desk, alerts, wall, desk.now(), true)
}

function judgeAlone(desk: Desk, piece: Piece, wall: Instant): void {
  try {
    desk.commit(() => judgePieces(desk, [piece], wall))
  } catch (thrown) {
    console.error('inbox', thrown instanceof Error ? thrown.message : thrown)
    desk.commit(() => setAside(desk, piece, wall))
  }
}

function setAside(desk: Desk, piece: Piece, wall: Instant): void {
  desk.sql.exec('DELETE FROM inbox WHERE id = ?', piece.id)
  const said = { intake: 'inbox', source: '', contentType: 'application/json', reason: 'not-storable' }
  writeQuarantine(desk.sql, { ...said, raw: piece.alerts }, wall)
  count(desk.sql, 'pending', -piece.units)
  count(desk.sql, 'quarantined', piece.units)
}
