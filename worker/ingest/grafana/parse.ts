import type { ParsedPost } from '../alert.ts'
import { parseAlertmanager } from '../alertmanager/parse.ts'
import type { Origin } from '../origin.ts'

/** Grafana's own addresses of an alert, beside the one that Alertmanager has too. */
const LINKS = [
  ['dashboard', 'dashboardURL'],
  ['panel', 'panelURL'],
  ['silence', 'silenceURL'],
] as const

/** Grafana's webhook: Alertmanager's message with more members, of which the addresses are kept. */
export function parseGrafana(body: unknown, { source, receivedAt, ignoreLabels }: Origin): ParsedPost {
  return parseAlertmanager(body, source, receivedAt, ignoreLabels, LINKS)
}
