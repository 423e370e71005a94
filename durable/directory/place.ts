import { type OpenIncident, correlate, takesOthers } from '../core/correlate/group.ts'
import { severityOf } from '../core/correlate/severity.ts'
import { identityPairs } from '../core/correlate/similar.ts'
import type { Alert, IncidentHead, Instant } from '../protocol/domain.ts'
import { incidentId } from '../protocol/namespace.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import type { Desk } from './desk.ts'
import { insertIncident } from './incidents.ts'
import { instanceOf } from './instance.ts'
import type { Mailing } from './mailing.ts'
import { randomBody } from './random.ts'

export interface Place {
  incident: string
  reason: string
  /** what the reason found. */
  matched: string
}

/** The incident that is there for a firing alert, or null: it would open one. */
export function joined(desk: Desk, alert: Alert, own: OpenIncident | null, now: Instant): Place | null {
  const around = desk.around()
  const found = correlate(alert, own, desk.incidents.recent(now, around.windowMs), around, now)
  if (found.incident === null) return null
  if (found.reason === 'similar-labels') desk.incidents.liken(found.incident, identityPairs(alert.labels))
  return found
}

/** Opens an incident for an alert that joins none; in a storm the one incident that gathers it. */
export function opened(desk: Desk, mailing: Mailing, alert: Alert, now: Instant): Place {
  const storm = desk.storm.now(desk.rules(), now)
  if (storm) return gathered(desk, mailing, alert, storm.incident, now)
  const head = openFor(desk, mailing, alert, alert.title, 'new-alert')
  desk.incidents.liken(head.id, identityPairs(alert.labels))
  return { incident: head.id, reason: 'new-alert', matched: '' }
}

/** Gives a firing alert its incident: one that is there, or a new one with its opening in the mail. */
export function place(desk: Desk, mailing: Mailing, alert: Alert, own: OpenIncident | null, now: Instant): Place {
  return joined(desk, alert, own, now) ?? opened(desk, mailing, alert, now)
}

// One incident for all that belongs to no other: its agents run once, people read one list.
function gathered(desk: Desk, mailing: Mailing, alert: Alert, known: string | null, now: Instant): Place {
  const matched = `${desk.storm.perMinute(now)} new alerts in a minute`
  const there = known === null ? null : desk.incidents.get(known)
  if (there && takesOthers(there, desk.around().windowMs, now)) return { incident: there.id, reason: 'storm', matched }
  const head = openFor(desk, mailing, alert, 'Alert storm', 'storm')
  desk.storm.gatherIn(head.id)
  return { incident: head.id, reason: 'storm', matched }
}

function openFor(desk: Desk, mailing: Mailing, alert: Alert, title: string, why: 'new-alert' | 'storm'): IncidentHead {
  return openIncident(
    desk,
    mailing,
    {
      title,
      severity: severityOf(alert.severity),
      sourceSeverity: alert.severity,
      severityInferred: alert.severityInferred,
      service: alert.service,
      openedBy: { kind: 'source', name: alert.source },
      openedFor: why,
    },
    why === 'storm',
  )
}

/** A new incident in the index, with the opening of its room in the mail. */
export function openIncident(
  desk: Desk,
  mailing: Mailing,
  said: Omit<IncidentHead, 'id' | 'namespace' | 'drill' | 'instance' | 'openedAt'>,
  storm = false,
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
    openedAt: mailing.now,
    likenesses: [],
    storm,
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
