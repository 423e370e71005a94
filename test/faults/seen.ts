import { type Vote, VOTERS, type VoterName } from '../../durable/protocol/domain.ts'
import type { Case } from './case.ts'
import type { DrilledRoom } from './room.ts'

/** What the log shows of a run's faults, in its own words, and whom it wrongs. */
export interface Seen {
  /** of the faulty voters' own doing, or of what reached everybody. */
  signs: string[]
  /** honest voters that were quarantined. */
  accused: VoterName[]
}

/** Reads the signs off the log alone: void votes, proofs, refusals, answers that did not come, outvoted words. */
export function seenIn({ view, events }: DrilledRoom, { faults }: Case): Seen {
  const faulty = VOTERS.filter((voter) => faults.some(({ agent }) => agent === voter))
  const signs = new Set<string>()
  for (const { voter } of view.quarantined) if (faulty.includes(voter)) signs.add('quarantined')
  for (const { body, by } of events) {
    if (body.type === 'agent-stopped' && faulty.some((voter) => voter === body.agent)) signs.add('no-answer')
    // Whoever sent it: a forger writes in another's name, and the log says who spoke.
    if (body.type === 'vote-cast' && body.vote.void !== null && faulty.some((voter) => voter === by.name))
      signs.add(`void:${body.vote.void}`)
    if (body.type === 'finding-reported' && faulty.some((voter) => voter === body.finding.agent))
      if (body.finding.gaps.some(({ what }) => what.startsWith('cited but not held'))) signs.add('cited-but-not-held')
    if (body.type === 'evidence-recorded' && body.evidence.some(({ tainted }) => tainted)) signs.add('tainted')
    if (body.type === 'proposal-moved' && body.status === 'revoked') signs.add(`revoked:${body.reason}`)
  }
  for (const proposal of view.proposals) {
    if (proposal.status === 'refused') signs.add(`refused:${wordOf(proposal.reason)}`)
    const carried = proposal.ballot?.outcome === 'carried'
    const closed = (proposal.ballot?.closedAt ?? null) !== null
    const against = proposal.votes.filter((vote) => isAgainst(vote, carried) && faulty.includes(vote.voter))
    if (closed && against.length > 0) signs.add('outvoted')
    if (closed && faulty.some((voter) => !proposal.votes.some((vote) => vote.voter === voter && vote.void === null)))
      signs.add('not-counted')
    if (proposal.verification?.end === 'worse' || proposal.verification?.end === 'no-better')
      signs.add(`verified:${proposal.verification.end}`)
  }
  const accused = view.quarantined.map(({ voter }) => voter).filter((voter) => !faulty.includes(voter))
  return { signs: faults.length === 0 ? [] : [...signs].sort(), accused }
}

function isAgainst({ vote, void: reason }: Vote, carried: boolean): boolean {
  return reason === null && (carried ? vote !== 'support' : vote === 'support')
}

function wordOf(reason: string): string {
  return reason.split(':')[0] ?? reason
}
