import { carry } from './carry.ts'
import { settleUnits } from './counters.ts'
import type { Desk } from './desk.ts'
import { type Batch, dueTargets, park, postpone, settle, takeBatch } from './outbox.ts'
import type { Peers } from './peers.ts'
import { reroute } from './reroute.ts'

/** Targets called at once: the platform lets six connections be open. */
const TARGETS_AT_ONCE = 6
/** Shortest time between two calls to one target, in ms: in a storm a room hears five times a second of many alerts each. */
export const CALL_GAP_MS = 200
/** A call without an answer for so long, in ms, has failed; the same batch goes again. A room opens in 10 ms (measured). */
const CALL_MS_MAX = 20_000

/**
 * Empties the outbox: each target's line in order, one call at a time, several targets at once. It is safe to start it
 * whenever something might be due; what already flies is left alone.
 */
export class Drain {
  #desk: Desk
  #peers: Peers
  #ended: () => void
  #flying = new Set<string>()
  #called = new Map<string, number>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #waiting = new Map<string, (() => void)[]>()

  /** `ended` is told after each call that came to an end: there may be new rows and new times. */
  constructor(desk: Desk, peers: Peers, ended: () => void) {
    this.#desk = desk
    this.#peers = peers
    this.#ended = ended
  }

  /** Resolves when nothing that is due can be sent any more. Never throws. */
  async run(): Promise<void> {
    const flights: Promise<void>[] = []
    while (this.#flying.size < TARGETS_AT_ONCE) {
      const target = this.#nextTarget()
      if (target === null) break
      flights.push(this.#fly(target))
    }
    await Promise.all(flights)
  }

  /** Resolves when a target's line was last worked on, heard or not. For somebody who wants to look at it right away. */
  async worked(target: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.set(target, [...(this.#waiting.get(target) ?? []), resolve])
    })
  }

  async #fly(first: string): Promise<void> {
    for (let target: string | null = first; target !== null; target = this.#nextTarget()) {
      this.#flying.add(target)
      try {
        await this.#send(target)
      } catch (thrown) {
        // Storage failed: the rows are as they were and the alarm tries again.
        console.error('outbox', thrown instanceof Error ? thrown.message : thrown)
        return
      } finally {
        this.#flying.delete(target)
        for (const resolve of this.#waiting.get(target) ?? []) resolve()
        this.#waiting.delete(target)
      }
    }
  }

  #nextTarget(): string | null {
    const wall = Date.now()
    let wait = Infinity
    for (const target of dueTargets(this.#desk.sql, wall)) {
      if (this.#flying.has(target)) continue
      const gap = (this.#called.get(target) ?? 0) + CALL_GAP_MS - wall
      if (gap <= 0 || gap > CALL_GAP_MS) return target
      wait = Math.min(wait, gap)
    }
    if (wait !== Infinity) this.#runIn(wait)
    return null
  }

  // Whoever was called just now is called again soon, with all that came meanwhile. The alarm stands in after a crash.
  #runIn(ms: number): void {
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      for (const [target, at] of this.#called) if (Date.now() - at > CALL_GAP_MS) this.#called.delete(target)
      void this.run()
    }, ms)
  }

  // One call; what waits behind it goes with the next one.
  async #send(target: string): Promise<void> {
    const desk = this.#desk
    const batch = desk.commit(() => takeBatch(desk.sql, target, Date.now()))
    if (batch === null) return
    this.#called.set(target, Date.now())
    let end: Awaited<ReturnType<typeof carry>>
    try {
      end = await within(CALL_MS_MAX, carry(desk, this.#peers, batch))
    } catch {
      // No answer: it may have been heard. The same batch with the same id goes again.
      desk.commit(() => postpone(desk.sql, batch, Date.now()))
      this.#ended()
      return
    }
    desk.commit(() => this.#end(batch, end))
    this.#ended()
  }

  #end(batch: Batch, end: Awaited<ReturnType<typeof carry>>): void {
    const { sql } = this.#desk
    if (end === 'room-is-over') reroute(this.#desk, batch)
    else if (end === 'heard') settleUnits(sql, 'attached', settle(sql, batch))
    else park(sql, batch, end.refused)
  }
}

async function within<T>(ms: number, call: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    clearTimeout(timer)
  }
}
