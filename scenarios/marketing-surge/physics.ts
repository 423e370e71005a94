import { noise } from '../prng.ts'
import type { Part, Settings } from './settings.ts'

/** What the world remembers from one second to the next. */
export interface State {
  second: number
  downUntil: Partial<Record<Part, number>>
  /** until when a restarted service answers from cold caches. */
  coldUntil: Partial<Record<Part, number>>
  /** what visitors came for was taken offline. */
  offline: boolean
  copyingUntil: number
  /** share of the prober's last requests that got lost. */
  lost: number
}

/** A wave ebbs away in so many seconds. */
const EBBS_S = 60
/** Requests of the prober over which its share of failures is taken. */
const KEPT = 0.9
/** Seconds for which its requests get lost, and find their way again. */
const FLAP_S = 45

export function beginState(): State {
  return { second: -1, downUntil: {}, coldUntil: {}, offline: false, copyingUntil: 0, lost: 0 }
}

export function isDown(state: State, part: Part): boolean {
  return state.second < (state.downUntil[part] ?? 0)
}

export function isCold(state: State, part: Part): boolean {
  return !isDown(state, part) && state.second < (state.coldUntil[part] ?? 0)
}

/** How many times as many visitors come as on a normal day; 1 is normal. */
export function crowd({ waveS, times, risesS, lastsS }: Settings, second: number): number {
  if (waveS === null || second < waveS) return 1
  const since = second - waveS
  const rising = Math.min(1, (since + 1) / risesS)
  const ebbing = Math.min(1, Math.max(0, (since - lastsS) / EBBS_S))
  return 1 + (times - 1) * rising * (1 - ebbing)
}

/** Visitors a second: the crowd, a slow wave and a little noise. */
export function demandAt(settings: Settings, second: number): number {
  const wave = 1 + 0.025 * Math.sin((2 * Math.PI * (second + settings.seed * 31)) / 420)
  return settings.visitsPerS * crowd(settings, second) * (wave + 0.008 * noise(settings.seed, 'demand', second))
}

/** One second: nothing breaks by itself; a flapping prober loses some of its own requests. */
export function advance(state: State, settings: Settings): void {
  state.second += 1
  const { flapping } = settings
  const since = flapping === null ? -1 : state.second - flapping.fromS
  const losing = since >= 0 && Math.floor(since / FLAP_S) % 2 === 0
  state.lost = KEPT * state.lost + (1 - KEPT) * (losing && flapping !== null ? flapping.share : 0)
}
