import type { Alert, Catalogue, Change, DrillClock, EvidenceDraft, Instant, SeriesWindow } from '../protocol/domain.ts'

/** Freshness of what no catalogued source supplied, ms: a minute, as for a usual scrape. */
const FRESH_MS_DEFAULT = 60_000
/** In a drill nothing is staler than its stage could post: two seconds of wall time, converted to the story's. */
const DRILL_FRESH_WALL_MS = 2_000
/** Observed values are kept to so many significant digits: past any sensor, and a third of the bytes. */
const VALUE_DIGITS = 6
const PLAIN_NAME = /^[\w.-]{1,60}$/

/** How long an observation of a source holds: the catalogue's word, or two wall seconds of a drill, whichever is longer. */
export function freshMsOf(catalogue: Catalogue, source: string, clock: DrillClock | null): number {
  const stated = catalogue.sources.find(({ name }) => name === source)?.freshMs ?? FRESH_MS_DEFAULT
  return clock === null ? stated : Math.max(stated, DRILL_FRESH_WALL_MS * clock.speed)
}

/** A window as evidence; null when it holds no value at all. `at` is when its newest value was observed. */
export function seriesEvidence(
  window: SeriesWindow,
  catalogue: Catalogue,
  clock: DrillClock | null,
): EvidenceDraft | null {
  const series = roundedTo(coarsened(trimmed(window)))
  if (series.values.length === 0) return null
  const kind = series.peer === null ? 'metric' : 'edge'
  const edge = series.peer === null ? series.service : `${series.service} → ${series.peer}`
  return {
    kind,
    source: series.source,
    service: series.service,
    at: series.startsAt + (series.values.length - 1) * series.stepMs,
    freshMs: freshMsOf(catalogue, series.source, clock),
    tainted: false,
    title: `${series.name} of ${edge}`,
    data: { kind, series },
  }
}

/**
 * An alert as evidence. Its identity and its catalogued service are facts; its texts are an outsider's and stay out of the
 * title. A firing alert is a level: it holds now. One that maps to no catalogued service is tainted whole.
 */
export function alertEvidence(
  alert: Alert,
  at: Instant,
  catalogue: Catalogue,
  clock: DrillClock | null,
): EvidenceDraft {
  const service = alert.catalogued ? alert.service : null
  return {
    kind: 'alert',
    source: alert.source,
    service,
    at: alert.status === 'firing' ? at : (alert.endsAt ?? at),
    freshMs: freshMsOf(catalogue, alert.source, clock),
    tainted: !alert.catalogued,
    title: `alert on ${service ?? 'a service that is not catalogued'}: ${alert.status}`,
    data: { kind: 'alert', fingerprint: alert.fingerprint, status: alert.status, startsAt: alert.startsAt },
  }
}

/** A change as evidence: kind, service and a plainly named setting are facts, its description is never read. */
export function changeEvidence(change: Change, catalogue: Catalogue, clock: DrillClock | null): EvidenceDraft {
  const service = change.catalogued ? change.service : null
  const { setting } = change
  const what =
    setting && PLAIN_NAME.test(setting.name) ? `: ${setting.name} ${shown(setting.from)} → ${shown(setting.to)}` : ''
  return {
    kind: 'change',
    source: change.source,
    service,
    at: change.at,
    freshMs: freshMsOf(catalogue, change.source, clock),
    tainted: !change.catalogued,
    title: `${change.kind} on ${service ?? 'a service that is not catalogued'}${what}`,
    data: { kind: 'change', change },
  }
}

/** A call path of the catalogue, from the symptom's service to what it depends on. */
export function pathEvidence(path: string[], at: Instant, freshMs: number): EvidenceDraft {
  return {
    kind: 'topology',
    source: 'catalogue',
    service: path.at(-1) ?? null,
    at,
    freshMs,
    tainted: false,
    title: path.join(' → '),
    data: { kind: 'topology', path },
  }
}

function shown(value: number | string | null): string {
  if (typeof value === 'number') return String(value)
  return value !== null && PLAIN_NAME.test(value) ? value : 'unsaid'
}

/** Without the gaps at both ends: they say only that nothing was observed yet, or no longer. */
function trimmed(window: SeriesWindow): SeriesWindow {
  const first = window.values.findIndex((value) => value !== null)
  if (first < 0) return { ...window, values: [] }
  const last = window.values.findLastIndex((value) => value !== null)
  return { ...window, startsAt: window.startsAt + first * window.stepMs, values: window.values.slice(first, last + 1) }
}

/** On a grid as wide as the data's own spacing (median gap), so that a 15 s scrape is not a window full of holes. */
function coarsened(window: SeriesWindow): SeriesWindow {
  const steps = spacing(window.values)
  if (steps <= 1) return window
  const values: SeriesWindow['values'] = []
  for (let from = 0; from < window.values.length; from += steps) {
    const seen = window.values.slice(from, from + steps).filter((value) => value !== null)
    values.push(seen.length === 0 ? null : seen.reduce((sum, value) => sum + value, 0) / seen.length)
  }
  return { ...window, stepMs: window.stepMs * steps, values }
}

function spacing(values: SeriesWindow['values']): number {
  const observed = values.flatMap((value, index) => (value === null ? [] : [index]))
  const gaps = observed.slice(1).map((index, at) => index - (observed[at] ?? index))
  gaps.sort((a, b) => a - b)
  return gaps[gaps.length >> 1] ?? 1
}

function roundedTo(window: SeriesWindow): SeriesWindow {
  return {
    ...window,
    values: window.values.map((value) => (value === null ? null : Number(value.toPrecision(VALUE_DIGITS)))),
  }
}
