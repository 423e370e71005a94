import { evictDurableObject } from 'cloudflare:test'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SAMPLE_AHEAD_MS_MAX, SAMPLE_LATE_MS_MAX } from '../../durable/monitor/ingest.ts'
import { SAMPLES_PER_SERIES_MAX, SERIES_PER_SERVICE_MAX } from '../../durable/monitor/rings.ts'
import { gridOf } from '../../durable/monitor/grid.ts'
import { type Sample, merge } from '../../durable/monitor/samples.ts'
import { SAMPLES_PER_WINDOW_MAX } from '../../durable/protocol/limits.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { directoryNamed, freshNamespace, monitorNamed } from './directory.world.ts'

let names = 0
/** A monitor of its own for one test, in the namespace of a drill that never opened. */
function drilled(): { monitor: ReturnType<typeof monitorNamed>; service: string } {
  names += 1
  const service = `svc-${names}`
  return { monitor: monitorNamed(`drill/drl_monitor/${service}`), service }
}

function series(service: string, samples: Sample[], said: Partial<TelemetrySeries> = {}): TelemetrySeries {
  return {
    service,
    name: 'latency_p95',
    peer: null,
    role: 'latency',
    unit: 'ms',
    limit: 800,
    breach: 'above',
    samples,
    ...said,
  }
}

const every = (ms: number, n: number, from = 0): Sample[] => Array.from({ length: n }, (_, i) => [from + i * ms, i])

describe('what a monitor keeps', () => {
  test('[LM11] samples may come twice, late and in any order: the ring is the same', async () => {
    const shuffled = fc.shuffledSubarray([...every(1_000, 150), ...every(1_000, 150)], { minLength: 300 })
    for (const samples of fc.sample(shuffled, 5)) {
      const { monitor, service } = drilled()
      for (let n = 0; n < samples.length; n += 60)
        await monitor.ingest({ source: 'metrics', series: [series(service, samples.slice(n, n + 60))] })
      await evictDurableObject(monitor)
      const [window] = await monitor.windows({ from: 0, to: 149_000, stepMs: 1_000 })
      expect(window?.values).toEqual(every(1_000, 150).map(([, value]) => value))
      expect(await monitor.latest()).toMatchObject([{ at: 149_000, value: 149 }])
    }
  })

  test('[LM11] of two values for one instant the one that came later counts', () => {
    expect(
      merge(
        [
          [1, 10],
          [2, 20],
        ],
        [
          [2, 21],
          [3, 30],
        ],
      ),
    ).toEqual([
      [1, 10],
      [2, 21],
      [3, 30],
    ])
    expect(
      merge(
        [[5, 1]],
        [
          [1, 1],
          [5, 2],
        ],
      ),
    ).toEqual([
      [1, 1],
      [5, 2],
    ])
  })

  test('[LM12] a ring holds its newest samples; what is older than a full ring is counted as too old', async () => {
    const { monitor, service } = drilled()
    const all = every(1_000, SAMPLES_PER_SERIES_MAX + 100)
    for (let n = 0; n < all.length; n += 600)
      await monitor.ingest({ source: 'metrics', series: [series(service, all.slice(n, n + 600))] })
    const [first] = await monitor.windows({ from: 0, to: 99_000, stepMs: 1_000 })
    expect(first).toBeUndefined()
    const [window] = await monitor.windows({ from: 100_000, to: 110_000, stepMs: 1_000 })
    expect(window?.values[0]).toBe(100)
    const late = await monitor.ingest({ source: 'metrics', series: [series(service, [[99_000, 1]])] })
    expect(late).toEqual({ accepted: 0, dropped: { 'too-old': 1 } })
  })

  test('[LM13] more series than a service may have are counted, the known ones go on', async () => {
    const { monitor, service } = drilled()
    const many = Array.from({ length: SERIES_PER_SERVICE_MAX + 3 }, (_, n) =>
      series(service, [[1_000, n]], { name: `s${n}` }),
    )
    expect(await monitor.ingest({ source: 'metrics', series: many })).toEqual({
      accepted: SERIES_PER_SERVICE_MAX,
      dropped: { 'too-many-series': 3 },
    })
    const known = await monitor.ingest({ source: 'metrics', series: [series(service, [[2_000, 1]], { name: 's0' })] })
    expect(known).toEqual({ accepted: 1, dropped: {} })
    expect(await monitor.latest()).toHaveLength(SERIES_PER_SERVICE_MAX)
  })

  test('[LM14] on the live clock samples too old or too far ahead are counted; in a drill the newest sample is the clock', async () => {
    const now = Date.now()
    const odd: Sample[] = [
      [now - SAMPLE_LATE_MS_MAX - 60_000, 1],
      [now, 2],
      [now + SAMPLE_AHEAD_MS_MAX + 60_000, 3],
    ]
    const live = await monitorNamed('live/checkout').ingest({ source: 'metrics', series: [series('checkout', odd)] })
    expect(live).toEqual({ accepted: 1, dropped: { 'too-old': 1, 'in-future': 1 } })
    const { monitor, service } = drilled()
    const ahead = now + 86_400_000
    await monitor.ingest({ source: 'metrics', series: [series(service, [[ahead, 1]])] })
    const late: Sample[] = [
      [ahead - SAMPLE_LATE_MS_MAX - 1, 1],
      [ahead - SAMPLE_LATE_MS_MAX, 2],
    ]
    expect(await monitor.ingest({ source: 'metrics', series: [series(service, late)] })).toEqual({
      accepted: 1,
      dropped: { 'too-old': 1 },
    })
  })

  test('[LM15] source and peer belong to a series: two sources of one name are two series', async () => {
    const { monitor, service } = drilled()
    await monitor.ingest({
      source: 'a',
      series: [series(service, [[1_000, 1]]), series(service, [[1_000, 2]], { peer: 'db' })],
    })
    await monitor.ingest({ source: 'b', series: [series(service, [[1_000, 3]])] })
    const latest = await monitor.latest()
    expect(latest.map(({ series: { source, peer }, value }) => [source, peer, value])).toEqual([
      ['a', null, 1],
      ['a', 'db', 2],
      ['b', null, 3],
    ])
  })

  test('[LM16] the first samples of a source tell the directory that the service is watched', async () => {
    const { directory, drill } = await freshNamespace()
    const monitor = monitorNamed(`drill/${drill}/checkout`)
    expect(await directory.watched()).toEqual([])
    await monitor.ingest({ source: 'metrics', series: [series('checkout', [[1_000, 1]])] })
    expect(await directory.watched()).toEqual(['checkout'])
    expect(await directoryNamed('drills').watched()).toEqual([])
  })
})

