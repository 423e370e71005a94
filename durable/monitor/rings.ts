import type { Instant, SeriesKey } from '../protocol/domain.ts'
import type { TelemetrySeries } from '../protocol/objects.ts'
import { type Sample, merge, pack, unpack } from './samples.ts'

/** Series of one service, all sources together; more would fill a room's page and nobody would look at them. */
export const SERIES_PER_SERVICE_MAX = 64
/** Samples of one series: an hour at one a second, half a week at one in 90 s. 16 bytes each. */
export const SAMPLES_PER_SERIES_MAX = 3_600
/** Time that one stored chunk covers, in ms: at one sample a second a kilobyte, rewritten once per post. */
const CHUNK_MS = 64_000

/** A series as it is stored. */
export interface SeriesEntry {
  id: number
  source: string
  name: string
  peer: string | null
  role: TelemetrySeries['role']
  unit: string
  limit: number | null
  breach: TelemetrySeries['breach']
  newest: Instant
  value: number
}

interface Stored extends Record<string, SqlStorageValue> {
  id: number
  source: string
  name: string
  peer: string
  role: string
  unit: string
  bound: number | null
  breach: string
  newest: number
  value: number
}

export function listSeries(sql: SqlStorage): SeriesEntry[] {
  return sql
    .exec<Stored>('SELECT * FROM series ORDER BY source, name, peer')
    .toArray()
    .map((row) => ({
      id: row.id,
      source: row.source,
      name: row.name,
      peer: row.peer === '' ? null : row.peer,
      role: row.role as SeriesEntry['role'],
      unit: row.unit,
      limit: row.bound,
      breach: row.breach as SeriesEntry['breach'],
      newest: row.newest,
      value: row.value,
    }))
}

/** Makes or updates a series: role, unit and limit are what was said last. */
export function putSeries(sql: SqlStorage, source: string, said: TelemetrySeries): number {
  return sql
    .exec<{ id: number }>(
      `INSERT INTO series (source, name, peer, role, unit, bound, breach, newest, value) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)
       ON CONFLICT (source, name, peer) DO UPDATE SET role = excluded.role, unit = excluded.unit, bound = excluded.bound,
         breach = excluded.breach
       RETURNING id`,
      source,
      said.name,
      said.peer ?? '',
      said.role,
      said.unit,
      said.limit,
      said.breach,
    )
    .one().id
}

/** Merges samples into a series' ring, each chunk written once, and lets go of the oldest beyond the ring's size. */
export function putSamples(sql: SqlStorage, series: number, said: readonly Sample[]): void {
  const byChunk = Map.groupBy(said, ([at]) => Math.floor(at / CHUNK_MS) * CHUNK_MS)
  for (const [startsAt, some] of byChunk) {
    const stored = sql
      .exec<{ samples: ArrayBuffer }>('SELECT samples FROM chunk WHERE series = ? AND startsAt = ?', series, startsAt)
      .toArray()[0]
    writeChunk(sql, series, startsAt, merge(stored ? unpack(stored.samples) : [], some))
  }
  trim(sql, series)
  const newest = readSamples(sql, series, Math.max(...said.map(([at]) => at)), Number.MAX_SAFE_INTEGER).at(-1)
  if (newest) sql.exec('UPDATE series SET newest = ?, value = ? WHERE id = ?', newest[0], newest[1], series)
}

/** Samples of a span, both ends included, sorted by time. */
export function readSamples(sql: SqlStorage, series: number, from: Instant, to: Instant): Sample[] {
  return sql
    .exec<{ samples: ArrayBuffer }>(
      'SELECT samples FROM chunk WHERE series = ? AND startsAt BETWEEN ? AND ? ORDER BY startsAt',
      series,
      Math.floor(from / CHUNK_MS) * CHUNK_MS,
      to,
    )
    .toArray()
    .flatMap(({ samples }) => unpack(samples))
    .filter(([at]) => at >= from && at <= to)
}

/** Time of the oldest sample of a full ring: what is older finds no place. Null while there is room. */
export function fullSince(sql: SqlStorage, series: number): Instant | null {
  const { n, first } = sql
    .exec<{ n: number; first: number | null }>(
      'SELECT COALESCE(SUM(n), 0) AS n, MIN(startsAt) AS first FROM chunk WHERE series = ?',
      series,
    )
    .one()
  if (n < SAMPLES_PER_SERIES_MAX || first === null) return null
  return readSamples(sql, series, first, first + CHUNK_MS)[0]?.[0] ?? null
}

export function keyOf(service: string, { source, name, peer }: SeriesEntry): SeriesKey {
  return { source, service, name, peer }
}

function writeChunk(sql: SqlStorage, series: number, startsAt: Instant, samples: readonly Sample[]): void {
  sql.exec(
    `INSERT INTO chunk (series, startsAt, n, samples) VALUES (?, ?, ?, ?)
     ON CONFLICT (series, startsAt) DO UPDATE SET n = excluded.n, samples = excluded.samples`,
    series,
    startsAt,
    samples.length,
    pack(samples),
  )
}

function trim(sql: SqlStorage, series: number): void {
  let { beyond } = sql
    .exec<{ beyond: number }>(
      'SELECT COALESCE(SUM(n), 0) - ? AS beyond FROM chunk WHERE series = ?',
      SAMPLES_PER_SERIES_MAX,
      series,
    )
    .one()
  while (beyond > 0) {
    const oldest = sql
      .exec<{ startsAt: number; n: number; samples: ArrayBuffer }>(
        'SELECT startsAt, n, samples FROM chunk WHERE series = ? ORDER BY startsAt LIMIT 1',
        series,
      )
      .one()
    if (oldest.n > beyond) writeChunk(sql, series, oldest.startsAt, unpack(oldest.samples).slice(beyond))
    else sql.exec('DELETE FROM chunk WHERE series = ? AND startsAt = ?', series, oldest.startsAt)
    beyond -= oldest.n
  }
}
