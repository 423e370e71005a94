import { noise } from '../prng.ts'
import { BASE_SHARE, INSTANCES, type Part, type Settings } from './settings.ts'

/** What the world remembers from one second to the next. */
export interface State {
  second: number
  /** memory of the leaking instance, share of its limit. */
  memory: number
  /** how much of what leaks is on that instance, 0..1: a restarted one gets its customers back slowly. */
  load: number
  leaks: boolean
  /** seconds at which one of its workers was killed for memory, and at which an instance was restarted. */
  kills: number[]
  restarts: number[]
  /** until when that instance takes no requests, because it is being replaced. */
  drainedUntil: number
  rolledBackAt: number | null
  extra: number
  /** what the app feels of failing profiles, smoothed by its sessions. */
  felt: number
  downUntil: Partial<Record<Part, number>>
  /** until when everybody signs in again, because the session store forgot them. */
  signingInUntil: number
}

/** Sessions come back to a restarted instance with this time constant, seconds. */
const RETURN_S = 300
/** From this share of its memory on an instance spends its time collecting garbage. */
const PRESSED_FROM = 0.72
/** Requests of a killed worker fail for so long, seconds, before another takes them. */
const KILL_HURTS_S = 4
const KILL_FAILS = 0.5
const KEPT = 0.7

export function beginState(): State {
  return {
    second: -1,
    memory: BASE_SHARE,
    load: 1,
    leaks: false,
    kills: [],
    restarts: [],
    drainedUntil: 0,
    rolledBackAt: null,
    extra: 0,
    felt: 0,
    downUntil: {},
    signingInUntil: 0,
  }
}

export function isDown(state: State, part: Part): boolean {
  return state.second < (state.downUntil[part] ?? 0)
}

/** Requests a second at the app: a slow wave and a little noise. */
export function demandAt(settings: Settings, second: number): number {
  const wave = 1 + 0.025 * Math.sin((2 * Math.PI * (second + settings.seed * 29)) / 380)
  return settings.visitsPerS * (wave + 0.008 * noise(settings.seed, 'demand', second))
}

/** How hard the leaking instance is pressed for memory, 0..1. */
export function pressure(state: State): number {
  return Math.min(1, Math.max(0, (state.memory - PRESSED_FROM) / (1 - PRESSED_FROM)))
}

/** The share of all profile requests that the leaking instance answers. */
export function shareOf(state: State): number {
  return state.second < state.drainedUntil ? 0 : 1 / (INSTANCES + state.extra)
}

/** The share of profile requests that fail: those of the pressed instance, and of a worker that was just killed. */
export function failing(state: State, settings: Settings): number {
  if (isDown(state, 'profile') || isDown(state, 'sessions')) return 1
  const killed = state.second - (state.kills.at(-1) ?? -1_000) < KILL_HURTS_S ? KILL_FAILS : 0
  const pressed = Math.min(1, settings.fails * pressure(state) ** 2 + killed)
  const signingIn = state.second < state.signingInUntil ? 0.25 : 0
  return Math.min(1, shareOf(state) * pressed + signingIn)
}

/** One second: what leaks fills the instance; full, a worker is killed and gives a part back, the rest stays. */
export function advance(state: State, settings: Settings): void {
  state.second += 1
  if (state.second === settings.onsetS) state.leaks = true
  state.load += (1 - state.load) / RETURN_S
  if (state.leaks) state.memory += settings.leakPerS * state.load
  if (state.memory >= 1) {
    state.memory -= settings.killFrees
    state.kills.push(state.second)
  }
  const down = isDown(state, 'app') ? 1 : failing(state, settings)
  state.felt = KEPT * state.felt + (1 - KEPT) * down
}

/** Replaces the leaking instance: it is drained, starts empty, and its customers come back over minutes. */
export function replace(state: State, seconds: number): void {
  state.memory = BASE_SHARE
  state.load = 0
  state.drainedUntil = state.second + 1 + seconds
  state.restarts.push(state.second + 1)
}
