import type { RecentAction } from '../protocol/controls.ts'
import type { Instant } from '../protocol/domain.ts'

/** How long what ended is remembered here, in ms: a fix that recurs is looked for over a week at most. */
export const RECENT_MS = 7 * 86_400_000
/** Actions kept in all; the oldest that ended goes first. What is not settled stays, for it locks its target. */
export const RECENT_MAX = 5_000
/** Of them asked for at once. */
const ASKED_MAX = 200
const UNSETTLED = "('running', 'outcome-unknown')"

interface Row extends Record<string, SqlStorageValue> {
  incident: string
  proposal: number
  type: string
  target: string
  at: number
  ended: string
}

/** What a room says of its own actions; the newest word on each counts. */
export function putActions(sql: SqlStorage, actions: readonly RecentAction[], now: Instant): void {
  for (const { incident, proposal, type, target, at, end } of actions)
    sql.exec(
      'INSERT OR REPLACE INTO recent_action (incident, proposal, type, target, at, ended) VALUES (?, ?, ?, ?, ?, ?)',
      incident,
      proposal,
      type,
      target,
      at,
      end,
    )
  sql.exec(
    `DELETE FROM recent_action WHERE ended NOT IN ${UNSETTLED} AND (at < ? OR rowid IN (
       SELECT rowid FROM recent_action ORDER BY at DESC LIMIT -1 OFFSET ?))`,
    now - RECENT_MS,
    RECENT_MAX,
  )
}

/** Actions of other incidents on a target (null: on any), the newest first; what is not settled comes before all. */
export function recentActions(
  sql: SqlStorage,
  { incident, target, now }: { incident: string; target: string | null; now: Instant },
): RecentAction[] {
  return sql
    .exec<Row>(
      `SELECT * FROM recent_action
       WHERE incident <> ? AND (? IS NULL OR target = ?) AND (at >= ? OR ended IN ${UNSETTLED})
       ORDER BY ended IN ${UNSETTLED} DESC, at DESC LIMIT ?`,
      incident,
      target,
      target,
      now - RECENT_MS,
      ASKED_MAX,
    )
    .toArray()
    .map(({ ended, ...row }) => ({ ...row, end: ended as RecentAction['end'] }))
}
