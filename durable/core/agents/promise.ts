import type { SeriesWindow } from '../../protocol/domain.ts'
import { observed, quantile, timeToLimit } from '../telemetry/index.ts'
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
const ASKED_SHARE = 0.5
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
  const below = new Set(symptoms.flatMap((service) => [service, ...foundationsOf(situation.catalogue, service)]))
  const signals = signalsWhere(situation, (window) => window.peer === null && below.has(window.service))
  if (signals.some((signal) => atLimit(situation, signal))) return null
  const kept: Signal[] = []
  for (const service of symptoms) {
    const own = signals.filter((signal) => signal.service === service && signal.fresh)
    if (own.some(hasFallen)) return null
    const { slos } = serviceOf(situation.catalogue, service) ?? { slos: [] }
    const read = slos.map((slo) => own.find(({ window }) => window.name === slo.signal && window.breach === slo.breach))
    if (read.length === 0) return null
    for (const signal of read) {
      if (!signal || !isKept(signal, boundOf(situation.catalogue, signal.window))) return null
      kept.push(signal)
    }
  }
  if (kept.length === 0) return null
  const says = kept.map(({ window, now }) => {
    const bound = boundOf(situation.catalogue, window) ?? 0
    return `${window.name} of ${window.service} ${levelText(now ?? 0, window.unit)}, promised ${levelText(bound, window.unit)}`
  })
  return { cites: kept.map(({ evidence }) => evidence), says: `what is promised is kept: ${listText(says)}` }
}

function isKept({ window, departure }: Signal, bound: number | null): boolean {
  const values = observed(window)
    .slice(-KEPT_SAMPLES)
    .map(({ value }) => value)
  if (bound === null || values.length === 0) return false
  if (window.breach === 'below') return quantile(values, 1 - KEPT_SHARE) >= bound
  const worst = quantile(values, KEPT_SHARE)
  const rose = departure?.present === true && departure.direction === 'up'
  return worst <= (rose ? AT_EASE_SHARE : 1) * bound
}

function hasFallen({ window, departure }: Signal): boolean {
  return window.role === 'rate' && departure?.present === true && departure.after < ASKED_SHARE * departure.before
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
