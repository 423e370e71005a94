import { clockAt } from '../protocol/clock.ts'
import type { Action, Instant } from '../protocol/domain.ts'
import type { Faults } from '../protocol/faults.ts'
import { scenarioNamed } from '../../scenarios/index.ts'
import type { EndpointBehaviour, Emission, Model } from '../../scenarios/scenario.ts'
import type { Book, Drill } from './book.ts'
import { postsOf } from './posts.ts'

/** A model takes whole seconds. */
export const STEP_MS = 1_000
/** Scenario time played in one transaction, ms: its posts stay far below a row's 2 MB, and a catch-up yields between. */
const CHUNK_MS = 120_000
/** A story goes on past its end while an alert fires, but not longer than this many times its length. */
const OVERTIME_FACTOR = 3

/**
 * Plays a drill's model. The model lives in memory only: after an eviction it is begun again from its seed and brought
 * to where it was, with every action at its second; emissions of the replay were posted before and are left out.
 */
export class Player {
  #book: Book
  #drill: Drill
  #model: Model
  #played: number
  #firing = new Set<string>()

  constructor(book: Book, drill: Drill) {
    this.#book = book
    this.#drill = drill
    this.#model = modelOf(drill)
    this.#played = -STEP_MS
    const actions = book.applied()
    const until = book.played()
    this.#replay(actions, this.#played)
    while (this.#played < until) {
      this.#step()
      this.#replay(actions, this.#played)
    }
  }

  get endpoint(): EndpointBehaviour {
    return this.#model.endpoint
  }

  /** What would be tempting and harmful in this story. */
  get tempting(): Faults['tempting'] {
    return this.#model.truth.unsafe.map(({ type, target }) => ({ type, target }))
  }

  get playedMs(): number {
    return this.#played
  }

  /** Whether the story has run its length and is quiet, or has run overtime. */
  get over(): boolean {
    const past = this.#played + STEP_MS
    if (past < this.#drill.durationMs) return false
    return this.#firing.size === 0 || past >= this.#drill.durationMs * OVERTIME_FACTOR
  }

  /** Instant of the next second to be played, on the drill's clock. */
  get nextAt(): Instant {
    return this.#drill.storyStart + this.#played + STEP_MS
  }

  /**
   * Plays what the clock has reached, one chunk at most, and puts its posts in the book; call inside a transaction.
   * Returns whether more is due.
   */
  advance(clock: Drill['clock'], wall: Instant): boolean {
    const reached = clockAt(clock, wall)
    const until = this.#played + CHUNK_MS
    const seconds: Emission[][] = []
    while (this.nextAt <= reached && this.#played < until && !this.over) seconds.push(this.#step())
    if (seconds.length === 0) return false
    this.#book.savePlayed(this.#played)
    this.#book.addPosts(postsOf(seconds, this.#drill.storyStart))
    return this.nextAt <= reached && !this.over
  }

  apply(action: Action): { applied: boolean; detail: string } {
    return this.#model.apply(action)
  }

  #step(): Emission[] {
    this.#played += STEP_MS
    const emissions = this.#model.step(this.#played, this.#drill.storyStart)
    for (const { alerts } of emissions) {
      for (const { name, service, status } of alerts) {
        if (status === 'firing') this.#firing.add(`${name}/${service}`)
        else this.#firing.delete(`${name}/${service}`)
      }
    }
    return emissions
  }

  #replay(actions: ReturnType<Book['applied']>, ms: number): void {
    for (const { action, appliedMs } of actions) if (appliedMs === ms && action !== null) this.#model.apply(action)
  }
}

function modelOf({ request }: Drill): Model {
  const scenario = scenarioNamed(request.scenario)
  if (scenario === null) throw new Error(`no scenario ${request.scenario}`)
  return scenario.begin(request.seed, request.variant)
}
