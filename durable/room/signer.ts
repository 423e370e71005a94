import { signText } from '../../bridge/ed25519.ts'
import type { CommandBody } from '../protocol/commands.ts'
import type { AgentKey, AgentName, Proposal, VoteDraft, VoterName } from '../protocol/domain.ts'
import { fromBase64Url, voteText } from '../protocol/signed.ts'
import { PEER_ANSWERS_MS } from './gather.ts'
import type { RegistryPeer } from './peers.ts'
import { within } from './within.ts'

/** Tries to read the keys before a seat stays silent: with the answers' limit they fit into a ballot's ten seconds. */
const TRIES = 2

/** A seat's pen: signs what it is given, at once. */
export interface Pen {
  key: AgentKey
  sign(text: string): string
}

/** Why a seat cannot sign. */
export type NoPen = 'registry-unreachable' | 'no-key-to-seal-under' | 'no-key-for-this-seat'

/**
 * The pens of one room's own seats. Private halves are asked for when something must be signed for the first time, and live
 * in memory alone; a room that slept asks again.
 */
export class Signer {
  #keys: Promise<Map<AgentName, Pen> | null> | null = null

  /** The seat's pen, or why it has none; a failure is not remembered. */
  async penOf(agent: AgentName, instance: string, registry: () => RegistryPeer): Promise<Pen | NoPen> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      try {
        this.#keys ??= within(PEER_ANSWERS_MS, registry().signingKeys(instance)).then((keys) => keys && pens(keys))
        const known = await this.#keys
        if (known) return known.get(agent) ?? 'no-key-for-this-seat'
        this.#keys = null
        return 'no-key-to-seal-under'
      } catch {
        this.#keys = null
      }
    }
    return 'registry-unreachable'
  }
}

/** The public halves as a room opens with them: none where they cannot be read in time, and then the first seat that signs records its own. */
export async function knownKeys(instance: string, registry: () => RegistryPeer): Promise<AgentKey[]> {
  try {
    return await within(PEER_ANSWERS_MS, registry().agentKeys(instance))
  } catch {
    return []
  }
}

function pens(keys: readonly { key: AgentKey; privateKey: string }[]): Map<AgentName, Pen> {
  return new Map(
    keys.flatMap(({ key, privateKey }): [AgentName, Pen][] => {
      const raw = fromBase64Url(privateKey)
      return raw ? [[key.agent, { key, sign: (text) => signText(raw, text) }]] : []
    }),
  )
}

/** A vote as its seat signs it. */
export function signedVote(proposal: Proposal, voter: VoterName, draft: VoteDraft, pen: Pen): CommandBody {
  const { id, digest } = proposal
  const signature = pen.sign(voteText({ ...draft, ballot: proposal.ballot?.id ?? '', digest, voter }))
  return { type: 'cast-vote', proposal: id, digest, voter, draft, key: pen.key.id, signature }
}
