import type { Catalogue, Change, Evidence, Gap, Instant, SeriesWindow } from '../../protocol/domain.ts'
import { departureOf, isBroken, isFresh, isFull, levelNow, type Departure } from '../telemetry/index.ts'
import type { Situation } from './agent.ts'
import { serviceOf } from './topology.ts'

/** One observed series of the room and what it tells. */
export interface Signal {
  evidence: string
  service: string
  /** the callee, where the series measures a call at its caller. */
  peer: string | null
  window: SeriesWindow
  fresh: boolean
  departure: Departure | null
  /** null when no sample was observed. */
  now: number | null
  /** a resource that is used up. */
  full: boolean
  /** past the bound it must keep. */
  broken: boolean
}

/** One change event of the room on a catalogued service. */
export interface ChangeEvent {
  evidence: string
  change: Change
}

/** The observed series of a situation, in order of evidence. O(n) departures: about a millisecond each. */
export function signalsOf(situation: Situation): Signal[] {
  return situation.evidence.flatMap((item) => signalOf(item, situation) ?? [])
}

/** The signals that `wanted` picks by what the series is, before anything is computed. */
export function signalsWhere(situation: Situation, wanted: (window: SeriesWindow) => boolean): Signal[] {
  const picked = situation.evidence.filter((item) => {
    const window = windowOf(item)
    return window !== null && wanted(window)
  })
  return picked.flatMap((item) => signalOf(item, situation) ?? [])
}

/** Change events on catalogued services, oldest first. Only identity, kind, time and setting are read, never free text. */
export function changeEventsOf(situation: Situation): ChangeEvent[] {
  const known = new Set(situation.catalogue.services.map((service) => service.id))
  return situation.evidence
    .flatMap((item) => (item.data.kind === 'change' ? [{ evidence: item.id, change: item.data.change }] : []))
    .filter(({ change }) => change.catalogued && known.has(change.service))
    .sort((a, b) => a.change.at - b.change.at)
}

/** The evidence that says how services call one another on a path, if the room holds one that covers it. */
export function topologyFor(situation: Situation, path: readonly string[]): string | null {
  const covering = situation.evidence.find((item) => item.data.kind === 'topology' && covers(item.data.path, path))
  return covering?.id ?? null
}

function covers(held: readonly string[], path: readonly string[]): boolean {
  return path.every((service) => held.includes(service))
}

/** Bad by what the signal is: an error, a latency or a used-up resource that moved toward its bound, or is at it. */
export function isTrouble(signal: Signal): boolean {
  const { departure, window } = signal
  if (window.role === 'rate' || window.role === 'other') return false
  if (signal.full || signal.broken) return true
  return departure !== null && departure.present && departure.direction === (window.breach === 'above' ? 'up' : 'down')
}

/** A change of fewer sigmas is real, but a slow one's first samples are lost in its noise: it is not asked for the time. */
const CLEAR_SIGMAS = 12

/** When trouble seen in several signals began: by the clear ones, else by any; null when none shows an onset. */
export function earliestOnset(signals: readonly Signal[]): Instant | null {
  const departed = signals.flatMap(({ departure }) => departure ?? [])
  const clear = departed.filter(({ sizeSigma }) => sizeSigma >= CLEAR_SIGMAS)
  const onsets = (clear.length > 0 ? clear : departed).map(({ onsetAt }) => onsetAt)
  return onsets.length > 0 ? Math.min(...onsets) : null
}

/** When the trouble of a signal began; null when that lies before its window or nothing changed. */
export function onsetOf(signal: Signal): Instant | null {
  return signal.departure?.onsetAt ?? null
}

/** Why nothing fresh is known of a service; null where something is. */
export function gapOf(service: string, signals: Signal[]): Gap | null {
  const own = signals.filter((signal) => signal.service === service && signal.peer === null)
  if (own.some((signal) => signal.fresh && signal.now !== null)) return null
  const what = `telemetry of ${service}`
  if (own.length === 0) return { what, reason: 'not-watched' }
  return { what, reason: own.some((signal) => signal.now !== null) ? 'stale' : 'no-data' }
}

/** The bound that a series must keep: its own limit, else what its service promises for that signal; calls have none. */
export function boundOf(catalogue: Catalogue, window: SeriesWindow): number | null {
  if (window.limit !== null || window.peer !== null) return window.limit
  return serviceOf(catalogue, window.service)?.slos.find((slo) => slo.signal === window.name)?.limit ?? null
}

function signalOf(item: Evidence, situation: Situation): Signal | null {
  const window = windowOf(item)
  if (window === null) return null
  return {
    evidence: item.id,
    service: window.service,
    peer: window.peer,
    window,
    fresh: isFresh(item, situation.at),
    departure: departureOf(window),
    now: levelNow(window),
    full: isFull(window),
    broken: isBroken(window, boundOf(situation.catalogue, window)),
  }
}

function windowOf(item: Evidence): SeriesWindow | null {
  return item.data.kind === 'metric' || item.data.kind === 'edge' ? item.data.series : null
}
