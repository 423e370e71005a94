import type { Change, Instant } from '../protocol/domain.ts'
import type { Desk } from './desk.ts'

/** Changes kept; the oldest go first. A hundred services that each deploy ten times a day fill it in a week. */
export const CHANGES_MAX = 7_000
/** Changes that one question is answered with, the youngest. A quarter of an hour never held so many. */
const CHANGES_PER_ANSWER_MAX = 200

/** Stores what is new; a change is known by its source and id, and a repeat changes nothing. */
export function takeChanges(
  desk: Desk,
  source: string,
  changes: Omit<Change, 'catalogued' | 'source'>[],
): { stored: number; deduplicated: number } {
  let stored = 0
  for (const said of changes) {
    const change: Change = { ...said, source, catalogued: desk.knows(said.service) }
    stored += desk.sql
      .exec(
        'INSERT INTO change (source, id, at, json) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING at',
        source,
        change.id,
        change.at,
        JSON.stringify(change),
      )
      .toArray().length
  }
  if (stored > 0) {
    trim(desk.sql)
    desk.changed()
  }
  return { stored, deduplicated: changes.length - stored }
}

/** The changes of a span, both ends included, in order of time. */
export function readChanges(sql: SqlStorage, from: Instant, to: Instant): Change[] {
  return sql
    .exec<{ json: string }>(
      'SELECT json FROM change WHERE at BETWEEN ? AND ? ORDER BY at DESC, source, id LIMIT ?',
      from,
      to,
      CHANGES_PER_ANSWER_MAX,
    )
    .toArray()
    .map(({ json }) => JSON.parse(json) as Change)
    .toReversed()
}

function trim(sql: SqlStorage): void {
  sql.exec(
    'DELETE FROM change WHERE rowid IN (SELECT rowid FROM change ORDER BY at DESC LIMIT -1 OFFSET ?)',
    CHANGES_MAX,
  )
}
