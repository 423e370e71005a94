import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { HumanDecision } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { saysYes } from '../../protocol/decisions.ts'
import { REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { approveByWall } from '../../protocol/steps.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import type { State } from './state.ts'
import { badWants, wantsOf } from './wants.ts'

/** The reason word of a proposal that a commander wants otherwise. */
export const CHANGES_REQUESTED = 'changes-requested'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

/** A named person's yes, no or not so on one digest. Only the digest that stands counts; each person counts once. */
export function decideOn(
  state: State,
  command: Command,
  body: Of<'approve'> | Of<'reject'> | Of<'request-changes'>,
): Decided[] | Refusal {
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
    (proposal.status === 'awaiting-approval' && command.wall >= approveByWall(proposal.body))
  ) {
    return refuse('expired', 'the proposal has expired')
  }
  if (proposal.status !== 'awaiting-approval')
    return refuse('not-awaiting-approval', `proposal ${proposal.number} is ${proposal.status}`)
  if (proposal.decisions.some((decision) => decision.by === command.by.name))
    return refuse('already-decided', `${command.by.name} has decided on it already`)
  const bad = body.type === 'request-changes' ? badWants(state.view, proposal, body) : null
  if (bad) return bad
  const decision: HumanDecision = {
    kind: body.type,
    by: command.by.name,
    role: command.role ?? 'viewer',
    digest: body.digest,
    reason: body.reason,
    passed: [],
    ...wantsOf(command),
    at: command.at,
  }
  const events = said(command, { type: 'decision-recorded', proposal: proposal.id, decision })
  if (body.type !== 'approve') {
    const changes = body.type === 'request-changes'
    const reason = changes ? CHANGES_REQUESTED : body.reason || 'rejected'
    return [
      ...events,
      ...added(command, { type: 'proposal-moved', proposal: proposal.id, status: 'rejected', reason }),
      ...(changes
        ? askHuman(
            state,
            command,
            proposal.id,
            CHANGES_REQUESTED,
            'the agents look again and propose what was asked for',
          )
        : askHuman(state, command, proposal.id, 'rejected', 'what should be tried instead')),
    ]
  }
  const yes = proposal.decisions.filter(saysYes).length + 1
  if (yes >= proposal.approvalsNeeded) {
    events.push(
      ...added(command, { type: 'proposal-moved', proposal: proposal.id, status: 'approved', reason: 'approved' }),
    )
  }
  return events
}
