import type { Command } from '../../protocol/commands.ts'
import type { Proposal } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import type { View } from '../../protocol/view.ts'
import { UNRECOVERED_MAX } from '../consensus/policy.ts'
import { added } from './answer.ts'
import { askHuman } from './deliberate.ts'
import type { State } from './state.ts'

/** The reason word when the system proposes no more. */
export const USED_UP = 'retry-used-up'

/** It ran, and neither its signals nor anybody said that it helped. */
function didNotHelp({ execution, verification, undo }: Proposal): boolean {
  if (execution?.outcome !== 'ran' || verification?.end === 'recovered') return false
  return undo !== undefined || (verification !== null && verification.end !== null)
}

/** How many actions in a row ran and did not help; one that recovered begins the count anew. `ended` has just ended so. */
function inVain(view: View, ended: string | null): number {
  const last = view.proposals.findLastIndex(({ verification }) => verification?.end === 'recovered')
  return view.proposals.slice(last + 1).filter((proposal) => proposal.id === ended || didNotHelp(proposal)).length
}

/** One retry: after a second action that did not help the system proposes no more. */
export function isUsedUp(view: View, ended: string | null = null): boolean {
  return inVain(view, ended) >= UNRECOVERED_MAX
}

/** Asks people what to do about an action that did not help; says so when it was the last that the system may propose. */
export function askAfter(
  state: State,
  command: Command,
  proposal: string,
  reason: string,
  wouldDecide: string,
): Decided[] {
  if (!isUsedUp(state.view, proposal)) return askHuman(state, command, proposal, reason, wouldDecide)
  return [...added(command, { type: 'escalated', reason: USED_UP }), ...askUsedUp(state, command, proposal)]
}

/** The question that remains when the system proposes no more. */
export function askUsedUp(state: State, command: Command, proposal: string | null): Decided[] {
  const asked = state.view.humanAsked
  if (asked?.reason === USED_UP) return []
  return askHuman(
    state,
    command,
    proposal,
    USED_UP,
    `${UNRECOVERED_MAX} actions ran and did not help; the system proposes no more, a person decides what to try`,
  )
}
