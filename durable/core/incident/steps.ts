import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Proposal, RunbookStep, StepCondition, StepRun } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { TASKS_PER_INCIDENT_MAX } from '../../protocol/limits.ts'
import { BRANCH_LOOKS_MS, asksPerson, manualAfter, stepsBefore } from '../../protocol/steps.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, isRefusal, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { badReason, longReason } from './lifecycle.ts'
import type { State } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>
type CompleteStep = Extract<PersonCommand, { type: 'complete-step' }>

/** Why an attempt ended before anything ran. */
export type StepFailure = 'step-could-not' | 'step-not-met' | 'step-unreadable' | 'step-leads-past-action'

/** The steps as the plan has them, with how far each is. */
function runsOf(proposal: Proposal): { step: RunbookStep; run: StepRun }[] {
  return stepsBefore(proposal.body.plan).flatMap((step) => {
    const run = proposal.steps?.find(({ id }) => id === step.id)
    return run ? [{ step, run }] : []
  })
}

/** Nothing stands between the approval and the check at use. */
export function stepsAreOver({ steps = [] }: Proposal): boolean {
  return steps.every(({ state }) => state === 'done' || state === 'skipped')
}

/** Adds the first step to whatever approved a proposal that has any: a person, an own decision, or autonomy. */
export function withSteps(state: State, command: Command, answer: Decided[] | Refusal): Decided[] | Refusal {
  if (isRefusal(answer)) return answer
  const approved = answer.findLast(({ body }) => body.type === 'proposal-moved' && body.status === 'approved')?.body
  if (approved?.type !== 'proposal-moved') return answer
  const made = answer.flatMap(({ body }) => (body.type === 'proposal-made' ? [body.proposal] : []))
  const proposal = [...state.view.proposals, ...made].find(({ id }) => id === approved.proposal)
  const [first] = proposal ? stepsBefore(proposal.body.plan) : []
  return proposal && first ? [...answer, ...startStep(state, command, proposal, first)] : answer
}

function startStep(state: State, command: Command, proposal: Proposal, step: RunbookStep): Decided[] {
  const started = added(command, { type: 'step-started', proposal: proposal.id, step: step.id })
  if (!asksPerson(step)) return started
  return [...started, ...askHuman(state, command, proposal.id, `step-${step.kind}:${step.id}`, step.says)]
}

/** What runs now on this proposal under that name, or why nothing does. */
function runningStep(
  state: State,
  { proposal: id, step: name }: { proposal: string; step: string },
): { proposal: Proposal; step: RunbookStep; run: StepRun } | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === id)
  if (!proposal) return refuse('no-such-proposal', id)
  const found = runsOf(proposal).find(({ step }) => step.id === name)
  if (!found) return refuse('no-such-step', `proposal ${proposal.number} has no step ${name} before its action`)
  if (proposal.status !== 'approved' || found.run.state !== 'running')
    return refuse('stale-run', `step ${name} is ${found.run.state}, proposal ${proposal.number} is ${proposal.status}`)
  return { proposal, ...found }
}

/** A person says what came of a manual step or of an approval among the steps. */
export function completeStep(state: State, command: Command, body: CompleteStep): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'completing a step asks for a responder')
  const found = runningStep(state, body)
  if ('refused' in found) return found
  const { proposal, step } = found
  if (!asksPerson(step)) return refuse('no-such-step', `step ${step.id} is not done by hand`)
  if (step.kind === 'approval' && !mayAct(command.role, 'commander'))
    return refuse('role-too-low', 'approving a step asks for a commander')
  const bad = badStepReason(body)
  if (bad) return bad
  const detail = body.reason.trim()
  if (body.outcome === 'could-not') return fail(state, command, proposal, step.id, 'step-could-not', detail)
  return end(state, command, proposal, step.id, detail, null)
}

/** What could not be done needs its reason; what was done may have one. */
export function badStepReason({ outcome, reason }: CompleteStep): Refusal | null {
  return outcome === 'could-not' ? badReason(reason, 'say why it could not be done') : longReason(reason)
}

/** A wait is over; never before its time. */
export function endWait(state: State, command: Command, body: Of<'end-wait'>): Decided[] | Refusal {
  const found = runningStep(state, body)
  if ('refused' in found) return found
  const { proposal, step, run } = found
  if (step.kind !== 'wait') return refuse('no-such-step', `step ${step.id} is no wait`)
  if (command.at < (run.at ?? command.at) + step.ms) return refuse('nothing-changed', 'it is not over yet')
  return end(state, command, proposal, step.id, '', null)
}

