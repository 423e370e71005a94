import type { Instant } from '../protocol/domain.ts'
import { SAMPLES_PER_WINDOW_MAX } from '../protocol/limits.ts'
import type { WindowRequest } from '../protocol/objects.ts'
import type { Sample } from './samples.ts'

/** A window on a regular grid: value i is the mean of the samples from `startsAt + i * stepMs` up to the next step. */
export interface Grid {
  startsAt: Instant
  stepMs: number
  values: (number | null)[]
}

/**
 * Puts samples (sorted by time) on the grid that was asked for; a step without a sample is null and is never bridged. The
 * step is coarser than asked where the samples themselves lie further apart, or where more than SAMPLES_PER_WINDOW_MAX
 * values would be answered. The grid begins on a multiple of its step, so that two windows of one series line up.
 */
export function gridOf(samples: readonly Sample[], request: WindowRequest): Grid {
  const asked = Math.max(1, Math.trunc(request.stepMs))
  const span = Math.max(0, request.to - request.from)
  // One more than fits, for the window's ends fall within steps.
  const fitting = Math.ceil(span / (SAMPLES_PER_WINDOW_MAX - 1) / asked)
  const stepMs = asked * Math.max(1, fitting, Math.round(spacingOf(samples) / asked))
  const startsAt = Math.floor(request.from / stepMs) * stepMs
  const steps = Math.floor((request.to - startsAt) / stepMs) + 1
  const sums = new Float64Array(Math.max(0, steps))
  const counts = new Uint32Array(sums.length)
  for (const [at, value] of samples) {
    if (at < request.from || at > request.to) continue
    const step = Math.floor((at - startsAt) / stepMs)
    sums[step] = (sums[step] ?? 0) + value
    counts[step] = (counts[step] ?? 0) + 1
  }
  return { startsAt, stepMs, values: Array.from(sums, (sum, i) => (counts[i] ? sum / (counts[i] ?? 1) : null)) }
}

/** The median distance of neighbouring samples in ms; 0 with fewer than two. */
export function spacingOf(samples: readonly Sample[]): number {
  const gaps = samples.slice(1).map(([at], index) => at - (samples[index]?.[0] ?? at))
  gaps.sort((a, b) => a - b)
  return gaps[gaps.length >> 1] ?? 0
}
