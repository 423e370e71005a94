import type { RiskClass, Vote, VoterName } from '../../protocol/domain.ts'
import { REQUIRED_SUPPORTERS, VOTERS } from '../../protocol/domain.ts'
import { RISK } from './policy.ts'

export interface Tally {
  supporters: VoterName[]
  opposers: VoterName[]
  abstainers: VoterName[]
  /** seats without a counted vote: silent, late, void or quarantined. */
  missing: VoterName[]
}

type Voters = readonly VoterName[]

/** Counts what was cast: a void vote counts as not cast, for and against, and so does any vote of a quarantined voter. */
export function tally(votes: Vote[], quarantined: Voters = []): Tally {
  const result: Tally = { supporters: [], opposers: [], abstainers: [], missing: [] }
  for (const voter of VOTERS) {
    const vote = votes.find((candidate) => candidate.voter === voter && candidate.void === null)
    if (!vote || quarantined.includes(voter)) result.missing.push(voter)
    else if (vote.vote === 'support') result.supporters.push(voter)
    else if (vote.vote === 'oppose') result.opposers.push(voter)
    else result.abstainers.push(voter)
  }
  return result
}

export type Outcome = { carries: true; reason: 'quorum' } | { carries: false; reason: NotCarried }
export type NotCarried = 'no-quorum' | 'required-supporter-missing' | 'opposed-at-this-risk'

/** Whether these votes carry at this risk. The gate is judged apart. */
export function judgeQuorum(votes: Vote[], risk: RiskClass, quarantined: Voters = []): Outcome {
  const count = tally(votes, quarantined)
  const needs = RISK[risk]
  if (needs.nobodyOpposing && count.opposers.length > 0) return { carries: false, reason: 'opposed-at-this-risk' }
  // Named first: a required voter that spoke and did not support decides it, however many the others are.
  const spokeAgainst = [...count.opposers, ...count.abstainers]
  if (REQUIRED_SUPPORTERS.some((voter) => spokeAgainst.includes(voter))) {
    return { carries: false, reason: 'required-supporter-missing' }
  }
  if (count.supporters.length < needs.supporters) return { carries: false, reason: 'no-quorum' }
  if (!REQUIRED_SUPPORTERS.every((voter) => count.supporters.includes(voter))) {
    return { carries: false, reason: 'required-supporter-missing' }
  }
  return { carries: true, reason: 'quorum' }
}

/** False once no vote still to come could carry it: every missing seat whose vote may still count is hoped to support. */
export function canStillCarry(votes: Vote[], risk: RiskClass, quarantined: Voters = []): boolean {
  const hoped = seatsToCome(votes, quarantined).map(
    (voter): Vote => ({ voter, vote: 'support', cites: [], reason: '', method: '', digest: '', at: 0, void: null }),
  )
  return judgeQuorum([...votes.filter((vote) => vote.void === null), ...hoped], risk, quarantined).carries
}

/** A ballot closes when all whose votes may count have voted, when it can no longer carry, or at its deadline. */
export function mayClose(votes: Vote[], risk: RiskClass, quarantined: Voters = []): boolean {
  return seatsToCome(votes, quarantined).length === 0 || !canStillCarry(votes, risk, quarantined)
}

function seatsToCome(votes: Vote[], quarantined: Voters): VoterName[] {
  return tally(votes, quarantined).missing.filter((voter) => !quarantined.includes(voter))
}
