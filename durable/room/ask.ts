import { situationOf } from '../core/agents/agent.ts'
import { clerk } from '../core/agents/communication/index.ts'
import { VOTES, draftOf } from '../core/agents/engines.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { AgentName, Proposal, Provenance, VoterName } from '../protocol/domain.ts'
import { clerkText } from '../protocol/signed.ts'
import { findingOf, votesOf } from './faulty.ts'
import type { Place } from './place.ts'
import { type NoPen, signedVote } from './signer.ts'

/** Of an error's own words in a reason, in UTF-16 units. */
const ERROR_CHARS_MAX = 200

/** Lets one agent look at the room as it is. An engine that throws is a failed agent, not a failed room. Null: a drill's seat is silent. */
export async function runAgent(place: Place, agent: AgentName, run: number): Promise<CommandBody | null> {
  const door = await place.faults()
  const before = Date.now()
  try {
    const draft = door ? await findingOf(door, place, agent) : draftOf(agent, place.view, place.at)
    if (draft === null) return null
    return { type: 'report-finding', agent, run, draft, provenance: embedded(Date.now() - before) }
  } catch (error) {
    return { type: 'agent-failed', agent, run, reason: `engine-threw: ${wordsOf(error)}` }
  }
}

/**
 * Asks one voter for its own check of one proposal, signed by its seat. What the other voters said stays with the room. Once
 * there is a pen nothing awaits: the vote is on the room as it is when it is signed.
 */
export async function askVoter(place: Place, proposal: Proposal, voter: VoterName): Promise<CommandBody | null> {
  const door = await place.faults()
  const pen = await place.pen(voter)
  if (typeof pen === 'string') return withheld(proposal, voter, pen)
  if (door) return votesOf(door, place, proposal, voter, pen)
  const draft = VOTES[voter](situationOf(place.view, place.at), proposal.body)
  return signedVote(proposal, voter, draft, pen)
}

export async function askClerk(place: Place, proposal: Proposal): Promise<CommandBody> {
  const pen = await place.pen('communication')
  if (typeof pen === 'string') return withheld(proposal, 'communication', pen)
  const word = clerk(situationOf(place.view, place.at), proposal.body)
  const signature = pen.sign(clerkText({ ...word, ballot: proposal.ballot?.id ?? '', digest: proposal.digest }))
  return { type: 'clerk-word', proposal: proposal.id, ...word, key: pen.key.id, signature }
}

function withheld(proposal: Proposal, agent: AgentName, reason: NoPen): CommandBody {
  return { type: 'withhold-vote', proposal: proposal.id, agent, reason }
}

/** Embedded engines cost nothing and call nobody; latency is wall time around the call. */
function embedded(latencyMs: number): Provenance {
  return { driver: 'embedded', model: null, tokens: null, costUsd: null, latencyMs, attempts: 1, degraded: null }
}

/** An error's words, cut. */
export function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, ERROR_CHARS_MAX)
}
