import { DurableObject } from 'cloudflare:workers'
import { clockAt, pauseClock, resumeClock, wallOf } from '../protocol/clock.ts'
import type { Catalogue, DrillClock } from '../protocol/domain.ts'
import type { Faults } from '../protocol/faults.ts'
import type { DrillRequest, DrillRow } from '../protocol/objects.ts'
import type { NotifyMessage } from '../protocol/ports.ts'
import { announce, lookForIncidents, owesWord } from './announce.ts'
import { begin, rowOf } from './begin.ts'
import { Book, type Drill } from './book.ts'
import { deliver } from './courier.ts'
import { admit, answerOf, rejection, statusOf } from './endpoint.ts'
import { hasTables, migrate } from './migrations.ts'
import { readOrder, type Rejected } from './order.ts'
import { ownWorker } from './peers.ts'
import { keepMessage, messages } from './sink.ts'
import { Player } from './player.ts'

/** Batches leave no closer together than this, wall ms. */
const BATCH_MS = 250
/** After a post that was not taken, or a directory that did not answer: doubled from the first to the last, wall ms. */
const RETRY_MS = 500
const RETRY_MS_MAX = 30_000
/** An answer that is withheld ends in a 504 after so long, wall ms: three times what a driver waits. */
const WITHHELD_MS = 30_000

/**
 * One drill: plays its story on the drill's clock through the Worker's own intake, and is the one endpoint that the
 * drill's actions can reach. Everything it must not forget is in its SQLite; the alarm does what is due and is harmless
 * when it rings twice.
 */
