import type { Change, Instant, Service } from '../../protocol/domain.ts'

/** A change explains what begins so long after it, in ms: a quarter of an hour, as evidence is gathered too. */
export const CHANGE_REACH_MS = 900_000

/** One change event (what one source said under one title: a rollout to many services is one) and what it can reach. */
export interface ChangeReach {
  /** the first change's id. */
  id: string
  at: Instant
  /** the changed services and everything that calls them, however far. */
  services: ReadonlySet<string>
}

/** The change events among `changes`, youngest first. */
export function reachOf(
  changes: readonly Pick<Change, 'id' | 'source' | 'title' | 'service' | 'at'>[],
  services: readonly Pick<Service, 'id' | 'dependencies'>[],
): ChangeReach[] {
  const callers = callersOf(services)
  const events = new Map<string, { id: string; at: Instant; services: Set<string> }>()
  for (const change of [...changes].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
    const key = JSON.stringify([change.source, change.title])
    const event = events.get(key) ?? { id: change.id, at: change.at, services: new Set<string>() }
    events.set(key, event)
    event.at = Math.max(event.at, change.at)
    reach(callers, change.service, event.services)
  }
  return [...events.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
}

/** The youngest change event within reach of both, or null. */
export function sameChange(
  events: readonly ChangeReach[],
  service: string,
  others: ReadonlySet<string>,
  now: Instant,
): string | null {
  const found = events.find(
    (event) =>
      now - event.at <= CHANGE_REACH_MS &&
      event.services.has(service) &&
      [...others].some((other) => event.services.has(other)),
  )
  return found?.id ?? null
}

function callersOf(services: readonly Pick<Service, 'id' | 'dependencies'>[]): Map<string, string[]> {
  const callers = new Map<string, string[]>()
  for (const { id, dependencies } of services) {
    for (const called of dependencies) callers.set(called, [...(callers.get(called) ?? []), id])
  }
  return callers
}

function reach(callers: ReadonlyMap<string, readonly string[]>, from: string, into: Set<string>): void {
  const edge = [from]
  for (let next = edge.pop(); next !== undefined; next = edge.pop()) {
    if (into.has(next)) continue
    into.add(next)
    edge.push(...(callers.get(next) ?? []))
  }
}
