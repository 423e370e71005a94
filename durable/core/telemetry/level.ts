import type { SeriesWindow } from '../../protocol/domain.ts'
import { NOW_SAMPLES, observed } from './series.ts'
import { median } from './stats.ts'

/** At this share of its limit a resource is used up: the rest is rounding and the jitter of a full pool. */
const FULL_SHARE = 0.95
/** Further past it, the limit is a bound that was broken, not a capacity that is used up. */
const OVER_SHARE = 1.02

/** The level of the newest samples; null when nothing was observed. */
export function levelNow(window: SeriesWindow): number | null {
  const samples = observed(window)
  return samples.length === 0 ? null : median(samples.slice(-NOW_SAMPLES).map((sample) => sample.value))
}

/** The share of its limit that a series to stay under uses now, 1 = all; null without a positive limit or a level. */
export function usedShare(window: SeriesWindow): number | null {
  const level = levelNow(window)
  if (level === null || window.limit === null || window.limit <= 0 || window.breach !== 'above') return null
  return level / window.limit
}

/** A resource that is used up: a saturation signal pinned at its limit, neither under it nor far past it. */
export function isFull(window: SeriesWindow): boolean {
  const used = usedShare(window)
  return window.role === 'saturation' && used !== null && used >= FULL_SHARE && used <= OVER_SHARE
}

/** Past a bound that it must keep, right now: its own limit unless another is given. */
export function isBroken(window: SeriesWindow, bound: number | null = window.limit): boolean {
  const level = levelNow(window)
  if (level === null || bound === null) return false
  return window.breach === 'above' ? level > bound : level < bound
}
