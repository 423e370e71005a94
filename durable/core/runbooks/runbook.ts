import type { ParameterSpec, Runbook } from '../../protocol/domain.ts'
import { PARAMETER_CHARS_MAX } from '../../protocol/limits.ts'
import { parameterProblem } from './parameters.ts'
import { type Check, type Problem, flag, listOf, number, oneOf, optional, orNull, record, text } from './shape.ts'
import { stepProblems, steps } from './steps.ts'

/** Words that one choice may offer: a list that a person reads through. */
const CHOICES_MAX = 50
/** An address range is never wider than sixteen million addresses, and a parameter's bound is a bound. */
const PREFIX_MIN = 8
const PREFIX_MAX = 32

export const causeKind = oneOf(
  'saturation',
  'memory',
  'configuration',
  'deployment',
  'dependency',
  'capacity',
  'crash',
  'unknown',
)

/** How a value comes to be, by kind; the shape of each. */
function from(kinds: Readonly<Record<string, Check>>): Check {
  return (value, at, problems) => {
    const kind: unknown = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null
    const known = Object.entries(kinds).find(([name]) => name === kind)
    if (known) known[1](value, at, problems)
    else problems.push({ at: `${at}.kind`, says: `must be one of ${Object.keys(kinds).join(', ')}` })
  }
}

const person = record({ kind: text })
const numberParameter = record({
  name: text,
  type: optional(oneOf('number')),
  unit: text,
  min: number(),
  max: number(),
  from: from({
    'limit-times': record({ kind: text, factor: number() }),
    constant: record({ kind: text, value: number() }),
  }),
})
const choiceParameter = record({
  name: text,
  type: text,
  values: listOf(text),
  from: from({ constant: record({ kind: text, value: text }), person }),
})
const cidrParameter = record({ name: text, type: text, prefixMin: number(PREFIX_MIN), from: from({ person }) })

const parameter: Check = (value, at, problems) => {
  const type: unknown = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (type === 'choice') choiceParameter(value, at, problems)
  else if (type === 'cidr') cidrParameter(value, at, problems)
  else if (type === undefined || type === 'number') numberParameter(value, at, problems)
  else problems.push({ at: `${at}.type`, says: 'must be one of number, choice, cidr' })
}

export const runbook: Check = record({
  id: text,
  title: text,
  action: text,
  match: record({
    causeKinds: listOf(causeKind),
    signalTokens: listOf(text),
    tiers: optional(listOf(oneOf(1, 2, 3, 4))),
    symptoms: optional(listOf(oneOf('rate', 'errors', 'latency', 'saturation', 'other'))),
  }),
  parameters: listOf(parameter),
  risk: oneOf('reversible', 'wider', 'irreversible'),
  rollback: orNull(record({ action: text, parameters: oneOf('previous'), onNoBetter: optional(flag) })),
  cooldownMs: number(0),
  maxAttempts: number(1),
  verify: record({ windowMs: number(1), settleMs: number(0) }),
  endpoint: orNull(text),
  steps: optional(steps),
  checklist: optional(listOf(text)),
})

/**
 * What the shape of runbooks cannot see: bounds without room, a constant that its own bounds refuse, an action that cannot
 * be undone and does not say so or the reverse, one that fits nothing, steps that lead nowhere.
 */
export function runbookProblems(runbooks: readonly Runbook[]): Problem[] {
  return runbooks.flatMap((runbook, index) => {
    const at = `runbooks[${index}]`
    const { risk, rollback, verify, match, steps, checklist, parameters } = runbook
    const problems = parameterProblems(parameters, `${at}.parameters`)
    if ((risk === 'irreversible') !== (rollback === null))
      problems.push({ at: `${at}.rollback`, says: 'an action has a rollback exactly when it is not irreversible' })
    if (verify.settleMs >= verify.windowMs)
      problems.push({ at: `${at}.verify`, says: 'it must settle before the window ends' })
    if (match.causeKinds.length === 0) problems.push({ at: `${at}.match`, says: 'it names no kind of cause' })
    for (const name of ['tiers', 'symptoms'] as const)
      if (match[name]?.length === 0) problems.push({ at: `${at}.match.${name}`, says: 'it fits none: leave it out' })
    if ((checklist ?? []).length === 0 && (steps ?? []).length === 0)
      problems.push({ at: `${at}.checklist`, says: 'people have nothing to go by' })
    return [...problems, ...stepProblems(runbook, at)]
  })
}

function parameterProblems(parameters: readonly ParameterSpec[], at: string): Problem[] {
  const problems: Problem[] = []
  for (const [index, spec] of parameters.entries()) {
    const { name } = spec
    if (parameters.findIndex((other) => other.name === name) < index)
      problems.push({ at: `${at}[${index}].name`, says: `${name} stands there twice` })
    problems.push(...boundsProblems(spec).map((says) => ({ at, says: `${name}: ${says}` })))
    if (spec.from.kind === 'constant' && parameterProblem(spec, spec.from.value) !== null)
      problems.push({ at, says: `${name}: its constant is out of its bounds` })
  }
  return problems
}

function boundsProblems(spec: ParameterSpec): string[] {
  switch (spec.type) {
    case undefined:
    case 'number':
      return spec.min >= spec.max ? ['min must be under max'] : []
    case 'choice':
      if (spec.values.length === 0 || spec.values.length > CHOICES_MAX) return [`offers 1 to ${CHOICES_MAX} words`]
      if (new Set(spec.values).size < spec.values.length) return ['offers a word twice']
      return spec.values.some((word) => word.length > PARAMETER_CHARS_MAX)
        ? [`a word has at most ${PARAMETER_CHARS_MAX} characters`]
        : []
    case 'cidr':
      return Number.isInteger(spec.prefixMin) && spec.prefixMin <= PREFIX_MAX
        ? []
        : [`prefixMin must be a whole number from ${PREFIX_MIN} to ${PREFIX_MAX}`]
    default:
      return spec satisfies never
  }
}
