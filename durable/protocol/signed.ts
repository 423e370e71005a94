import { canonical } from './canonical.ts'
import type { CommandBody } from './commands.ts'
import type { AgentKey, AgentName, ClerkWord, Proposal, VoteDraft, VoterName } from './domain.ts'
import type { View } from './view.ts'

/**
 * What a seat signs, and how that is checked: Ed25519 (RFC 8032) over canonical JSON under a prefix of its own, so that a
 * signature of one kind of statement is never one of another. How it is verified
 * is an argument.
 */
const VOTE_PREFIX = 'incident-commander/vote/1'
const CLERK_PREFIX = 'incident-commander/clerk-word/1'

/** Hex characters of a key's id: the beginning of the SHA-256 of its raw public half. */
export const KEY_ID_CHARS = 16

export type Signed = 'valid' | 'bad-signature' | 'unknown-key'

/** The bytes of a vote's signature cover its ballot and digest, so that it counts for nothing else. */
export function voteText(said: VoteDraft & { ballot: string; digest: string; voter: VoterName }): string {
  const { ballot, digest, voter, vote, cites, reason, method } = said
  return `${VOTE_PREFIX}\n${canonical({ ballot, digest, voter, vote, cites, reason, method })}`
}

export function clerkText(
  said: Omit<ClerkWord, 'at' | 'key' | 'signature'> & { ballot: string; digest: string },
): string {
  const { ballot, digest, affected, inform, ownerReachable, extraApprovals, reason } = said
  return `${CLERK_PREFIX}\n${canonical({ ballot, digest, affected, inform, ownerReachable, extraApprovals, reason })}`
}

/** The ballot that a digest was put to; a digest that nobody proposed here is read on the ballot it came to. */
export function ballotOf(proposals: readonly Proposal[], addressed: string, digest: string): string {
  const meant = proposals.find((proposal) => proposal.digest === digest)
  const ballot = (meant ?? proposals.find(({ id }) => id === addressed))?.ballot
  return ballot?.id ?? ''
}

/** An agent's own key among those that stand: nobody signs for another seat. */
export function keyOf(keys: readonly AgentKey[], id: string | undefined, agent: AgentName): AgentKey | null {
  return keys.find((key) => key.id === id && key.agent === agent) ?? null
}

type SyncVerify = (publicKey: Uint8Array, text: string, signature: Uint8Array) => boolean

/** What a statement's signature is worth by the room's keys; undefined for a command that nobody signs. */
export function signedOf(
  view: Pick<View, 'keys' | 'proposals'>,
  body: CommandBody,
  verify: SyncVerify,
): Signed | undefined {
  if (body.type === 'cast-vote') {
    const ballot = ballotOf(view.proposals, body.proposal, body.digest)
    const text = voteText({ ...body.draft, ballot, digest: body.digest, voter: body.voter })
    return judge(keyOf(view.keys, body.key, body.voter), text, body.signature, verify)
  }
  if (body.type === 'clerk-word') {
    const proposal = view.proposals.find(({ id }) => id === body.proposal)
    const text = clerkText({ ...body, ballot: proposal?.ballot?.id ?? '', digest: proposal?.digest ?? '' })
    return judge(keyOf(view.keys, body.key, 'communication'), text, body.signature, verify)
  }
  return undefined
}

function judge(key: AgentKey | null, text: string, signature: string, verify: SyncVerify): Signed {
  if (!key) return 'unknown-key'
  const [raw, bytes] = [fromBase64Url(key.publicKey), fromBase64Url(signature)]
  return raw && bytes && verify(raw, text, bytes) ? 'valid' : 'bad-signature'
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Bytes of unpadded base64url (RFC 4648); null for any other text, also for one with bits left over that say something. */
export function fromBase64Url(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8))
  let [held, bits, filled] = [0, 0, 0]
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter)
    if (value < 0) return null
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[filled] = (held >> bits) & 0xff
    filled += 1
  }
  return bits < 6 && (held & ((1 << bits) - 1)) === 0 ? bytes : null
}
