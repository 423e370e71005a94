import type { Instant } from '../../../../durable/protocol/domain.ts'

/** Gaps longer than all but this share of them are silences. */
const SILENT_SHARE = 0.05
/** What a silence may take of the time that is left without silences: a night between two events hides nothing else. */
const SILENCE_WIDTH = 0.2
/** What each event is given however close it follows, as a share of the mean gap: those of one instant lie side by side. */
const EVENT_SHARE = 0.15

/** A silence that is drawn shorter than it was. */
export interface Silence {
  /** event after which it begins. */
  seq: number
  ms: number
}

export interface Scale {
  /** where each event lies, 0..1; index is seq - 1. */
  readonly places: readonly number[]
  readonly silences: readonly Silence[]
  /** the event nearest to a place of 0..1. */
  at(place: number): number
}

/** Where events of these times lie on a line: by time, with long silences cut to a width that leaves the rest readable. */
export function scaleOf(times: readonly Instant[]): Scale {
  const gaps = times.slice(1).map((at, i) => Math.max(0, at - (times[i] ?? at)))
  const sorted = gaps.toSorted((a, b) => a - b)
  const busy = sorted.slice(0, Math.ceil(sorted.length * (1 - SILENT_SHARE)))
  const busyMs = busy.reduce((sum, gap) => sum + gap, 0)
  const cap = busyMs === 0 ? 0 : Math.max(busyMs * SILENCE_WIDTH, sorted[busy.length - 1] ?? 0)
  const least = gaps.length === 0 ? 0 : (EVENT_SHARE * busyMs) / gaps.length
  const sums = [0]
  const silences: Silence[] = []
  gaps.forEach((gap, i) => {
    if (gap > cap) silences.push({ seq: i + 1, ms: gap })
    // Where everything happened in one instant events lie evenly.
    sums.push((sums.at(-1) ?? 0) + (busyMs === 0 ? 1 : Math.min(gap, cap) + least))
  })
  const width = sums.at(-1) ?? 0
  const places = sums.slice(0, times.length).map((sum) => (width === 0 ? 0 : sum / width))
  return {
    places,
    silences,
    at(place) {
      let lo = 0
      let hi = places.length - 1
      while (lo < hi) {
        const middle = (lo + hi) >> 1
        if ((places[middle] ?? 1) < place) lo = middle + 1
        else hi = middle
      }
      const before = places[lo - 1]
      const here = places[lo] ?? 0
      return before !== undefined && place - before < here - place ? lo : lo + 1
    },
  }
}
