import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Certificate, Proposal, Vote, VoterName } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { VOID_VOTES_PER_PROPOSAL_MAX } from '../../protocol/limits.ts'
import { voteText } from '../../protocol/signed.ts'
import type { View } from '../../protocol/view.ts'
import { RISK } from '../consensus/policy.ts'
import { judgeQuorum, mayClose } from '../consensus/quorum.ts'
import { held } from '../consensus/readings.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { gateOf } from './propose.ts'
import type { State } from './state.ts'

/**
 * Records one voter's answer, whatever it is worth: what does not count is kept as void with its reason. Two different
 * votes that one voter signed in one ballot are the proof of its quarantine.
 */
export function castVote(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'cast-vote' }>,
): Decided[] | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  if (!proposal?.ballot) return refuse('no-such-ballot', `no ballot on ${body.proposal}`)
  const cast = {
    ...body.draft,
    voter: body.voter,
    digest: body.digest,
    at: command.at,
    key: body.key,
    signature: body.signature,
  }
  const earlier = conflicting(proposal, cast)
  const vote: Vote = { ...cast, void: voidFor(state, proposal, command, cast, earlier) }
  // Anybody can write what counts for nothing: a log is not filled with it. What counts, or proves something, always finds room.
  const kept = vote.void === null || vote.void === 'second-vote'
  if (!kept && proposal.votes.filter((one) => one.void !== null).length >= VOID_VOTES_PER_PROPOSAL_MAX)
    return refuse('too-many', `${VOID_VOTES_PER_PROPOSAL_MAX} void votes are on record; this one was ${vote.void}`)
  const events = said(command, { type: 'vote-cast', proposal: proposal.id, vote })
  const votes = [...proposal.votes, vote]
  if (vote.void === 'second-vote' && earlier)
    return [...events, ...quarantine(state, command, proposal, [earlier, vote])]
  if (
    proposal.ballot.closedAt === null &&
    vote.void === null &&
    mayClose(votes, proposal.body.risk, outcast(state.view))
  ) {
    events.push(...closeBallot(state, command, proposal, votes))
  }
  return events
}

/** The voters whose votes count no more. */
export function outcast(view: Pick<View, 'quarantined'>): VoterName[] {
  return view.quarantined.map(({ voter }) => voter)
}

type Cast = Omit<Vote, 'void'>

/** What a voter is on record with in this ballot and signed: never one whose signature failed, or one that says the same. */
function conflicting(proposal: Proposal, cast: Cast): Vote | undefined {
  return proposal.votes.find(
    (one) => isSigned(one, proposal) && one.voter === cast.voter && saysOther(proposal, one, cast),
  )
}

function isSigned(vote: Vote, { digest }: Proposal): boolean {
  return (
    vote.digest === digest &&
    vote.signature !== undefined &&
    vote.void !== 'bad-signature' &&
    vote.void !== 'unknown-key'
  )
}

function saysOther({ ballot }: Proposal, one: Cast, other: Cast): boolean {
  const id = ballot?.id ?? ''
  return voteText({ ...one, ballot: id }) !== voteText({ ...other, ballot: id })
}

function voidFor(
  state: State,
  proposal: Proposal,
  command: Command,
  cast: Cast,
  earlier: Vote | undefined,
): Vote['void'] {
  // First what accuses nobody: whoever has no key may write anything.
  if (command.signed !== 'valid') return command.signed ?? 'unknown-key'
  if (cast.digest !== proposal.digest) return 'wrong-digest'
  const same = proposal.votes.some(
    (one) => isSigned(one, proposal) && one.voter === cast.voter && !saysOther(proposal, one, cast),
  )
  if (same) return 'replayed'
  if (outcast(state.view).includes(cast.voter)) return 'quarantined'
  if (earlier) return 'second-vote'
  if (command.wall > (proposal.ballot?.deadlineWall ?? 0)) return 'late'
  if (proposal.ballot?.closedAt !== null) return 'ballot-closed'
  // A vote of before votes were signed stands; it proves nothing.
  if (proposal.votes.some((one) => one.voter === cast.voter && one.void === null)) return 'second-vote'
  if (cast.cites.some((id) => !held(state.view.evidence, id))) return 'unknown-evidence'
  return null
}

