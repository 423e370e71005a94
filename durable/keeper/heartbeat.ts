import type { Instant } from '../protocol/domain.ts'
import type { AlertIntake } from '../protocol/objects.ts'

/** The source of what this instance says itself. */
export const COMMANDER = 'commander'

/**
 * The state of a source's heartbeat as an alert of our own: firing since the moment it was due, resolved when it was heard
 * again. A level, so that it may be said twice.
 */
export function heartbeatAlert(source: string, dueAt: Instant, endsAt: Instant | null): AlertIntake {
  const alert: AlertIntake['alerts'][number] = {
    source: COMMANDER,
    fingerprint: `heartbeat-missing ${source}`,
    status: endsAt === null ? 'firing' : 'resolved',
    severity: 'error',
    severityInferred: false,
    service: source,
    title: `HeartbeatMissing on ${source}`,
    labels: { alertname: 'HeartbeatMissing', service: source, severity: 'error', source },
    annotations: { summary: `${source} said nothing for longer than it should; what it watches may be unwatched.` },
    startsAt: dueAt,
    endsAt: endsAt === null ? null : Math.max(endsAt, dueAt),
    validUntil: null,
    groupKey: null,
    links: [],
  }
  return { intake: 'alerts', source: COMMANDER, raw: JSON.stringify([alert]), alerts: [alert] }
}
