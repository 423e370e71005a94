import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { AutonomyClause, Controls } from '../../protocol/controls.ts'
import type { Proposal } from '../../protocol/domain.ts'
import type { Effect } from '../../protocol/effects.ts'
import type { Decided } from '../../protocol/events.ts'
import { approveByWall } from '../../protocol/steps.ts'
import type { View } from '../../protocol/view.ts'
import { RISK } from '../consensus/policy.ts'
import { added, refuse } from './answer.ts'
import type { State } from './state.ts'

/**
 * The clause of the catalogue that could stand in for the one approval; null where none can: in a drill, for anything but
 * a reversible action that the system proposed. A clause for the service goes before one for all.
 */
export function clauseFor({ head, catalogue }: View, { body }: Proposal): AutonomyClause | null {
  if (!head || head.drill !== null || body.decidedBy !== 'system' || body.risk !== 'reversible') return null
  const { type, target } = body.plan.action
  const clauses = (catalogue?.autonomy ?? []).filter(({ action }) => action === type)
  return clauses.find(({ service }) => service === target) ?? clauses.find(({ service }) => service === '*') ?? null
}

/**
 * Its ballot carried, the clerk has spoken and asks for nobody else, and no person decided yet: only then is the record
 * asked for. The clerk's extra approval cancels autonomy, so nothing is granted before its word.
 */
function isOpenTo(view: View, proposal: Proposal): AutonomyClause | null {
  const { status, clerk, approvalsNeeded, decisions, certificate } = proposal
  if (status !== 'awaiting-approval' || certificate === null || decisions.length > 0) return null
  if (clerk === null || approvalsNeeded !== RISK.reversible.approvals) return null
  return clauseFor(view, proposal)
}

/** The effect that asks for the record, where a clause could be used now. */
export function askAutonomy({ view }: State, id: string): Effect[] {
  const proposal = view.proposals.find((candidate) => candidate.id === id)
  const clause = proposal && isOpenTo(view, proposal)
  return clause ? [{ type: 'ask-autonomy', proposal: id, clause: clause.id }] : []
}

/** The record is read: where it earned the clause, that stands in for the one approval. Anything else waits for a person. */
export function grantAutonomy(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'grant-autonomy' }>,
): Decided[] | Refusal {
  const { view } = state
  if (command.by.kind !== 'system') return refuse('role-too-low', 'autonomy is the catalogue’s to give')
  const proposal = view.proposals.find((candidate) => candidate.id === body.proposal)
  if (!proposal) return refuse('no-such-proposal', body.proposal)
  if (body.digest !== proposal.digest) return refuse('wrong-digest', 'this is not the digest that stands')
  if (view.moving) return refuse('move-pending', `a ${view.moving.kind} is under way; see it end first`)
  if (command.wall >= approveByWall(proposal.body)) return refuse('expired', 'the proposal has expired')
  const clause = isOpenTo(view, proposal)
  if (clause?.id !== body.clause) return refuse('not-awaiting-approval', 'no clause can stand in for its approval')
  const { n, regressions } = body.record
  if (regressions > 0 || wentWrongHere(view, proposal))
    return refuse('not-earned', `${clause.id}: it made something worse, or was undone, since it was last revoked`)
  if (n < clause.minSuccesses) return refuse('not-earned', `${clause.id}: ${n} of ${clause.minSuccesses} recoveries`)
  return added(
    command,
    { type: 'autonomy-used', proposal: proposal.id, clause: clause.id, record: { n, regressions } },
    { type: 'proposal-moved', proposal: proposal.id, status: 'approved', reason: `autonomy:${clause.id}` },
  )
}

/** This incident itself is not in the record yet. */
function wentWrongHere({ proposals }: View, { body }: Proposal): boolean {
  const { type, target } = body.plan.action
  return proposals.some(
    ({ body: earlier, status, verification }) =>
      earlier.plan.action.type === type &&
      earlier.plan.action.target === target &&
      (status === 'undone' || verification?.end === 'worse'),
  )
}

/** Approvals that a clause stands in for, judged again at use: one, where one is asked for. */
export function standsIn({ autonomy, body, approvalsNeeded }: Proposal): 0 | 1 {
  const holds = autonomy && body.risk === 'reversible' && body.drill === null
  return holds && approvalsNeeded === RISK.reversible.approvals ? 1 : 0
}

/** The clause no longer stands, or nobody can say whether it does. */
export function autonomyRevoked({ autonomy }: Proposal, controls: Controls | null): string | null {
  if (!autonomy) return null
  if (controls === null) return 'controls-unreadable'
  return controls.autonomy?.includes(autonomy.clause) === true ? null : 'autonomy-revoked'
}
