import type { Catalogue } from '../../protocol/domain.ts'

/**
 * The services on any call path from a symptom down to the target, both ends included: what counts as "on the target or
 * on the path". Computed from the catalogue alone, so no agent can widen it.
 */
export function onPath(catalogue: Catalogue, symptoms: string[], target: string): Set<string> {
  const calls = new Map(catalogue.services.map((service) => [service.id, service.dependencies]))
  const below = reachable(symptoms, (id) => calls.get(id) ?? [])
  const callers = new Map<string, string[]>()
  for (const service of catalogue.services) {
    for (const callee of service.dependencies) callers.set(callee, [...(callers.get(callee) ?? []), service.id])
  }
  const above = reachable([target], (id) => callers.get(id) ?? [])
  const path = new Set([...below].filter((id) => above.has(id)))
  path.add(target)
  for (const symptom of symptoms) if (above.has(symptom)) path.add(symptom)
  return path
}

/** The target and every service that calls it, directly or through others: what an action on it may touch. */
export function standingOn(catalogue: Catalogue, target: string): Set<string> {
  return reachable([target], (id) =>
    catalogue.services.filter(({ dependencies }) => dependencies.includes(id)).map((service) => service.id),
  )
}

function reachable(from: string[], next: (id: string) => string[]): Set<string> {
  const seen = new Set(from)
  const open = [...from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const to of next(id)) {
      if (seen.has(to)) continue
      seen.add(to)
      open.push(to)
    }
  }
  return seen
}
