import type { Instant } from '../protocol/domain.ts'
import type { TelemetryReceipt, TelemetrySeries } from '../protocol/objects.ts'
import { SERIES_PER_SERVICE_MAX, type SeriesEntry, fullSince, listSeries, putSamples, putSeries } from './rings.ts'
import type { Sample } from './samples.ts'

/** How late a sample may come, in ms: an agent that was cut off for an hour may still tell it. */
export const SAMPLE_LATE_MS_MAX = 3_600_000
/** How far a sender's clock may run ahead, in ms; what is further ahead would hide everything that follows. */
export const SAMPLE_AHEAD_MS_MAX = 300_000

/**
 * Takes one source's samples of one service, in the caller's transaction. `now` is the wall in the live namespace; null in
 * a drill, where lateness is measured from the newest sample and nothing is ahead. Samples may come twice, late and in
 * any order. What is not kept is counted by its reason; nothing throws on a value.
 */
export function takeTelemetry(
  sql: SqlStorage,
  source: string,
  series: readonly TelemetrySeries[],
  now: Instant | null,
): TelemetryReceipt {
  const dropped = new Map<string, number>()
  const drop = (reason: string, n: number): void => {
    if (n > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + n)
  }
  const known = listSeries(sql)
  const newest = now ?? newestOf(known, series)
  let accepted = 0
  for (const said of series) {
    const entry = known.find((one) => one.source === source && one.name === said.name && one.peer === said.peer)
    if (!entry && known.length >= SERIES_PER_SERVICE_MAX) {
      drop('too-many-series', said.samples.length)
      continue
    }
    const full = entry ? fullSince(sql, entry.id) : null
    const oldest = Math.max(newest - SAMPLE_LATE_MS_MAX, full ?? 0)
    const late = said.samples.filter(([at]) => at < oldest)
    const ahead = now === null ? [] : said.samples.filter(([at]) => at > now + SAMPLE_AHEAD_MS_MAX)
    const kept = said.samples.filter(([at]) => at >= oldest && (now === null || at <= now + SAMPLE_AHEAD_MS_MAX))
    drop('too-old', late.length)
    drop('in-future', ahead.length)
    if (kept.length === 0) continue
    const id = putSeries(sql, source, said)
    if (!entry) known.push({ ...said, id, source, newest: 0, value: 0 } satisfies SeriesEntry & { samples: Sample[] })
    putSamples(sql, id, kept)
    accepted += kept.length
  }
  return { accepted, dropped: Object.fromEntries(dropped) }
}

function newestOf(known: readonly SeriesEntry[], series: readonly TelemetrySeries[]): Instant {
  const said = series.flatMap(({ samples }) => samples.map(([at]) => at))
  return Math.max(
    0,
    ...known.map(({ newest }) => newest),
    said.reduce((a, b) => Math.max(a, b), 0),
  )
}
