import type { Action, Alert, EvidenceDraft, Instant, SeriesWindow } from '../../durable/protocol/domain.ts'
import { change, alert as shopAlert } from '../core/incident/shop.ts'
import type { Line, Story } from './stories.ts'

/** A window holds six minutes, a sample every five seconds: the engines' time goes by samples. */
const SAMPLES = 72
const STEP_MS = 5_000
/** What an action needs to show in the signals, ms of the world's time. */
const TAKES_EFFECT_MS = 3_000

/** What happened to the shop: it fell ill, actions came. */
interface Turn {
  at: Instant
  level: 'sick' | 'well' | 'worse'
  limit: number
}

/**
 * The world's truth: checkout fails, and its story says why. What the story calls the cure heals, unless this shop is
 * stubborn; a pool that is too small changes nothing, anything else hurts. Values are functions of seed, name and second
 * alone.
 */
export class Shop {
  readonly seed: number
  readonly onset: Instant
  turns: Turn[]
  readonly story: Story
  /** nothing heals it. */
  readonly stubborn: boolean

  constructor(seed: number, onset: Instant, story: Story, stubborn: boolean) {
    this.story = story
    this.stubborn = stubborn
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
    const known = action.type === this.story.cure && action.target === this.story.target
    const level = !known ? 'worse' : !this.stubborn && this.story.heals(action, limit) ? 'well' : 'sick'
    this.turns.push({ at: at + TAKES_EFFECT_MS, level, limit })
  }

  /** A rollback: what an action made worse is as it was before, and a limit is what the rollback sets. */
  takeBack(rollback: Action, at: Instant): void {
    const now = this.#turn(at)
    const asked = rollback.type === 'raise-pool-limit' ? rollback.parameters['pool_limit'] : now.limit
    const limit = typeof asked === 'number' ? asked : now.limit
    const isEnough = this.story.name === 'pool' && !this.stubborn && this.story.heals(rollback, limit)
    this.turns.push({ at: at + TAKES_EFFECT_MS, level: isEnough ? 'well' : 'sick', limit })
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
    const line = this.story.lines.find((one) => one.name === name)
    return line ? this.#value(line, at) : 5
  }

  /** What the monitors hold at `at`. */
  look(at: Instant, alerts: Alert[]): EvidenceDraft[] {
    return [
      ...this.story.lines.map((line) => this.#window(line, at)),
      ...this.#changed(),
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

  #changed(): EvidenceDraft[] {
    const { changed } = this.story
    if (!changed) return []
    const draft = change(changed.service, this.onset)
    return draft.data.kind === 'change'
      ? [{ ...draft, data: { ...draft.data, change: { ...draft.data.change, ...changed } } }]
      : []
  }

  #window(line: Line, at: Instant): EvidenceDraft {
    const { name, service, peer, role, source } = line
    const end = Math.floor(at / STEP_MS) * STEP_MS
    const startsAt = end - (SAMPLES - 1) * STEP_MS
    const values = Array.from({ length: SAMPLES }, (_, index) => this.#value(line, startsAt + index * STEP_MS))
    const series: SeriesWindow = {
      source,
      service,
      name,
      peer,
      unit: '1',
      role,
      limit: line.limit === 'turn' ? this.#turn(at).limit : line.limit,
      breach: 'above',
      startsAt,
      stepMs: STEP_MS,
      values,
    }
    const kind = peer === null ? 'metric' : 'edge'
    return {
      kind,
      source,
      service,
      at: end,
      freshMs: 60_000,
      tainted: false,
      title: `${name} of ${service}`,
      data: { kind, series },
    }
  }

  #value({ name, service, limit: bound, levels: [well, sick, worse] }: Line, at: Instant): number {
    const { level, limit } = this.#turn(at)
    const base = level === 'well' ? well : level === 'sick' ? sick : worse
    const noise = 1 + 0.05 * (hashOf(this.seed, name.length, service.length, Math.floor(at / 1_000)) - 0.5)
    const most = bound === 'turn' ? limit : (bound ?? Number.POSITIVE_INFINITY)
    const value = bound === 'turn' ? Math.min(most, base) : Math.min(most, base * noise)
    return Number(value.toFixed(3))
  }
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
