import type { Runbook, RunbookStep } from '../../protocol/domain.ts'
import { REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { type Check, type Problem, listOf, number, oneOf, record, text } from './shape.ts'

/** Steps of one runbook: a person reads them at night. */
export const STEPS_MAX = 20
/** All waiting and looking before the action together, ms: what was approved a day ago was approved in another world. */
export const STEPS_MS_MAX = 86_400_000
const ID = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/
/** The rollback goes by this name wherever steps are completed. */
const TAKEN = 'undo'

const words: Check = (value, at, problems) => {
  text(value, at, problems)
  if (typeof value === 'string' && value.length > REASON_CHARS_MAX)
    problems.push({ at, says: `must have at most ${REASON_CHARS_MAX} characters` })
}

const stepId: Check = (value, at, problems) => {
  if (typeof value !== 'string' || !ID.test(value) || value === TAKEN)
    problems.push({ at, says: `must be a name of a-z, 0-9 and -, and not ${TAKEN}` })
}

const condition = record({
  of: oneOf('target', 'symptom'),
  signal: text,
  is: oneOf('above', 'below'),
  value: number(),
})

const kind: Check = () => undefined
const KINDS: Readonly<Record<RunbookStep['kind'], Check>> = {
  manual: record({ kind, id: stepId, says: words }),
  approval: record({ kind, id: stepId, says: words }),
  wait: record({ kind, id: stepId, ms: number(1) }),
  http: record({ kind, id: stepId }),
  verify: record({ kind, id: stepId, when: condition, withinMs: number(1) }),
  branch: record({ kind, id: stepId, when: condition, then: text, otherwise: text }),
}

/** One step: exactly the members of its kind. */
const step: Check = (value, at, problems) => {
  const given: unknown = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  const known = Object.entries(KINDS).find(([name]) => name === given)
  if (known) known[1](value, at, problems)
  else problems.push({ at: `${at}.kind`, says: `must be one of ${Object.keys(KINDS).join(', ')}` })
}

export const steps: Check = listOf(step)

/**
 * What the shape of the steps cannot see: too many of them, a name twice, two actions, a branch that leads back, past the
 * action or nowhere, waiting that never ends, anything but work by hand after the action.
 */
export function stepProblems({ steps = [], endpoint }: Runbook, at: string): Problem[] {
  const problems: Problem[] = []
  if (steps.length > STEPS_MAX) problems.push({ at: `${at}.steps`, says: `has more than ${STEPS_MAX} steps` })
  const action = steps.findIndex((step) => step.kind === 'http')
  if (action === -1 && steps.length > 0 && endpoint !== null)
    problems.push({ at: `${at}.steps`, says: `no step takes the action through ${endpoint}: one of kind http` })
  for (const [index, step] of steps.entries()) {
    const here = `${at}.steps[${index}]`
    if (steps.findIndex(({ id }) => id === step.id) < index)
      problems.push({ at: `${here}.id`, says: `${step.id} stands there twice` })
    if (step.kind === 'http' && index > action)
      problems.push({ at: here, says: 'a second action: one approval makes one call' })
    if (action !== -1 && index > action && step.kind !== 'http' && step.kind !== 'manual')
      problems.push({ at: here, says: 'after the action people work by hand; settling and judging are verify' })
    if (step.kind === 'branch') problems.push(...branchProblems(steps, index, step, action, here))
  }
  const before = action === -1 ? steps : steps.slice(0, action)
  const ms = before.reduce((sum, step) => sum + durationOf(step), 0)
  if (ms > STEPS_MS_MAX) problems.push({ at: `${at}.steps`, says: 'waiting and looking take more than 24 hours' })
  return problems
}

function branchProblems(
  steps: readonly RunbookStep[],
  index: number,
  { then, otherwise }: Extract<RunbookStep, { kind: 'branch' }>,
  action: number,
  here: string,
): Problem[] {
  const ways = [
    ['then', then],
    ['otherwise', otherwise],
  ] as const
  const problems = ways.flatMap(([way, id]): Problem[] => {
    const to = steps.findIndex((step) => step.id === id)
    const at = `${here}.${way}`
    if (to === -1) return [{ at, says: `${id} is no step of this runbook` }]
    if (to <= index) return [{ at, says: `${id} is no later step: branches lead forward only` }]
    if (action !== -1 && to > action) return [{ at, says: `${id} comes after the action, which would be left out` }]
    return []
  })
  if (then === otherwise) problems.push({ at: `${here}.otherwise`, says: 'both ways lead to the same step' })
  return problems
}

function durationOf(step: RunbookStep): number {
  if (step.kind === 'wait') return step.ms
  return step.kind === 'verify' ? step.withinMs : 0
}
