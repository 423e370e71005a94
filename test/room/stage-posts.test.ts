import { expect, it } from 'vitest'
import { postsOf } from '../../durable/stage/posts.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'
import { parseAlertmanager } from '../../worker/ingest/alertmanager/parse.ts'
import { changesSchema } from '../../worker/ingest/changes/parse.ts'
import { telemetrySchema } from '../../worker/ingest/telemetry/parse.ts'

const START = 1_700_000_000_000

/** Posts of the seconds from 0 to `until`, in batches of `size`. */
function batches(until: number, size: number): ReturnType<typeof postsOf>[] {
  const model = databaseCascade.begin(1)
  return Array.from({ length: Math.ceil(until / size) }, (_, batch) => {
    const seconds = Array.from({ length: size }, (_, second) => model.step((batch * size + second) * 1_000, START))
    return postsOf(seconds, START)
  })
}

it('[DR17] samples go before changes, changes before alerts, so that a room that opens finds its window filled', () => {
  const [whole] = batches(300, 300)
  const paths = (whole ?? []).map(({ path }) => path)
  expect(paths[0]).toBe('/api/v1/telemetry')
  expect(new Set(paths)).toEqual(new Set(['/api/v1/telemetry', '/api/v1/changes', '/api/v1/ingest/alertmanager']))
  expect(paths).toEqual([...paths].sort((a, b) => rank(a) - rank(b)))
})

const rank = (path: string): number =>
  ['/api/v1/telemetry', '/api/v1/changes', '/api/v1/ingest/alertmanager'].indexOf(path)

it('[DR17] batches of any size carry the same samples, each once', () => {
  const samples = (size: number): Map<string, unknown[]> => {
    const all = new Map<string, unknown[]>()
    for (const { path, body } of batches(120, size).flat()) {
      if (path !== '/api/v1/telemetry') continue
      const { series } = telemetrySchema.parse(JSON.parse(body))
      for (const { service, name, peer, samples } of series) {
        const key = `${service}/${name}/${peer ?? ''}`
        all.set(key, [...(all.get(key) ?? []), ...samples])
      }
    }
    return all
  }
  const single = samples(1)
  expect(single.get('checkout/errors/')).toHaveLength(120)
  expect(samples(15)).toEqual(single)
  expect(samples(120)).toEqual(single)
})

it('[DR17] what is posted is what the intakes read: alerts keep one fingerprint from firing to resolved', () => {
  const model = databaseCascade.begin(1)
  const step = (second: number) => model.step(second * 1_000, START)
  const before = Array.from({ length: 280 }, (_, second) => step(second))
  model.apply({ runbook: 'r', type: 'raise-pool-limit', target: 'db-proxy', parameters: { limit: 36 } })
  const after = Array.from({ length: 120 }, (_, second) => step(280 + second))
  const posts = postsOf([...before, ...after], START)
  const alerts = posts
    .filter(({ path }) => path === '/api/v1/ingest/alertmanager')
    .flatMap(({ body, source }) => parseAlertmanager(JSON.parse(body), source, START + 400_000).alerts)
    .filter(({ service }) => service === 'checkout')
  expect(alerts.map(({ status }) => status)).toEqual(['firing', 'resolved'])
  expect(alerts[0]).toMatchObject({ source: 'metrics', severity: 'critical', title: 'CheckoutErrorsHigh on checkout' })
  expect(alerts[0]?.fingerprint).toMatch(/^[0-9a-f]{16}$/)
  expect(alerts[1]?.fingerprint).toBe(alerts[0]?.fingerprint)
  expect(alerts[1]?.groupKey).toBe(alerts[0]?.groupKey)
  expect(alerts[1]?.startsAt).toBe(alerts[0]?.startsAt)
  const changes = posts
    .filter(({ path }) => path === '/api/v1/changes')
    .map(({ body }) => changesSchema.parse(JSON.parse(body)))
  expect(changes.flatMap((post) => post.changes.map(({ service }) => service))).toEqual(['search-api', 'db-proxy'])
})
