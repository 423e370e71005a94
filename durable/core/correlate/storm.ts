import type { Instant } from '../../protocol/domain.ts'

/** New alerts a minute beyond which it is a storm, where the catalogue says nothing. */
export const STORM_PER_MINUTE = 100
/** The span in which they are counted, in ms. */
const STORM_SPAN_MS = 60_000
/** A storm is over when the rate is down to this share of its limit: one that hovers at the limit is one storm. */
const STORM_LEAVE_SHARE = 0.5
const STEP_MS = 1_000

/** A storm that is on. */
export interface Storm {
  since: Instant
  /** the incident that gathers what belongs to no other; null until something does. */
  incident: string | null
}

/** Counts new alerts a second over the last minute, and takes back what a failed transaction counted. */
export class Rate {
  #steps = new Map<number, number>()
  #staged: number[] = []
  /** what came before is not known: until a whole minute was watched, a storm is not called over. */
  readonly #from: Instant

  constructor(from: Instant) {
    this.#from = from
  }

  /** What was counted so far stands. */
  settle(): void {
    this.#staged = []
  }

  /** What was counted since the last settling never happened. */
  rollBack(): void {
    for (const step of this.#staged) this.#steps.set(step, (this.#steps.get(step) ?? 1) - 1)
    this.#staged = []
  }

  add(now: Instant): void {
    const step = Math.floor(now / STEP_MS)
    this.#steps.set(step, (this.#steps.get(step) ?? 0) + 1)
    this.#staged.push(step)
  }

  perMinute(now: Instant): number {
    const first = Math.floor((now - STORM_SPAN_MS) / STEP_MS)
    let sum = 0
    for (const [step, n] of this.#steps) {
      if (step <= first) this.#steps.delete(step)
      else sum += n
    }
    return sum
  }

  watchedWhole(now: Instant): boolean {
    return now - this.#from >= STORM_SPAN_MS
  }
}

/** Whether it storms at `now`: from more than `limit` a minute on, until no more than half of that, the whole minute seen. */
export function storms(storm: Storm | null, rate: Rate, limit: number, now: Instant): boolean {
  const perMinute = rate.perMinute(now)
  if (storm === null) return perMinute > limit
  return perMinute > limit * STORM_LEAVE_SHARE || !rate.watchedWhole(now)
}
