import { noise } from '../prng.ts'
import { INSTANCES, type Part, type Settings } from './settings.ts'

/** What the world remembers from one second to the next. */
export interface State {
  second: number
  /** how many instances run the new version, and what was decided about it. */
  newer: number
  wanted: 'old' | 'new'
  /** second of the last instance that was replaced. */
  replacedAt: number
  /** instances of the deployed service beyond INSTANCES. */
  extra: number
  /** how much of what fails below is felt above, smoothed by who is still busy. */
  felt: { booking: number; site: number; partners: number }
  /** times as slow as on a normal day; 1 is normal. */
  dbSlow: number
  downUntil: Partial<Record<Part, number>>
  /** until when the database copies itself for a further replica. */
  copyingUntil: number
}

/** How much of the last second is still felt: bookings take a few seconds. */
const KEPT = 0.7
/** From this share of its processors on the database slows down. */
const DB_KNEE = 0.75
/** Copying a running database takes its disks: everything on it is so much slower, and so much of it times out. */
const COPY_SLOWS = 5
export const COPY_FAILS = 0.3

export function beginState(): State {
  return {
    second: -1,
    newer: 0,
    wanted: 'old',
    replacedAt: -1_000,
    extra: 0,
    felt: { booking: 0, site: 0, partners: 0 },
    dbSlow: 1,
    downUntil: {},
    copyingUntil: 0,
  }
}

export function isDown(state: State, part: Part): boolean {
  return state.second < (state.downUntil[part] ?? 0)
}

/** Requests a second at booking: a slow wave and a little noise. */
export function demandAt(settings: Settings, second: number): number {
  const wave = 1 + 0.025 * Math.sin((2 * Math.PI * (second + settings.seed * 41)) / 400)
  return settings.bookingsPerS * (wave + 0.008 * noise(settings.seed, 'demand', second))
}

/** The share of the deployed service's requests that the new version answers. */
export function newShare(state: State): number {
  return state.newer / INSTANCES
}

/** The database's load against a normal day. */
export function dbLoad(state: State, settings: Settings): number {
  const share = settings.deployed === 'pricing' ? 0.45 : 0.4
  return 1 + share * (settings.queries - 1) * newShare(state)
}

/** What the database answers: a share that fails and how slow it is. */
export function dbFails(state: State): number {
  if (isDown(state, 'db')) return 1
  return state.second < state.copyingUntil ? COPY_FAILS : 0
}

/** The share of requests that a service of the middle fails, its database's failures included. */
export function failsAt(state: State, settings: Settings, part: 'pricing' | 'seats'): number {
  if (isDown(state, part)) return 1
  const own = part === settings.deployed ? settings.fails * newShare(state) : 0
  return Math.min(1, own + (1 - own) * dbFails(state))
}

/** One second: an instance is replaced when its turn comes, and what fails below arrives above. */
export function advance(state: State, settings: Settings): void {
  state.second += 1
  if (state.second === settings.onsetS) state.wanted = 'new'
  const target = state.wanted === 'new' ? INSTANCES : 0
  if (state.newer !== target && state.second - state.replacedAt >= settings.stepS) {
    state.newer += Math.sign(target - state.newer)
    state.replacedAt = state.second
  }
  const cpu = 0.42 * dbLoad(state, settings)
  const copying = state.second < state.copyingUntil ? COPY_SLOWS : 1
  state.dbSlow = copying * (1 + 4 * Math.max(0, cpu - DB_KNEE))
  const below = Math.min(1, failsAt(state, settings, 'pricing') + 0.9 * failsAt(state, settings, 'seats'))
  const { felt } = state
  felt.booking = smoothed(felt.booking, isDown(state, 'booking') ? 1 : below)
  felt.site = smoothed(felt.site, 0.75 * felt.booking)
  felt.partners = smoothed(felt.partners, 0.8 * below)
}

function smoothed(before: number, now: number): number {
  return KEPT * before + (1 - KEPT) * now
}
