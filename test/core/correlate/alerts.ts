import type { Alert, Instant } from '../../../durable/protocol/domain.ts'

/** An alert of `checkout`, with what a test cares about set. */
export function alert(said: Partial<Alert> = {}): Alert {
  return {
    source: 'prometheus',
    fingerprint: 'f1',
    status: 'firing',
    severity: 'warning',
    severityInferred: false,
    service: 'checkout',
    catalogued: true,
    title: 'HighLatency',
    labels: { alertname: 'HighLatency', service: 'checkout' },
    annotations: {},
    startsAt: 100,
    endsAt: null,
    validUntil: null,
    groupKey: null,
    links: [],
    ...said,
  }
}

export function firing(startsAt: Instant, validUntil: Instant | null = null, said: Partial<Alert> = {}): Alert {
  return alert({ startsAt, validUntil, ...said })
}

export function resolved(startsAt: Instant, endsAt: Instant): Alert {
  return alert({ status: 'resolved', startsAt, endsAt })
}
