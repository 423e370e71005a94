import type { ProposalBody } from '../../durable/protocol/domain.ts'
import type { Trouble } from './faults.ts'
import type { Scheduler } from './scheduler.ts'
import type { Shop } from './shop.ts'

/** What the driver is asked to do, once. */
export interface Order {
  proposal: string
  key: string
  token: number
  digest: string
  body: ProposalBody
  /** the plan's rollback is asked for. */
  undo?: true
}

export interface Received extends Order {
  at: number
  tookEffect: boolean
}

type CallAnswer = { outcome: 'ran' | 'failed' | 'unknown'; detail: string }
type StatusAnswer = { outcome: 'it-ran' | 'it-did-not' | 'unknown'; detail: string }

/**
 * The world outside that carries actions out. It counts what reaches it and does not protect itself: a key that comes twice
 * takes effect twice, so that a room which calls twice is seen to.
 */
export class Driver {
  readonly received: Received[] = []
  readonly effects = new Map<string, number>()
  #barred = new Set<string>()
  #scheduler: Scheduler
  #trouble: Trouble
  #shop: Shop
  #worldAt: () => number
  /** it always does what it is asked and says so. */
  #steady: boolean

  constructor(scheduler: Scheduler, trouble: Trouble, shop: Shop, worldAt: () => number, steady = false) {
    this.#scheduler = scheduler
    this.#trouble = trouble
    this.#shop = shop
    this.#worldAt = worldAt
    this.#steady = steady
  }

  /** One call. `answer` may come late, never, or as an error; then nobody but the driver knows whether it ran. */
  call(order: Order, answer: (answer: CallAnswer | 'error') => void, around: (where: string) => void = () => {}): void {
    const entry: Received = { ...order, at: this.#scheduler.now, tookEffect: false }
    this.received.push(entry)
    const { chance } = this.#trouble
    const fails = this.#trouble.happens('unreachable') || (!this.#steady && chance.next() < 0.25)
    const how = fails ? chance.whole(1, 5) : 0
    const after = chance.whole(5, 400)
    const works = (): void => {
      if (this.#barred.has(order.key)) return
      around('before its effect')
      entry.tookEffect = true
      this.effects.set(order.key, (this.effects.get(order.key) ?? 0) + 1)
      const { action, rollback } = order.body.plan
      if (!order.undo) this.#shop.apply(action, this.#worldAt())
      else if (rollback) this.#shop.takeBack(rollback, this.#worldAt())
      around('after its effect')
    }
    switch (how) {
      case 1: // declares that it surely did nothing
        this.#barred.add(order.key)
        return this.#scheduler.after(after, () => answer({ outcome: 'failed', detail: 'refused by the target' }))
      case 2: // the connection breaks, before or after the effect
        if (chance.next() < 0.5) this.#scheduler.after(after, works)
        return this.#scheduler.after(after + 5, () => answer('error'))
      case 3: // hangs; the effect may come, the answer never does
        if (chance.next() < 0.5) this.#scheduler.after(after, works)
        return
      case 4: // does it and answers when nobody waits any more
        this.#scheduler.after(after, works)
        return this.#scheduler.after(20_000, () => answer({ outcome: 'ran', detail: 'late' }))
      case 5: // a gateway speaks in its place
        if (chance.next() < 0.5) this.#scheduler.after(after, works)
        return this.#scheduler.after(after + 5, () => answer({ outcome: 'unknown', detail: '502' }))
      default:
        this.#scheduler.after(after, works)
        return this.#scheduler.after(after + chance.whole(1, 200), () => answer({ outcome: 'ran', detail: 'done' }))
    }
  }

  /** What became of a key. One that never came is barred: it will not run later either. */
  status(key: string): StatusAnswer {
    if (this.#trouble.happens('unreachable')) return { outcome: 'unknown', detail: '504' }
    const entries = this.received.filter((entry) => entry.key === key)
    if (entries.some((entry) => entry.tookEffect)) return { outcome: 'it-ran', detail: 'seen' }
    if (entries.some((entry) => this.#scheduler.now - entry.at < 500)) return { outcome: 'unknown', detail: 'running' }
    this.#barred.add(key)
    return { outcome: 'it-did-not', detail: 'barred' }
  }
}
