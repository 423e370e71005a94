import type { Alert } from '../../protocol/domain.ts'
import type { Situation } from './agent.ts'

const WORST_FIRST: readonly Alert['severity'][] = ['critical', 'error', 'warning', 'info']

/**
 * The catalogued services that show the symptom, the leading one first: the incident's own service, then those of firing
 * alerts by severity and time. Only the mapped service of an alert is read. Empty when the catalogue knows none of them.
 */
export function symptomServices(situation: Situation): string[] {
  const known = new Set(situation.catalogue.services.map((service) => service.id))
  const alerts = situation.alerts
    .filter((alert) => alert.status === 'firing' && alert.catalogued)
    .sort((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity) || a.startsAt - b.startsAt)
  const named = [situation.head.service, ...alerts.map((alert) => alert.service)]
  return [...new Set(named)].filter((service) => known.has(service))
}
