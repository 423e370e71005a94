/** Robust statistics: half of the samples may lie before these do. All refuse an empty list by answering NaN. */

/** The q-quantile (0..1) by linear interpolation between order statistics. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = new Float64Array(values).sort()
  const place = q * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** 1 / Φ⁻¹(0.75): makes the median absolute deviation of normal noise its standard deviation. */
const NORMAL_FROM_MAD = 1.4826
/** √(π/2): the same for the mean absolute deviation. */
const NORMAL_FROM_MEAN = 1.2533

/**
 * Standard deviation estimated from the median absolute deviation around `centre`, in the samples' unit; from the mean one
 * where more than half of the samples agree, for rare counts do not have no noise. `floor` (same unit) stands in for noise
 * that is smaller than anyone cares about: without it the first wobble of a flat series would be infinitely large.
 */
export function robustSigma(values: readonly number[], centre: number, floor: number): number {
  const deviations = values.map((value) => Math.abs(value - centre))
  const middle = NORMAL_FROM_MAD * median(deviations)
  if (middle > 0) return Math.max(floor, middle)
  const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / Math.max(1, deviations.length)
  return Math.max(floor, NORMAL_FROM_MEAN * mean)
}
