import type { Instant, SeriesWindow } from '../../protocol/domain.ts'
import { onsetOf } from './onset.ts'
import { NOW_SAMPLES, observed } from './series.ts'
import { median, quantile, robustSigma } from './stats.ts'

/**
 * A departure: a level that left its own recent past and stayed away. A baseline of up to two minutes slides through the
 * window; what follows it departs when nearly all of a run of samples lie outside its noise on one side and their median
 * lies far outside. A spike is too short for a run; a trend carries its drift inside the baseline's own spread.
 */
export interface Departure {
  /** index in the window of the first departed sample. */
  index: number
  onsetAt: Instant
  direction: 'up' | 'down'
  /** level before, over at most BASELINE_SAMPLES_MAX samples. */
  before: number
  /** level of the newest samples of the departure. */
  after: number
  /** robust standard deviation of the time before, with its floor. */
  sigma: number
  /** |after - before| / sigma, at most SIGMAS_MAX. */
  sizeSigma: number
  /** level of the window's newest samples. */
  now: number
  /** false once the level has come back. */
  present: boolean
}

/** Samples of a baseline. At one a second: two minutes, so that a slow daily curve looks flat inside it. */
const BASELINE_SAMPLES_MAX = 120
/** Fewer say nothing about noise; a long window can afford to ask for more. */
const BASELINE_SAMPLES_MIN = 12
const BASELINE_SAMPLES_ASKED = 30
/** Baselines are tried every so many samples: the onset is located afterwards, so this costs nothing but time. */
const BASELINE_STRIDE = 6
/** How far behind its baseline a run is looked for; a slow ramp needs room to leave the noise. */
const LOOKAHEAD_SAMPLES = 90
/** Samples of a run: enough that no spike fills one; fewer in short windows. */
const RUN_SAMPLES_MAX = 8
const RUN_SAMPLES_MIN = 4
/** Each sample of a run, but one in eight, lies this far out; their median lies DEPARTED_SIGMAS out. */
const OUTSIDE_SIGMAS = 3
const DEPARTED_SIGMAS = 5
/** Noise below this share of the level (or of the limit, or of the window's spread) is no noise anyone acts on. */
const LEVEL_FLOOR_SHARE = 0.02
const LIMIT_FLOOR_SHARE = 0.005
const SPREAD_FLOOR_SHARE = 0.02
/** A ratio that moves by a tenth of a per cent is noise: half a per cent is the smallest change of it that counts. */
const RATIO_FLOOR = 0.001
/** It has come back when less than this share of the shift is left. */
const RETURNED_SHARE = 0.25
/** A size beyond this says no more. */
const SIGMAS_MAX = 1_000

interface Baseline {
  level: number
  sigma: number
}

/** A window does not change once it was read, and every agent asks what it tells: it is looked at once. */
const TOLD = new WeakMap<SeriesWindow, Departure | null>()

/**
 * The departure that a window tells of: the present one, else the last that came back; null when there is none. O(n) runs
 * over n/6 baselines: about a millisecond for 600 samples.
 */
export function departureOf(window: SeriesWindow): Departure | null {
  const known = TOLD.get(window)
  if (known !== undefined) return known
  const told = look(window)
  TOLD.set(window, told)
  return told
}

function look(window: SeriesWindow): Departure | null {
  const samples = observed(window)
  const values = samples.map((sample) => sample.value)
  const floor = noiseFloor(window, values)
  const run = Math.max(RUN_SAMPLES_MIN, Math.min(RUN_SAMPLES_MAX, Math.floor(values.length / 8)))
  const least = Math.max(BASELINE_SAMPLES_MIN, Math.min(BASELINE_SAMPLES_ASKED, Math.floor(values.length / 8)))
  let last: Departure | null = null
  let from = 0
  while (true) {
    const found = next(values, from, { run, least, floor })
    if (!found) return last
    const end = endOf(values, found)
    const first = samples[found.onset]
    if (!first) return last
    from = end
    // What came back within two runs was a blip: wandering noise makes such, a change of level does not.
    if (end < values.length && end - found.onset < 2 * run) continue
    const after = median(values.slice(Math.max(found.onset, end - NOW_SAMPLES), end))
    last = {
      index: first.index,
      onsetAt: first.at,
      direction: found.sign > 0 ? 'up' : 'down',
      before: found.level,
      after,
      sigma: found.sigma,
      sizeSigma: Math.min(SIGMAS_MAX, Math.abs(after - found.level) / found.sigma),
      now: median(values.slice(-NOW_SAMPLES)),
      present: end === values.length,
    }
    if (last.present) return last
  }
}

