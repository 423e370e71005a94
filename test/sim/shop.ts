import type { Action, Alert, EvidenceDraft, Instant, SeriesWindow } from '../../durable/protocol/domain.ts'
import { change, alert as shopAlert } from '../core/incident/shop.ts'

/** A window holds six minutes, a sample every five seconds: the engines' time goes by samples. */
const SAMPLES = 72
const STEP_MS = 5_000
/** What an action needs to show in the signals, ms of the world's time. */
const TAKES_EFFECT_MS = 3_000
/** The pool that suffices, where any does. */
const ENOUGH = 30

/** What happened to the shop: the limit was lowered, actions came. */
interface Turn {
  at: Instant
  level: 'sick' | 'well' | 'worse'
  limit: number
}

/**
 * The world's truth: checkout fails because db-proxy's pool was made too small. A pool that is large enough heals it, one
 * that is not changes nothing, anything else hurts. Values are functions of seed, name and second alone.
 */
export class Shop {
  readonly seed: number
  readonly onset: Instant
  turns: Turn[]
  /** from here on the pool suffices. */
  readonly enough: number

  constructor(seed: number, onset: Instant, enough = ENOUGH) {
    this.enough = enough
    this.seed = seed
    this.onset = onset
    this.turns = [
      { at: Number.NEGATIVE_INFINITY, level: 'well', limit: 40 },
      { at: onset, level: 'sick', limit: 20 },
    ]
  }

  apply(action: Action, at: Instant): void {
    const now = this.#turn(at)
    const limit = action.type === 'raise-pool-limit' ? Number(action.parameters['pool_limit'] ?? now.limit) : now.limit
    const level = action.type !== 'raise-pool-limit' ? 'worse' : limit >= this.enough ? 'well' : 'sick'
    this.turns.push({ at: at + TAKES_EFFECT_MS, level, limit })
  }

  /** A rollback: what an action made worse is as it was before, and a limit is what the rollback sets. */
  takeBack(rollback: Action, at: Instant): void {
    const now = this.#turn(at)
    const asked = rollback.type === 'raise-pool-limit' ? rollback.parameters['pool_limit'] : now.limit
    const limit = typeof asked === 'number' ? asked : now.limit
    this.turns.push({ at: at + TAKES_EFFECT_MS, level: limit >= this.enough ? 'well' : 'sick', limit })
  }

  /** Somebody repairs it by hand, outside of the product. */
  repair(at: Instant): void {
    this.turns.push({ at, level: 'well', limit: 40 })
  }

  isWell(at: Instant): boolean {
    return this.#turn(at).level === 'well'
  }

  /** The newest value of a signal that a plan may watch. */
  read(name: string, at: Instant): number {
    return this.#value(name, at)
  }

  /** What the monitors hold at `at`. */
  look(at: Instant, alerts: Alert[]): EvidenceDraft[] {
    return [
      ...['errors', 'latency'].map((name) => this.#window(name, 'checkout', at)),
      this.#window('pool_in_use', 'db-proxy', at),
      this.#window('rate', 'search', at),
      this.#window('rate', 'orders-db', at),
      this.#window('call_latency', 'checkout', at, 'db-proxy'),
      change('db-proxy', this.onset),
      ...alerts.map((one) => this.#alertSeen(one, at)),
    ]
  }

  /** The alerts as their rules stand at `at`: twenty seconds after it began, until fifteen after it ended. */
  alertsAt(at: Instant): Alert[] {
    const since = this.#since(at)
    if (since === Number.NEGATIVE_INFINITY) return []
    if (this.isWell(at)) {
      const began = this.#since(since - 1) + 20_000
      if (began >= since + 15_000) return []
      return [this.#alert(began, at - since < 15_000 ? null : since + 15_000)]
    }
    return at - since < 20_000 ? [] : [this.#alert(since + 20_000, null)]
  }

  #alert(startsAt: Instant, endsAt: Instant | null): Alert {
    return shopAlert({ startsAt, endsAt, status: endsAt === null ? 'firing' : 'resolved', severity: 'critical' })
  }

  #alertSeen(one: Alert, at: Instant): EvidenceDraft {
    const { source, fingerprint, status, startsAt, service } = one
    return {
      kind: 'alert',
      source,
      service,
      at: status === 'firing' ? at : (one.endsAt ?? at),
      freshMs: 60_000,
      tainted: false,
      title: `alert on ${service}`,
      data: { kind: 'alert', fingerprint, status, startsAt },
    }
  }

  #turn(at: Instant): Turn {
    const found = this.turns.findLast((turn) => turn.at <= at) ?? this.turns[0]
    if (!found) throw new Error('a shop has a beginning')
    return found
  }

  /** Since when it is as well or as unwell as now. */
  #since(at: Instant): Instant {
    const well = this.#turn(at).level === 'well'
    const past = this.turns.filter((turn) => turn.at <= at)
    let since = past.at(-1)?.at ?? at
    for (const turn of past.toReversed()) {
      if ((turn.level === 'well') !== well) break
      since = turn.at
    }
    return since
  }

  #window(name: string, service: string, at: Instant, peer: string | null = null): EvidenceDraft {
    const end = Math.floor(at / STEP_MS) * STEP_MS
    const startsAt = end - (SAMPLES - 1) * STEP_MS
    const values = Array.from({ length: SAMPLES }, (_, index) => this.#value(name, startsAt + index * STEP_MS))
    const pool = name === 'pool_in_use'
    const series: SeriesWindow = {
      source: 'metrics',
      service,
      name,
      peer,
      unit: '1',
      role: pool ? 'saturation' : name === 'rate' ? 'rate' : name === 'errors' ? 'errors' : 'latency',
      limit: pool ? this.#turn(at).limit : null,
      breach: 'above',
      startsAt,
      stepMs: STEP_MS,
      values,
    }
    const kind = peer === null ? 'metric' : 'edge'
    return {
      kind,
      source: 'metrics',
      service,
      at: end,
      freshMs: 60_000,
      tainted: false,
      title: `${name} of ${service}`,
      data: { kind, series },
    }
  }

  #value(name: string, at: Instant): number {
    const { level, limit } = this.#turn(at)
    const [well, sick, worse] = LEVELS[name] ?? [5, 5, 5]
    const base = level === 'well' ? well : level === 'sick' ? sick : worse
    const noise = 1 + 0.05 * (hashOf(this.seed, name.length, Math.floor(at / 1_000)) - 0.5)
    const value = name === 'pool_in_use' ? Math.min(limit, base) : base * noise
    return Number(value.toFixed(3))
  }
}

/** well, sick, worse. */
const LEVELS: Record<string, readonly [number, number, number]> = {
  errors: [1, 12, 40],
  latency: [80, 900, 3_000],
  pool_in_use: [13, 99, 99],
  call_latency: [20, 400, 2_000],
  rate: [50, 50, 50],
}

/** A number in [0, 1) that depends on its arguments alone. */
function hashOf(...parts: number[]): number {
  let mixed = 0x9e3779b9
  for (const part of parts) {
    mixed = Math.imul(mixed ^ part, 0x85ebca6b)
    mixed ^= mixed >>> 13
    mixed = Math.imul(mixed, 0xc2b2ae35)
    mixed ^= mixed >>> 16
  }
  return (mixed >>> 0) / 4_294_967_296
}
