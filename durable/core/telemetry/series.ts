import type { Evidence, Instant, SeriesKey, SeriesWindow } from '../../protocol/domain.ts'

/** One observed sample: its place in the window, its time, its value. */
export interface Sample {
  index: number
  at: Instant
  value: number
}

/** How many of the newest samples speak for "now": long enough to outvote a spike, short enough to be now. */
export const NOW_SAMPLES = 10

/** The observed samples in order; gaps are left out, never filled. */
export function observed(window: SeriesWindow): Sample[] {
  const samples: Sample[] = []
  window.values.forEach((value, index) => {
    if (value !== null && Number.isFinite(value))
      samples.push({ index, at: window.startsAt + index * window.stepMs, value })
  })
  return samples
}

/** The identity of a series as text; the same key gives the same text and no two keys share one. */
export function seriesId(key: SeriesKey): string {
  return JSON.stringify([key.source, key.service, key.name, key.peer])
}

export function sameSeries(a: SeriesKey, b: SeriesKey): boolean {
  return a.source === b.source && a.service === b.service && a.name === b.name && a.peer === b.peer
}

/** What was said is fresh while `at` lies no further back than the evidence's own `freshMs`. */
export function isFresh(evidence: Pick<Evidence, 'at' | 'freshMs'>, at: Instant): boolean {
  return at - evidence.at <= evidence.freshMs
}
