import type { Alert, IncidentState, Instant } from '../../protocol/domain.ts'
import { type ChangeReach, sameChange } from './change.ts'
import { SIMILAR_MIN, identityPairs, similarity } from './similar.ts'
import { type Links, within } from './topology.ts'

/** An incident takes further alerts for so long after its last one, where the catalogue says nothing else; every alert
 *  rolls the window on. PagerDuty's intelligent grouping uses the same five minutes. */
export const GROUP_WINDOW_MS = 300_000
/** However it rolls, an incident takes nobody else's alerts so long after it opened. */
export const GROUP_AGE_MS_MAX = 86_400_000
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
  openedAt: Instant
  /** the identity labels of alerts that joined it for their labels or opened it: `identityPairs`, a few of them. */
  likenesses: readonly (readonly string[])[]
  /** it gathers a storm: what it holds has nothing in common but the time. */
  storm: boolean
  /** since when it is resolved, closed, canceled or merged; null while it is not. */
  endedAt: Instant | null
}

/** Which incident an alert belongs to, why, and by what. */
export type Correlation =
  | {
      incident: string
      reason: 'same-alert' | 'same-group' | 'same-service' | 'topology-neighbour' | 'same-change' | 'similar-labels'
      matched: string
    }
  | { incident: null; reason: 'new-alert'; matched: '' }

/** What correlation needs to know of the namespace. */
export interface Surroundings {
  links: Links
  /** recent changes and what they reach. */
  changes: readonly ChangeReach[]
  windowMs: number
}

/** The group an alert's sender put it in; groups of two sources are two. */
export function groupOf(alert: Pick<Alert, 'source' | 'groupKey'>): string | null {
  return alert.groupKey === null ? null : `${alert.source} ${alert.groupKey}`
}

/**
 * Where an alert that begins to fire at `now` belongs: its own incident where that is still on or only just resolved;
 * else one in whose window it falls, by its group, its service, the nearest service up to two calls away, a change that
 * reaches both, or labels that are nearly the same; else a new one. Of several, the one with the youngest alert, then the
 * smaller id: never chance. A storm's incident takes by group and service only.
 */
export function correlate(
  alert: Pick<Alert, 'source' | 'groupKey' | 'service' | 'labels'>,
  own: OpenIncident | null,
  incidents: Iterable<OpenIncident>,
  around: Surroundings,
  now: Instant,
): Correlation {
  if (own && takesItsOwn(own, now)) return { incident: own.id, reason: 'same-alert', matched: own.id }
  const open = [...incidents].filter((incident) => takesOthers(incident, around.windowMs, now))
  const group = groupOf(alert)
  if (group !== null) {
    const same = youngest(open.filter((incident) => incident.groups.has(group)))
    if (same) return { incident: same.id, reason: 'same-group', matched: group }
  }
  const same = youngest(open.filter((incident) => incident.services.has(alert.service)))
  if (same) return { incident: same.id, reason: 'same-service', matched: alert.service }
  const causes = open.filter((incident) => !incident.storm)
  return (
    neighbour(alert.service, causes, around.links) ??
    byChange(alert.service, causes, around.changes, now) ??
    byLabels(alert.labels, causes) ?? { incident: null, reason: 'new-alert', matched: '' }
  )
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

/** Whether it takes alerts that are not its own at `now`. */
export function takesOthers(incident: OpenIncident, windowMs: number, now: Instant): boolean {
  return (
    takesItsOwn(incident, now) && now - incident.lastAlertAt <= windowMs && now - incident.openedAt <= GROUP_AGE_MS_MAX
  )
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

function byChange(
  service: string,
  open: OpenIncident[],
  changes: readonly ChangeReach[],
  now: Instant,
): Correlation | null {
  if (changes.length === 0) return null
  const reached = new Map<OpenIncident, string>()
  for (const incident of open) {
    const change = sameChange(changes, service, incident.services, now)
    if (change !== null) reached.set(incident, change)
  }
  const found = youngest([...reached.keys()])
  return found && { incident: found.id, reason: 'same-change', matched: reached.get(found) ?? '' }
}

// The most alike; of equals the youngest. The figure is shown, so that people can judge it.
function byLabels(labels: Readonly<Record<string, string>>, open: OpenIncident[]): Correlation | null {
  const pairs = identityPairs(labels)
  let best = 0
  let alike: OpenIncident[] = []
  for (const incident of open) {
    const figure = Math.max(0, ...incident.likenesses.map((other) => similarity(pairs, other)))
    if (figure < SIMILAR_MIN || figure < best) continue
    alike = figure > best ? [incident] : [...alike, incident]
    best = figure
  }
  const found = youngest(alike)
  return found && { incident: found.id, reason: 'similar-labels', matched: `${best.toFixed(2)} of labels shared` }
}

function youngest(incidents: OpenIncident[]): OpenIncident | null {
  return incidents.reduce<OpenIncident | null>((best, next) => {
    if (best === null || next.lastAlertAt > best.lastAlertAt) return next
    return next.lastAlertAt === best.lastAlertAt && next.id < best.id ? next : best
  }, null)
}
