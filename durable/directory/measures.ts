import type { Instant } from '../protocol/domain.ts'
import type { Measures, Tally } from '../protocol/measures.ts'
import { catalogueHead } from './catalogue.ts'
import type { Desk } from './desk.ts'
import { readSwitch } from './switch.ts'

/** Series that are counted: routes × codes and sources × codes of a large installation are under a thousand. */
const SERIES_MAX = 3_000
const SERIES_CHARS_MAX = 300
/** Where counts of further series go, so that none vanishes unsaid. */
const BEYOND = 'ic_series_beyond_limit_total'

/** Adds what a Worker counted, in the caller's transaction. */
export function addTally(sql: SqlStorage, tally: Tally): void {
  let room = SERIES_MAX - sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM measure').one().n
  for (const [series, n] of Object.entries(tally)) {
    if (!Number.isFinite(n) || n < 0) continue
    const known = sql.exec('SELECT 1 FROM measure WHERE series = ?', series).toArray().length > 0
    const fits = known || (room > 0 && series.length <= SERIES_CHARS_MAX)
    if (fits && !known) room -= 1
    sql.exec(
      'INSERT INTO measure (series, n) VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET n = n + excluded.n',
      fits ? series : BEYOND,
      fits ? n : 1,
    )
  }
}

/** What there is to say now. Reads tables alone; no room is woken for it. */
export function readMeasures(desk: Desk, wall: Instant, lobbySockets: number): Measures {
  const { sql } = desk
  const tallies = pairs(sql.exec<{ name: string; n: number }>('SELECT series AS name, n FROM measure'))
  const inbox = sql
    .exec<{ waiting: number; parked: number; oldest: number | null }>(
      `SELECT COUNT(*) FILTER (WHERE parked IS NULL) AS waiting, COUNT(*) FILTER (WHERE parked IS NOT NULL) AS parked,
         MIN(CASE WHEN parked IS NULL AND written > 0 THEN written END) AS oldest FROM outbox`,
    )
    .one()
  // Of a storm the posts are stored and answered first, and judged a little later: they wait too.
  const unjudged = sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM inbox').one().n
  const stored = sql
    .exec<{ wall: number }>(
      'SELECT journal.wall AS wall FROM inbox JOIN journal ON journal.id = inbox.journal ORDER BY inbox.id LIMIT 1',
    )
    .toArray()[0]
  const oldest = Math.min(inbox.oldest ?? wall, stored?.wall ?? wall)
  return {
    tallies,
    intake: pairs(sql.exec<{ name: string; n: number }>('SELECT name, n FROM counter')),
    inbox: {
      rows: inbox.waiting + unjudged,
      oldestS: Math.max(0, (wall - oldest) / 1_000),
      parked: inbox.parked,
    },
    incidents: sql
      .exec<{ severity: string; state: string; awaiting: number; n: number }>(
        `SELECT json_extract(row, '$.severity') AS severity, state, json_extract(row, '$.awaitingHuman') AS awaiting,
           COUNT(*) AS n FROM incident WHERE state NOT IN ('closed', 'canceled', 'merged') GROUP BY 1, 2, 3`,
      )
      .toArray()
      .map(({ severity, state, awaiting, n }) => ({ severity, state, awaitingHuman: awaiting === 1, n })),
    silences: sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM silence WHERE ends > ?', desk.now()).one().n,
    lobbySockets,
    killSwitch: readSwitch(sql).on,
    catalogueRevision: catalogueHead(desk).revision,
  }
}

/** Writes a row and reads it back: storage that only answers from memory is not ready. */
export function probe(sql: SqlStorage, wall: Instant): boolean {
  sql.exec(
    "INSERT INTO meta (name, value) VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    String(wall),
  )
  return sql.exec<{ value: string }>("SELECT value FROM meta WHERE name = 'probe'").one().value === String(wall)
}

function pairs(rows: Iterable<{ name: string; n: number }>): Record<string, number> {
  return Object.fromEntries([...rows].map(({ name, n }) => [name, n]))
}
