import { allHold } from '../core/correlate/silence.ts'
import { type Privacy, maySee } from '../protocol/crew.ts'
import type { Alert, Role } from '../protocol/domain.ts'
import type { Matcher } from '../protocol/noise.ts'

/** Alerts answered at once, the newest; who has more looks at incidents. */
export const FIRING_MAX = 1_000
/** Rows looked at for them: matchers are tried on what was read. */
const ROWS_MAX = 10_000

/** What people believe to fire and all matchers hold of, newest first; without what is in incidents hidden from the reader. */
export function readFiring(
  sql: SqlStorage,
  matchers: readonly Matcher[],
  reader: { name: string; role: Role },
): Alert[] {
  const holds = allHold(matchers)
  const found: Alert[] = []
  const rows = sql.exec<{ told: string; privacy: string | null }>(
    `SELECT told, json_extract(incident.row, '$.private') AS privacy
     FROM alert LEFT JOIN incident ON incident.id = alert.incident
     WHERE alert.ended IS NULL AND told IS NOT NULL ORDER BY wall DESC LIMIT ?`,
    ROWS_MAX,
  )
  for (const { told, privacy } of rows) {
    const alert = JSON.parse(told) as Alert
    const hidden = privacy !== null && !maySee(JSON.parse(privacy) as Privacy, reader)
    if (hidden || !holds(alert)) continue
    found.push(alert)
    if (found.length === FIRING_MAX) break
  }
  return found
}