/** One look for a verify or a branch step. A verify step goes by samples taken since it began, a branch by any fresh one. */
export function readStep(state: State, command: Command, body: Of<'read-step'>): Decided[] | Refusal {
  const found = runningStep(state, body)
  if ('refused' in found) return found
  const { proposal, step, run } = found
  if (step.kind !== 'verify' && step.kind !== 'branch') return refuse('no-such-step', `step ${step.id} reads nothing`)
  const began = run.at ?? command.at
  const since = step.kind === 'verify' ? began : Number.NEGATIVE_INFINITY
  const { value, at } = body
  const seen = value !== null && Number.isFinite(value) && at !== null && at >= since ? value : null
  const met = seen !== null && holds(step.when, seen)
  const says = `${step.when.signal} of the ${step.when.of} is ${seen ?? 'not readable'}`
  if (step.kind === 'verify' && met) return end(state, command, proposal, step.id, says, null)
  if (step.kind === 'branch' && seen !== null)
    return end(state, command, proposal, step.id, says, met ? step.then : step.otherwise)
  if (command.at < began + (step.kind === 'verify' ? step.withinMs : BRANCH_LOOKS_MS))
    return refuse('nothing-changed', 'it is looked at again')
  const why = seen === null ? 'step-unreadable' : 'step-not-met'
  return fail(state, command, proposal, step.id, why, says)
}

function holds({ is, value }: StepCondition, seen: number): boolean {
  return is === 'above' ? seen > value : seen < value
}

/** A step is done: the next one starts, or that to which a branch leads; those in between are skipped. */
function end(
  state: State,
  command: Command,
  proposal: Proposal,
  id: string,
  detail: string,
  to: string | null,
): Decided[] {
  const before = stepsBefore(proposal.body.plan)
  const rest = before.slice(before.findIndex((step) => step.id === id) + 1)
  const all = proposal.body.plan.steps ?? []
  const place = to === null ? -1 : all.findIndex((step) => step.id === to)
  if (place > before.length) return fail(state, command, proposal, id, 'step-leads-past-action', detail)
  const next = to === null ? rest[0] : rest.find((step) => step.id === to)
  const skipped = to === null ? [] : next ? rest.slice(0, rest.indexOf(next)) : rest
  return [
    ...said(command, { type: 'step-ended', proposal: proposal.id, step: id, end: 'done', detail }),
    ...skipped.flatMap((step) =>
      added(command, {
        type: 'step-ended',
        proposal: proposal.id,
        step: step.id,
        end: 'skipped',
        detail: `${id} leads on`,
      }),
    ),
    ...(next ? startStep(state, command, proposal, next) : []),
  ]
}

/** The attempt is over before anything ran; a person is asked. */
function fail(
  state: State,
  command: Command,
  proposal: Proposal,
  id: string,
  reason: StepFailure,
  detail: string,
): Decided[] {
  return [
    ...said(command, { type: 'step-ended', proposal: proposal.id, step: id, end: 'failed', detail }),
    ...added(command, { type: 'proposal-moved', proposal: proposal.id, status: 'refused', reason }),
    ...askHuman(state, command, proposal.id, reason, `step ${id}: ${detail}`),
  ]
}

/** The step that ran when its proposal expired. */
export function expireStep(command: Command, proposal: Proposal): Decided[] {
  const running = proposal.steps?.find(({ state }) => state === 'running')
  if (!running) return []
  return added(command, {
    type: 'step-ended',
    proposal: proposal.id,
    step: running.id,
    end: 'failed',
    detail: 'expired',
  })
}

/** What a runbook leaves to people after its action becomes their tasks. */
export function tasksAfter({ view }: State, command: Command, proposal: Proposal): Decided[] {
  const room = Math.max(0, TASKS_PER_INCIDENT_MAX - view.tasks.length)
  return manualAfter(proposal.body.plan)
    .slice(0, room)
    .flatMap(({ says }, index) => {
      const id = `T-${String(view.tasks.length + index + 1).padStart(2, '0')}`
      const task = {
        id,
        kind: 'task',
        text: says,
        owner: null,
        dueWall: null,
        state: 'open',
        by: 'room',
        at: command.at,
      } as const
      return added(command, { type: 'task-added', task })
    })
}
