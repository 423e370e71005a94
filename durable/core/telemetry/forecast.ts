import type { Forecast, SeriesWindow } from '../../protocol/domain.ts'
import { departureOf } from './departure.ts'
import { NOW_SAMPLES, observed } from './series.ts'
import { median, robustSigma } from './stats.ts'
import { trendOf, type Trend } from './trend.ts'

/** Why there is no forecast. */
export type NoForecast = 'no-limit' | 'too-short' | 'at-limit' | 'flat' | 'falling-away' | 'poor-fit' | 'beyond-horizon'

export type TimeToLimit =
  | { found: true; minutes: Forecast['minutes']; band: Forecast['band']; samples: number }
  | { found: false; reason: NoForecast }

/** The trend is that of the newest samples: the time before says little about an incident. */
const TREND_SAMPLES_MAX = 120
/** Minutes; a straight line says nothing beyond an hour. */
const HORIZON_MINUTES = 60
/** Standard normal quantile of 90 %: the band between 10 % and 90 % holds 80 %. */
const BAND_SIGMAS = 1.2816
/** A slope of fewer of its own standard deviations is flat; a line that explains less of the samples is no line. */
const SLOPE_SIGMAS_MIN = 4
const EXPLAINED_MIN = 0.4
/**
 * A slope is never known better than this share of itself, and the worse the further one looks compared with how long it
 * was seen: load and retries change it. An assumption, checked by coverage on worlds that it was not chosen on.
 */
const SLOPE_DOUBT = 0.06
/**
 * A fall of so many sigmas of its usual steps, and of this share of the limit, that lasts: what was held was given back at
 * once (a killed worker, a log that was cut), and a new climb begins there. Eight: no noise of a season's samples does it.
 */
const GIVEN_BACK_SIGMAS = 8
const GIVEN_BACK_SHARE = 0.03
/** Samples on each side that say whether a fall lasts. */
const LASTS_SAMPLES = 5
/** Points of the band that a chart needs. */
const BAND_POINTS = 60

/**
 * When a series reaches `limit`, by its present trend: median and 80 % interval in minutes from its last sample, or why
 * not. The interval lies between the times at which the upper and the lower edge of the band reach the limit.
 */
export function timeToLimit(window: SeriesWindow, limit: number | null): TimeToLimit {
  if (limit === null) return { found: false, reason: 'no-limit' }
  // Counted upwards: a bound to stay over is a bound to stay under of the negated series.
  const up = window.breach === 'above' ? 1 : -1
  const samples = observed(window)
  const points = sinceGivenBack(recent(window), up, GIVEN_BACK_SHARE * Math.abs(limit))
  const trend = trendOf(points.map(([index, value]) => [index, up * value]))
  const last = samples.at(-1)
  if (!trend || !last) return { found: false, reason: 'too-short' }
  const now = up * median(samples.slice(-NOW_SAMPLES).map((sample) => sample.value))
  const far = up * limit
  if (Math.max(now, trend.level) >= far) return { found: false, reason: 'at-limit' }
  const significant = Math.abs(trend.slope) > SLOPE_SIGMAS_MIN * Math.sqrt(trend.slopeVariance)
  if (!significant) return { found: false, reason: 'flat' }
  if (trend.slope < 0) return { found: false, reason: 'falling-away' }
  if (trend.explained < EXPLAINED_MIN) return { found: false, reason: 'poor-fit' }
  const minutes = (steps: number): number => (steps * window.stepMs) / 60_000
  const middle = minutes((far - trend.level) / trend.slope)
  if (middle > HORIZON_MINUTES) return { found: false, reason: 'beyond-horizon' }
  const horizon = (HORIZON_MINUTES * 60_000) / window.stepMs
  const lo = reaches(trend, far, BAND_SIGMAS, horizon) ?? (far - trend.level) / trend.slope
  const hi = reaches(trend, far, -BAND_SIGMAS, horizon)
  return {
    found: true,
    samples: points.length,
    minutes: { lo: minutes(lo), median: middle, hi: hi === null ? null : minutes(hi) },
    band: bandOf(trend, last.at, window.stepMs, Math.min(horizon, 1.5 * ((far - trend.level) / trend.slope)), up),
  }
}

/** The samples since the level departed, if it did and there are enough; else the newest ones. */
function recent(window: SeriesWindow): [number, number][] {
  const departure = departureOf(window)
  const points = observed(window).map((sample): [number, number] => [sample.index, sample.value])
  const since = departure?.present ? points.filter(([index]) => index >= departure.index) : points
  return since.slice(-TREND_SAMPLES_MAX)
}

/** The samples since the level last fell back at once: each tooth of a saw is a climb of its own. */
function sinceGivenBack(points: [number, number][], up: 1 | -1, least: number): [number, number][] {
  const values = points.map(([, value]) => up * value)
  const steps = values.slice(1).map((value, at) => value - (values[at] ?? value))
  const usual = median(steps)
  const fall = Math.max(least, GIVEN_BACK_SIGMAS * robustSigma(steps, usual, 0))
  const lasts = (at: number): boolean => {
    const before = median(values.slice(Math.max(0, at - LASTS_SAMPLES), at))
    return before - median(values.slice(at, at + LASTS_SAMPLES)) > fall / 2
  }
  const last = steps.findLastIndex((step, at) => step < -fall && lasts(at + 1))
  return last < 0 ? points : points.slice(last + 1)
}

/** Where the edge of the band that lies `sigmas` off the line stands, `steps` samples ahead. */
function edge(trend: Trend, steps: number, sigmas: number): number {
  const doubt = SLOPE_DOUBT * trend.slope * Math.sqrt(Math.max(1, steps / Math.max(1, trend.seen)))
  const slope = steps * steps * (trend.slopeVariance + doubt * doubt)
  const variance = trend.levelVariance + slope + trend.noiseVariance + steps * trend.wanderVariance
  return trend.level + steps * trend.slope + sigmas * Math.sqrt(variance)
}

/** The first step at which that edge is at the limit; null when not within the horizon. */
function reaches(trend: Trend, limit: number, sigmas: number, horizon: number): number | null {
  // The lower edge may bend back where doubt outgrows the slope: walk to the first crossing, then halve.
  const stride = horizon / HORIZON_MINUTES / 4
  let high = stride
  while (high < horizon && edge(trend, high, sigmas) < limit) high += stride
  if (edge(trend, high, sigmas) < limit) return null
  let low = Math.max(0, high - stride)
  // A fortieth of a sample is finer than any sample.
  while (high - low > 0.025) {
    const middle = (low + high) / 2
    if (edge(trend, middle, sigmas) >= limit) high = middle
    else low = middle
  }
  return high
}

function bandOf(trend: Trend, at: number, stepMs: number, steps: number, up: 1 | -1): Forecast['band'] {
  const stride = Math.max(1, Math.ceil(steps / BAND_POINTS))
  const ahead = Array.from({ length: Math.max(1, Math.ceil(steps / stride)) }, (_, index) => (index + 1) * stride)
  const low = ahead.map((step) => up * edge(trend, step, -BAND_SIGMAS))
  const high = ahead.map((step) => up * edge(trend, step, BAND_SIGMAS))
  return {
    startsAt: at + stride * stepMs,
    stepMs: stride * stepMs,
    lo: up === 1 ? low : high,
    median: ahead.map((step) => up * edge(trend, step, 0)),
    hi: up === 1 ? high : low,
  }
}
