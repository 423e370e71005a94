import { situationOf } from '../core/agents/agent.ts'
import { clerk } from '../core/agents/communication/index.ts'
import { VOTES, draftOf } from '../core/agents/engines.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { AgentName, Proposal, Provenance, VoterName } from '../protocol/domain.ts'
import type { Place } from './place.ts'

/** Of an error's own words in a reason, in UTF-16 units. */
const ERROR_CHARS_MAX = 200

/** Lets one agent look at the room as it is. An engine that throws is a failed agent, not a failed room. */
export function runAgent(place: Place, agent: AgentName, run: number): CommandBody {
  const before = Date.now()
  try {
    const draft = draftOf(agent, place.view, place.at)
    return { type: 'report-finding', agent, run, draft, provenance: embedded(Date.now() - before) }
  } catch (error) {
    return { type: 'agent-failed', agent, run, reason: `engine-threw: ${wordsOf(error)}` }
  }
}

/** Asks one voter for its own check of one proposal. What the other voters said stays with the room. */
export function askVoter({ view, at }: Place, proposal: Proposal, voter: VoterName): CommandBody {
  const draft = VOTES[voter](situationOf(view, at), proposal.body)
  return { type: 'cast-vote', proposal: proposal.id, digest: proposal.digest, voter, draft }
}

export function askClerk({ view, at }: Place, proposal: Proposal): CommandBody {
  return { type: 'clerk-word', proposal: proposal.id, ...clerk(situationOf(view, at), proposal.body) }
}

/** Embedded engines cost nothing and call nobody; latency is wall time around the call. */
function embedded(latencyMs: number): Provenance {
  return { driver: 'embedded', model: null, tokens: null, costUsd: null, latencyMs, attempts: 1, degraded: null }
}

/** An error's words, cut. */
export function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, ERROR_CHARS_MAX)
}
