import { type State, decide, evolve, initialState, react } from '../core/incident/index.ts'
import { clockAt } from '../protocol/clock.ts'
import type { Command, CommandBody } from '../protocol/commands.ts'
import type { Actor, DrillClock, Instant, Role } from '../protocol/domain.ts'
import { type Answer, answerOf, rememberAnswer } from './answers.ts'
import { type LoggedEvent, append, load } from './log.ts'
import { hasTables, migrate, readValue, writeValue } from './migrations.ts'
import { enqueue, settle } from './outbox.ts'
import { seal } from './seal.ts'
import { SNAPSHOT_EVENTS_MAX, snapshotSeq, writeSnapshot } from './snapshots.ts'

/** The room itself and its own code. */
export const SYSTEM: Actor = { kind: 'system', name: 'room' }

/** A command before time is put on it. */
export interface Submission {
  /** remembered with its answer; null for what only the room itself says once. */
  id: string | null
  by: Actor
  role: Role | null
  body: CommandBody
  /** key of the outbox row that this command answers: settled in the same transaction. */
  settles: string | null
  /** a person's precondition; see `Command`. */
  expectSeq?: number | undefined
}

/**
 * State, log and outbox of one room: seal, decide, commit. Everything here is synchronous; what was committed is handed to
 * `committed` afterwards (persist, then send).
 */
export class Kernel {
  state: State = initialState()
  clock: DrillClock | null = null
  epoch = ''
  #storage: DurableObjectStorage
  #committed: (events: LoggedEvent[]) => void

  constructor(storage: DurableObjectStorage, committed: (events: LoggedEvent[]) => void) {
    this.#storage = storage
    this.#committed = committed
    if (hasTables(storage.sql)) this.#load()
  }

  get isOpen(): boolean {
    return this.state.view.head !== null
  }

  /** The namespace's clock now; never before the last event, whatever the wall does. */
  now(wall: Instant): Instant {
    return Math.max(this.state.view.at, clockAt(this.clock, wall))
  }

  /** Makes the tables of a room that is about to open; the epoch names its log from here on. */
  prepare(clock: DrillClock | null): void {
    const { sql } = this.#storage
    if (hasTables(sql)) return
    this.#storage.transactionSync(() => {
      migrate(sql)
      writeValue(sql, 'epoch', crypto.randomUUID())
      writeValue(sql, 'clock', JSON.stringify(clock))
    })
    this.#load()
  }

  setClock(clock: DrillClock | null): void {
    writeValue(this.#storage.sql, 'clock', JSON.stringify(clock))
    this.clock = clock
  }

  /**
   * Decides one command and commits what follows in one transaction: events, outbox rows, the answer, maybe a snapshot, and
   * the settled effect. A known id gets its first answer. Throws only on a broken invariant or storage, and then nothing is
   * committed and the state is what the log says.
   */
  submit(submission: Submission, wall: Instant): Answer {
    const { sql } = this.#storage
    const { id, settles } = submission
    const known = id === null ? null : answerOf(sql, id)
    if (known) return known
    const command = this.#command(submission, wall)
    const decided = decide(this.state, command)
    let logged: LoggedEvent[] = []
    let answer: Answer
    try {
      answer = this.#storage.transactionSync(() => {
        if (settles !== null) settle(sql, settles)
        const { seq } = this.state.view
        if ('refused' in decided) {
          const refusal: Answer = { ok: false, reason: decided.refused, detail: decided.detail, seq }
          if (id !== null) rememberAnswer(sql, id, refusal)
          return refusal
        }
        logged = decided.map((one) => this.#fold(append(sql, one, this.state.view), wall))
        const done: Answer = { ok: true, seq: this.state.view.seq }
        if (id !== null) rememberAnswer(sql, id, done)
        if (this.state.view.seq - snapshotSeq(sql) >= SNAPSHOT_EVENTS_MAX) writeSnapshot(sql, this.state)
        return done
      })
    } catch (error) {
      this.#load()
      throw error
    }
    if (logged.length > 0) this.#committed(logged)
    return answer
  }

  #command({ id, by, role, body, expectSeq }: Submission, wall: Instant): Command {
    const precondition = expectSeq === undefined ? {} : { expectSeq }
    const plain = { id: id ?? `room-${this.state.view.seq}`, at: this.now(wall), wall, by, role, body, ...precondition }
    return seal(this.state, plain)
  }

  #fold(logged: LoggedEvent, wall: Instant): LoggedEvent {
    const { event } = logged
    evolve(this.state, event)
    enqueue(this.#storage.sql, react(this.state, event), event.seq, event.at, wall)
    return logged
  }

  #load(): void {
    const { sql } = this.#storage
    migrate(sql)
    this.epoch = readValue(sql, 'epoch') ?? ''
    this.clock = JSON.parse(readValue(sql, 'clock') ?? 'null') as DrillClock | null
    this.state = load(sql)
  }
}
