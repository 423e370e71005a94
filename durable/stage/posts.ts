import type { Instant } from '../protocol/domain.ts'
import type { TelemetrySeries } from '../protocol/objects.ts'
import type { Emission } from '../../scenarios/scenario.ts'
import { webhookOf } from './alertmanager.ts'

/** One POST to the Worker's own intake, with the token of its source. */
export interface Post {
  source: string
  path: '/api/v1/telemetry' | '/api/v1/changes' | '/api/v1/ingest/alertmanager'
  body: string
}

/**
 * What some consecutive seconds gave off, as posts in the order in which they must arrive: samples before the alerts
 * that were raised on them, so that a room that opens finds its window filled.
 */
export function postsOf(seconds: readonly Emission[][], storyStart: Instant): Post[] {
  const emissions = seconds.flat()
  const sources = [...new Set(emissions.map(({ source }) => source))]
  const posts: Post[] = []
  for (const source of sources) {
    const series = mergedSeries(emissions.filter((emission) => emission.source === source))
    if (series.length > 0) posts.push({ source, path: '/api/v1/telemetry', body: JSON.stringify({ series }) })
  }
  for (const source of sources) {
    const changes = emissions.flatMap((emission) => (emission.source === source ? emission.changes : []))
    if (changes.length > 0) posts.push({ source, path: '/api/v1/changes', body: JSON.stringify({ changes }) })
  }
  for (const { source, alerts } of emissions) {
    for (const alert of alerts)
      posts.push({ source, path: '/api/v1/ingest/alertmanager', body: JSON.stringify(webhookOf(alert, storyStart)) })
  }
  return posts
}

function mergedSeries(emissions: readonly Emission[]): TelemetrySeries[] {
  const merged = new Map<string, TelemetrySeries>()
  for (const series of emissions.flatMap((emission) => emission.series)) {
    const key = JSON.stringify([series.service, series.name, series.peer])
    const known = merged.get(key)
    if (known === undefined) merged.set(key, { ...series, samples: [...series.samples] })
    else Object.assign(known, { limit: series.limit, samples: [...known.samples, ...series.samples] })
  }
  return [...merged.values()]
}
