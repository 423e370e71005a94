import type { Alert } from '../protocol/domain.ts'

/** Characters of JSON of one alert that are kept beside its journal. A row of 2 MB holds it twice, at 3 bytes each. */
export const ALERT_CHARS_MAX = 200_000
const NAMES: readonly string[] = ['alertname', 'service', 'severity']

/** An alert of a sensible size as it is; a larger one with its names only. The post as it came is in the journal. */
export function fitted<A extends Omit<Alert, 'catalogued'>>(alert: A): A {
  if (JSON.stringify(alert).length <= ALERT_CHARS_MAX) return alert
  const names = Object.entries(alert.labels).filter(([name]) => NAMES.includes(name))
  return { ...alert, labels: Object.fromEntries([...names, ['ic_cut', 'too large']]), annotations: {}, links: [] }
}
