import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { ActionPlan, Proposal, Runbook } from '../../protocol/domain.ts'
import type { View } from '../../protocol/view.ts'
import { parameterProblem } from '../runbooks/parameters.ts'
import { rollbackFor } from '../runbooks/rollback.ts'
import { refuse } from './answer.ts'

type Wants = Record<string, number | string>

/** Why these wishes are none that the next proposal could follow; null: it can. */
export function badWants(
  view: View,
  proposal: Proposal,
  { wants, reason }: Extract<PersonCommand, { type: 'request-changes' }>,
): Refusal | null {
  if (reason.trim() === '') return refuse('reason-needed', 'say what should be different')
  const { action } = proposal.body.plan
  const runbook = view.catalogue?.runbooks.find(({ id }) => id === action.runbook)
  for (const [name, value] of Object.entries(wants)) {
    const spec = runbook?.parameters.find((parameter) => parameter.name === name)
    if (!spec) return refuse('out-of-bounds', `${action.type} has no parameter ${name}`)
    const problem = parameterProblem(spec, value)
    if (problem) return refuse('out-of-bounds', problem)
  }
  const same = Object.entries(wants).every(([name, value]) => action.parameters[name] === value)
  return same && Object.keys(wants).length > 0 ? refuse('nothing-changed', 'that is what it proposes') : null
}

/**
 * A plan with what a commander last asked for on the same action and target in place of what was computed. It says so in
 * itself, so that the digest binds who asked. Nothing else of the plan changes; its bounds are judged like any plan's.
 */
export function asWanted(view: View, runbook: Runbook, plan: ActionPlan): ActionPlan {
  const wish = wishFor(view, plan)
  if (!wish) return plan
  const wants = Object.fromEntries(
    Object.entries(wish.wants).filter(([name]) => runbook.parameters.some((spec) => spec.name === name)),
  )
  const words = Object.entries(wants).map(([name, value]) => `${name} ${value}`)
  const action = { ...plan.action, parameters: { ...plan.action.parameters, ...wants } }
  return {
    ...plan,
    action,
    rollback: rollbackFor(runbook, action, plan.previous),
    title: `${runbook.title} on ${plan.action.target}: ${words.join(', ')}, as ${wish.by} asked`,
    asked: { by: wish.by, proposal: wish.proposal, wants },
  }
}

function wishFor(view: View, { action }: ActionPlan): { by: string; proposal: number; wants: Wants } | null {
  for (const { number, body, decisions } of view.proposals.toReversed()) {
    const earlier = body.plan.action
    if (earlier.runbook !== action.runbook || earlier.target !== action.target) continue
    const asked = decisions.findLast(({ kind }) => kind === 'request-changes')
    if (asked?.wants) return { by: asked.by, proposal: number, wants: asked.wants }
  }
  return null
}

/** The person's word as it is kept with the decision. */
export function wantsOf({ body }: Command): { wants?: Wants } {
  return body.type === 'request-changes' && Object.keys(body.wants).length > 0 ? { wants: body.wants } : {}
}
