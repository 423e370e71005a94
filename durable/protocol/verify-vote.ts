import type { AgentKey, ClerkWord, Vote } from './domain.ts'
import { type Signed, clerkText, fromBase64Url, keyOf, voteText } from './signed.ts'

/** What a check needs; synchronous or not. */
export interface LogCrypto {
  sha256Hex(data: string | Uint8Array): string | Promise<string>
  /** Ed25519 with a raw public key; false for anything that is no signature of this text. */
  verify(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean | Promise<boolean>
}

/** A recorded vote's signature, checked again. */
export async function verifyVote(
  vote: Vote,
  ballot: string,
  keys: readonly AgentKey[],
  checks: Pick<LogCrypto, 'verify'>,
): Promise<Signed> {
  return verifyText(keyOf(keys, vote.key, vote.voter), voteText({ ...vote, ballot }), vote.signature, checks)
}

/** The same for a clerk's word. */
export async function verifyClerk(
  word: ClerkWord,
  about: { ballot: string; digest: string },
  keys: readonly AgentKey[],
  checks: Pick<LogCrypto, 'verify'>,
): Promise<Signed> {
  return verifyText(keyOf(keys, word.key, 'communication'), clerkText({ ...word, ...about }), word.signature, checks)
}

async function verifyText(
  key: AgentKey | null,
  text: string,
  signature: string | undefined,
  checks: Pick<LogCrypto, 'verify'>,
): Promise<Signed> {
  if (!key) return 'unknown-key'
  const [raw, bytes] = [fromBase64Url(key.publicKey), fromBase64Url(signature ?? '')]
  return raw && bytes && (await checks.verify(raw, text, bytes)) ? 'valid' : 'bad-signature'
}
