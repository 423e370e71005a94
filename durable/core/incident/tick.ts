import type { Command, Refusal } from '../../protocol/commands.ts'
import { AGENTS, type Proposal } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { approveByWall } from '../../protocol/steps.ts'
import { VERIFY_GRACE_MS } from '../consensus/policy.ts'
import { added, refuse } from './answer.ts'
import { askHuman, stopAgent } from './deliberate.ts'
import type { State } from './state.ts'
import { breaches, lapse, nextPage } from './paging.ts'
import { expireStep } from './steps.ts'
import { endVerification } from './verify.ts'
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
    // An approval that was never used expires too: what could not be started must not stand in the way for ever.
    if (hasExpired(proposal, command)) {
      events.push(
        ...expireStep(command, proposal),
        ...added(command, {
          type: 'proposal-moved',
          proposal: proposal.id,
          status: 'expired',
          reason: proposal.status === 'approved' ? 'approved but not started in time' : 'nobody decided in time',
        }),
      )
      events.push(
        ...askHuman(state, command, proposal.id, 'approval-expired', 'the agents look again; a person may decide'),
      )
    }
    // The readings stopped coming: what could not be read is never concluded from, and it must end all the same.
    if (isOverdue(proposal, command))
      events.push(...endVerification(state, command, proposal, 'unreadable', proposal.verification?.readings ?? []))
  }
  events.push(...lapse(state, command), ...nextPage(state, command), ...breaches(state, command))
  return events.length > 0 ? events : refuse('nothing-changed', 'nothing was due')
}

function hasExpired({ status, body }: Proposal, { wall }: Command): boolean {
  if (status === 'approved') return wall >= body.expiresWall
  return status === 'awaiting-approval' && wall >= approveByWall(body)
}

function isOverdue(proposal: Proposal, command: Command): boolean {
  const { verification } = proposal
  if (proposal.status !== 'verifying' || !verification || verification.end !== null) return false
  return command.at >= verification.until + VERIFY_GRACE_MS
}
