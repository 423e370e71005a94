/** Robust statistics: half of the samples may lie before these do. All refuse an empty list by answering NaN. */

/** The q-quantile (0..1) by linear interpolation between order statistics. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort()
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

/**
 * Standard deviation estimated from the median absolute deviation around `centre`, in the samples' unit. `floor` (same
 * unit) stands in for noise that is smaller than anyone cares about: a flat series has no noise at all, and without a
 * floor its first wobble would be infinitely large.
 */
export function robustSigma(values: readonly number[], centre: number, floor: number): number {
  return Math.max(floor, NORMAL_FROM_MAD * median(values.map((value) => Math.abs(value - centre))))
}
