import type { Catalogue, Service } from '../../protocol/domain.ts'

/** The catalogue's service of that id; undefined for what it does not know. */
export function serviceOf(catalogue: Catalogue, id: string): Service | undefined {
  return catalogue.services.find((service) => service.id === id)
}

/** What a service calls, directly. */
export function calleesOf(catalogue: Catalogue, id: string): string[] {
  return serviceOf(catalogue, id)?.dependencies ?? []
}

/** What calls a service, directly. */
export function callersOf(catalogue: Catalogue, id: string): string[] {
  return catalogue.services.filter((service) => service.dependencies.includes(id)).map((service) => service.id)
}

/** Everything reached from `from` by `next`, nearest first, without `from` itself. Cycles end. */
export function reachedFrom(from: string, next: (id: string) => string[]): string[] {
  const seen = [from]
  for (let at = 0; at < seen.length; at += 1) {
    for (const id of next(seen[at] ?? from)) if (!seen.includes(id)) seen.push(id)
  }
  return seen.slice(1)
}

/** All that fails when this one does: its callers, their callers, and so on. */
export function dependentsOf(catalogue: Catalogue, id: string): string[] {
  return reachedFrom(id, (service) => callersOf(catalogue, service))
}

/** All that it stands on: what it calls, what that calls, and so on. */
export function foundationsOf(catalogue: Catalogue, id: string): string[] {
  return reachedFrom(id, (service) => calleesOf(catalogue, service))
}

/**
 * The shortest way by which trouble in `cause` reaches `symptom`: from callee to caller, both ends included. Null without
 * a call path.
 */
export function pathBetween(catalogue: Catalogue, cause: string, symptom: string): string[] | null {
  const ways: string[][] = [[cause]]
  const seen = new Set([cause])
  for (let at = 0; at < ways.length; at += 1) {
    const way = ways[at] ?? []
    const end = way.at(-1) ?? cause
    if (end === symptom) return way
    for (const caller of callersOf(catalogue, end)) {
      if (seen.has(caller)) continue
      seen.add(caller)
      ways.push([...way, caller])
    }
  }
  return null
}
