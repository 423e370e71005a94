import type { Instant } from '../protocol/domain.ts'
import { nextAlarm } from './alarms.ts'
import type { Drain } from './drain.ts'
import type { Kernel } from './kernel.ts'
import { pending } from './outbox.ts'

/** Keeps the room's one alarm where the earliest timer or effect needs it. */
export class Wake {
  #kernel: Kernel
  #drain: Drain
  #storage: DurableObjectStorage
  #armed: Instant | null = null

  constructor(kernel: Kernel, drain: Drain, storage: DurableObjectStorage) {
    this.#kernel = kernel
    this.#drain = drain
    this.#storage = storage
  }

  /** The alarm rang: none stands now. */
  rang(): void {
    this.#armed = null
  }

  /** Set in the same turn as the commit that needs it, so that both are stored together. */
  arm(wall: Instant): void {
    const { state, clock } = this.#kernel
    const next = nextAlarm(state, pending(this.#storage.sql), this.#drain.inFlight, clock, wall)
    // Ringing early is harmless, so an alarm that stands is only ever moved forward in time.
    if (next === null || (this.#armed !== null && this.#armed <= next && this.#armed > wall)) return
    this.#armed = next
    void this.#storage.setAlarm(next)
  }
}
