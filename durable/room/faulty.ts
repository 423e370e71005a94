import { delayOf, foundBy, has, seenBy, spokenBy } from '../core/drill/index.ts'
import { situationOf } from '../core/agents/agent.ts'
import { VOTES, draftOf } from '../core/agents/engines.ts'
import type { CommandBody } from '../protocol/commands.ts'
import { type AgentName, type FindingDraft, type Proposal, VOTERS, type VoterName } from '../protocol/domain.ts'
import type { FaultDoor, Place } from './place.ts'
import { type Pen, signedVote } from './signer.ts'

/** What an agent of a drill says that it found; null: its seat says nothing. Only voters are made faulty. */
export async function findingOf(
  { faults, wait }: FaultDoor,
  place: Place,
  agent: AgentName,
): Promise<FindingDraft | null> {
  const voter = VOTERS.find((name) => name === agent)
  if (voter === undefined) return draftOf(agent, place.view, place.at)
  if (has(faults, place.view, place.at, 'silence', voter)) return null
  const late = delayOf(faults, place.view, place.at, voter)
  const draft = draftOf(agent, seenBy(faults, voter, place.view, place.at), place.at)
  const said = foundBy(faults, voter, place.view, place.at, draft)
  if (late > 0) await wait(late)
  return said
}

/** What a voter of a drill sends; the last of it is the answer that was asked for. Null: nothing. */
export async function votesOf(
  { faults, say, wait }: FaultDoor,
  place: Place,
  proposal: Proposal,
  voter: VoterName,
  pen: Pen,
): Promise<CommandBody | null> {
  const { view, at } = place
  const honest = VOTES[voter](situationOf(seenBy(faults, voter, view, at), at), proposal.body)
  const late = delayOf(faults, view, at, voter)
  const spoken = spokenBy(faults, voter, view, proposal, at, honest).map((one): CommandBody => {
    if (!('copy' in one)) {
      // A forger names the key of the one it speaks for: the published half is all that it has of it.
      const named = view.keys.find(({ agent }) => agent === one.as) ?? pen.key
      return signedVote(proposal, one.as, one.draft, { ...pen, key: one.as === voter ? pen.key : named })
    }
    const { voter: as, digest, vote, cites, reason, method, key = '', signature = '' } = one.copy
    return {
      type: 'cast-vote',
      proposal: proposal.id,
      digest,
      voter: as,
      draft: { vote, cites, reason, method },
      key,
      signature,
    }
  })
  if (late > 0) await wait(late)
  for (const body of spoken.slice(0, -1)) say({ kind: 'agent', name: voter }, body)
  return spoken.at(-1) ?? null
}
