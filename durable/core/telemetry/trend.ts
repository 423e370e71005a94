import { median } from './stats.ts'

/**
 * A straight trend through regular samples with what is known of its doubt. Times are in samples, counted from the last
 * one; the fit is least squares, its doubt is widened by how much neighbours repeat each other and by how far the slopes
 * of its two halves disagree.
 */
export interface Trend {
  /** level at the last sample and change a sample. */
  level: number
  slope: number
  /** variance of the level, of the slope, and of one sample around the line. */
  levelVariance: number
  slopeVariance: number
  noiseVariance: number
  /** variance that each further sample adds, because levels wander. */
  wanderVariance: number
  /** samples from the first to the last: how long the trend has been seen. */
  seen: number
  /** share of the variance that the line explains, 0..1. */
  explained: number
}

/** Fewer samples than this have no trend. */
export const TREND_SAMPLES_MIN = 15

/** `points` are [sample number, value], in order; null under TREND_SAMPLES_MIN. */
export function trendOf(points: readonly (readonly [number, number])[]): Trend | null {
  const last = points.at(-1)
  if (!last || points.length < TREND_SAMPLES_MIN) return null
  const all = line(points, last[0])
  const half = Math.floor(points.length / 2)
  const bend = line(points.slice(half), last[0]).slope - line(points.slice(0, half), last[0]).slope
  const residuals = points.map(([x, y]) => y - all.level - all.slope * (x - last[0]))
  const noiseVariance = residuals.reduce((sum, left) => sum + left * left, 0) / (points.length - 2)
  const repeats = repeated(residuals)
  const total = points.reduce((sum, [, y]) => sum + (y - all.meanY) ** 2, 0)
  const slopeVariance = (repeats * noiseVariance) / all.spreadX + (bend / 4) ** 2
  return {
    level: all.level,
    slope: all.slope,
    levelVariance: (repeats * noiseVariance) / points.length + slopeVariance * (last[0] - all.meanX) ** 2,
    slopeVariance,
    noiseVariance,
    wanderVariance: wandering(residuals),
    seen: last[0] - (points[0]?.[0] ?? last[0]),
    explained: total === 0 ? 0 : Math.max(0, 1 - (noiseVariance * (points.length - 2)) / total),
  }
}

interface Line {
  level: number
  slope: number
  meanX: number
  meanY: number
  spreadX: number
}

function line(points: readonly (readonly [number, number])[], now: number): Line {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length
  const spreadX = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / Math.max(spreadX, Number.EPSILON)
  return { level: meanY + slope * (now - meanX), slope, meanX, meanY, spreadX }
}

/** How many samples say the same thing: (1 + r) / (1 - r) of the neighbours' correlation r, as for AR(1) noise. */
function repeated(residuals: readonly number[]): number {
  const scale = median(residuals.map((left) => left * left))
  if (scale === 0) return 1
  const own = residuals.reduce((sum, left) => sum + left * left, 0)
  const next = residuals.slice(1).reduce((sum, left, index) => sum + left * (residuals[index] ?? 0), 0)
  const r = Math.min(0.95, Math.max(0, next / own))
  return (1 + r) / (1 - r)
}

/**
 * How fast residuals drift apart: the growth of their mean squared difference from one sample apart to a quarter of the
 * series apart, for each sample between. Nothing for white noise, the step variance for a random walk.
 */
function wandering(residuals: readonly number[]): number {
  const far = Math.max(2, Math.floor(residuals.length / 4))
  return Math.max(0, apart(residuals, far) - apart(residuals, 1)) / (far - 1)
}

function apart(residuals: readonly number[], lag: number): number {
  const pairs = residuals.slice(lag).map((left, index) => left - (residuals[index] ?? left))
  return pairs.reduce((sum, step) => sum + step * step, 0) / Math.max(1, pairs.length)
}