export class DrillStage extends DurableObject<Env> {
  #book: Book
  #player: Player | null = null
  #lastBatchWall = 0
  #retryWall = 0
  #failures = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#book = new Book(ctx.storage.sql)
    if (hasTables(ctx.storage.sql)) migrate(ctx.storage)
  }

  /** Starts the drill of this name, once: a repeat answers the row as it stands. Throws on an unknown story. */
  async start(request: DrillRequest, catalogue: Catalogue): Promise<DrillRow> {
    const wall = Date.now()
    if (this.#drill() === null) {
      const drill = begin(request, catalogue, wall)
      migrate(this.ctx.storage)
      this.#book.saveDrill(drill)
    }
    // Armed first: should a directory not answer, this fails, and the alarm still brings the drill to life.
    await this.#arm()
    await announce(this.#book, this.env)
    return this.#row()
  }

  async status(): Promise<DrillRow | null> {
    if (this.#drill() === null) return null
    await lookForIncidents(this.#book, this.env)
    return this.#row()
  }

  /** Ends the play now; what was given off stays, and the clock runs on for those who tidy up. */
  async stop(): Promise<DrillRow | null> {
    const drill = this.#drill()
    if (drill === null) return null
    if (drill.state === 'running') this.#change({ state: 'stopped' })
    await this.#arm()
    return this.#row()
  }

  /** The key that signs this drill's actions, for its rooms. */
  actionSecret(): string {
    return this.#running().secret
  }

  /** What goes wrong in this drill on purpose, for its rooms; null: nothing. */
  faults(): Faults | null {
    const drill = this.#drill()
    const { faults = [], seed = 0 } = drill?.request ?? {}
    return drill === null || faults.length === 0 ? null : { faults, seed, tempting: this.#playerOf(drill).tempting }
  }

  /** What this drill would have told somebody outside. Said again it is kept once. */
  async notified(message: NotifyMessage): Promise<void> {
    this.#running()
    keepMessage(this.ctx.storage.sql, message)
  }

  /** All that was kept, in order. */
  async notifications(): Promise<NotifyMessage[]> {
    return this.#drill() === null ? [] : messages(this.ctx.storage.sql)
  }

  /** Lets the clock stand while a person is asked, under the name of what asks. Idempotent; a released one stops nothing. */
  async pauseClock(holder: string): Promise<DrillClock> {
    const wall = Date.now()
    this.#play(wall)
    this.ctx.storage.transactionSync(() => {
      if (this.#book.pause(holder)) this.#setClock(pauseClock(this.#running().clock, wall))
    })
    await this.#arm()
    return this.#running().clock
  }

  /** It waits no longer; the clock goes on when none does. Idempotent. */
  async resumeClock(holder: string): Promise<DrillClock> {
    const wall = Date.now()
    this.ctx.storage.transactionSync(() => {
      if (this.#book.release(holder)) this.#setClock(resumeClock(this.#running().clock, wall))
    })
    await this.#arm()
    return this.#running().clock
  }

  /** The action endpoint: `POST …/actions` carries out, `GET …/actions/<key>` tells what became of it. */
  override async fetch(request: Request): Promise<Response> {
    const drill = this.#drill()
    if (drill === null) return rejection({ status: 404, reason: 'bad-request', detail: 'no drill was started here' })
    const body = await request.text()
    const wall = Date.now()
    const order = readOrder(
      {
        method: request.method,
        path: new URL(request.url).pathname,
        header: (name) => request.headers.get(name) ?? '',
      },
      body,
      { secret: drill.secret, drill: drill.request.drill, wall },
    )
    if (isRejected(order)) return rejection(order)
    if (order.ask === 'status') return statusOf(this.#book, order.key, wall)

    const { endpoint } = this.#playerOf(drill)
    const first = this.#book.action(order.key) === null
    const admission = admit(this.#book, order, endpoint, wall)
    if (!admission.admitted) return admission.response
    if (endpoint.delayMs > 0 && first) {
      await this.#arm()
      await sleep(endpoint.delayMs)
    }
    this.#carryOut(Date.now())
    await this.#arm()
    if (endpoint.withholdAnswer) {
      await sleep(WITHHELD_MS)
      return new Response(null, { status: 504 })
    }
    if (endpoint.answerDelayMs > 0) await sleep(endpoint.answerDelayMs)
    const entry = this.#book.action(order.key)
    return entry === null ? new Response(null, { status: 500 }) : answerOf(entry)
  }

  /** Does everything that is due and re-arms itself; never throws, for an alarm that throws is given up in the end. */
  override async alarm(): Promise<void> {
    try {
      const drill = this.#drill()
      if (drill === null) return
      const announced = await this.#announced()
      if (!this.#running().opened) throw new Error('the namespace is not open yet')
      this.#carryOut(Date.now())
      const more = this.#play(Date.now())
      this.#lastBatchWall = Date.now()
      const round = await deliver(this.#book, ownWorker(this.ctx), drill.tokens)
      if (round === 'failed' || !announced) this.#retryLater()
      else this.#failures = this.#retryWall = 0
      if (more || round === 'more') this.#lastBatchWall = 0
    } catch (error) {
      console.error('stage alarm', error instanceof Error ? error.message : String(error))
      // What failed half-way may have moved the model: it is replayed from the book.
      this.#player = null
      this.#retryLater()
      this.#lastBatchWall = this.#retryWall - BATCH_MS
    }
    await this.#arm()
  }

  #retryLater(): void {
    this.#retryWall = Date.now() + Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MS_MAX)
    this.#failures += 1
  }

  /** Tells the directories; one that does not answer is told later and holds up nothing else. */
  async #announced(): Promise<boolean> {
    try {
      await announce(this.#book, this.env)
      return true
    } catch (error) {
      console.error('stage announcement', error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /** Carries out received actions whose delay is over, each at the second that the clock has reached. */
  #carryOut(wall: number): void {
    const due = this.#book.received().filter((entry) => entry.due <= wall)
    if (due.length === 0) return
    while (this.#play(wall));
    const drill = this.#running()
    const player = this.#playerOf(drill)
    this.#atomically(() => {
      for (const entry of due) {
        const answer =
          entry.action === null || drill.state !== 'running'
            ? { applied: false, detail: 'the drill is over' }
            : player.apply(entry.action)
        const state = answer.applied ? 'applied' : 'refused'
        this.#book.saveAction({ ...entry, state, appliedMs: player.playedMs, detail: answer.detail })
      }
    })
  }

  /** Plays what the clock has reached; returns whether more is due at once. */
  #play(wall: number): boolean {
    const drill = this.#running()
    if (drill.state !== 'running') return false
    const player = this.#playerOf(drill)
    return this.#atomically(() => {
      const more = player.advance(drill.clock, wall)
      if (player.over) this.#change({ state: 'ended' })
      return more
    })
  }

  /** A transaction that also forgets the model when it fails: memory must not be ahead of the book. */
  #atomically<T>(work: () => T): T {
    try {
      return this.ctx.storage.transactionSync(work)
    } catch (error) {
      this.#player = null
      throw error
    }
  }

  /** One alarm for all that can be due: telling, posts, delayed actions, the next second. */
  async #arm(): Promise<void> {
    const drill = this.#drill()
    if (drill === null) return
    const wall = Date.now()
    const dues: number[] = this.#book.received().map(({ due }) => due)
    if (owesWord(this.#book) || this.#book.nextPost() !== null) dues.push(Math.max(wall, this.#retryWall))
    if (drill.state === 'running') {
      const { nextAt } = this.#playerOf(drill)
      // A clock that stands may still be ahead of the play, which goes in chunks.
      const next = nextAt <= clockAt(drill.clock, wall) ? wall : wallOf(drill.clock, nextAt)
      if (next !== null) dues.push(Math.max(next, this.#lastBatchWall + BATCH_MS))
    }
    if (dues.length === 0) await this.ctx.storage.deleteAlarm()
    else await this.ctx.storage.setAlarm(Math.min(...dues))
  }

  #setClock(clock: DrillClock): void {
    const { clock: before } = this.#running()
    if (clock !== before) this.#change({ clock })
  }

  #change(change: Partial<Pick<Drill, 'clock' | 'state'>>): void {
    this.#book.saveDrill({ ...this.#running(), ...change, told: false })
  }

  #drill(): Drill | null {
    return hasTables(this.ctx.storage.sql) ? this.#book.drill() : null
  }

  #running(): Drill {
    const drill = this.#drill()
    if (drill === null) throw new Error('no drill was started on this stage')
    return drill
  }

  #row(): DrillRow {
    return rowOf(this.#running(), Date.now())
  }

  #playerOf(drill: Drill): Player {
    this.#player ??= new Player(this.#book, drill)
    return this.#player
  }
}

function isRejected(order: ReturnType<typeof readOrder>): order is Rejected {
  return 'reason' in order
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