interface Found extends Baseline {
  onset: number
  /** where the first run that lies outside starts. */
  start: number
  sign: 1 | -1
}

interface Rules {
  run: number
  /** samples that a baseline needs here. */
  least: number
  floor: (level: number) => number
}

function next(values: number[], from: number, { run, least, floor }: Rules): Found | null {
  for (let end = from + least; end + run <= values.length; end += BASELINE_STRIDE) {
    const far = baseline(values, Math.max(from, end - BASELINE_SAMPLES_MAX), end, floor)
    const hit = runAfter(values, end, run, far)
    if (!hit) continue
    // The baseline that saw it may end long before it: locate, then judge again against the time right before.
    const onset = onsetOf(values, from + BASELINE_SAMPLES_MIN, hit.start, far)
    const near = baseline(values, Math.max(from, onset - BASELINE_SAMPLES_MAX), onset, floor)
    const again = runAfter(values, onset, run, near)
    if (again && again.sign === hit.sign)
      return { ...near, ...again, onset: onsetOf(values, from + BASELINE_SAMPLES_MIN, again.start, near) }
  }
  return null
}

function baseline(values: number[], from: number, to: number, floor: (level: number) => number): Baseline {
  const past = values.slice(from, to)
  const level = median(past)
  // A short baseline underestimates its noise: ten samples' worth of doubt.
  return { level, sigma: robustSigma(past, level, floor(level)) * (1 + 10 / past.length) }
}

function runAfter(values: number[], from: number, run: number, base: Baseline): { start: number; sign: 1 | -1 } | null {
  const last = Math.min(values.length - run, from + LOOKAHEAD_SAMPLES)
  for (let start = from; start <= last; start += 1) {
    const apart = ((values[start] ?? base.level) - base.level) / base.sigma
    if (Math.abs(apart) < OUTSIDE_SIGMAS) continue
    const sign = apart > 0 ? 1 : -1
    const sizes = values.slice(start, start + run).map((value) => (sign * (value - base.level)) / base.sigma)
    const inside = sizes.filter((size) => size < OUTSIDE_SIGMAS).length
    if (inside <= Math.floor(run / 8) && median(sizes) >= DEPARTED_SIGMAS) return { start, sign }
  }
  return null
}

/** The sample after the departure's last: where a run of samples is back, or the end. */
function endOf(values: number[], found: Found): number {
  const shift = median(values.slice(found.start, found.start + 3 * NOW_SAMPLES)) - found.level
  const back = Math.max(2 * found.sigma, RETURNED_SHARE * Math.abs(shift))
  for (let at = found.start + 1; at + NOW_SAMPLES <= values.length; at += 1) {
    if (found.sign * (median(values.slice(at, at + NOW_SAMPLES)) - found.level) < back) return at
  }
  return values.length
}

function noiseFloor(window: SeriesWindow, values: number[]): (level: number) => number {
  const spread = values.length === 0 ? 0 : quantile(values, 0.95) - quantile(values, 0.05)
  const fixed = Math.max(
    Number.EPSILON,
    SPREAD_FLOOR_SHARE * spread,
    window.unit === 'ratio' ? RATIO_FLOOR : 0,
    LIMIT_FLOOR_SHARE * Math.abs(window.limit ?? 0),
  )
  return (level) => Math.max(fixed, LEVEL_FLOOR_SHARE * Math.abs(level))
}
