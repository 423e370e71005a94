import { nodeCrypto, verifyText } from '../../bridge/ed25519.ts'
import { decide, evolve, initialState, isRefusal } from '../../durable/core/incident/index.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { CommandBody } from '../../durable/protocol/commands.ts'
import type { HumanDecision, Proposal, RiskClass, Vote } from '../../durable/protocol/domain.ts'
import type { EventBody, RoomEvent } from '../../durable/protocol/events.ts'
import { awaitsHuman } from '../../durable/protocol/rows.ts'
import { CHAIN_START, chainInput, verifyCertificate, verifyLog } from '../../durable/protocol/verify.ts'
import { TEST_KEYS, testKey } from '../agent-keys.ts'
import { type Decided, type Disk, eventsOf, rowsOf } from './disk.ts'
import { type Answer, sha256 } from './shell.ts'
import { UndoLaws } from './laws-undo.ts'
import type { World } from './world.ts'

/** This incident's own switch or dry run. */
const HERE = '(this incident)'

/** A law of the world that did not hold. */
export class Broken extends Error {
  readonly law: string

  constructor(law: string, detail: string) {
    super(`${law}: ${detail}`)
    this.law = law
  }
}

function law(holds: boolean, name: string, detail: string): void {
  if (!holds) throw new Broken(name, detail)
}

/** The risk table, written down a second time: the laws do not ask the code that they judge. */
const NEEDS: Record<RiskClass, { yes: number; opposed: boolean; people: number }> = {
  reversible: { yes: 3, opposed: true, people: 1 },
  wider: { yes: 3, opposed: false, people: 1 },
  irreversible: { yes: 4, opposed: false, people: 2 },
}

/** Signed by its voter's own key, for this question: checked here and not by the room. */
function isGenuine({ number, digest }: Proposal, vote: Vote): boolean {
  const { publicKey, id } = testKey(vote.voter)
  const { voter, cites, reason, method } = vote
  const said = { ballot: `B-${number}`, cites, digest: vote.digest, method, reason, vote: vote.vote, voter }
  const text = `incident-commander/vote/1\n${JSON.stringify(said)}`
  const signature = Buffer.from(vote.signature ?? '', 'base64url')
  return vote.key === id && vote.digest === digest && verifyText(Buffer.from(publicKey, 'base64url'), text, signature)
}

/** What an event stream says of one proposal, folded here and not by the view. */
interface Known {
  proposal: Proposal
  votes: Map<string, 'support' | 'oppose' | 'abstain'>
  closed: boolean
  certified: boolean
  decisions: HumanDecision[]
  started: number
  outcome: 'none' | 'out' | 'unknown' | 'over'
  extra: number
}

/** Every decision is made of its command and the state before it, and of nothing else: made again, it says the same bytes. */
function replays({ commands, log }: Disk, judge: typeof decide): void {
  const state = initialState()
  for (const text of commands) {
    const kept = JSON.parse(text) as Decided
    const { seq } = state.view
    const says = `${kept.command.body.type} after ${seq}`
    const again = judge(state, kept.command)
    if (isRefusal(again)) {
      law(again.refused === kept.refused, 'replay-decides-the-same', `${says}: ${again.refused}`)
      continue
    }
    law(kept.refused === null && again.length === kept.events, 'replay-decides-the-same', says)
    for (const [index, one] of again.entries()) {
      const event = JSON.stringify({ v: 1, seq: seq + index + 1, ...one })
      const stored = log[seq + index] ?? ''
      // All but the hash, which the chain's own law judges.
      const isSaid = stored.startsWith(`${event.slice(0, -1)},"hash":"`)
      law(isSaid, 'replay-decides-the-same', `${says}, event ${seq + index + 1}`)
      evolve(state, JSON.parse(stored) as RoomEvent)
    }
  }
  law(state.view.seq === log.length, 'replay-decides-the-same', `${state.view.seq} of ${log.length} events`)
}

/** Holds after every step, judged on disk and on the driver alone; knows the log only as it reads it. */
export class Laws {
  #world: World
  #undo: UndoLaws
  #read = 0
  #head = CHAIN_START
  #known = new Map<string, Known>()
  #notes = new Set<string>()
  #signed = new Map<string, Set<string>>()
  /** votes that were found genuine, as they stand in the log: a certificate repeats them. */
  #genuine = new Set<string>()
  #outcast = new Set<string>()
  #killSwitch = false
  #stops = new Set<string>()
  #dry = new Set<string>()
  #calls = 0
  #acknowledged = 0
  #life = 1

  constructor(world: World) {
    this.#world = world
    this.#undo = new UndoLaws(world, law)
  }

