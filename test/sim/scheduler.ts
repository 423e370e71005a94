import type { Instant } from '../../durable/protocol/domain.ts'

interface Step {
  at: Instant
  order: number
  what: () => void
}

/** Virtual time: steps run in order of time, and in order of asking at one time. Nothing here waits. */
export class Scheduler {
  now: Instant
  steps = 0
  #queue: Step[] = []
  #order = 0

  constructor(now: Instant) {
    this.now = now
  }

  after(ms: number, what: () => void): void {
    this.at(this.now + Math.max(0, Math.round(ms)), what)
  }

  at(at: Instant, what: () => void): void {
    const step = { at: Math.max(at, this.now), order: (this.#order += 1), what }
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#queue[middle]
      // The queue's end comes first.
      if (other && (other.at > step.at || (other.at === step.at && other.order > step.order))) low = middle + 1
      else high = middle
    }
    this.#queue.splice(low, 0, step)
  }

  /** Runs the next step, if one comes before `until`. */
  step(until: Instant): boolean {
    const next = this.#queue.at(-1)
    if (!next || next.at > until) return false
    this.#queue.pop()
    this.steps += 1
    this.now = next.at
    next.what()
    return true
  }

  /** Runs every step up to `until`; `each` is called after each one. Stops after `stepsMax` steps and says so. */
  run(until: Instant, stepsMax: number, each: () => void): boolean {
    for (;;) {
      const next = this.#queue.at(-1)
      if (!next || next.at > until) break
      if (this.steps >= stepsMax) return false
      this.step(until)
      each()
    }
    this.now = until
    return true
  }
}
