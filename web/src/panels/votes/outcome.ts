import { type Proposal, VOTERS, type VoterName } from '../../../../durable/protocol/domain.ts'
import { count } from '../../format/figures.ts'

/** Votes that carry a ballot; an irreversible action asks for all four (SPEC CN1). */
const NEED = { reversible: 3, wider: 3, irreversible: 4 } as const

const RISK_SAYS = {
  reversible: 'One service, reversible',
  wider: 'Wider than one service, or costly',
  irreversible: 'Irreversible',
} as const

/** How a ballot ended, or stands, in words; and what this risk asks for. What a quarantined voter said counts as not cast. */
export function outcomeOf(
  proposal: Proposal,
  quarantined: readonly VoterName[],
): {
  says: string
  tone: 'well' | 'doubt' | 'harm' | ''
  condition: string
} {
  const support = VOTERS.filter(
    (voter) =>
      !quarantined.includes(voter) &&
      proposal.votes.some((vote) => vote.voter === voter && vote.void === null && vote.vote === 'support'),
  ).length
  const { risk, decidedBy } = proposal.body
  const none = risk === 'wider' ? ', nobody opposing' : ''
  const condition =
    decidedBy === 'human'
      ? 'A commander’s own decision skips ballot and gate; hard clauses of the guard hold for it too.'
      : `${RISK_SAYS[risk]}: ${NEED[risk]} of 4 with Diagnosis and Resolution${none}, then ${count(proposal.approvalsNeeded, 'human')}.`
  const of = `${support} of 4 support`
  if (decidedBy === 'human') return { says: 'decided by human', tone: '', condition }
  if (proposal.ballot === null)
    return { says: 'no ballot', tone: proposal.status === 'refused' ? 'harm' : '', condition }
  if (proposal.ballot.outcome === 'carried') return { says: `carried, ${of}`, tone: 'well', condition }
  if (proposal.ballot.outcome === 'not-carried')
    return { says: `not carried, ${of}: ${proposal.ballot.reason}`, tone: 'doubt', condition }
  return { says: `open, ${of}, need ${NEED[risk]}`, tone: '', condition }
}
