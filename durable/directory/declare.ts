import { sourceSeverityOf } from '../core/correlate/severity.ts'
import type { Instant } from '../protocol/domain.ts'
import type { DeclareRequest } from '../protocol/objects.ts'
import type { Desk } from './desk.ts'
import { Mailing } from './mailing.ts'
import { openIncident } from './place.ts'

/** An incident that a person declares: no alert, their severity. Alerts of its service may join it. Answers the id. */
export function declareIncident(desk: Desk, request: DeclareRequest, wall: Instant, now: Instant): string {
  const mailing = new Mailing(desk, wall, now)
  const { id } = openIncident(desk, mailing, {
    title: request.title,
    severity: request.severity,
    sourceSeverity: sourceSeverityOf(request.severity),
    severityInferred: false,
    service: request.service,
    openedBy: { kind: 'person', name: request.by },
    openedFor: 'declared',
  })
  mailing.post()
  return id
}
