import { median } from './stats.ts'

/** Samples before and after the first run over which the onset is sought. */
const SEEK_BACK_SAMPLES = 60
const FIT_AHEAD_SAMPLES = 16
/** Residuals count at most this many sigmas, so that one spike cannot pull the onset to itself. */
const RESIDUAL_SIGMAS_MAX = 5
/** Samples this far out, right before the break, are part of the climb and not of the time before. */
const CLIMBING_SIGMAS = 4

/**
 * The sample at which a departure began: the break k that best explains the samples around the run starting at `run` as
 * "the level until k, a straight line from k on", by Gaussian likelihood with capped residuals. A line, because a queue
 * ramps while a limit steps; noise of its own behind the break, because what breaks gets loud. Never before `from`.
 */
export function onsetOf(
  values: readonly number[],
  from: number,
  run: number,
  base: { level: number; sigma: number },
): number {
  const start = Math.max(from, run - SEEK_BACK_SAMPLES)
  const stop = Math.min(values.length, run + FIT_AHEAD_SAMPLES)
  const sizes = values.slice(start, stop).map((value) => (value - base.level) / base.sigma)
  const loud = Math.max(1, noiseOf(sizes.slice(run - start)))
  let quiet = 0
  let best = { at: run - start, cost: Number.POSITIVE_INFINITY }
  const latest = Math.min(sizes.length - 3, run - start + 3)
  for (let at = 0; at <= latest; at += 1) {
    const cost = quiet + lineCost(sizes, at, loud)
    if (cost < best.cost) best = { at, cost }
    quiet += capped(sizes[at] ?? 0)
  }
  // A line fits a plateau better than the climb to it: what already lies outside belongs to the departure.
  const sign = Math.sign(median(sizes.slice(run - start)))
  let at = best.at
  while (at > 0 && sign * (sizes[at - 1] ?? 0) >= CLIMBING_SIGMAS) at -= 1
  return start + at
}

/** Noise behind the break, from differences of neighbours, so that a ramp is not mistaken for noise. */
function noiseOf(sizes: readonly number[]): number {
  const steps = sizes.slice(1).map((size, index) => size - (sizes[index] ?? size))
  const drift = median(steps)
  return (1.4826 * median(steps.map((step) => Math.abs(step - drift)))) / Math.SQRT2
}

/** Cost of the best straight line through the samples from `from` on, whose noise is `loud` sigmas of the time before. */
function lineCost(sizes: readonly number[], from: number, loud: number): number {
  const count = sizes.length - from
  let sumY = 0
  let sumXY = 0
  for (let x = 0; x < count; x += 1) {
    sumY += sizes[from + x] ?? 0
    sumXY += x * (sizes[from + x] ?? 0)
  }
  const meanX = (count - 1) / 2
  const spreadX = (count * (count * count - 1)) / 12
  const slope = spreadX === 0 ? 0 : (sumXY - meanX * sumY) / spreadX
  const start = sumY / count - slope * meanX
  let cost = 2 * count * Math.log(loud)
  for (let x = 0; x < count; x += 1) cost += capped(((sizes[from + x] ?? 0) - start - slope * x) / loud)
  return cost
}

function capped(residual: number): number {
  return Math.min(residual * residual, RESIDUAL_SIGMAS_MAX * RESIDUAL_SIGMAS_MAX)
}
