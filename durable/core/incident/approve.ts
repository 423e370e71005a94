import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { HumanDecision } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import type { State } from './state.ts'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

/** A named person's yes or no on one digest. Only the digest that stands counts; each person counts once. */
export function decideOn(state: State, command: Command, body: Of<'approve'> | Of<'reject'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'deciding on a proposal asks for a commander')
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  if (!proposal) return refuse('no-such-proposal', body.proposal)
  if (state.view.moving) return refuse('move-pending', `a ${state.view.moving.kind} is under way; see it end first`)
  if (body.digest !== proposal.digest)
    return refuse('wrong-digest', 'this is not the digest that stands; look at the proposal again')
  if (body.reason.length > REASON_CHARS_MAX)
    return refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
  if (
    proposal.status === 'expired' ||
    (proposal.status === 'awaiting-approval' && command.wall >= proposal.body.expiresWall)
  ) {
    return refuse('expired', 'the proposal has expired')
  }
  if (proposal.status !== 'awaiting-approval')
    return refuse('not-awaiting-approval', `proposal ${proposal.number} is ${proposal.status}`)
  if (proposal.decisions.some((decision) => decision.by === command.by.name))
    return refuse('already-decided', `${command.by.name} has decided on it already`)
  const decision: HumanDecision = {
    kind: body.type,
    by: command.by.name,
    role: command.role ?? 'viewer',
    digest: body.digest,
    reason: body.reason,
    passed: [],
    at: command.at,
  }
  const events = said(command, { type: 'decision-recorded', proposal: proposal.id, decision })
  if (body.type === 'reject') {
    events.push(
      ...added(command, {
        type: 'proposal-moved',
        proposal: proposal.id,
        status: 'rejected',
        reason: body.reason || 'rejected',
      }),
    )
    events.push(...askHuman(state, command, proposal.id, 'rejected', 'what should be tried instead'))
    return events
  }
  const yes = proposal.decisions.filter((earlier) => earlier.kind !== 'reject').length + 1
  if (yes >= proposal.approvalsNeeded) {
    events.push(
      ...added(command, { type: 'proposal-moved', proposal: proposal.id, status: 'approved', reason: 'approved' }),
    )
  }
  return events
}
