import { canonical } from './canonical.ts'
import type { CommandBody } from './commands.ts'
import type { AgentKey, AgentName, ClerkWord, Proposal, Vote, VoteDraft, VoterName } from './domain.ts'
import type { View } from './view.ts'

/**
 * What a seat signs, and how that is checked: Ed25519 (RFC 8032) over canonical JSON under a prefix of its own, so that a
 * signature of one kind of statement is never one of another. Crypto is an argument: WebCrypto in browsers, node:crypto in
 * the room and the CLI.
 */
const VOTE_PREFIX = 'incident-commander/vote/1'
const CLERK_PREFIX = 'incident-commander/clerk-word/1'

/** Hex characters of a key's id: the beginning of the SHA-256 of its raw public half. */
export const KEY_ID_CHARS = 16

/** What a check needs; synchronous or not. */
export interface LogCrypto {
  sha256Hex(data: string | Uint8Array): string | Promise<string>
  /** Ed25519 with a raw public key; false for anything that is no signature of this text. */
  verify(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean | Promise<boolean>
}

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

/** A recorded vote's signature, checked again. */
export async function verifyVote(
  vote: Vote,
  ballot: string,
  keys: readonly AgentKey[],
  crypto: Pick<LogCrypto, 'verify'>,
): Promise<Signed> {
  return verifyText(keyOf(keys, vote.key, vote.voter), voteText({ ...vote, ballot }), vote.signature, crypto)
}

/** The same for a clerk's word. */
export async function verifyClerk(
  word: ClerkWord,
  about: { ballot: string; digest: string },
  keys: readonly AgentKey[],
  crypto: Pick<LogCrypto, 'verify'>,
): Promise<Signed> {
  return verifyText(keyOf(keys, word.key, 'communication'), clerkText({ ...word, ...about }), word.signature, crypto)
}

async function verifyText(
  key: AgentKey | null,
  text: string,
  signature: string | undefined,
  crypto: Pick<LogCrypto, 'verify'>,
): Promise<Signed> {
  if (!key) return 'unknown-key'
  const [raw, bytes] = [fromBase64Url(key.publicKey), fromBase64Url(signature ?? '')]
  return raw && bytes && (await crypto.verify(raw, text, bytes)) ? 'valid' : 'bad-signature'
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

/** As much of a browser, a Worker or Node as the checks need: `webCrypto(globalThis)`. */
interface Web {
  crypto: {
    subtle: {
      digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
      importKey(
        format: 'raw',
        data: Uint8Array<ArrayBuffer>,
        algorithm: 'Ed25519',
        extractable: boolean,
        usages: ['verify'],
      ): Promise<unknown>
      verify(
        algorithm: 'Ed25519',
        key: unknown,
        signature: Uint8Array<ArrayBuffer>,
        data: Uint8Array<ArrayBuffer>,
      ): Promise<boolean>
    }
  }
  TextEncoder: new () => { encode(text: string): Uint8Array }
}

/**
 * The checks by WebCrypto. Where a browser has no Ed25519 (or the page is not on https or loopback) they reject with what the
 * browser says: not to be able to look is another thing than to have found something.
 */
export function webCrypto({ crypto, TextEncoder }: Web): LogCrypto {
  const { subtle } = crypto
  const encoder = new TextEncoder()
  return {
    async sha256Hex(data) {
      const bytes = typeof data === 'string' ? encoder.encode(data) : data
      const digest = new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes)))
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
    },
    async verify(publicKey, text, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false
      const key = await subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify'])
      return subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(encoder.encode(text)))
    },
  }
}
