import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import {
  decide,
  draft,
  evolve,
  initialState,
  isRefusal,
  react,
  type State,
} from '../../../durable/core/incident/index.ts'
import { canonical } from '../../../durable/protocol/canonical.ts'
import type { Controls } from '../../../durable/protocol/controls.ts'
import type { Command, Refusal, RefusalReason } from '../../../durable/protocol/commands.ts'
import type {
  ActionPlan,
  Actor,
  AgentName,
  FindingDetail,
  FindingDraft,
  Instant,
  Proposal,
  Role,
  VoterName,
} from '../../../durable/protocol/domain.ts'
import { VOTERS } from '../../../durable/protocol/domain.ts'
import type { Effect } from '../../../durable/protocol/effects.ts'
import type { Decided, EventBody, RoomEvent } from '../../../durable/protocol/events.ts'
import { CHAIN_START, chainInput } from '../../../durable/protocol/verify.ts'
import { type Saying, TEST_KEYS, sealedSignature, signedBySeat } from '../../agent-keys.ts'
import { CALM, CATALOGUE, HEAD, POLICY, START, alert, look, poolPlan } from './shop.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const ANN: Who = { by: { kind: 'person', name: 'ann' }, role: 'commander' }
export const BOB: Who = { by: { kind: 'person', name: 'bob' }, role: 'commander' }
export const RAY: Who = { by: { kind: 'person', name: 'ray' }, role: 'responder' }
export const VAL: Who = { by: { kind: 'person', name: 'val' }, role: 'viewer' }
export const ROOM: Who = { by: { kind: 'system', name: 'room' }, role: null }

export interface Who {
  by: Actor
  role: Role | null
}

const PROVENANCE = {
  driver: 'test',
  model: null,
  tokens: null,
  costUsd: null,
  latencyMs: 5,
  attempts: 1,
  degraded: null,
}

/** A room in memory: seals, decides and folds, and keeps what was logged and which effects were named. Time is set by hand. */
export class Room {
  state: State = initialState()
  log: RoomEvent[] = []
  effects: Effect[] = []
  at: Instant = START
  wall: Instant = START

  /** Lets time pass on both clocks. */
  pass(ms: number): this {
    this.at += ms
    this.wall += ms
    return this
  }

  command(said: Saying, who: Who = ROOM): Command {
    const { at, wall } = this
    const body = signedBySeat(this.state.view, said)
    const command: Command = {
      id: `c-${this.log.length}`,
      at,
      wall,
      ...who,
      body,
      sealed: null,
      ...sealedSignature(this.state.view, body),
    }
    if (body.type !== 'propose' && body.type !== 'decide-myself') return command
    const drafted = draft(this.state, body, at, wall, sha256)
    if (!drafted) return command
    const digest = sha256(canonical(drafted))
    return { ...command, sealed: { id: `prp_${digest.slice(0, 20)}`, digest, body: drafted } }
  }

  /** What a sealed command comes to; nothing changes. */
  judge(command: Command): Decided[] | Refusal {
    return decide(this.state, command)
  }

