import { createHash } from 'node:crypto'
import {
  type State,
  decide,
  draft,
  evolve,
  initialState,
  isRefusal,
  react,
  timers,
} from '../../durable/core/incident/index.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import { clockAt, wallOf } from '../../durable/protocol/clock.ts'
import type { Command, CommandBody, RefusalReason } from '../../durable/protocol/commands.ts'
import type { Actor, Instant, Role } from '../../durable/protocol/domain.ts'
import { effectKey, isHeldBack } from '../../durable/protocol/effects.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { CHAIN_START, chainInput } from '../../durable/protocol/verify.ts'
import { sealedSignature } from '../agent-keys.ts'
import { type Decided, type Disk, type Row, eventsOf, putRow, rowsOf } from './disk.ts'
import type { Trouble } from './faults.ts'
import type { Scheduler } from './scheduler.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export type Answer = { ok: true; seq: number } | { ok: false; reason: RefusalReason; seq: number }

export interface Submission {
  /** remembered with its answer; null for what only the room itself says. */
  id: string | null
  by: Actor
  role: Role | null
  body: CommandBody
  /** key of the outbox row that this answers, settled in the same commit. */
  settles: string | null
}

const SYSTEM: Actor = { kind: 'system', name: 'room' }
/** As the room's own outbox: first wait, longest wait and tries before an effect is parked. */
const RETRY_MS_FIRST = 500
const RETRY_MS_LONGEST = 30_000
const TRIES_MAX = 8
/** Clocks of two machines differ by so much at most: what a time service leaves. */
const SKEW_MS_MAX = 3_000
/** A timer that rang and is still due rings again so much later. */
const RING_AGAIN_MS = 1_000

/** What a world may twist to see that its rules would notice: the negative controls. */
export interface Twists {
  /** the one call is claimed only when its answer is in. */
  claimAfterCall?: boolean
  /** another `decide`, wrapped around the real one. */
  decide?: typeof decide
  /** answers are not remembered with the commit. */
  forgetAnswers?: boolean
  /** the answer goes out before the commit. */
  answerFirst?: boolean
  /** asked at every commit and around every call, by name: true ends the process there. */
  diesAt?: (where: string) => boolean
  /** of how many decisions one is looked at for leaving its state alone; absent: of sixteen. */
  looksEvery?: number
}

/**
 * A model of the room's shell on virtual time: a disk that survives, memory that does not, one commit of events, outbox and
 * answer. It follows durable/room (kernel, outbox, drain, alarms) in what it promises; decide, evolve, react, draft and
 * timers are the real ones.
 */
export class Shell {
  readonly disk: Disk
  state: State = initialState()
  up = true
  /** counts the lives of the room; what an earlier life began is lost. */
  life = 1
  crashes = 0
  /** the log said after each restart what memory had held before it. */
  woke = true
  refusals = 0
  readonly inFlight = new Set<string>()
  /** how far the clock of the machine that the room lives on is off, ms; another life may be on another machine. */
  #skewMs = 0
  #lastHeld: string | null = null
  #scheduler: Scheduler
  #trouble: Trouble
  #twists: Twists
  #perform: (row: Row) => void
  #armed: Instant | null = null

  constructor(disk: Disk, scheduler: Scheduler, trouble: Trouble, twists: Twists, perform: (row: Row) => void) {
    this.disk = disk
    this.#scheduler = scheduler
    this.#trouble = trouble
    this.#twists = twists
    this.#perform = perform
  }

  /** The room's own wall clock. */
  get wall(): Instant {
    return this.#scheduler.now + this.#skewMs
  }

  /** Room time now; never before the last event. */
  get at(): Instant {
    return Math.max(this.state.view.at, clockAt(this.disk.clock, this.wall))
  }

