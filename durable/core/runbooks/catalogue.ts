import type { Catalogue } from '../../protocol/domain.ts'
import { type Check, type Problem, flag, listOf, number, oneOf, optional, record, text } from './shape.ts'
import { autonomy, controlProblems, freezes, limits } from './controls.ts'
import { correlation, correlationProblems } from './correlation.ts'
import { maintenance, maintenanceProblems } from './maintenance.ts'
import { escalation, onCallProblems, rotations, sla, targets } from './oncall.ts'
import { endpoint, endpointProblems } from './endpoint.ts'
import { runbook, runbookProblems } from './runbook.ts'
import { ownIntakes, source, sourceProblems } from './source.ts'

export type CheckedCatalogue = { ok: true; catalogue: Catalogue } | { ok: false; problems: Problem[] }

const slo = record({ name: text, signal: text, limit: number(), breach: oneOf('above', 'below') })

/** A code of ISO 4217. */
const currency: Check = (value, at, problems) => {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value)) problems.push({ at, says: 'must be a currency: EUR' })
}

const service = record({
  id: text,
  title: text,
  tier: oneOf(1, 2, 3, 4),
  owner: text,
  ownerReachable: flag,
  dependencies: listOf(text),
  protected: flag,
  slos: listOf(slo),
  cost: optional(record({ perMinute: number(0), currency })),
})

const shape = record({
  version: text,
  services: listOf(service),
  runbooks: listOf(runbook),
  sources: listOf(source),
  correlation: optional(correlation),
  maintenance: optional(maintenance),
  endpoints: listOf(endpoint),
  targets: optional(targets),
  rotations: optional(rotations),
  escalation: optional(escalation),
  sla: optional(sla),
  limits: optional(limits),
  freezes: optional(freezes),
  autonomy: optional(autonomy),
})

/**
 * A catalogue from a file, or every problem it has. Refused: a member missing, unknown or of another type; an id twice;
 * a dependency or an intake that points nowhere or at itself; bounds without room; an action that cannot be undone and
 * does not say so, or the reverse. A runbook may name an endpoint that is not wired here: it is then a checklist.
 */
export function checkCatalogue(value: unknown): CheckedCatalogue {
  const problems: Problem[] = []
  shape(value, '', problems)
  if (problems.length > 0) return { ok: false, problems }
  const catalogue = value as Catalogue
  problems.push(
    ...references(catalogue),
    ...runbookProblems(catalogue.runbooks),
    ...endpointProblems(catalogue.endpoints, catalogue.services),
    ...sourceProblems(catalogue.sources),
    ...correlationProblems(catalogue),
    ...maintenanceProblems(catalogue),
    ...onCallProblems(catalogue),
    ...controlProblems(catalogue),
  )
  return problems.length === 0 ? { ok: true, catalogue } : { ok: false, problems }
}

function references({ services, runbooks, sources, endpoints }: Catalogue): Problem[] {
  const known = new Set(services.map(({ id }) => id))
  return [
    ...repeated(services.map(({ id }, index) => [`services[${index}].id`, id])),
    ...repeated(runbooks.map(({ id }, index) => [`runbooks[${index}].id`, id])),
    ...repeated(sources.map(({ name }, index) => [`sources[${index}].name`, name])),
    ...repeated(endpoints.map(({ name }, index) => [`endpoints[${index}].name`, name])),
    ...repeated(
      sources.flatMap((source, index) => ownIntakes(source).map((intake) => [`sources[${index}].intakes`, intake])),
    ),
    ...services.flatMap(({ id, dependencies }, index) => [
      ...repeated(dependencies.map((other, at) => [`services[${index}].dependencies[${at}]`, other])),
      ...dependencies.flatMap((other, at) => {
        if (other !== id && known.has(other)) return []
        const says = other === id ? `${id} depends on itself` : `${other} is no service of this catalogue`
        return [{ at: `services[${index}].dependencies[${at}]`, says }]
      }),
    ]),
  ]
}

/** Every name that stood before, where it stands again. */
function repeated(names: readonly (readonly [at: string, name: string])[]): Problem[] {
  const seen = new Set<string>()
  return names.flatMap(([at, name]) => {
    if (seen.has(name)) return [{ at, says: `${name} stands there twice` }]
    seen.add(name)
    return []
  })
}
