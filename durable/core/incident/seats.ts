import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Decided } from '../../protocol/events.ts'
import { REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { added, refuse, said } from './answer.ts'
import type { State } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** Keys of the instance that this room did not know. A key that it has is never replaced by another of the same id. */
export function recordKeys(state: State, command: Command, body: Of<'record-keys'>): Decided[] | Refusal {
  const { head, keys: known } = state.view
  const keys = body.keys.filter((key) => !known.some(({ id }) => id === key.id))
  if (keys.length === 0) return refuse('nothing-changed', 'these keys are known')
  if (keys.some(({ instance }) => instance !== head?.instance))
    return refuse('unknown-key', 'a key of another instance counts nowhere here')
  return added(command, { type: 'keys-recorded', keys })
}

/** A seat that could not sign: it counts as silent, and the record says why. */
export function withholdVote(state: State, command: Command, body: Of<'withhold-vote'>): Decided[] | Refusal {
  const proposal = state.view.proposals.find(({ id }) => id === body.proposal)
  if (!proposal?.ballot) return refuse('no-such-ballot', `no ballot on ${body.proposal}`)
  if (proposal.ballot.closedAt !== null)
    return refuse('ballot-closed', `the ballot on proposal ${proposal.number} is closed`)
  const { agent } = body
  const reason = body.reason.slice(0, REASON_CHARS_MAX)
  return said(command, { type: 'vote-withheld', proposal: proposal.id, agent, reason })
}
