import { undoKeyOf } from '../../protocol/action-request.ts'
import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Proposal, VerificationEnd } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { stoppedBy } from '../../protocol/fold-controls.ts'
import { type View, openProposal } from '../../protocol/view.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { badReason } from './lifecycle.ts'
import { askAfter } from './retry.ts'
import { type State, isLively } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** Reason words of a proposal whose rollback is under way, was stopped before it was sent, or surely did not happen. */
export const UNDOING = 'undoing'
const STOPPED = 'undo-stopped'
const FAILED = 'undo-failed'

const named = (state: State, id: string): Proposal | undefined =>
  state.view.proposals.find((candidate) => candidate.id === id)

/** Its rollback was decided on; it is sent once. */
const isUndoing = ({ status, reason }: Proposal): boolean => status === 'running' && reason === UNDOING

/** What stands against sending the rollback at all; null: nothing does. */
function whyNot(view: View, proposal: Proposal): string | null {
  if (!proposal.body.plan.rollback) return 'what it did cannot be undone'
  if (proposal.execution?.outcome !== 'ran') return 'it is not known to have run'
  if (proposal.undo) return 'its rollback was sent once; it is not sent again'
  // The rollback sets what was there before this action: after a later one on the same target that is another world.
  const { target } = proposal.body.plan.action
  const later = view.record.some(
    (entry) => entry.proposal > proposal.number && entry.target === target && touched(entry),
  )
  return later ? `another action was taken on ${target} since` : null
}

function touched({ end }: View['record'][number]): boolean {
  return end !== 'did-not-run' && end !== 'failed'
}

/** Whether an end of the verification takes the action back by itself: worse always, no better where the plan says so. */
export function undoesItself(view: View, proposal: Proposal, end: VerificationEnd): boolean {
  const asks = end === 'worse' || (end === 'no-better' && (proposal.body.plan.undoOn ?? []).includes('no-better'))
  return asks && whyNot(view, proposal) === null
}

/** The move that asks for the rollback to be sent. */
export function undoing(proposal: Proposal): EventBody {
  return { type: 'proposal-moved', proposal: proposal.id, status: 'running', reason: UNDOING }
}

/** A commander orders the rollback that was part of what was approved. */
export function orderUndo(
  state: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'undo' }>,
): Decided[] | Refusal {
  const { view } = state
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'undoing asks for a commander')
  const proposal = named(state, body.proposal)
  if (!proposal) return refuse('no-such-proposal', body.proposal)
  if (body.digest !== proposal.digest)
    return refuse('wrong-digest', 'this is not the digest that stands; look at the proposal again')
  const bad = badReason(body.reason, 'undoing needs its reason on record')
  if (bad) return bad
  if (view.moving) return refuse('move-pending', `a ${view.moving.kind} is under way; see it end first`)
  if (!isLively(view)) return refuse('invalid-transition', `an incident that is ${view.state} takes no action`)
  if (proposal.status !== 'verifying' && proposal.status !== 'done')
    return refuse('nothing-to-undo', `proposal ${proposal.number} is ${proposal.status}`)
  const open = openProposal(view)
  if (open && open.id !== proposal.id)
    return refuse('another-proposal-open', `proposal ${open.number} is ${open.status}; see it end first`)
  const no = whyNot(view, proposal)
  if (no) return refuse('nothing-to-undo', no)
  if (stoppedBy(view, proposal.body.plan.action.target)) return refuse('guard-refuses', 'kill-switch-on')
  return [
    ...said(command, { type: 'undo-ordered', proposal: proposal.id, reason: body.reason.trim() }),
    ...added(command, undoing(proposal)),
  ]
}

/**
 * The check at use, in the same commit as `undo-started`: the digest is the approved one, and no kill switch is on. Freeze,
 * cooldown and preconditions do not stop it: leaving a harmful change in place is no safer.
 */
export function startUndo(state: State, command: Command, body: Of<'start-undo'>): Decided[] | Refusal {
  const proposal = named(state, body.proposal)
  if (!proposal) return refuse('no-such-proposal', body.proposal)
  if (!isUndoing(proposal) || proposal.undo || !proposal.execution)
    return refuse('stale-run', `proposal ${proposal.number} is ${proposal.status}`)
  const stop = whyStopped(state.view, proposal, body)
  if (stop) return stopUndo(state, command, proposal, stop)
  const { end = null } = proposal.verification ?? {}
  return added(command, {
    type: 'undo-started',
    proposal: proposal.id,
    key: undoKeyOf(proposal.execution.key),
    token: state.view.seq + 1,
    why: proposal.undoWhy ?? (end === 'no-better' ? 'no-better' : 'worse'),
  })
}

