import { Rate, STORM_PER_MINUTE, type Storm, storms } from '../core/correlate/storm.ts'
import type { CorrelationRules, Instant } from '../protocol/domain.ts'
import type { StormRow } from '../protocol/noise.ts'
import { readMeta, writeMeta } from './migrations.ts'

/** Whether it storms, over restarts; how many new alerts came is counted in memory. */
export class Stormy {
  readonly #sql: SqlStorage
  readonly #rate: Rate
  #storm: Storm | null | undefined

  constructor(sql: SqlStorage, from: Instant) {
    this.#sql = sql
    this.#rate = new Rate(from)
  }

  /** A new alert came. */
  count(now: Instant): void {
    this.#rate.add(now)
  }

  /** The storm that is on at `now`, or null. */
  now(rules: CorrelationRules | undefined, now: Instant): Storm | null {
    const before = this.#read()
    const on = storms(before, this.#rate, rules?.stormPerMinute ?? STORM_PER_MINUTE, now)
    if (on !== (before !== null)) this.#write(on ? { since: now, incident: null } : null)
    return this.#read()
  }

  /** The storm's incident is this one from now on. */
  gatherIn(incident: string): void {
    const storm = this.#read()
    if (storm) this.#write({ ...storm, incident })
  }

  row(rules: CorrelationRules | undefined, now: Instant): StormRow | null {
    const storm = this.now(rules, now)
    return storm && { ...storm, since: new Date(storm.since).toISOString(), perMinute: this.#rate.perMinute(now) }
  }

  perMinute(now: Instant): number {
    return this.#rate.perMinute(now)
  }

  settle(): void {
    this.#rate.settle()
  }

  rollBack(): void {
    this.#rate.rollBack()
    this.#storm = undefined
  }

  #read(): Storm | null {
    if (this.#storm === undefined) {
      const stored = readMeta(this.#sql, 'storm')
      this.#storm = stored === null ? null : (JSON.parse(stored) as Storm | null)
    }
    return this.#storm
  }

  #write(storm: Storm | null): void {
    writeMeta(this.#sql, 'storm', JSON.stringify(storm))
    this.#storm = storm
  }
}
