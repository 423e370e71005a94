import { canonical } from './canonical.ts'
import { CHAIN_START, chainInput } from './verify-chain.ts'
import type { AgentKey, Certificate, Proposal, RiskClass, Vote } from './domain.ts'
import type { EventBody, RoomEvent } from './events.ts'
import { POLICIES, whyNotCarried } from './policies.ts'
import { KEY_ID_CHARS, ballotOf, fromBase64Url, voteText } from './signed.ts'
import { type LogCrypto, verifyClerk, verifyVote } from './verify-vote.ts'
import { type View, emptyView, project } from './view.ts'

/** Problems said of one log: the first ones show where it was altered, and everything after that is another log anyway. */
export const LOG_PROBLEMS_MAX = 100

/** One thing that does not hold, and the seq of the event where. */
export interface LogProblem {
  seq: number
  what: string
}

export interface LogVerdict {
  ok: boolean
  checked: { events: number; proposals: number; votes: number; certificates: number }
  problems: LogProblem[]
}

type Said<T extends EventBody['type']> = Extract<EventBody, { type: T }>
type Say = (what: string) => void

/**
 * Checks a whole log alone: the chain, each proposal's digest, each signature, each certificate by its votes and its policy,
 * each proof of equivocation, and that what ran is what was approved. `keys` are the instance's published ones, or null to
 * believe those that the log names. Bad input is a problem with its seq, never a throw; it rejects only when `checks` do.
 */
export async function verifyLog(
  events: Iterable<RoomEvent>,
  keys: readonly AgentKey[] | null,
  checks: LogCrypto,
): Promise<LogVerdict> {
  const checker = new Checker(keys, checks)
  for (const event of events) await checker.take(event)
  return checker.verdict()
}

/**
 * The same for a log as text, one JSON list of events. A byte that changes the text and not its values (`e` to `E` in a number,
 * a digit that no double holds) is found too: what a room stores is written one way.
 */
