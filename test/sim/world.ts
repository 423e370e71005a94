import { type Prng, prng } from '../../durable/core/prng.ts'
import { clockAt, pauseClock, resumeClock } from '../../durable/protocol/clock.ts'
import type { Alert, DrillClock, EvidenceDraft, IncidentHead, Instant } from '../../durable/protocol/domain.ts'
import { TEST_KEYS } from '../agent-keys.ts'
import { HEAD, POLICY, START } from '../core/incident/shop.ts'
import { type Plot, plotOf } from './catalogue.ts'
import { Directory } from './directory.ts'
import { emptyDisk } from './disk.ts'
import { Driver } from './driver.ts'
import { Trouble } from './faults.ts'
import { Holds } from './holds.ts'
import { Laws } from './laws.ts'
import { People } from './people.ts'
import { perform } from './perform.ts'
import { Scheduler } from './scheduler.ts'
import { Shell, type Twists } from './shell.ts'
import { Shop } from './shop.ts'

/** Faults happen for so long, in ms of wall time; then the world is calm for the rest. */
export const TROUBLED_MS = 20 * 60_000
/** Nobody acts for so long after that: longer than an approval stands, and than every look has come. */
export const QUIET_MS = 3 * 60 * 60_000
/** Then people end it. */
export const CLOSING_MS = 40 * 60_000
/** A calm world that is tended to is over by then. */
export const CALM_MS = 90 * 60_000
/** No world of this size takes more steps; one that does turns in circles. */
export const STEPS_MAX = 60_000

/** One seed's world: an incident room between a failing shop, a directory, agents, people and a driver. */
export class World {
  readonly seed: number
  readonly scheduler = new Scheduler(START)
  readonly trouble: Trouble
  readonly shop: Shop
  readonly driver: Driver
  readonly shell: Shell
  readonly directory: Directory
  readonly people: People
  readonly holds: Holds
  readonly laws: Laws
  readonly twists: Twists
  readonly plot: Plot
  /** every voter says yes to everything. */
  readonly blind: boolean
  killSwitch = false
  archived = 0
  #released = new Set<string>()
  #pausers = new Set<string>()

  constructor(seed: number, twists: Twists = {}, plot: Plot = plotOf(seed)) {
    this.seed = seed
    this.twists = twists
    this.plot = plot
    const chance = prng(seed)
    this.trouble = new Trouble(chance)
    if (plot.calm) this.trouble.stop()
    this.blind = chance.next() < 0.3 && !plot.calm
    const speed = plot.calm ? null : this.trouble.pick([null, null, 1, 10, 60])
    const clock: DrillClock | null =
      speed === null ? null : { startedAt: START, startedWall: START, speed, pausedMs: 0, pausedSinceWall: null }
    const disk = emptyDisk(clock)
    const worldAt = (): Instant => clockAt(disk.clock, this.scheduler.now)
    const onset = START + chance.whole(-20, 60) * 1_000
    this.shop = new Shop(seed, onset, plot.story, plot.stubborn)
    this.driver = new Driver(this.scheduler, this.trouble, this.shop, worldAt, plot.calm)
    this.shell = new Shell(disk, this.scheduler, this.trouble, twists, (row) => perform(this, row))
    this.directory = new Directory(this, chance)
    this.people = new People(this, chance)
    this.holds = new Holds(this, chance)
    this.laws = new Laws(this)
  }

  get at(): Instant {
    return clockAt(this.shell.disk.clock, this.scheduler.now)
  }

  /** An alert as its source words it. */
  worded(alert: Alert): Alert {
    return alert
  }

  get alerts(): Alert[] {
    return this.directory.known
  }

  look(at: Instant): EvidenceDraft[] {
    return this.shop.look(at, this.alerts)
  }

  opening() {
    const drill = this.shell.disk.clock === null ? null : 'drl_simsim'
    const head: IncidentHead =
      drill === null ? HEAD : { ...HEAD, drill, namespace: `drill/${drill}`, id: 'inc_simsim-abcdef' }
    return {
      type: 'open' as const,
      head,
      catalogue: this.plot.catalogue,
      policy: POLICY,
      killSwitch: false,
      keys: TEST_KEYS,
      alerts: [],
    }
  }

  /** The stage's clock stands while anything asks a person; a late pause of what was released stops nothing. */
  turnClock(pause: boolean, holder: string): void {
    const { disk } = this.shell
    if (disk.clock === null) return
    if (pause && !this.#released.has(holder)) this.#pausers.add(holder)
    if (!pause) {
      this.#released.add(holder)
      this.#pausers.delete(holder)
    }
    const wall = this.scheduler.now
    disk.clock = this.#pausers.size > 0 ? pauseClock(disk.clock, wall) : resumeClock(disk.clock, wall)
    this.shell.arm()
  }

  /** Plays the seed to its end; throws the first law that is broken. */
  play(): this {
    const each = (): void => this.laws.hold()
    this.directory.begin()
    this.people.begin()
    this.holds.begin()
    this.#run(TROUBLED_MS, each)
    this.trouble.stop()
    this.people.rest()
    this.holds.release()
    this.shell.unpark()
    this.#run(QUIET_MS, each)
    this.laws.everyEndIsOne()
    this.people.finish()
    this.#run(CLOSING_MS, each)
    this.laws.itIsOver()
    return this
  }

  /** Plays a calm world, in which a careful commander tends, until it is over. */
  playCalmly(): this {
    this.directory.begin()
    this.holds.release()
    this.people.tend()
    const until = this.scheduler.now + CALM_MS
    while (this.scheduler.now < until && !this.#isDone()) this.#run(60_000, () => this.laws.hold())
    this.laws.everyEndIsOne()
    this.laws.itIsOver()
    return this
  }

  #isDone(): boolean {
    const { up, state, disk } = this.shell
    return up && state.view.archived !== null && state.view.state === 'closed' && disk.outbox.size === 0
  }

  #run(ms: number, each: () => void): void {
    if (!this.scheduler.run(this.scheduler.now + ms, STEPS_MAX, each)) throw new Error('it turns in circles')
  }
}

export type Chance = Prng
