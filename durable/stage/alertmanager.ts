import type { Instant } from '../protocol/domain.ts'
import type { ScenarioAlert } from '../../scenarios/scenario.ts'

/** Go's zero time: how Alertmanager says that an alert has not ended. */
const NOT_ENDED = '0001-01-01T00:00:00Z'

/** One alert as an Alertmanager's webhook (version 4) sends it; a group is one rule on one service. */
export function webhookOf(alert: ScenarioAlert, storyStart: Instant): unknown {
  const { labels, annotations, status } = alert
  const group = { alertname: alert.name, service: alert.service }
  return {
    version: '4',
    groupKey: `{}:{alertname="${alert.name}", service="${alert.service}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'incident-commander',
    groupLabels: group,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: new Date(storyStart + alert.startsMs).toISOString(),
        endsAt: alert.endsMs === null ? NOT_ENDED : new Date(storyStart + alert.endsMs).toISOString(),
        generatorURL: '',
        fingerprint: fingerprint(labels),
      },
    ],
  }
}

const FNV_OFFSET = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n

/** FNV-1a of 64 bits over the sorted labels, as sixteen hex digits: what Prometheus' client library does. */
function fingerprint(labels: Record<string, string>): string {
  let hash = FNV_OFFSET
  const add = (byte: number): void => {
    hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & 0xffffffffffffffffn
  }
  for (const [name, value] of Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const text of [name, value]) {
      for (const byte of new TextEncoder().encode(text)) add(byte)
      add(255)
    }
  }
  return hash.toString(16).padStart(16, '0')
}
