import { assert } from '../core/assert.ts'
import { CHANGE_REACH_MS, type ChangeReach, reachOf } from '../core/correlate/change.ts'
import { GROUP_WINDOW_MS, type Surroundings } from '../core/correlate/group.ts'
import { type Links, linksOf } from '../core/correlate/topology.ts'
import { checkCatalogue } from '../core/runbooks/catalogue.ts'
import { clockAt } from '../protocol/clock.ts'
import type { Catalogue, CorrelationRules, DrillClock, Instant } from '../protocol/domain.ts'
import { drillOf } from '../protocol/namespace.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import sample from './catalogue.json'
import { readChanges } from './changes.ts'
import { KnownIncidents } from './known.ts'
import { migrate, readMeta, writeMeta } from './migrations.ts'
import { Silences } from './silences.ts'
import { Stormy } from './stormy.ts'

/** What sources were heard of is stored once in so many ms: a post costs nothing for it. */
const HEARD_SAVE_MS = 1_000
const HEARD_SOURCES_MAX = 500

/**
 * What every verb of the directory works on: its tables, its namespace, the clock and catalogue of that namespace, and
 * the open incidents, read once. Whatever is kept in memory is a copy of the tables and is thrown away when a
 * transaction fails.
 */
export class Desk {
  readonly storage: DurableObjectStorage
  /** `live`, `drill/<id>`, or `drills`. */
  readonly namespace: string
  readonly incidents: KnownIncidents
  readonly silences: Silences
  readonly storm: Stormy
  /** index rows that came to be and the lobby was not told of. */
  fresh: IncidentRow[] = []
  #catalogue: Catalogue | null = null
  #links: Links | null = null
  #clock: DrillClock | null | undefined
  #changes: ChangeReach[] | null = null
  #heard: Map<string, Instant> | null = null
  #heardSaved = 0

  constructor(storage: DurableObjectStorage, namespace: string) {
    this.storage = storage
    this.namespace = namespace
    migrate(storage)
    this.incidents = new KnownIncidents(storage.sql)
    this.silences = new Silences(storage.sql, () => this.catalogue().maintenance ?? [])
    this.storm = new Stormy(storage.sql, this.now())
  }

  get sql(): SqlStorage {
    return this.storage.sql
  }

  /** The drill this namespace belongs to; null for the live one and for the index of drills. */
  get drill(): string | null {
    return drillOf(this.namespace)
  }

  /** All or nothing; what memory knew of a failed attempt is forgotten. */
  commit<T>(work: () => T): T {
    try {
      const done = this.storage.transactionSync(work)
      this.storm.settle()
      return done
    } catch (thrown) {
      this.storm.rollBack()
      this.silences.forget()
      this.incidents.forget()
      this.fresh = []
      this.#catalogue = this.#links = this.#changes = null
      this.#clock = undefined
      throw thrown
    }
  }

  clock(): DrillClock | null {
    if (this.#clock === undefined) {
      const stored = readMeta(this.sql, 'clock')
      this.#clock = stored === null ? null : (JSON.parse(stored) as DrillClock)
    }
    return this.#clock
  }

  setClock(clock: DrillClock): void {
    writeMeta(this.sql, 'clock', JSON.stringify(clock))
    this.#clock = clock
  }

  /** The namespace's time. */
  now(): Instant {
    return clockAt(this.clock(), Date.now())
  }

  /** The drill's own catalogue, else the instance's. Throws when the shipped file does not pass its check. */
  catalogue(): Catalogue {
    if (this.#catalogue === null) {
      const stored = readMeta(this.sql, 'catalogue')
      // What is stored passed the check of its day; a stricter one of today must not stop the intake.
      this.#catalogue = stored === null ? shipped() : (JSON.parse(stored) as Catalogue)
    }
    return this.#catalogue
  }

  setCatalogue(catalogue: Catalogue): void {
    const { maintenance = [] } = this.catalogue()
    writeMeta(this.sql, 'catalogue', JSON.stringify(catalogue))
    this.#catalogue = this.#links = this.#changes = null
    this.silences.replan(maintenance, this.now())
  }

  /** How alerts become incidents here. */
  rules(): CorrelationRules | undefined {
    return this.catalogue().correlation
  }

  /** What alerts are correlated by, beside the incidents. */
  around(): Surroundings {
    if (this.#changes === null) {
      const now = this.now()
      this.#changes = reachOf(readChanges(this.sql, now - CHANGE_REACH_MS, Infinity), this.catalogue().services)
    }
    return { links: this.links(), changes: this.#changes, windowMs: this.rules()?.windowMs ?? GROUP_WINDOW_MS }
  }

  /** A source said something; kept over restarts, but for the last second. */
  hear(source: string, wall: Instant): void {
    this.heard().set(source, wall)
    if (wall - this.#heardSaved < HEARD_SAVE_MS) return
    this.#heardSaved = wall
    writeMeta(this.sql, 'heard', JSON.stringify([...this.heard()].slice(-HEARD_SOURCES_MAX)))
  }

  /** When each source last said something, in wall time. */
  heard(): Map<string, Instant> {
    this.#heard ??= new Map(JSON.parse(readMeta(this.sql, 'heard') ?? '[]') as [string, Instant][])
    return this.#heard
  }

  /** A change came: what it reaches is worked out anew. */
  changed(): void {
    this.#changes = null
  }

  links(): Links {
    this.#links ??= linksOf(this.catalogue().services)
    return this.#links
  }

  knows(service: string): boolean {
    return this.links().has(service)
  }
}

function shipped(): Catalogue {
  const checked = checkCatalogue(sample)
  assert(checked.ok, 'the shipped catalogue passes its check')
  return checked.catalogue
}
