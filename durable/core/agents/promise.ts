import type { SeriesWindow } from '../../protocol/domain.ts'
import { isFresh, median, observed, quantile, timeToLimit } from '../telemetry/index.ts'
import type { Situation } from './agent.ts'
import { boundOf, signalsWhere, type Signal } from './reading.ts'
import { symptomServices } from './symptom.ts'
import { foundationsOf, serviceOf } from './topology.ts'
import { levelText, listText } from './words.ts'

/** Samples over which a promise must have been kept: two minutes at one a second. */
const KEPT_SAMPLES = 120
/** Of those, the share that must keep it: one in ten may be noise. */
const KEPT_SHARE = 0.9
/** A level that left its past and uses more of a promise than this is on its way to break it. */
const AT_EASE_SHARE = 0.5
/** A service that is asked for less than this share of what it was is perhaps not reached at all. */
const ASKED_SHARE = 1 / 3
/** What reaches its limit within so many minutes is trouble that has begun. */
const SOON_MINUTES = 10

export interface Kept {
  /** the series of what is promised, which say that it is kept. */
  cites: string[]
  says: string
}

/**
 * Whether everything that is alerted about keeps what it promises, with room to spare; null when not, or when that cannot
 * be read. Each service of the symptom must promise something, each promise be read fresh and kept over the last two
 * minutes, requests still arrive as before, and nothing on it or below it be at, past or near a limit. An alert alone is
 * then no reason to act on anything: doing nothing is no worse than any action.
 */
export function promisesKept(situation: Situation): Kept | null {
  const symptoms = symptomServices(situation)
  // Where something fails a promise is broken: that is asked first, for it costs little.
  const promised = symptoms.map((service) => promisedBy(situation, service))
  if (promised.length === 0 || promised.some((windows) => windows === null)) return null
  const below = new Set(symptoms.flatMap((service) => [service, ...foundationsOf(situation.catalogue, service)]))
  const signals = signalsWhere(situation, (window) => window.peer === null && below.has(window.service))
  const kept = signals.filter(({ window }) => promised.some((windows) => windows?.includes(window)))
  if (!kept.every((signal) => isAtEase(signal, boundOf(situation.catalogue, signal.window)))) return null
  if (signals.some((signal) => symptoms.includes(signal.service) && hasFallen(signal))) return null
  if (signals.some((signal) => atLimit(situation, signal))) return null
  const says = kept.map(({ window, now }) => {
    const bound = boundOf(situation.catalogue, window) ?? 0
    return `${window.name} of ${window.service} ${levelText(now ?? 0, window.unit)}, promised ${levelText(bound, window.unit)}`
  })
  return { cites: kept.map(({ evidence }) => evidence), says: `what is promised is kept: ${listText(says)}` }
}

/** The fresh series of everything that a service promises, each kept; null where one is not, or nothing is promised. */
function promisedBy(situation: Situation, service: string): SeriesWindow[] | null {
  const { slos } = serviceOf(situation.catalogue, service) ?? { slos: [] }
  const own = situation.evidence.flatMap((item) => {
    const fits = item.data.kind === 'metric' && item.data.series.service === service && isFresh(item, situation.at)
    return fits && item.data.kind === 'metric' ? [item.data.series] : []
  })
  const read = slos.map(({ signal, breach, limit }) => {
    const window = own.find((candidate) => candidate.name === signal && candidate.breach === breach)
    return window && isKept(window, limit) ? window : null
  })
  const windows = read.flatMap((window) => window ?? [])
  return windows.length === 0 || windows.length < read.length ? null : windows
}

function isKept(window: SeriesWindow, bound: number): boolean {
  const values = observed(window)
    .slice(-KEPT_SAMPLES)
    .map(({ value }) => value)
  if (values.length === 0) return false
  return window.breach === 'above' ? quantile(values, KEPT_SHARE) <= bound : quantile(values, 1 - KEPT_SHARE) >= bound
}

/** A level that stays where it was may stand anywhere inside its promise; one that rose has to leave most of it. */
function isAtEase({ window, departure }: Signal, bound: number | null): boolean {
  const rose = departure?.present === true && departure.direction === 'up'
  return bound !== null && (window.breach === 'below' || !rose || isKept(window, AT_EASE_SHARE * bound))
}

/** Against the whole window: a crowd that goes home leaves more than that, an outage before the service does not. */
function hasFallen({ window, now }: Signal): boolean {
  if (window.role !== 'rate' || now === null) return false
  return now < ASKED_SHARE * median(observed(window).map(({ value }) => value))
}

/** Used up, past its bound, or on its way there: what nobody can read fresh says nothing here. */
function atLimit(situation: Situation, { fresh, full, broken, window }: Signal): boolean {
  if (!fresh) return false
  if (full || broken) return true
  const ahead = timeToLimit(window, limitOf(situation, window))
  return ahead.found && ahead.minutes.median <= SOON_MINUTES
}

function limitOf(situation: Situation, window: SeriesWindow): number | null {
  return window.role === 'rate' || window.role === 'other' ? null : boundOf(situation.catalogue, window)
}
