import type { OpenIncident } from '../core/correlate/group.ts'
import type { Instant } from '../protocol/domain.ts'
import { type Known, readIncident, readRecent, saveActivity } from './incidents.ts'

/** Incidents kept in memory before those are dropped that no window reaches any more. */
const KNOWN_MAX = 2_000

/** Services and groups remembered of one incident, the youngest; older ones are found by service or neighbour again. */
export const SERVICES_PER_INCIDENT_MAX = 256
export const GROUPS_PER_INCIDENT_MAX = 64

/** An incident's window is minutes long: that it rolled on is stored once in so many ms, and after a crash it may end so much earlier. */
const TOUCH_SAVE_MS = 5_000
/** Label sets remembered of one incident, the youngest: what opened it and what joined for its labels. */
const LIKENESSES_MAX = 8

/** The incidents that alerts may join, read once and kept in step, so that a post costs no scan of the index. */
export class KnownIncidents {
  #sql: SqlStorage
  #byId = new Map<string, Known>()
  /** since when all are in memory, not only those that were asked for; null: none were read. */
  #since: Instant | null = null
  #touched = new Set<string>()
  /** the last alert's time as it is stored, by incident: it alone is written once in so many ms. */
  #savedAt = new Map<string, Instant>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  get(id: string): Known | null {
    const known = this.#byId.get(id) ?? readIncident(this.#sql, id)
    if (known) this.#byId.set(id, known)
    return known
  }

  /** All that could take an alert at `now`, and perhaps more. */
  recent(now: Instant, windowMs: number): Iterable<OpenIncident> {
    const since = now - windowMs
    if (this.#since === null || since < this.#since) {
      for (const incident of readRecent(this.#sql, since)) {
        if (!this.#byId.has(incident.id)) this.#byId.set(incident.id, incident)
      }
      this.#since = since
    } else if (this.#byId.size > KNOWN_MAX) {
      for (const [id, { lastAlertAt }] of this.#byId) {
        if (lastAlertAt >= since || this.#touched.has(id)) continue
        this.#byId.delete(id)
        this.#savedAt.delete(id)
      }
    }
    return this.#byId.values()
  }

  add(incident: Known): void {
    this.#byId.set(incident.id, incident)
  }

  /** An alert of it came: the window rolls on. With a service or group it now has that too. */
  touch(id: string, now: Instant, service: string | null, group: string | null): void {
    const known = this.get(id)
    if (!known) return
    known.lastAlertAt = Math.max(known.lastAlertAt, now)
    const isNew = (service !== null && !known.services.has(service)) || (group !== null && !known.groups.has(group))
    if (service !== null) remember(known.services, service, SERVICES_PER_INCIDENT_MAX)
    if (group !== null) remember(known.groups, group, GROUPS_PER_INCIDENT_MAX)
    if (isNew || now - (this.#savedAt.get(id) ?? -Infinity) >= TOUCH_SAVE_MS) this.#touched.add(id)
  }

  /** An alert opened it or joined for its labels: others like it may follow. */
  liken(id: string, pairs: string[]): void {
    const known = this.get(id)
    if (!known || known.storm) return
    known.likenesses = [...known.likenesses, pairs].slice(-LIKENESSES_MAX)
    this.#touched.add(id)
  }

  /** Writes what was touched, within the caller's transaction: once per incident, however many alerts came. */
  save(): void {
    for (const id of this.#touched) {
      const known = this.#byId.get(id)
      if (!known) continue
      saveActivity(this.#sql, known)
      this.#savedAt.set(id, known.lastAlertAt)
    }
    this.#touched.clear()
  }

  /** The table changed otherwise: what is kept here is read again. */
  reread(id: string): void {
    this.#byId.delete(id)
    this.#savedAt.delete(id)
    this.get(id)
  }

  forget(): void {
    this.#byId.clear()
    this.#since = null
    this.#touched.clear()
    this.#savedAt.clear()
  }
}

// A Set keeps the order in which its members came.
function remember(names: Set<string>, name: string, max: number): void {
  if (names.has(name)) return
  names.add(name)
  const [oldest] = names
  if (names.size > max && oldest !== undefined) names.delete(oldest)
}