/**
 * Both votes stand as proof, and the voter counts no more in this incident: an open ballot goes on without it, and what was
 * carried with it and has not run is judged again without it.
 */
function quarantine(state: State, command: Command, proposal: Proposal, proof: [Vote, Vote]): Decided[] {
  const { voter } = proof[0]
  const body: EventBody = { type: 'voter-quarantined', voter, reason: 'equivocation', proposal: proposal.id, proof }
  const view: View = {
    ...state.view,
    quarantined: [
      ...state.view.quarantined,
      { voter, reason: body.reason, proof, proposal: proposal.id, at: command.at },
    ],
  }
  const after: State = { ...state, view }
  const events = added(command, body)
  for (const one of view.proposals) {
    if (one.status === 'voting' && mayClose(one.votes, one.body.risk, outcast(view)))
      events.push(...closeBallot(after, command, one, one.votes))
    if ((one.status === 'awaiting-approval' || one.status === 'approved') && !stillHolds(view, one, command.at))
      events.push(...revoke(state, command, one, voter))
  }
  return events
}

function revoke(state: State, command: Command, proposal: Proposal, voter: VoterName): Decided[] {
  const reason = 'supporter-quarantined'
  return [
    ...added(command, { type: 'proposal-moved', proposal: proposal.id, status: 'revoked', reason }),
    ...askHuman(state, command, proposal.id, reason, `${voter} signed two different votes; a person may decide`),
  ]
}

/** Whether a certificate carries without those who are quarantined now; an own decision never rested on one. */
function stillHolds(view: View, proposal: Proposal, at: number): boolean {
  if (proposal.body.decidedBy === 'human') return true
  const quarantined = outcast(view)
  if (!judgeQuorum(proposal.votes, proposal.body.risk, quarantined).carries) return false
  // As of its certificate: while a person is asked evidence ages, and what ran is judged on fresh readings anyway.
  const { certificate, body } = proposal
  return gateOf(view, body, supportersCites(proposal.votes, quarantined), certificate?.at ?? at).passes
}

/** The votes that support and count. */
export function supporting(votes: readonly Vote[], quarantined: readonly VoterName[]): Vote[] {
  return votes.filter((vote) => vote.void === null && vote.vote === 'support' && !quarantined.includes(vote.voter))
}

/** What the supporters cite together. */
export function supportersCites(votes: readonly Vote[], quarantined: readonly VoterName[]): string[] {
  return supporting(votes, quarantined).flatMap((vote) => vote.cites)
}

/** Closes a ballot on the votes given: quorum, then the gate on what the supporters cite together. */
export function closeBallot(state: State, command: Command, proposal: Proposal, votes: Vote[]): Decided[] {
  const { ballot } = proposal
  if (!ballot) return []
  const quarantined = outcast(state.view)
  const quorum = judgeQuorum(votes, proposal.body.risk, quarantined)
  const supporters = supporting(votes, quarantined)
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
        quorum.carries ? gate.wouldDecide : missingWord(votes, proposal, quarantined),
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
    votes: supporters,
  }
  return added(
    command,
    { type: 'ballot-closed', proposal: proposal.id, outcome: 'carried', reason: 'quorum', certificate },
    { type: 'proposal-moved', proposal: proposal.id, status: 'awaiting-approval', reason: 'approval-needed' },
  )
}

function missingWord(votes: Vote[], proposal: Proposal, quarantined: readonly VoterName[]): string {
  const against = votes
    .filter((vote) => vote.void === null && vote.vote !== 'support' && !quarantined.includes(vote.voter))
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
  if (command.signed !== 'valid')
    return refuse(
      command.signed ?? 'unknown-key',
      'the word is not signed by the clerk; its seat waits for one that is',
    )
  const { affected, inform, ownerReachable, extraApprovals, reason, key, signature } = body
  const approvalsNeeded = RISK[proposal.body.risk].approvals + extraApprovals
  return said(command, {
    type: 'clerk-spoke',
    proposal: proposal.id,
    word: { affected, inform, ownerReachable, extraApprovals, reason, at: command.at, key, signature },
    approvalsNeeded,
  })
}
