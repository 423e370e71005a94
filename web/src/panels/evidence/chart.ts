import type { ChangePoint, Forecast, Instant, SeriesWindow } from '../../../../durable/protocol/domain.ts'
import type { View } from '../../../../durable/protocol/view.ts'

/** What a chart draws, as plain data: the drawing itself knows nothing of incidents. */
export interface ChartModel {
  unit: string
  /** epoch seconds, ascending, measured steps first, then the forecast's. */
  x: number[]
  measured: (number | null)[]
  band: { lo: (number | null)[]; median: (number | null)[]; hi: (number | null)[] } | null
  /** stretches without data, [from, to] in epoch seconds: hatched, never bridged. */
  gaps: [number, number][]
  change: { at: number; before: number; after: number } | null
  limit: number | null
  /** what else happened meanwhile: alerts that began, changes that were made; in order, each with its letter. */
  marks: { at: number; letter: string; says: string }[]
  now: number
}

/** Marks in one chart: more letters are a puzzle. */
const MARKS_MAX = 4

/** A chart of one metric or edge evidence; null for other kinds. `now` is the room's clock. */
export function chartOf(view: View, evidenceId: string, now: Instant): ChartModel | null {
  const item = view.evidence[evidenceId]
  if (!item || (item.data.kind !== 'metric' && item.data.kind !== 'edge')) return null
  const { series } = item.data
  const measuredX = series.values.map((_, i) => seconds(series.startsAt + i * series.stepMs))
  const forecast = forecastOf(view, evidenceId)
  const bandX = forecast
    ? forecast.band.median.map((_, i) => seconds(forecast.band.startsAt + i * forecast.band.stepMs))
    : []
  const x = [...new Set([...measuredX, ...bandX])].sort((a, b) => a - b)
  const spread = (xs: number[], values: readonly (number | null)[]) => {
    const at = new Map(xs.map((time, i) => [time, values[i] ?? null]))
    return x.map((time) => at.get(time) ?? null)
  }
  const change = changeOf(view, evidenceId)
  return {
    unit: series.unit,
    x,
    measured: spread(measuredX, series.values),
    band: forecast && {
      lo: spread(bandX, forecast.band.lo),
      median: spread(bandX, forecast.band.median),
      hi: spread(bandX, forecast.band.hi),
    },
    gaps: gapsOf(series),
    change: change && { at: seconds(change.onsetAt), before: change.before, after: change.after },
    limit: series.limit,
    marks: marksOf(view, x),
    now: seconds(now),
  }
}

/** The first alert and the changes that the room holds, as far as they lie in the chart's span. */
function marksOf(view: View, x: readonly number[]): ChartModel['marks'] {
  const [from, to] = [x[0] ?? 0, x.at(-1) ?? 0]
  const alert = Object.values(view.alerts).toSorted((a, b) => a.startsAt - b.startsAt)[0]
  const changes = Object.values(view.evidence).flatMap(({ data }) => (data.kind === 'change' ? [data.change] : []))
  return [
    ...(alert ? [{ at: seconds(alert.startsAt), says: `alert on ${alert.service}` }] : []),
    ...changes.map((change) => ({ at: seconds(change.at), says: `${change.kind} of ${change.service}` })),
  ]
    .filter(({ at }) => at >= from && at <= to)
    .toSorted((a, b) => a.at - b.at)
    .slice(-MARKS_MAX)
    .map((mark, i) => ({ ...mark, letter: 'ABCD'[i] ?? '' }))
}

const seconds = (at: Instant) => at / 1_000

export function changeOf(view: View, evidenceId: string): ChangePoint | null {
  const detail = view.findings.detection?.detail
  return detail?.agent === 'detection'
    ? (detail.changes.find((change) => change.evidence === evidenceId) ?? null)
    : null
}

export function forecastOf(view: View, evidenceId: string): Forecast | null {
  const detail = view.findings.prediction?.detail
  return detail?.agent === 'prediction' && detail.forecast?.evidence === evidenceId ? detail.forecast : null
}

function gapsOf(series: SeriesWindow): [number, number][] {
  const gaps: [number, number][] = []
  let from: number | null = null
  series.values.forEach((value, i) => {
    if (value === null && from === null) from = i
    if (value !== null && from !== null) {
      gaps.push([seconds(series.startsAt + from * series.stepMs), seconds(series.startsAt + i * series.stepMs)])
      from = null
    }
  })
  if (from !== null) {
    const end = series.startsAt + series.values.length * series.stepMs
    gaps.push([seconds(series.startsAt + from * series.stepMs), seconds(end)])
  }
  return gaps
}

/** The latest value and how many steps of the window hold one. */
export function latestOf(series: SeriesWindow): { value: number | null; at: Instant | null; n: number } {
  const last = series.values.findLastIndex((value) => value !== null)
  return {
    value: series.values[last] ?? null,
    at: last < 0 ? null : series.startsAt + last * series.stepMs,
    n: series.values.filter((value) => value !== null).length,
  }
}
