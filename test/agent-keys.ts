import { createHash } from 'node:crypto'
import { keyId, publicHalf, signText, verifyText } from '../bridge/ed25519.ts'
import type { CommandBody } from '../durable/protocol/commands.ts'
import { AGENTS, type AgentKey, type AgentName } from '../durable/protocol/domain.ts'
import { ballotOf, clerkText, signedOf, voteText } from '../durable/protocol/signed.ts'
import type { View } from '../durable/protocol/view.ts'

/** The seats' keys in tests: made of their names, so that the same world signs the same bytes every time. */
const secretOf = (agent: AgentName, instance: string): Uint8Array =>
  createHash('sha256').update(`test key of ${agent} at ${instance}`).digest()

// Simulated worlds ask for them at every vote.
const made = new Map<string, AgentKey>()

export function testKey(agent: AgentName, instance = 'test'): AgentKey {
  const name = `${agent} at ${instance}`
  const known = made.get(name)
  if (known) return { ...known }
  const raw = publicHalf(secretOf(agent, instance))
  const key = { id: keyId(raw), agent, instance, publicKey: Buffer.from(raw).toString('base64url'), since: 0 }
  made.set(name, key)
  return { ...key }
}

/** All five, as a room opens with them. */
export const TEST_KEYS: AgentKey[] = AGENTS.map((agent) => testKey(agent))

export type Unsigned<T extends 'cast-vote' | 'clerk-word'> = Omit<
  Extract<CommandBody, { type: T }>,
  'key' | 'signature'
>
type Seen = Pick<View, 'proposals' | 'keys'>

type Signed<T extends 'cast-vote' | 'clerk-word'> = Extract<CommandBody, { type: T }>

/** A seat's pen. */
export function testPen(agent: AgentName): { key: AgentKey; sign(text: string): string } {
  return { key: testKey(agent), sign: (text) => signText(secretOf(agent, 'test'), text) }
}

/** A vote as its own seat signs it; `by` says whose key signs instead. */
export function signedVote(view: Seen, body: Unsigned<'cast-vote'>, by: AgentName = body.voter): Signed<'cast-vote'> {
  const ballot = ballotOf(view.proposals, body.proposal, body.digest)
  const text = voteText({ ...body.draft, ballot, digest: body.digest, voter: body.voter })
  return { ...body, key: testKey(by).id, signature: signText(secretOf(by, 'test'), text) }
}

export function signedClerk(view: Seen, body: Unsigned<'clerk-word'>): Signed<'clerk-word'> {
  const proposal = view.proposals.find(({ id }) => id === body.proposal)
  const text = clerkText({ ...body, ballot: proposal?.ballot?.id ?? '', digest: proposal?.digest ?? '' })
  return { ...body, key: testKey('communication').id, signature: signText(secretOf('communication', 'test'), text) }
}

/** What a test says: a statement that its seat still has to sign, or any command. */
export type Saying = CommandBody | Unsigned<'cast-vote'> | Unsigned<'clerk-word'>

/** Signed by its own seat where it is not signed yet. */
export function signedBySeat(view: Seen, body: Saying): CommandBody {
  if (body.type === 'cast-vote') return 'signature' in body ? body : signedVote(view, body)
  if (body.type === 'clerk-word') return 'signature' in body ? body : signedClerk(view, body)
  return body
}

/** What a signature is worth, as the room's seal says it. */
export function sealedSignature(view: Seen, body: CommandBody) {
  const signed = signedOf(view, body, verifyText)
  return signed === undefined ? {} : { signed }
}
