import type { Service } from '../../protocol/domain.ts'

/** Who is next to whom, in either direction of a call. */
export type Links = ReadonlyMap<string, ReadonlySet<string>>

/** The undirected links of a catalogue's dependencies. A dependency that is not catalogued links nothing. */
export function linksOf(services: readonly Pick<Service, 'id' | 'dependencies'>[]): Links {
  const links = new Map<string, Set<string>>(services.map((service) => [service.id, new Set<string>()]))
  for (const { id, dependencies } of services) {
    for (const other of dependencies) {
      const there = links.get(other)
      if (!there || other === id) continue
      there.add(id)
      links.get(id)?.add(other)
    }
  }
  return links
}

/** Every service within `hopsMax` links of `from`, with its distance; `from` itself has 0. Unknown: nothing. */
export function within(links: Links, from: string, hopsMax: number): Map<string, number> {
  const reached = new Map<string, number>()
  if (!links.has(from)) return reached
  reached.set(from, 0)
  let edge = [from]
  for (let hops = 1; hops <= hopsMax && edge.length > 0; hops += 1) {
    const next: string[] = []
    for (const service of edge) {
      for (const other of links.get(service) ?? []) {
        if (reached.has(other)) continue
        reached.set(other, hops)
        next.push(other)
      }
    }
    edge = next
  }
  return reached
}