export async function verifyLogText(
  text: string,
  keys: readonly AgentKey[] | null,
  checks: LogCrypto,
): Promise<LogVerdict> {
  let events: unknown
  try {
    events = JSON.parse(text)
  } catch {
    return refused('the log is no JSON')
  }
  if (!Array.isArray(events)) return refused('the log is no list of events')
  const verdict = await verifyLog(events as RoomEvent[], keys, checks)
  const asStored = text.replaceAll(/\n(?=[[{\]])/g, '') === JSON.stringify(events)
  if (asStored) return verdict
  const problems = [...verdict.problems, { seq: 0, what: 'the text is not written as a room stores it' }]
  return { ...verdict, ok: false, problems }
}

/**
 * Judges a certificate alone, by the votes that it carries: what is wrong with it, nothing when it holds. Whether somebody
 * opposed is not in it; the log says that.
 */
export async function verifyCertificate(
  certificate: Certificate,
  risk: RiskClass,
  keys: readonly AgentKey[],
  checks: Pick<LogCrypto, 'verify'>,
): Promise<string[]> {
  const policy = POLICIES.get(certificate.policy)
  if (!policy) return [`its policy ${certificate.policy} is not known`]
  const { votes, supporters, ballot, digest } = certificate
  if (!votes) return policy.signed ? ['its votes are missing'] : []
  const problems: string[] = []
  const names = votes.map(({ voter }) => voter)
  if (canonical(names) !== canonical(supporters)) problems.push('its supporters are not those who voted')
  if (new Set(names).size !== names.length) problems.push('a voter stands in it twice')
  for (const vote of votes) {
    if (vote.vote !== 'support' || vote.void !== null || vote.digest !== digest)
      problems.push(`${vote.voter}'s vote does not support this digest`)
    const signed = policy.signed ? await verifyVote(vote, ballot, keys, checks) : 'valid'
    if (signed !== 'valid') problems.push(`${vote.voter}'s vote: ${signed}`)
  }
  const short = whyNotCarried(policy, risk, votes)
  if (short !== null) problems.push(`it does not carry: ${short}`)
  if (!certificate.gate.passes) problems.push('its evidence gate does not pass')
  return problems
}

function refused(what: string): LogVerdict {
  return { ok: false, checked: { events: 0, proposals: 0, votes: 0, certificates: 0 }, problems: [{ seq: 0, what }] }
}

/** The crypto failed, which says nothing of the log. */
class CannotCheck extends Error {}

/** The same checks, whose failures are told from the log's. */
function sure(checks: LogCrypto): LogCrypto {
  const asked = async <T>(ask: () => T | Promise<T>): Promise<T> => {
    try {
      return await ask()
    } catch (cause) {
      throw new CannotCheck(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }
  return {
    sha256Hex: (data) => asked(() => checks.sha256Hex(data)),
    verify: (publicKey, text, signature) => asked(() => checks.verify(publicKey, text, signature)),
  }
}

/** Walks a log once, with the view as it was at each event. */
class Checker {
  #published: readonly AgentKey[] | null
  #checks: LogCrypto
  #view: View = emptyView()
  #head = CHAIN_START
  #seq = 0
  #checked = { events: 0, proposals: 0, votes: 0, certificates: 0 }
  #problems: LogProblem[] = []
  #folds = true

  constructor(published: readonly AgentKey[] | null, checks: LogCrypto) {
    this.#published = published
    this.#checks = sure(checks)
  }

  verdict(): LogVerdict {
    return { ok: this.#problems.length === 0, checked: this.#checked, problems: this.#problems }
  }

  async take(event: RoomEvent): Promise<void> {
    const seq = this.#seq + 1
    const say: Say = (what) => {
      if (this.#problems.length < LOG_PROBLEMS_MAX) this.#problems.push({ seq, what })
    }
    this.#seq = seq
    this.#checked.events += 1
    if (typeof event !== 'object' || event === null) return say('it is no event')
    await this.#chain(event, seq, say)
    // What cannot be folded leaves nothing to judge the rest by; the chain goes on.
    if (!this.#folds) return
    const what = await this.#readable(event, say)
    if (what === null) return
    this.#folds = false
    say(what)
  }

  async #chain(event: RoomEvent, seq: number, say: Say): Promise<void> {
    if (event.seq !== seq) say(`gap: it says ${String(event.seq)}`)
    const text = textOf(() => chainInput(this.#head, event))
    const hash = text === null ? null : await this.#checks.sha256Hex(text)
    if (hash !== event.hash) say('its hash differs: it or what came before it was altered')
    this.#head = event.hash
  }

  /** Null, or why nothing after it can be judged. */
  async #readable(event: RoomEvent, say: Say): Promise<string | null> {
    try {
      await this.#judge(event, say)
      project(this.#view, event)
      return null
    } catch (error) {
      if (error instanceof CannotCheck) throw error
      return 'it cannot be read as an event'
    }
  }

  async #judge({ body }: RoomEvent, say: Say): Promise<void> {
    switch (body.type) {
      case 'incident-opened':
        return this.#keys(body.keys ?? [], say)
      case 'keys-recorded':
        return this.#keys(body.keys, say)
      case 'proposal-made':
        return this.#proposal(body.proposal, say)
      case 'ballot-opened':
        if (body.ballot.digest !== this.#named(body.proposal)?.digest) say('the ballot is on another digest')
        return
      case 'vote-cast':
        return this.#vote(body, say)
      case 'voter-quarantined':
        return this.#proof(body, say)
      case 'clerk-spoke':
        return this.#clerk(body, say)
      case 'ballot-closed':
        return this.#certificate(body, say)
      case 'decision-recorded':
        if (body.decision.digest !== this.#named(body.proposal)?.digest) say('the decision is on another digest')
        return
      case 'execution-started':
        return this.#execution(body, say)
      default:
    }
  }

  #named(id: string): Proposal | undefined {
    return this.#view.proposals.find((proposal) => proposal.id === id)
  }

  async #keys(keys: readonly AgentKey[], say: Say): Promise<void> {
    for (const key of keys) {
      const raw = fromBase64Url(key.publicKey)
      const id = raw && (await this.#checks.sha256Hex(raw)).slice(0, KEY_ID_CHARS)
      if (id !== key.id) say(`key ${key.id} is not what its id says`)
      const known = this.#published?.find((one) => one.id === key.id)
      if (this.#published && (!known || canonical(known) !== canonical(key)))
        say(`key ${key.id} of ${key.agent} is not one that the instance published`)
    }
  }

  async #proposal(proposal: Proposal, say: Say): Promise<void> {
    this.#checked.proposals += 1
    const digest = await this.#checks.sha256Hex(canonical(proposal.body))
    if (digest !== proposal.digest) say(`the digest of proposal ${proposal.number} is not that of its words`)
    if (!proposal.id.startsWith('prp_') || !proposal.digest.startsWith(proposal.id.slice('prp_'.length)))
      say(`proposal ${proposal.number} has an id that is not of its digest`)
  }

  async #vote({ proposal: id, vote }: Said<'vote-cast'>, say: Say): Promise<void> {
    this.#checked.votes += 1
    const proposal = this.#named(id)
    if (!proposal) return say('a vote on a proposal that nobody made')
    if (vote.void === null && vote.digest !== proposal.digest) say(`${vote.voter}'s vote counts on another digest`)
    if (vote.signature === undefined && vote.key === undefined) {
      if (POLICIES.get(proposal.body.policy)?.signed !== false) say(`${vote.voter}'s vote is not signed`)
      return
    }
    const signed = await verifyVote(
      vote,
      ballotOf(this.#view.proposals, id, vote.digest),
      this.#view.keys,
      this.#checks,
    )
    const recorded = vote.void === 'bad-signature' || vote.void === 'unknown-key' ? vote.void : 'valid'
    if (signed !== recorded) say(`${vote.voter}'s signature is recorded as ${recorded} and is ${signed}`)
    const outcast = this.#view.quarantined.some(({ voter }) => voter === vote.voter)
    if (vote.void === null && outcast) say(`${vote.voter} is quarantined and its vote is counted`)
    if (vote.void === null && proposal.votes.some((one) => one.voter === vote.voter && one.void === null))
      say(`${vote.voter} is counted twice`)
  }

  async #proof({ proposal: id, voter, proof }: Said<'voter-quarantined'>, say: Say): Promise<void> {
    const [one, other] = proof
    const ballot = this.#named(id)?.ballot?.id ?? ''
    const text = (vote: Vote): string => voteText({ ...vote, ballot })
    const same = one.voter === voter && other.voter === voter && one.digest === other.digest
    if (!same || text(one) === text(other)) say(`the proof against ${voter} shows no two different votes of it`)
    for (const vote of proof)
      if ((await verifyVote(vote, ballot, this.#view.keys, this.#checks)) !== 'valid')
        say(`the proof against ${voter} is not signed by it`)
  }

  async #clerk({ proposal: id, word }: Said<'clerk-spoke'>, say: Say): Promise<void> {
    const proposal = this.#named(id)
    if (!proposal) return say('a word on a proposal that nobody made')
    if (word.signature === undefined && POLICIES.get(proposal.body.policy)?.signed === false) return
    const about = { ballot: proposal.ballot?.id ?? '', digest: proposal.digest }
    const signed = await verifyClerk(word, about, this.#view.keys, this.#checks)
    if (signed !== 'valid') say(`the clerk's word: ${signed}`)
  }

  async #certificate({ proposal: id, outcome, certificate }: Said<'ballot-closed'>, say: Say): Promise<void> {
    if ((outcome === 'carried') !== (certificate !== null))
      return say('what carries has a certificate, and nothing else')
    if (!certificate) return
    this.#checked.certificates += 1
    const proposal = this.#named(id)
    if (!proposal) return say('a certificate for a proposal that nobody made')
    const { digest, policy, ballot, votes } = certificate
    if (digest !== proposal.digest || policy !== proposal.body.policy || ballot !== proposal.ballot?.id)
      say('the certificate is for another digest, ballot or policy')
    const counted = this.#counted(proposal)
    const recorded = counted.map((vote) => canonical(vote))
    for (const vote of votes ?? [])
      if (!recorded.includes(canonical(vote)))
        say(`${vote.voter}'s vote in the certificate is not the one that was counted`)
    for (const what of await verifyCertificate(certificate, proposal.body.risk, this.#view.keys, this.#checks))
      say(`certificate: ${what}`)
    const rules = POLICIES.get(policy)
    const short = rules ? whyNotCarried(rules, proposal.body.risk, counted) : null
    if (short !== null) say(`the votes on record do not carry: ${short}`)
  }

  #execution({ proposal: id, digest }: Said<'execution-started'>, say: Say): void {
    const proposal = this.#named(id)
    if (!proposal) return say('what ran was never proposed')
    if (digest !== proposal.digest) say('what ran is not what was approved')
    const { certificate, decisions, body } = proposal
    const yes = decisions.filter((one) => one.digest === digest && one.kind !== 'reject')
    if (body.decidedBy === 'human') {
      if (!yes.some(({ kind }) => kind === 'own-decision')) say('it ran without the decision that it names')
      return
    }
    if (!certificate) return say('it ran without a certificate')
    const rules = POLICIES.get(body.policy)
    const short = rules ? whyNotCarried(rules, body.risk, this.#counted(proposal)) : 'its policy is not known'
    if (short !== null) say(`it ran on votes that do not carry: ${short}`)
  }

  /** The votes that count now. */
  #counted({ votes }: Proposal): Vote[] {
    const outcast = this.#view.quarantined.map(({ voter }) => voter)
    return votes.filter((vote) => vote.void === null && !outcast.includes(vote.voter))
  }
}

/** A text, or null where what it is made of cannot be read. */
function textOf(make: () => string): string | null {
  try {
    return make()
  } catch {
    return null
  }
}