  /** Seals, decides and commits. Null: the room died and whoever asked has no answer. */
  submit(submission: Submission): Answer | null {
    if (!this.up) return null
    const { id, settles } = submission
    const known = id === null ? undefined : this.disk.answers.get(id)
    if (known) return known
    const command = this.#seal(submission)
    const before = this.#looksTwice() ? JSON.stringify(this.state) : null
    const decided = (this.#twists.decide ?? decide)(this.state, command)
    if (before !== null && JSON.stringify(this.state) !== before)
      throw new Error(`decide changed the state: ${command.body.type}`)
    const answer: Answer = isRefusal(decided)
      ? { ok: false, reason: decided.refused, seq: this.state.view.seq }
      : { ok: true, seq: this.state.view.seq + decided.length }
    if (this.diesAt(`before the commit of ${command.body.type}`)) return this.#twists.answerFirst ? answer : null
    if (this.#trouble.happens('crashBeforeCommit')) {
      this.crash()
      return this.#twists.answerFirst ? answer : null
    }
    if (isRefusal(decided)) this.refusals += 1
    const refused = isRefusal(decided) ? decided.refused : null
    const kept: Decided = { command, refused, events: isRefusal(decided) ? 0 : decided.length }
    this.disk.commands.push(JSON.stringify(kept))
    // From here to the end of the commit nothing can happen in between.
    if (settles !== null) this.disk.outbox.delete(settles)
    if (!isRefusal(decided)) for (const one of decided) this.#append(one)
    if (id !== null && !this.#twists.forgetAnswers) this.disk.answers.set(id, answer)
    if (this.diesAt(`after the commit of ${command.body.type}`)) return null
    if (this.#trouble.happens('crashAfterCommit')) return this.crash()
    this.#scheduler.after(0, () => this.#pump())
    this.arm()
    return answer
  }

  /** Writes a row outside a decision: a claim, a failed try. */
  keep(row: Row): void {
    putRow(this.disk, row)
  }

  drop(key: string): void {
    if (this.diesAt(`before ${key} is settled`)) return
    this.disk.outbox.delete(key)
    this.inFlight.delete(key)
    if (this.diesAt(`after ${key} is settled`)) return
    this.#scheduler.after(0, () => this.#pump())
  }

  /** A try that failed: later again, or parked after the last one. */
  failed(row: Row): void {
    this.inFlight.delete(row.key)
    const known = this.disk.outbox.get(row.key)
    if (known === undefined) return
    const attempts = known.attempts + 1
    const wait = Math.min(RETRY_MS_LONGEST, RETRY_MS_FIRST * 2 ** (attempts - 1))
    const parked = attempts >= TRIES_MAX
    this.keep({ ...known, attempts, clock: 'wall', due: this.wall + wait, parked })
    this.arm()
  }

  /** An operator lets parked effects be tried again. */
  unpark(): void {
    for (const row of rowsOf(this.disk))
      if (row.parked) this.keep({ ...row, parked: false, attempts: 0, clock: 'wall', due: this.wall })
    this.arm()
  }

  /** A boundary where a process may end: asks whether this one does, and then it has. */
  diesAt(where: string): boolean {
    if (!this.#twists.diesAt?.(where)) return false
    this.crash()
    return true
  }

  /** The process dies: memory is gone, and a new life reads the log. */
  crash(): null {
    this.up = false
    this.life += 1
    this.crashes += 1
    this.inFlight.clear()
    if (this.state.view.seq > 0) this.#lastHeld = JSON.stringify(this.state)
    this.state = initialState()
    this.#scheduler.after(this.#trouble.chance.whole(10, 3_000), () => this.#wake())
    return null
  }

  /** What the log alone says. */
  folded(): State {
    const state = initialState()
    for (const event of eventsOf(this.disk)) evolve(state, event)
    return state
  }

  /** Sets the room's one alarm to the earliest thing that waits. */
  arm(): void {
    if (!this.up) return
    const next = this.#nextAlarm()
    if (next === null || (this.#armed !== null && this.#armed <= next && this.#armed > this.wall)) return
    this.#armed = next
    const { life } = this
    const late = this.#trouble.happens('lateAlarm') ? this.#trouble.chance.whole(1, 5_000) : 0
    this.#scheduler.at(next - this.#skewMs + late, () => {
      if (life === this.life) this.#ring()
    })
  }

  #wake(): void {
    // A life that ends while it still reads its log.
    if (this.diesAt('as it wakes')) return
    if (this.#trouble.happens('crashAtWake')) return void this.crash()
    this.#skewMs = this.#trouble.happens('skew') ? this.#trouble.chance.whole(-SKEW_MS_MAX, SKEW_MS_MAX) : 0
    this.state = this.folded()
    if (this.#lastHeld !== null) this.woke &&= JSON.stringify(this.state) === this.#lastHeld
    this.up = true
    this.#armed = null
    this.#scheduler.after(0, () => this.#ring())
  }

  #ring(): void {
    if (!this.up) return
    this.#armed = null
    const { wall } = this
    if (this.#timerWalls().some((due) => due <= wall))
      this.submit({ id: null, by: SYSTEM, role: null, body: { type: 'tick' }, settles: null })
    this.#pump()
    this.arm()
  }

  #pump(): void {
    if (!this.up) return
    const rows = rowsOf(this.disk).filter((row) => !row.parked)
    for (const row of rows) {
      if (this.inFlight.has(row.key) || !this.#isDue(row)) continue
      if (isHeldBack(row.effect, rows)) continue
      this.inFlight.add(row.key)
      this.#perform(row)
      if (!this.up) return
    }
    this.arm()
  }

  #append(decided: Omit<RoomEvent, 'v' | 'seq' | 'hash'>): void {
    const unsealed = { v: 1, seq: this.state.view.seq + 1, ...decided }
    const event: RoomEvent = { ...unsealed, hash: sha256(chainInput(this.state.view.hash || CHAIN_START, unsealed)) }
    const text = JSON.stringify(event)
    this.disk.log.push(text)
    // The state folds what was stored, not what was meant.
    const stored = JSON.parse(text) as RoomEvent
    evolve(this.state, stored)
    for (const effect of react(this.state, stored)) this.#enqueue(effect, stored)
  }

  #enqueue(effect: Row['effect'], event: RoomEvent): void {
    const key = effectKey(effect, event.seq)
    if (this.disk.outbox.has(key)) return
    const after = 'after' in effect ? effect.after : null
    const clock = after?.clock ?? 'wall'
    const due = Math.ceil((clock === 'room' ? event.at : this.wall) + (after?.ms ?? 0))
    this.keep({ key, seq: event.seq, effect, clock, due, attempts: 0, claimed: null, parked: false })
  }

  #seal({ id, by, role, body }: Submission): Command {
    const { wall } = this
    const command: Command = {
      id: id ?? `room-${this.state.view.seq}`,
      at: this.at,
      wall,
      by,
      role,
      body,
      sealed: null,
      ...sealedSignature(this.state.view, body),
    }
    if (body.type !== 'propose' && body.type !== 'decide-myself') return command
    const drafted = draft(this.state, body, command.at, wall, sha256)
    if (!drafted) return command
    const digest = sha256(canonical(drafted))
    return { ...command, sealed: { id: `prp_${digest.slice(0, 20)}`, digest, body: drafted } }
  }

  #isDue(row: Row): boolean {
    return row.due <= (row.clock === 'room' ? clockAt(this.disk.clock, this.wall) : this.wall)
  }

  #timerWalls(): Instant[] {
    return timers(this.state).flatMap(({ due }) => {
      const wall = due.clock === 'room' ? wallOf(this.disk.clock, due.at) : due.at
      return wall === null ? [] : [wall]
    })
  }

  #nextAlarm(): Instant | null {
    const { wall } = this
    const rings = this.#timerWalls().map((due) => (due <= wall ? wall + RING_AGAIN_MS : due))
    const rows = rowsOf(this.disk).filter((row) => !row.parked)
    for (const row of rows) {
      // What is held back goes when the other is done, and that rings by itself.
      if (this.inFlight.has(row.key) || isHeldBack(row.effect, rows)) continue
      const due = row.clock === 'room' ? wallOf(this.disk.clock, row.due) : row.due
      if (due !== null) rings.push(Math.max(due, wall + 1))
    }
    return rings.length === 0 ? null : Math.min(...rings)
  }

  // Whether a decision leaves its state alone is looked at in one of sixteen: it costs more than the decision.
  #looks = 0
  #looksTwice(): boolean {
    this.#looks += 1
    return this.#looks % (this.#twists.looksEvery ?? 16) === 0
  }
}
