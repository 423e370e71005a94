import type { Catalogue } from '../protocol/domain.ts'

/** Calls between the symptom and what a room looks at: further away it is another incident. */
export const HOPS_MAX = 3
/** Services looked at in one run, nearest first: each is one question to one monitor. */
export const SERVICES_PER_RUN_MAX = 40

/** Services within HOPS_MAX calls of any of `from`, in either direction of the call, nearest first. */
export function neighbours(catalogue: Catalogue, from: string[]): string[] {
  const links = new Map(catalogue.services.map(({ id }) => [id, new Set<string>()]))
  for (const { id, dependencies } of catalogue.services)
    for (const callee of dependencies) {
      links.get(id)?.add(callee)
      links.get(callee)?.add(id)
    }
  const found = new Set(from.filter((service) => links.has(service)))
  let edge = [...found]
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    edge = [...new Set(edge.flatMap((service) => [...(links.get(service) ?? [])]))]
      .filter((service) => !found.has(service))
      .sort()
    for (const service of edge) found.add(service)
  }
  return [...found]
}

/** The shortest call path from `from` down to each service within HOPS_MAX calls that it depends on. */
export function callPaths(catalogue: Catalogue, from: string): string[][] {
  const callees = new Map(catalogue.services.map(({ id, dependencies }) => [id, dependencies]))
  const paths: string[][] = []
  const seen = new Set([from])
  let edge: string[][] = [[from]]
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const next: string[][] = []
    for (const path of edge)
      for (const callee of callees.get(path.at(-1) ?? '') ?? []) {
        if (seen.has(callee)) continue
        seen.add(callee)
        next.push([...path, callee])
      }
    paths.push(...next)
    edge = next
  }
  return paths
}