  /** A seat signed this: whoever signs one thing for a question is never accused. */
  signed({ voter, digest, draft, signature, key }: Extract<CommandBody, { type: 'cast-vote' }>): void {
    const question = `${voter} ${digest}`
    const said = this.#signed.get(question) ?? new Set()
    if (key === testKey(voter).id) this.#signed.set(question, said.add(`${canonical(draft)} ${signature}`))
  }

  /** Somebody has an answer: what it rests on must never be gone. */
  answered(answer: Answer | null): void {
    if (answer?.ok) this.#acknowledged = Math.max(this.#acknowledged, answer.seq)
  }

  hold(): void {
    const { disk, state, up, life } = this.#world.shell
    law(disk.log.length >= this.#read, 'log-only-grows', `${disk.log.length} after ${this.#read}`)
    law(disk.log.length >= this.#acknowledged, 'nothing-acknowledged-is-lost', `${this.#acknowledged} was answered`)
    if (up) law(state.view.seq === disk.log.length, 'single-writer', `state ${state.view.seq}, disk ${disk.log.length}`)
    while (this.#read < disk.log.length) this.#learn(JSON.parse(disk.log[this.#read] ?? '') as RoomEvent)
    if (up && life !== this.#life) {
      this.#life = life
      law(this.#world.shell.woke, 'fold-is-state', `life ${life}`)
    }
    this.#calledOnce()
    this.#undo.called()
  }

  /** With faults stopped and nobody acting: nothing is on its way any more, and whatever is not over asks a person. */
  everyEndIsOne(): void {
    const { shell } = this.#world
    const { view } = shell.state
    law(shell.up, 'liveness', 'the room is up')
    const stuck = view.proposals.filter(({ status }) => ['voting', 'approved', 'running', 'verifying'].includes(status))
    law(stuck.length === 0, 'liveness', `proposal ${stuck[0]?.number} is ${stuck[0]?.status} for ever`)
    const working = Object.entries(view.agents).filter(([, { state }]) => state === 'working')
    law(working.length === 0, 'liveness', `${working[0]?.[0]} works for ever`)
    const waiting = rowsOf(shell.disk).filter(({ effect }) => effect.type !== 'read-signals')
    law(waiting.length === 0, 'liveness', `${waiting[0]?.key} is never settled`)
    const over = ['mitigated', 'resolved', 'closed'].includes(view.state)
    law(over || awaitsHuman(view), 'liveness', `${view.state}, and nobody is asked`)
  }

  /** A person can always end it. */
  itIsOver(): void {
    const { state } = this.#world.shell
    law(state.view.state === 'closed', 'liveness', `it is ${state.view.state} and cannot be closed`)
    law(state.view.archived !== null, 'liveness', 'it is closed and not archived')
    law(canonical(state) === canonical(this.#world.shell.folded()), 'fold-is-state', 'at the end')
  }

  /** The log alone is enough: its commands decide the same events again, and whoever holds a copy can verify all of it. */
  async theLogStands(): Promise<void> {
    const { disk } = this.#world.shell
    replays(disk, this.#world.twists.decide ?? decide)
    const events = eventsOf(disk)
    const risks = new Map<string, RiskClass>()
    for (const { body, seq } of events) {
      if (body.type === 'proposal-made') risks.set(body.proposal.digest, body.proposal.body.risk)
      if (body.type !== 'ballot-closed' || !body.certificate) continue
      const risk = risks.get(body.certificate.digest) ?? 'irreversible'
      const wrong = await verifyCertificate(body.certificate, risk, TEST_KEYS, nodeCrypto)
      law(wrong.length === 0, 'a-certificate-stands-alone', `at ${seq}: ${wrong[0]}`)
    }
    const { ok, problems } = await verifyLog(events, TEST_KEYS, nodeCrypto)
    law(ok, 'the-log-verifies', `at ${problems[0]?.seq}: ${problems[0]?.what}`)
  }

  #learn(event: RoomEvent): void {
    law(event.seq === this.#read + 1, 'seq-gapless', `${event.seq} after ${this.#read}`)
    law(event.hash === sha256(chainInput(this.#head, event)), 'chain-of-prefixes', `event ${event.seq}`)
    this.#read += 1
    this.#head = event.hash
    const { body } = event
    if (body.type === 'incident-opened') this.#killSwitch = body.killSwitch
    this.#hear(body)
    this.#undo.learn(event, (target) => this.#killSwitch || this.#stops.has(target) || this.#stops.has(HERE))
    if (body.type === 'note-added') {
      law(!this.#notes.has(body.note.text), 'said-once-is-done-once', body.note.text)
      this.#notes.add(body.note.text)
    }
    if (body.type === 'proposal-made') {
      const { proposal } = body
      law(sha256(canonical(proposal.body)) === proposal.digest, 'digest-binds', proposal.id)
      law(!this.#known.has(proposal.id), 'one-proposal-one-id', proposal.id)
      const fresh = { votes: new Map(), closed: false, certified: false, decisions: [], started: 0, extra: 0 }
      this.#known.set(proposal.id, { proposal, outcome: 'none', ...fresh })
      return
    }
    const known = 'proposal' in body && typeof body.proposal === 'string' ? this.#known.get(body.proposal) : undefined
    if (!known) return
    if (body.type === 'vote-cast' && body.vote.void === null) {
      law(!known.closed, 'late-votes-do-not-count', known.proposal.id)
      law(!known.votes.has(body.vote.voter), 'one-vote-a-voter', body.vote.voter)
      law(body.vote.digest === known.proposal.digest, 'votes-on-the-digest', body.vote.voter)
      law(!this.#outcast.has(body.vote.voter), 'a-quarantined-voter-does-not-count', body.vote.voter)
      law(isGenuine(known.proposal, body.vote), 'what-counts-is-signed', body.vote.voter)
      this.#genuine.add(JSON.stringify(body.vote))
      known.votes.set(body.vote.voter, body.vote.vote)
    }
    if (body.type === 'ballot-closed') {
      known.closed = true
      known.certified = body.outcome === 'carried'
      law(known.certified === (body.certificate !== null), 'certificate-iff-carried', known.proposal.id)
      for (const vote of body.certificate?.votes ?? [])
        law(
          (this.#genuine.has(JSON.stringify(vote)) || isGenuine(known.proposal, vote)) &&
            vote.digest === known.proposal.digest &&
            known.votes.get(vote.voter) === 'support' &&
            !this.#outcast.has(vote.voter),
          'a-certificate-is-its-votes',
          `${known.proposal.id}, ${vote.voter}`,
        )
      if (body.certificate)
        law(
          canonical(body.certificate.supporters) === canonical(body.certificate.votes?.map(({ voter }) => voter)),
          'a-certificate-is-its-votes',
          known.proposal.id,
        )
    }
    if (body.type === 'voter-quarantined') this.#accused(known, body)
    if (body.type === 'clerk-spoke') known.extra = body.word.extraApprovals
    if (body.type === 'decision-recorded') this.#decided(known, body.decision)
    if (body.type === 'execution-answered') known.outcome = body.outcome === 'unknown' ? 'unknown' : 'over'
    if (body.type === 'outcome-settled' || body.type === 'undo-settled') known.outcome = 'over'
    if (body.type === 'undo-started') known.outcome = 'out'
    if (body.type === 'undo-answered') known.outcome = body.outcome === 'unknown' ? 'unknown' : 'over'
    if (body.type === 'execution-started') this.#mandate(event, known, body.digest, body.token)
  }

  /** Nobody is accused but by two different votes of its own, and only who signed them. */
  #accused({ proposal }: Known, { voter, proof }: Extract<EventBody, { type: 'voter-quarantined' }>): void {
    const texts = new Set(proof.map((vote) => canonical([vote.vote, vote.cites, vote.reason, vote.method])))
    const own = proof.every(
      (vote) => vote.voter === voter && vote.digest === proposal.digest && isGenuine(proposal, vote),
    )
    law(own && texts.size === 2, 'nobody-is-accused-without-proof', voter)
    law((this.#signed.get(`${voter} ${proposal.digest}`)?.size ?? 0) > 1, 'nobody-is-accused-falsely', voter)
    law(!this.#outcast.has(voter), 'accused-once', voter)
    this.#outcast.add(voter)
  }

  /** A decision is on the digest that its person named, once a person. */
  #decided(known: Known, decision: HumanDecision): void {
    const { by, kind, digest } = decision
    const said =
      kind === 'own-decision' || this.#world.people.decided.has([by, kind, known.proposal.id, digest].join(' '))
    law(said && digest === known.proposal.digest, 'decided-on-the-named-digest', `${by} on ${known.proposal.id}`)
    law(!known.decisions.some((earlier) => earlier.by === by), 'one-decision-a-person', `${by} on ${known.proposal.id}`)
    known.decisions.push(decision)
  }

  /** Nothing runs without (certificate + the approvals of the risk table) or a recorded own decision. */
  #mandate(event: RoomEvent, known: Known, digest: string, token: number): void {
    const { proposal, votes, decisions } = known
    const { risk, decidedBy, plan, expiresWall, notBefore } = proposal.body
    const needs = NEEDS[risk]
    const says = (detail: string): string => `${proposal.id} (${risk}, ${decidedBy}) at ${event.seq}: ${detail}`
    law(digest === proposal.digest, 'executed-digest-is-approved', says(digest))
    const yes = decisions.filter(
      (one) => (one.kind === 'approve' || one.kind === 'own-decision') && one.digest === digest,
    )
    law(decisions.length === yes.length, 'nothing-rejected-runs', says('rejected'))
    const people = new Set(yes.filter(({ role }) => role === 'commander' || role === 'admin').map(({ by }) => by))
    law(people.size >= needs.people + known.extra, 'nothing-runs-without-mandate', says(`${people.size} approved`))
    if (decidedBy === 'human')
      law(
        yes.some(({ kind }) => kind === 'own-decision'),
        'nothing-runs-without-mandate',
        says('no own decision'),
      )
    else {
      const stand = new Map([...votes].filter(([voter]) => !this.#outcast.has(voter)))
      const count = (word: string): number => [...stand.values()].filter((vote) => vote === word).length
      law(known.certified, 'nothing-runs-without-mandate', says('no certificate'))
      law(count('support') >= needs.yes, 'nothing-runs-without-mandate', says(`${count('support')} supported`))
      law(needs.opposed || count('oppose') === 0, 'nothing-runs-without-mandate', says('opposed'))
      for (const voter of ['diagnosis', 'resolution'])
        law(stand.get(voter) === 'support', 'nothing-runs-without-mandate', says(`${voter} did not support`))
    }
    known.started += 1
    law(known.started === 1, 'one-start-an-approval', says(`${known.started} starts`))
    law(token === event.seq, 'token-is-seq', says(`token ${token}`))
    law(!this.#killSwitch, 'kill-switch-stops', says('the switch is on'))
    this.#held(known, says)
    law(this.#world.shell.wall < expiresWall, 'expired-does-not-run', says('expired'))
    law(event.at >= notBefore, 'not-before', says('too early'))
    const service = this.#world.opening().catalogue.services.find(({ id }) => id === plan.action.target)
    law(service !== undefined && !service.protected, 'protected-is-never-touched', says(plan.action.target))
    for (const other of this.#known.values()) {
      const locks = other !== known && (other.outcome === 'unknown' || other.outcome === 'out')
      law(
        !locks || other.proposal.body.plan.action.target !== plan.action.target,
        'unknown-locks-the-target',
        says('locked'),
      )
    }
    known.outcome = 'out'
  }

  /** Nothing starts under a switch that the room was told of, or under anything that stood when it last read the controls. */
  #held({ proposal, decisions }: Known, says: (detail: string) => string): void {
    const { target } = proposal.body.plan.action
    law(!this.#stops.has(target) && !this.#stops.has(HERE), 'kill-switch-stops', says('a narrower switch is on'))
    law(!this.#dry.has('global') && !this.#dry.has(HERE), 'dry-run-calls-nothing', says('the room is in dry run'))
    const read = this.#world.holds.read.get(proposal.id)
    law(read !== undefined, 'controls-are-read', says('nobody read them'))
    law(read?.stopped === null, 'kill-switch-stops', says(`${read?.stopped} when it was read`))
    law(read?.dryRun === false, 'dry-run-calls-nothing', says('it was on when it was read'))
    const named = decisions.some(({ kind, passed }) => kind === 'own-decision' && passed.includes('no-freeze'))
    law(named || read?.frozen === false, 'freeze-holds', says('frozen when it was read'))
  }

  /** What holds actions back, as the room's own log tells it. */
  #hear(body: EventBody): void {
    if (body.type === 'kill-switch-set') {
      const place = body.scope === 'service' ? (body.service ?? '') : body.scope === 'incident' ? HERE : null
      if (place === null) this.#killSwitch = body.on
      else if (body.on) this.#stops.add(place)
      else this.#stops.delete(place)
    }
    if (body.type !== 'dry-run-set') return
    const place = body.scope === 'incident' ? HERE : body.scope
    if (body.on) this.#dry.add(place)
    else this.#dry.delete(place)
  }

  #calledOnce(): void {
    const { driver } = this.#world
    for (; this.#calls < driver.received.length; this.#calls += 1) {
      const call = driver.received[this.#calls]
      if (!call) return
      const before = driver.received.slice(0, this.#calls)
      law(!before.some(({ key }) => key === call.key), 'no-double-execution', `key ${call.key}`)
      if (call.undo) continue
      law(
        !before.some(({ proposal, undo }) => proposal === call.proposal && !undo),
        'no-double-execution',
        call.proposal,
      )
      const known = this.#known.get(call.proposal)
      law(known?.started === 1, 'nothing-runs-without-mandate', `${call.proposal} was called unstarted`)
      law(known?.proposal.digest === call.digest, 'executed-digest-is-approved', call.proposal)
      law(sha256(canonical(call.body)) === call.digest, 'executed-digest-is-approved', `${call.proposal}, its body`)
    }
  }
}