function whyStopped(view: View, proposal: Proposal, { digest, killSwitch }: Of<'start-undo'>): string | null {
  if (digest !== proposal.digest) return 'wrong-digest'
  if (killSwitch === true || stoppedBy(view, proposal.body.plan.action.target)) return 'kill-switch-on'
  return killSwitch === null ? 'kill-switch-unreadable' : null
}

/** It was never sent; a person may order it once what stopped it is gone. */
function stopUndo(state: State, command: Command, proposal: Proposal, reason: string): Decided[] {
  return [
    ...added(
      command,
      { type: 'proposal-moved', proposal: proposal.id, status: 'done', reason: STOPPED },
      { type: 'escalated', reason: `${proposal.body.plan.title}: not undone, ${reason}` },
    ),
    ...askAfter(
      state,
      command,
      proposal.id,
      reason,
      'what ran is still in place; a commander may order the undo again',
    ),
  ]
}

/** The driver's answer to the one sending of the rollback. */
export function answerUndo(state: State, command: Command, body: Of<'answer-undo'>): Decided[] | Refusal {
  const proposal = named(state, body.proposal)
  if (!proposal?.undo || proposal.undo.key !== body.key) return refuse('nothing-to-settle', 'no such call')
  if (proposal.undo.outcome !== 'running')
    return refuse('nothing-to-settle', `its outcome is ${proposal.undo.outcome} already`)
  const { key, outcome, detail } = body
  const events = said(command, { type: 'undo-answered', proposal: proposal.id, key, outcome, detail })
  if (outcome === 'unknown') return events
  return [
    ...events,
    ...(outcome === 'ran' ? undone(state, command, proposal) : notUndone(state, command, proposal, detail)),
  ]
}

/** What the driver's `status(key)` says of an unanswered rollback. */
export function answerUndoStatus(state: State, command: Command, body: Of<'answer-undo-status'>): Decided[] | Refusal {
  const proposal = named(state, body.proposal)
  if (proposal?.undo?.outcome !== 'unknown' || proposal.undo.key !== body.key)
    return refuse('nothing-to-settle', 'nothing is unknown there')
  if (body.outcome !== 'unknown') return settleUndo(state, command, proposal, body.outcome, body.detail)
  const { title } = proposal.body.plan
  const wouldDecide = `whether the undo of ${title} took place: ${body.detail}`
  const asked = askHuman(state, command, proposal.id, 'undo-outcome-unknown', wouldDecide)
  return asked.length > 0 ? asked : refuse('nothing-changed', 'a person is asked already')
}

/** By the driver's status or by a person: what became of the rollback. */
export function settleUndo(
  state: State,
  command: Command,
  proposal: Proposal,
  outcome: 'it-ran' | 'it-did-not',
  detail: string,
): Decided[] {
  const key = proposal.undo?.key ?? ''
  return [
    ...said(command, { type: 'undo-settled', proposal: proposal.id, key, outcome, detail }),
    ...(outcome === 'it-ran' ? undone(state, command, proposal) : notUndone(state, command, proposal, detail)),
  ]
}

function undone(state: State, command: Command, proposal: Proposal): Decided[] {
  const reason = proposal.undoWhy ?? UNDOING
  return [
    ...added(command, { type: 'proposal-moved', proposal: proposal.id, status: 'undone', reason }),
    ...askAfter(state, command, proposal.id, 'undone', 'the agents look again; a person may decide'),
  ]
}

function notUndone(state: State, command: Command, proposal: Proposal, detail: string): Decided[] {
  return [
    ...added(
      command,
      { type: 'proposal-moved', proposal: proposal.id, status: 'done', reason: FAILED },
      { type: 'escalated', reason: `${proposal.body.plan.title}: ${FAILED}` },
    ),
    ...askAfter(
      state,
      command,
      proposal.id,
      FAILED,
      detail || 'what ran is still in place; a person takes it back by hand',
    ),
  ]
}
