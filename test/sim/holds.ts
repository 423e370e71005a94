import type { Controls, StopScope } from '../../durable/protocol/controls.ts'
import type { Prng } from '../../durable/core/prng.ts'
import { CALM } from '../core/incident/shop.ts'
import type { World } from './world.ts'

/** Services that somebody holds back, and how long a freeze or dry run lasts at most, wall ms. */
const TARGETS = ['db-proxy', 'db-proxy', 'checkout', 'search'] as const
const LASTS_MS_MAX = 120_000

/**
 * What people throw beside the global switch: switches of services, freezes and dry run, at any time. What a room reads is
 * kept, so that a law can say what it knew when it started something.
 */
export class Holds {
  readonly services = new Map<string, string>()
  readonly freezes = new Map<string, string>()
  dryRun = false
  /** what stood at the room's last reading, by proposal. */
  readonly read = new Map<string, { frozen: boolean; stopped: StopScope | null; dryRun: boolean }>()
  #world: World
  #chance: Prng
  #acting = true
  #count = 0

  constructor(world: World, chance: Prng) {
    this.#world = world
    this.#chance = chance
  }

  begin(): void {
    this.#next()
  }

  /** Everything is let go, and nobody holds anything back any more. */
  release(): void {
    this.#acting = false
    for (const service of this.services.keys()) this.#stop(service, false)
    this.freezes.clear()
    this.#dry(false)
  }

  /** Just before it starts somebody holds its target back, now and then. */
  atLast(service: string): void {
    if (!this.#acting) return
    const roll = this.#chance.next()
    if (roll < 0.08) this.#freeze(service)
    else if (roll < 0.14) this.#stopFor(service)
    else if (roll < 0.2) this.#dryFor()
  }

  /** What the directory knows for a target at this moment; kept for the laws. */
  reading(proposal: string, target: string): Controls {
    const stopped: StopScope | null = this.#world.killSwitch ? 'global' : this.services.has(target) ? 'service' : null
    const freezes = [...this.freezes].flatMap(([id, service]) =>
      service === target ? [{ id, until: null, reason: 'the quarter ends' }] : [],
    )
    this.read.set(proposal, { frozen: freezes.length > 0, stopped, dryRun: this.dryRun })
    const killSwitch = stopped && { on: true, scope: stopped, reason: 'for the world' }
    return { ...CALM, killSwitch, dryRun: this.dryRun, freezes }
  }

  #freeze(service: string): void {
    const id = `frz_${(this.#count += 1)}`
    this.freezes.set(id, service)
    this.#later(() => this.freezes.delete(id))
  }

  #stopFor(service: string): void {
    if (this.services.has(service)) return
    this.#stop(service, true)
    this.#later(() => this.services.has(service) && this.#stop(service, false))
  }

  #dryFor(): void {
    this.#dry(true)
    this.#later(() => this.#dry(false))
  }

  #later(work: () => unknown): void {
    this.#world.scheduler.after(this.#chance.whole(1_000, LASTS_MS_MAX), () => void work())
  }

  #next(): void {
    this.#world.scheduler.after(this.#chance.whole(30_000, 180_000), () => {
      if (!this.#acting) return
      const roll = this.#chance.next()
      const service = this.#world.trouble.pick(TARGETS)
      if (roll < 0.35) this.#stopFor(service)
      else if (roll < 0.7) this.#freeze(service)
      else if (roll < 0.85) this.#dryFor()
      this.#next()
    })
  }

  #stop(service: string, on: boolean): void {
    if (on) this.services.set(service, 'for the world')
    else this.services.delete(service)
    this.#world.directory.tell({ type: 'set-kill-switch', on, reason: 'for the world', service })
  }

  #dry(on: boolean): void {
    if (this.dryRun === on) return
    this.dryRun = on
    this.#world.directory.tell({ type: 'set-dry-run', on, reason: 'for the world' })
  }
}
