import type { Catalogue } from '../../protocol/domain.ts'
import { type Check, type Problem, flag, listOf, number, oneOf, optional, orNull, record, text } from './shape.ts'
import { correlation, correlationProblems } from './correlation.ts'
import { escalation, onCallProblems, rotations, sla, targets } from './oncall.ts'
import { ownIntakes, source, sourceProblems } from './source.ts'

export type CheckedCatalogue = { ok: true; catalogue: Catalogue } | { ok: false; problems: Problem[] }

const parameterFrom: Check = (value, at, problems) => {
  const kind: unknown = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null
  if (kind === 'limit-times') record({ kind: text, factor: number() })(value, at, problems)
  else if (kind === 'constant') record({ kind: text, value: number() })(value, at, problems)
  else problems.push({ at: `${at}.kind`, says: 'must be one of limit-times, constant' })
}

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

const causeKind = oneOf(
  'saturation',
  'memory',
  'configuration',
  'deployment',
  'dependency',
  'capacity',
  'crash',
  'unknown',
)

const runbook = record({
  id: text,
  title: text,
  action: text,
  match: record({ causeKinds: listOf(causeKind), signalTokens: listOf(text) }),
  parameters: listOf(record({ name: text, unit: text, min: number(), max: number(), from: parameterFrom })),
  risk: oneOf('reversible', 'wider', 'irreversible'),
  rollback: orNull(record({ action: text, parameters: oneOf('previous') })),
  cooldownMs: number(0),
  maxAttempts: number(1),
  verify: record({ windowMs: number(1), settleMs: number(0) }),
  endpoint: orNull(text),
  checklist: listOf(text),
})

const shape = record({
  version: text,
  services: listOf(service),
  runbooks: listOf(runbook),
  sources: listOf(source),
  correlation: optional(correlation),
  endpoints: listOf(record({ name: text, url: text })),
  targets: optional(targets),
  rotations: optional(rotations),
  escalation: optional(escalation),
  sla: optional(sla),
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
    ...runbooks(catalogue),
    ...sourceProblems(catalogue.sources),
    ...correlationProblems(catalogue),
    ...onCallProblems(catalogue),
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

function runbooks({ runbooks }: Catalogue): Problem[] {
  const problems: Problem[] = []
  for (const [index, { parameters, risk, rollback, verify, match, checklist }] of runbooks.entries()) {
    const at = `runbooks[${index}]`
    problems.push(...repeated(parameters.map(({ name }, index) => [`${at}.parameters[${index}].name`, name])))
    for (const spec of parameters) {
      if (spec.type === 'choice' || spec.type === 'cidr') continue
      const { name, min, max, from } = spec
      if (min >= max) problems.push({ at: `${at}.parameters`, says: `${name}: min must be under max` })
      if (from.kind === 'constant' && (from.value < min || from.value > max))
        problems.push({ at: `${at}.parameters`, says: `${name}: its constant is out of its bounds` })
    }
    if ((risk === 'irreversible') !== (rollback === null))
      problems.push({ at: `${at}.rollback`, says: 'an action has a rollback exactly when it is not irreversible' })
    if (verify.settleMs >= verify.windowMs)
      problems.push({ at: `${at}.verify`, says: 'it must settle before the window ends' })
    if (match.causeKinds.length === 0) problems.push({ at: `${at}.match`, says: 'it names no kind of cause' })
    if (checklist.length === 0) problems.push({ at: `${at}.checklist`, says: 'people have nothing to go by' })
  }
  return problems
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
