import type { AutonomyRecord } from '../protocol/controls.ts'
import type { Instant } from '../protocol/domain.ts'
import type { ArchivedIncident } from '../protocol/ports.ts'

/** Keeps what the actions of an incident came to, in the caller's transaction; said again it replaces what was said. */
export function putRecord(sql: SqlStorage, { id, detail }: ArchivedIncident): void {
  sql.exec('DELETE FROM action_record WHERE incident = ?', id)
  for (const { number, action, status, execution, verification } of detail.proposals) {
    if (!execution) continue
    const ended = status === 'undone' ? 'undone' : (verification?.end ?? execution.outcome)
    sql.exec(
      'INSERT INTO action_record (incident, proposal, type, target, at, ended) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      number,
      action.type,
      action.target,
      execution.startedAt,
      ended,
    )
  }
}

/** Verified recoveries and regressions of an action on a service, of what started after `since`. */
export function actionRecord(
  sql: SqlStorage,
  { type, target, since }: { type: string; target: string; since: Instant | null },
): AutonomyRecord {
  return sql
    .exec<{ n: number; regressions: number }>(
      `SELECT COALESCE(SUM(ended = 'recovered'), 0) AS n, COALESCE(SUM(ended IN ('worse', 'undone')), 0) AS regressions
       FROM action_record WHERE type = ? AND target = ? AND at > ?`,
      type,
      target,
      since ?? Number.MIN_SAFE_INTEGER,
    )
    .one()
}
