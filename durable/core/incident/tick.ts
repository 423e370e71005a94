import type { Command, Refusal } from '../../protocol/commands.ts'
import { AGENTS } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { added, refuse } from './answer.ts'
import { askHuman, stopAgent } from './deliberate.ts'
import type { State } from './state.ts'
import { closeBallot } from './vote.ts'

/** The alarm rang: everything due is decided. Ringing early, late or twice is harmless. */
export function tick(state: State, command: Command): Decided[] | Refusal {
  const events: Decided[] = []
  for (const agent of AGENTS) {
    const seat = state.view.agents[agent]
    if (seat.state !== 'working' || seat.deadlineWall === null || command.wall < seat.deadlineWall) continue
    events.push(...stopAgent(state, command, agent, seat.run, 'late', 'no answer by its deadline'))
  }
  for (const proposal of state.view.proposals) {
    if (proposal.status === 'voting' && proposal.ballot && command.wall >= proposal.ballot.deadlineWall) {
      events.push(...closeBallot(state, command, proposal, proposal.votes))
    }
    if (proposal.status === 'awaiting-approval' && command.wall > proposal.body.expiresWall) {
      events.push(
        ...added(command, {
          type: 'proposal-moved',
          proposal: proposal.id,
          status: 'expired',
          reason: 'nobody decided in time',
        }),
      )
      events.push(
        ...askHuman(state, command, proposal.id, 'approval-expired', 'the agents look again; a person may decide'),
      )
    }
  }
  return events.length > 0 ? events : refuse('nothing-changed', 'nothing was due')
}
