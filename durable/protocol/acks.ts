import { ACK_BYTES, ACK_EVENTS } from './limits.ts'
import type { ClientMessage } from './messages.ts'

/** A client's word that it has read everything up to an event. */
export type Ack = Extract<ClientMessage, { type: 'ack' }>

/**
 * When a client says how far it has read: at once after ACK_EVENTS events or ACK_BYTES of them, else ACK_WITHIN_MS after
 * the first one that it has not said. The owner keeps that one timer and never runs it while nothing is unsaid, so that a
 * quiet client wakes no room. What counts is what was read, not what the network delivered: a client that hangs stays
 * silent, and the room stops sending to it.
 */
export class Acks {
  #seq = 0
  #events = 0
  #bytes = 0

  /** A connection begins: what it was greeted with is taken as read. */
  begin(seq: number): void {
    this.#seq = seq
    this.#events = 0
    this.#bytes = 0
  }

  /** Is there anything read and not said? */
  get unsaid(): boolean {
    return this.#events > 0
  }

  /** A frame was read, up to event `seq`; `size` is its length in bytes or characters. Answers what to say now, or null. */
  read(seq: number, size: number): Ack | null {
    if (seq <= this.#seq) return null
    this.#events += seq - this.#seq
    this.#bytes += size
    this.#seq = seq
    return this.#events >= ACK_EVENTS || this.#bytes >= ACK_BYTES ? this.say() : null
  }

  /** What to say when the timer rings; null when everything was said. */
  say(): Ack | null {
    if (this.#events === 0) return null
    this.begin(this.#seq)
    return { type: 'ack', seq: this.#seq }
  }
}