describe('windows', () => {
  test('[LM17] a value is the mean of its step, a step without a sample is null, and ends are included', async () => {
    const { monitor, service } = drilled()
    const samples: Sample[] = [
      [10_000, 1],
      [10_500, 3],
      [11_000, 5],
      [13_000, 7],
    ]
    await monitor.ingest({ source: 'metrics', series: [series(service, samples)] })
    const [window] = await monitor.windows({ from: 10_000, to: 13_000, stepMs: 1_000 })
    expect(window).toMatchObject({
      service,
      source: 'metrics',
      unit: 'ms',
      role: 'latency',
      limit: 800,
      breach: 'above',
      startsAt: 10_000,
      stepMs: 1_000,
      values: [2, 5, null, 7],
    })
    expect(await monitor.windows({ from: 20_000, to: 30_000, stepMs: 1_000 })).toEqual([])
  })

  test('[LM18] the step is no finer than the samples lie, so that a slow series is not mostly gaps', () => {
    const grid = gridOf(every(15_000, 20), { from: 0, to: 285_000, stepMs: 1_000 })
    expect(grid.stepMs).toBe(15_000)
    expect(grid.values).toEqual(every(15_000, 20).map(([, value]) => value))
  })

  test('[LM19] however long the span, a window has at most SAMPLES_PER_WINDOW_MAX values and loses no sample', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 0, max: 8_000_000 }),
        fc.integer({ min: 1, max: 90_000 }),
        (from, span, stepMs) => {
          const samples: Sample[] = [
            [from, 1],
            [from + span, 1],
          ]
          const grid = gridOf(samples, { from, to: from + span, stepMs })
          expect(grid.values.length).toBeLessThanOrEqual(SAMPLES_PER_WINDOW_MAX)
          expect(grid.values.filter((value) => value === 1).length).toBeGreaterThanOrEqual(1)
          expect(grid.startsAt).toBeLessThanOrEqual(from)
          expect(grid.startsAt + grid.values.length * grid.stepMs).toBeGreaterThan(from + span)
          expect(grid.values.every((value) => value === null || value === 1)).toBe(true)
        },
      ),
    )
  })
})
