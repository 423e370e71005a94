import { type OpenIncident, correlate } from '../core/correlate/group.ts'
import { severityOf } from '../core/correlate/severity.ts'
import type { Alert, IncidentHead, Instant } from '../protocol/domain.ts'
import { incidentId } from '../protocol/namespace.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import type { Desk } from './desk.ts'
import { insertIncident } from './incidents.ts'
import { instanceOf } from './instance.ts'
import type { Mailing } from './mailing.ts'
import { randomBody } from './random.ts'

/** Gives a firing alert its incident: one that is there, or a new one with its opening in the mail. */
export function place(
  desk: Desk,
  mailing: Mailing,
  alert: Alert,
  own: OpenIncident | null,
  now: Instant,
): { incident: string; reason: string; matched: string } {
  const found = correlate(alert, own, desk.incidents.recent(now), desk.links(), now)
  if (found.incident !== null) return found
  const head = openIncident(desk, mailing, {
    title: alert.title,
    severity: severityOf(alert.severity),
    sourceSeverity: alert.severity,
    severityInferred: alert.severityInferred,
    service: alert.service,
    openedBy: { kind: 'source', name: alert.source },
    openedFor: found.reason,
  })
  return { incident: head.id, reason: found.reason, matched: found.matched }
}

/** A new incident in the index, with the opening of its room in the mail. */
export function openIncident(
  desk: Desk,
  mailing: Mailing,
  said: Omit<IncidentHead, 'id' | 'namespace' | 'drill' | 'instance' | 'openedAt'>,
): IncidentHead {
  const head: IncidentHead = {
    id: incidentId(desk.namespace, randomBody()),
    namespace: desk.namespace,
    drill: desk.drill,
    instance: instanceOf(desk.sql),
    openedAt: mailing.now,
    ...said,
  }
  const incident = {
    id: head.id,
    state: 'triggered' as const,
    services: new Set([head.service]),
    groups: new Set<string>(),
    lastAlertAt: mailing.now,
    endedAt: null,
  }
  const row = rowOf(head)
  insertIncident(desk.sql, row, incident)
  desk.fresh.push(row)
  desk.incidents.add(incident)
  mailing.open(head)
  return head
}

/** The row of an incident whose room has not spoken yet. */
function rowOf(head: IncidentHead): IncidentRow {
  return {
    id: head.id,
    title: head.title,
    state: 'triggered',
    phase: 'detecting',
    severity: head.severity,
    sourceSeverity: head.sourceSeverity,
    severityInferred: head.severityInferred,
    service: head.service,
    drill: head.drill,
    proposal: null,
    openedAt: new Date(head.openedAt).toISOString(),
    alertsClearSince: null,
    awaitingHuman: false,
    seq: 0,
  }
}