  /** Its events; fails on a refusal. */
  decided(command: Command): Decided[] {
    const answer = this.judge(command)
    if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}`)
    return answer
  }

  /** What a command comes to; nothing changes. */
  ask(body: Saying, who: Who = ROOM): Decided[] | Refusal {
    return decide(this.state, this.command(body, who))
  }

  /** Says it and folds what follows; answers the bodies of the new events. Fails on a refusal. */
  say(body: Saying, who: Who = ROOM): EventBody[] {
    const answer = this.ask(body, who)
    if (isRefusal(answer)) throw new Error(`${body.type} was refused: ${answer.refused}, ${answer.detail}`)
    return this.commit(answer)
  }

  commit(decided: Decided[]): EventBody[] {
    for (const one of decided) {
      const unsealed = { v: 1, seq: this.state.view.seq + 1, ...one }
      const event = { ...unsealed, hash: sha256(chainInput(this.state.view.hash || CHAIN_START, unsealed)) }
      evolve(this.state, event)
      this.log.push(event)
      this.effects.push(...react(this.state, event))
    }
    return decided.map((one) => one.body)
  }

  refused(body: Saying, who: Who = ROOM): RefusalReason {
    const before = canonical(this.state)
    const answer = this.ask(body, who)
    expect(canonical(this.state)).toBe(before)
    if (!isRefusal(answer)) throw new Error(`${body.type} was taken: ${answer.map((one) => one.body.type).join(', ')}`)
    return answer.refused
  }

  get proposal(): Proposal {
    const last = this.state.view.proposals.at(-1)
    if (!last) throw new Error('no proposal')
    return last
  }

  /** Effects of one type, in the order they were named. */
  named<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type)
  }

  tick(): EventBody[] {
    return this.say({ type: 'tick' })
  }
}

export const types = (bodies: EventBody[]): string[] => bodies.map((body) => body.type)

// ------------------------------------------------------------------------------------------ rooms at each stage

export function opened(said: { drill?: string; catalogue?: typeof CATALOGUE; killSwitch?: boolean } = {}): Room {
  const room = new Room()
  const drill = said.drill ?? null
  const head = drill === null ? HEAD : { ...HEAD, drill, namespace: `drill/${drill}` }
  room.say({
    type: 'open',
    head,
    catalogue: said.catalogue ?? CATALOGUE,
    policy: POLICY,
    killSwitch: said.killSwitch ?? false,
    keys: TEST_KEYS,
    alerts: [{ alert: alert(), reason: 'new' }],
  })
  return room
}

export function looked(room = opened(), run = 1): Room {
  room.say({ type: 'record-evidence', run, drafts: look(room.at), gaps: [] })
  return room
}

export function finding<D extends FindingDetail>(detail: D, said: Partial<FindingDraft<D>> = {}): FindingDraft<D> {
  return { outcome: 'found', reason: '', summary: 'seen', cites: ['E-01', 'E-02'], gaps: [], detail, ...said }
}

export function report(room: Room, agent: AgentName, draft: FindingDraft, run = room.state.view.run): EventBody[] {
  return room.say(
    { type: 'report-finding', agent, run, draft, provenance: PROVENANCE },
    { by: { kind: 'agent', name: agent }, role: null },
  )
}

export const PROVENANCE_OF_TESTS = PROVENANCE

/** Every agent has spoken and Resolution asks for `plan`. */
export function found(plan: ActionPlan | null = poolPlan(), room = looked()): Room {
  report(room, 'detection', finding({ agent: 'detection', changes: [], onsetAt: START }))
  report(room, 'prediction', finding({ agent: 'prediction', forecast: null }))
  report(room, 'diagnosis', finding({ agent: 'diagnosis', hypotheses: [] }))
  report(room, 'resolution', finding({ agent: 'resolution', plan, checklist: null }))
  return room
}

export function proposed(plan: ActionPlan = poolPlan(), room = found(plan)): Room {
  room.say({ type: 'propose', run: room.state.view.run })
  return room
}

export function vote(
  room: Room,
  voter: VoterName,
  answer: 'support' | 'oppose' | 'abstain' = 'support',
  said: { cites?: string[]; digest?: string } = {},
): EventBody[] {
  const { cites = ['E-01', 'E-02', 'E-03'], digest = room.proposal.digest } = said
  const draft = { vote: answer, cites, reason: `${voter} looked`, method: 'test' }
  return room.say(
    { type: 'cast-vote', proposal: room.proposal.id, digest, voter, draft },
    { by: { kind: 'agent', name: voter }, role: null },
  )
}

export function carried(plan: ActionPlan = poolPlan(), room = proposed(plan)): Room {
  for (const voter of VOTERS) vote(room, voter)
  return room
}

export function approve(room: Room, who: Who = ANN, digest = room.proposal.digest): EventBody[] {
  return room.say({ type: 'approve', proposal: room.proposal.id, digest, reason: '' }, who)
}

export function approved(plan: ActionPlan = poolPlan(), room = carried(plan)): Room {
  approve(room)
  if (room.proposal.status === 'awaiting-approval') approve(room, BOB)
  return room
}

export function start(
  room: Room,
  said: { killSwitch?: boolean | null; controls?: Controls | null; fresh?: ReturnType<typeof look> } = {},
): EventBody[] {
  const { killSwitch = false, controls = CALM, fresh = look(room.at).filter((item) => item.kind === 'metric') } = said
  return room.say({
    type: 'start-execution',
    proposal: room.proposal.id,
    digest: room.proposal.digest,
    killSwitch,
    controls,
    fresh,
  })
}

export function running(room = approved()): Room {
  start(room)
  return room
}

export const keyOf = (room: Room): string => room.proposal.execution?.key ?? 'none'

export function answer(room: Room, outcome: 'ran' | 'failed' | 'unknown'): EventBody[] {
  return room.say({ type: 'answer-execution', proposal: room.proposal.id, key: keyOf(room), outcome, detail: outcome })
}

export function verifying(room = running()): Room {
  answer(room, 'ran')
  return room
}

export function unknown(room = running()): Room {
  answer(room, 'unknown')
  return room
}

/** One reading of the only signal; `age` is how old its sample is, ms. */
export function read(room: Room, value: number | null, age = 0): EventBody[] {
  return room.say({
    type: 'sample-verification',
    proposal: room.proposal.id,
    readings: [{ signal: 0, value, at: value === null ? null : room.at - age }],
  })
}

/** Reads until the verification ends, one sample every five seconds. */
export function readOut(room: Room, value: number | null): Room {
  for (let round = 0; round < 60 && room.proposal.verification?.end === null; round += 1) {
    room.pass(5_000)
    read(room, value)
  }
  return room
}
