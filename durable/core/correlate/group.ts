import type { Alert, IncidentState, Instant } from '../../protocol/domain.ts'
import { type Links, within } from './topology.ts'

/** An incident takes further alerts for so long after its last one; every alert rolls the window on. PagerDuty's
 *  intelligent grouping uses the same five minutes. */
export const GROUP_WINDOW_MS = 300_000
/** Calls that an alert may be away from an incident's services and still be its neighbour. */
export const GROUP_HOPS_MAX = 2
/** Firing again so soon after its incident ended concerns that incident. */
export const REFIRE_MS = 600_000

/** What correlation needs to know of an incident. */
export interface OpenIncident {
  id: string
  state: IncidentState
  /** the services of its alerts. */
  services: ReadonlySet<string>
  /** `groupOf` of its alerts. */
  groups: ReadonlySet<string>
  lastAlertAt: Instant
  /** since when it is resolved, closed, canceled or merged; null while it is not. */
  endedAt: Instant | null
}

/** Which incident an alert belongs to, why, and by what. */
export type Correlation =
  | { incident: string; reason: 'same-alert' | 'same-group' | 'same-service' | 'topology-neighbour'; matched: string }
  | { incident: null; reason: 'new-alert'; matched: '' }

/** The group an alert's sender put it in; groups of two sources are two. */
export function groupOf(alert: Pick<Alert, 'source' | 'groupKey'>): string | null {
  return alert.groupKey === null ? null : `${alert.source} ${alert.groupKey}`
}

/**
 * Where an alert that begins to fire at `now` belongs: its own incident where that is still on or only just resolved;
 * else one in whose window it falls, by its group, its service, or the nearest service up to two calls away; else a new
 * one. Of several, the one with the youngest alert, then the smaller id: never chance.
 */
export function correlate(
  alert: Pick<Alert, 'source' | 'groupKey' | 'service'>,
  own: OpenIncident | null,
  incidents: Iterable<OpenIncident>,
  links: Links,
  now: Instant,
): Correlation {
  if (own && takesItsOwn(own, now)) return { incident: own.id, reason: 'same-alert', matched: own.id }
  const open = [...incidents].filter((incident) => takesOthers(incident, now))
  const group = groupOf(alert)
  if (group !== null) {
    const same = youngest(open.filter((incident) => incident.groups.has(group)))
    if (same) return { incident: same.id, reason: 'same-group', matched: group }
  }
  const same = youngest(open.filter((incident) => incident.services.has(alert.service)))
  if (same) return { incident: same.id, reason: 'same-service', matched: alert.service }
  return neighbour(alert.service, open, links) ?? { incident: null, reason: 'new-alert', matched: '' }
}

/** Whether an alert that its source keeps calling firing needs a new incident: its own ended too long ago. */
export function outlived(own: OpenIncident | null, now: Instant): boolean {
  return own === null || (own.endedAt !== null && now - own.endedAt > REFIRE_MS)
}

// A resolved incident may be reopened by its own alert (the room decides); what people closed stays closed.
function takesItsOwn(incident: OpenIncident, now: Instant): boolean {
  if (incident.state === 'resolved') return incident.endedAt === null || now - incident.endedAt <= REFIRE_MS
  return incident.endedAt === null
}

function takesOthers(incident: OpenIncident, now: Instant): boolean {
  return takesItsOwn(incident, now) && now - incident.lastAlertAt <= GROUP_WINDOW_MS
}

function neighbour(service: string, open: OpenIncident[], links: Links): Correlation | null {
  const near = within(links, service, GROUP_HOPS_MAX)
  for (let hops = 1; hops <= GROUP_HOPS_MAX; hops += 1) {
    const at = [...near].filter(([, distance]) => distance === hops).map(([id]) => id)
    const found = youngest(open.filter((incident) => at.some((id) => incident.services.has(id))))
    if (!found) continue
    const matched = at.filter((id) => found.services.has(id)).sort()[0] ?? ''
    return { incident: found.id, reason: 'topology-neighbour', matched }
  }
  return null
}

function youngest(incidents: OpenIncident[]): OpenIncident | null {
  return incidents.reduce<OpenIncident | null>((best, next) => {
    if (best === null || next.lastAlertAt > best.lastAlertAt) return next
    return next.lastAlertAt === best.lastAlertAt && next.id < best.id ? next : best
  }, null)
}
