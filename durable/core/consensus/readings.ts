import type { Evidence, Instant, SeriesKey, SeriesWindow } from '../../protocol/domain.ts'

/** Samples behind one reading: a single sample is noise, a median of five at one a second is five seconds old at most. */
export const READING_SAMPLES = 5

/** The evidence with this id, if the room holds it. An id is a stranger's text: `constructor` names nothing here. */
export function held(evidence: Record<string, Evidence>, id: string): Evidence | undefined {
  return Object.hasOwn(evidence, id) ? evidence[id] : undefined
}

/** The series inside an evidence item, if it is one. */
export function seriesOf(item: Evidence): SeriesWindow | null {
  return item.data.kind === 'metric' || item.data.kind === 'edge' ? item.data.series : null
}

/** Same series: source, service, name and peer agree. */
export function sameSeries(a: SeriesKey, b: SeriesKey): boolean {
  return a.source === b.source && a.service === b.service && a.name === b.name && a.peer === b.peer
}

/** The median of the newest observed values of a window and when the newest was seen; nulls where there is none. */
export function newestValues(
  window: SeriesWindow,
  count = READING_SAMPLES,
): { median: number | null; at: Instant | null } {
  const newest: number[] = []
  let at: Instant | null = null
  for (let index = window.values.length - 1; index >= 0 && newest.length < count; index -= 1) {
    const value = window.values[index]
    if (value === null || value === undefined) continue
    at ??= window.startsAt + index * window.stepMs
    newest.push(value)
  }
  if (newest.length === 0) return { median: null, at: null }
  newest.sort((a, b) => a - b)
  const middle = newest.length >> 1
  const upper = newest[middle] ?? 0
  const lower = newest.length % 2 === 1 ? upper : (newest[middle - 1] ?? upper)
  return { median: (lower + upper) / 2, at }
}
