import { allHold } from '../core/correlate/silence.ts'
import type { Alert } from '../protocol/domain.ts'
import type { Matcher } from '../protocol/noise.ts'

/** Alerts answered at once, the newest; who has more looks at incidents. */
export const FIRING_MAX = 1_000
/** Rows looked at for them: matchers are tried on what was read. */
const ROWS_MAX = 10_000

/** What people believe to fire and all matchers hold of, newest first. */
export function readFiring(sql: SqlStorage, matchers: readonly Matcher[]): Alert[] {
  const holds = allHold(matchers)
  const found: Alert[] = []
  const rows = sql.exec<{ told: string }>(
    'SELECT told FROM alert WHERE ended IS NULL AND told IS NOT NULL ORDER BY wall DESC LIMIT ?',
    ROWS_MAX,
  )
  for (const { told } of rows) {
    const alert = JSON.parse(told) as Alert
    if (!holds(alert)) continue
    found.push(alert)
    if (found.length === FIRING_MAX) break
  }
  return found
}
