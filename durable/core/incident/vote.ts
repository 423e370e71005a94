import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Certificate, Proposal, Vote } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { RISK } from '../consensus/policy.ts'
import { judgeQuorum, mayClose } from '../consensus/quorum.ts'
import { held } from '../consensus/readings.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { gateOf } from './propose.ts'
import type { State } from './state.ts'

/** Records one voter's answer. A vote on another digest, citing unknown evidence, late or second is kept as void. */
export function castVote(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'cast-vote' }>,
): Decided[] | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  if (!proposal?.ballot) return refuse('no-such-ballot', `no ballot on ${body.proposal}`)
  const vote: Vote = {
    ...body.draft,
    voter: body.voter,
    digest: body.digest,
    at: command.at,
    void: voidFor(state, proposal, command, body),
  }
  const events = said(command, { type: 'vote-cast', proposal: proposal.id, vote })
  const votes = [...proposal.votes, vote]
  if (proposal.ballot.closedAt === null && vote.void === null && mayClose(votes, proposal.body.risk)) {
    events.push(...closeBallot(state, command, proposal, votes))
  }
  return events
}

function voidFor(
  state: State,
  proposal: Proposal,
  command: Command,
  body: Extract<RoomCommand, { type: 'cast-vote' }>,
): Vote['void'] {
  if (body.digest !== proposal.digest) return 'wrong-digest'
  if (command.wall > (proposal.ballot?.deadlineWall ?? 0)) return 'late'
  if (proposal.ballot?.closedAt !== null) return 'ballot-closed'
  if (proposal.votes.some((vote) => vote.voter === body.voter && vote.void === null)) return 'second-vote'
  if (body.draft.cites.some((id) => !held(state.view.evidence, id))) return 'unknown-evidence'
  return null
}

/** Closes a ballot on the votes given: quorum, then the gate on what the supporters cite together. */
export function closeBallot(state: State, command: Command, proposal: Proposal, votes: Vote[]): Decided[] {
  const { ballot } = proposal
  if (!ballot) return []
  const quorum = judgeQuorum(votes, proposal.body.risk)
  const supporters = votes.filter((vote) => vote.void === null && vote.vote === 'support')
  const gate = gateOf(
    state.view,
    proposal.body,
    supporters.flatMap((vote) => vote.cites),
    command.at,
  )
  const reason = quorum.carries ? gate.reason : quorum.reason
  if (!quorum.carries || !gate.passes) {
    return [
      ...added(
        command,
        { type: 'ballot-closed', proposal: proposal.id, outcome: 'not-carried', reason, certificate: null },
        { type: 'proposal-moved', proposal: proposal.id, status: 'not-carried', reason },
      ),
      ...askHuman(
        state,
        command,
        proposal.id,
        reason,
        quorum.carries ? gate.wouldDecide : missingWord(votes, proposal),
      ),
    ]
  }
  const certificate: Certificate = {
    ballot: ballot.id,
    digest: proposal.digest,
    policy: proposal.body.policy,
    supporters: supporters.map((vote) => vote.voter),
    gate,
    at: command.at,
  }
  return added(
    command,
    { type: 'ballot-closed', proposal: proposal.id, outcome: 'carried', reason: 'quorum', certificate },
    { type: 'proposal-moved', proposal: proposal.id, status: 'awaiting-approval', reason: 'approval-needed' },
  )
}

function missingWord(votes: Vote[], proposal: Proposal): string {
  const against = votes
    .filter((vote) => vote.void === null && vote.vote !== 'support')
    .map((vote) => `${vote.voter}: ${vote.reason}`)
  return against.length > 0
    ? against.join(' · ')
    : `fewer than ${RISK[proposal.body.risk].supporters} voters answered in time`
}

/** The clerk's word: on record, outside the count; it can raise the approvals by one, never lower them. */
export function clerkWord(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'clerk-word' }>,
): Decided[] | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  if (!proposal) return refuse('no-such-proposal', body.proposal)
  if (proposal.clerk) return refuse('nothing-changed', 'the clerk has spoken')
  if (proposal.status !== 'voting' && proposal.status !== 'awaiting-approval')
    return refuse('ballot-closed', `proposal ${proposal.number} is ${proposal.status}`)
  const { affected, inform, ownerReachable, extraApprovals, reason } = body
  const approvalsNeeded = RISK[proposal.body.risk].approvals + extraApprovals
  return said(command, {
    type: 'clerk-spoke',
    proposal: proposal.id,
    word: { affected, inform, ownerReachable, extraApprovals, reason, at: command.at },
    approvalsNeeded,
  })
}
