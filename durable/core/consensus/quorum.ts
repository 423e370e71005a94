import type { RiskClass, Vote, VoterName } from '../../protocol/domain.ts'
import { REQUIRED_SUPPORTERS, VOTERS } from '../../protocol/domain.ts'
import { RISK } from './policy.ts'

export interface Tally {
  supporters: VoterName[]
  opposers: VoterName[]
  abstainers: VoterName[]
  /** seats without a counted vote: silent, late or void. */
  missing: VoterName[]
}

/** Counts what was cast: a void vote counts as not cast, for and against. */
export function tally(votes: Vote[]): Tally {
  const result: Tally = { supporters: [], opposers: [], abstainers: [], missing: [] }
  for (const voter of VOTERS) {
    const vote = votes.find((candidate) => candidate.voter === voter && candidate.void === null)
    if (!vote) result.missing.push(voter)
    else if (vote.vote === 'support') result.supporters.push(voter)
    else if (vote.vote === 'oppose') result.opposers.push(voter)
    else result.abstainers.push(voter)
  }
  return result
}

export type Outcome = { carries: true; reason: 'quorum' } | { carries: false; reason: NotCarried }
export type NotCarried = 'no-quorum' | 'required-supporter-missing' | 'opposed-at-this-risk'

/** Whether these votes carry at this risk. The gate is judged apart. */
export function judgeQuorum(votes: Vote[], risk: RiskClass): Outcome {
  const count = tally(votes)
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

/** False once no vote still to come could carry it: every missing seat is counted as a supporter. */
export function canStillCarry(votes: Vote[], risk: RiskClass): boolean {
  const hoped = tally(votes).missing.map(
    (voter): Vote => ({ voter, vote: 'support', cites: [], reason: '', method: '', digest: '', at: 0, void: null }),
  )
  return judgeQuorum([...votes.filter((vote) => vote.void === null), ...hoped], risk).carries
}

/** A ballot closes when all four have voted, when it can no longer carry, or at its deadline. */
export function mayClose(votes: Vote[], risk: RiskClass): boolean {
  return tally(votes).missing.length === 0 || !canStillCarry(votes, risk)
}
