import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { seriesByService, telemetrySchema } from '../../worker/ingest/telemetry/parse.ts'
import { hostile } from './bodies.ts'

const SERIES = { service: 'checkout', name: 'errors', samples: [[1_000, 0.5]] }

function parse(body: unknown) {
  const result = telemetrySchema.safeParse(body)
  return result.success ? seriesByService(result.data) : 'undecodable'
}

test('[IN8] series are grouped by service, with what was not said filled in', () => {
  const edge = {
    ...SERIES,
    name: 'latency_p95',
    peer: 'db-proxy',
    role: 'latency',
    unit: 'ms',
    limit: 800,
    breach: 'below',
  }
  const groups = parse({ series: [SERIES, { ...SERIES, service: 'search' }, edge] })
  if (groups === 'undecodable') throw new Error('the series were refused')
  expect([...groups.keys()]).toEqual(['checkout', 'search'])
  expect(groups.get('checkout')).toEqual([
    { ...SERIES, peer: null, role: 'other', unit: '', limit: null, breach: 'above' },
    edge,
  ])
})

test('[IN8] a sample is a whole epoch millisecond and a finite value; anything else refuses the post', () => {
  const bad = [[1_000], [1_000, 1, 1], ['1000', 1], [1_000, '1'], [0, 1], [1.5, 1], [1_000, null], [2 ** 60, 1], {}, 7]
  for (const sample of bad)
    expect(parse({ series: [{ ...SERIES, samples: [[1_000, 1], sample] }] })).toBe('undecodable')
  const infinite: unknown = JSON.parse('{"series":[{"service":"a","name":"b","samples":[[1000,1e999]]}]}')
  expect(parse(infinite)).toBe('undecodable')
  expect(parse({ series: [{ ...SERIES, samples: [] }] })).not.toBe('undecodable')
})

test('[IN8] what is no list of series is refused', () => {
  for (const body of [null, [], {}, { series: [] }, { series: [null] }, { series: [{ ...SERIES, role: 'mood' }] }])
    expect(parse(body)).toBe('undecodable')
  expect(parse({ series: [{ ...SERIES, service: '' }] })).toBe('undecodable')
  expect(parse({ series: [{ ...SERIES, name: 'x'.repeat(201) }] })).toBe('undecodable')
})

test('[LM6] a post has at most 5,000 series, 250,000 samples and 100 services', () => {
  const series = (count: number) => Array.from({ length: count }, (_, n) => ({ ...SERIES, name: `s${n}` }))
  const services = (count: number) => Array.from({ length: count }, (_, n) => ({ ...SERIES, service: `s${n}` }))
  const samples = (count: number) => [{ ...SERIES, samples: Array.from({ length: count }, (_, n) => [n + 1, 1]) }]
  for (const [make, max] of [
    [series, 5_000],
    [services, 100],
    [samples, 250_000],
  ] as const) {
    expect(parse({ series: make(max) })).not.toBe('undecodable')
    expect(parse({ series: make(max + 1) })).toBe('undecodable')
  }
})

test('[IN10] any body at all is series or refused, never thrown at', () => {
  fc.assert(
    fc.property(hostile, (body) => {
      parse(body)
      parse({ series: [body] })
      parse({ series: [{ ...SERIES, samples: body }] })
      parse({ series: [{ ...SERIES, limit: body, peer: body }] })
    }),
    { numRuns: 1_000 },
  )
})
