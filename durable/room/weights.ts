import { Buffer } from 'node:buffer'
import { assert } from '../core/assert.ts'
import type { LoggedEvent } from './log.ts'

/** Entries kept before those that nobody needs any more are dropped. */
const KEPT_MAX = 4_096

/** What each event weighs as it is sent, summed up from a first one on, so that the weight of a stretch is one subtraction. */
export class Weights {
  /** seq whose sum is the first one kept; everything up to it weighs nothing here. */
  #from = 0
  #sums: number[] = [0]

  /** Nothing up to this event is asked for again. */
  begin(seq: number): void {
    this.#from = seq
    this.#sums = [0]
  }

  /** Of a waking: reads what the events after `seq` weigh from the log. */
  load(sql: SqlStorage, seq: number): void {
    this.begin(seq)
    const rows = sql.exec<{ bytes: number }>(
      'SELECT octet_length(json) AS bytes FROM events WHERE seq > ? ORDER BY seq',
      seq,
    )
    for (const { bytes } of rows) this.#add(bytes)
  }

  add(logged: LoggedEvent[]): void {
    for (const { event, json } of logged) {
      assert(event.seq === this.#from + this.#sums.length, 'events are weighed in order')
      this.#add(Buffer.byteLength(json))
    }
  }

  /** The weight in bytes of the events after `from` up to `to`. */
  between(from: number, to: number): number {
    return this.#sum(to) - this.#sum(from)
  }

  /** Drops what is not asked for any more, once that is much. */
  trim(needed: () => number): void {
    if (this.#sums.length <= KEPT_MAX) return
    const seq = needed()
    const base = this.#sum(seq)
    this.#sums = this.#sums.slice(Math.max(0, seq - this.#from)).map((sum) => sum - base)
    this.#from = Math.max(this.#from, seq)
  }

  #add(bytes: number): void {
    this.#sums.push((this.#sums.at(-1) ?? 0) + bytes)
  }

  #sum(seq: number): number {
    return this.#sums[Math.min(Math.max(0, seq - this.#from), this.#sums.length - 1)] ?? 0
  }
}
