import { expect, test } from 'vitest'
import type { Cost, Provenance, TokenUsage } from '../../../durable/protocol/models.ts'
import { DEFAULTS, EOL_NOTICE_DAYS, endingSoon, modelRow } from '../../../bridge/catalog.ts'
import { guardrailCost, reserveUsd, savings, sumOf, tokenCost } from '../../../bridge/cost.ts'
import { PRICES, SOURCES, priceRow, stalePrices } from '../../../bridge/prices.ts'
import { awsProvenance, embeddedProvenance, tallyOf } from '../../../bridge/provenance.ts'

const DAY_MS = 86_400_000
const DEFAULT = { tier: null, optimizedLatency: false }

function tokens(input: number, output: number, more: Partial<TokenUsage> = {}): TokenUsage {
  return { input, output, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, ...more }
}

test('[BD22] every default has a row, a price with source and date, and no end within 90 days of today', () => {
  const ids = Object.values(DEFAULTS)
  expect(endingSoon(ids, Date.now())).toEqual([])
  for (const id of ids) {
    expect(modelRow(id).source).not.toBe('not in the table')
    expect(priceRow(id)).not.toBeNull()
  }
  for (const row of PRICES) {
    expect(Date.parse(row.asOf)).toBeLessThanOrEqual(Date.now())
    expect(SOURCES[row.source]).toBeTruthy()
    expect(modelRow(row.id).source).not.toBe('not in the table')
  }
})

test('[BD22] a default that ends within the notice, or has ended, is found', () => {
  const id = 'us.amazon.nova-premier-v1:0'
  const eol = Date.parse('2026-09-14')
  expect(endingSoon([...Object.values(DEFAULTS), id], eol - EOL_NOTICE_DAYS * DAY_MS)).toEqual([
    { id, eol: '2026-09-14' },
  ])
  expect(endingSoon([id], eol + 400 * DAY_MS)).toHaveLength(1)
  expect(endingSoon([id], eol - (EOL_NOTICE_DAYS + 1) * DAY_MS)).toEqual([])
})

/** Worked out by hand from the price lists, USD. */
const HAND: [id: string, usage: TokenUsage, served: { tier: string | null; optimizedLatency: boolean }, usd: number][] =
  [
    ['us.amazon.nova-micro-v1:0', tokens(800, 60), DEFAULT, 0.0000364],
    ['us.amazon.nova-lite-v1:0', tokens(2000, 200), DEFAULT, 0.000168],
    ['us.amazon.nova-pro-v1:0', tokens(6000, 800), DEFAULT, 0.00736],
    ['us.amazon.nova-pro-v1:0', tokens(6000, 800), { tier: null, optimizedLatency: true }, 0.0092],
    ['us.amazon.nova-micro-v1:0', tokens(200, 50, { cacheRead: 4000 }), DEFAULT, 0.000049],
    ['global.amazon.nova-2-lite-v1:0', tokens(10_000, 1000), DEFAULT, 0.0055],
    ['global.amazon.nova-2-lite-v1:0', tokens(10_000, 1000), { tier: 'default', optimizedLatency: false }, 0.0055],
    ['global.amazon.nova-2-lite-v1:0', tokens(10_000, 1000), { tier: 'flex', optimizedLatency: false }, 0.00275],
    ['global.amazon.nova-2-lite-v1:0', tokens(10_000, 1000), { tier: 'priority', optimizedLatency: false }, 0.009625],
    ['us.amazon.nova-2-lite-v1:0', tokens(10_000, 1000), { tier: 'priority', optimizedLatency: false }, 0.0105875],
    ['global.anthropic.claude-sonnet-5-5', tokens(10_300, 1160), DEFAULT, 0.0322],
    [
      'global.anthropic.claude-sonnet-5',
      tokens(1000, 500, { cacheRead: 20_000, cacheWrite5m: 4000, cacheWrite1h: 2000 }),
      DEFAULT,
      // 0.002 in, 0.005 out, 0.004 read, 0.01 and 0.008 written.
      0.029,
    ],
    ['us.anthropic.claude-sonnet-4-6', tokens(1000, 100), DEFAULT, 0.00495],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', tokens(1000, 100, { cacheWrite5m: 8000 }), DEFAULT, 0.01265],
    ['amazon.titan-embed-text-v2:0', tokens(5000, 0), DEFAULT, 0.0001],
  ]

test.each(HAND)('[BD36] %s %o at %o costs %d USD', (id, usage, served, usd) => {
  const cost = tokenCost(id, usage, served)
  expect(cost.unpriced).toBeNull()
  expect(cost.usd).toBeCloseTo(usd, 12)
})

test('[BD36] guardrail units are charged by filter and added to the tokens', () => {
  const units = { content: 3, topics: 2, sensitive: 5, words: 9, other: 0 }
  // 0.00045 + 0.0003 + 0.0005 + nothing for words.
  expect(guardrailCost(units).usd).toBeCloseTo(0.00125, 12)
  const sum = sumOf(guardrailCost(units), tokenCost('us.amazon.nova-micro-v1:0', tokens(800, 60), DEFAULT))
  expect(sum.usd).toBeCloseTo(0.0012864, 12)
})

const unpriced: [string, Cost, Cost['unpriced']][] = [
  ['a model that is not in the table', tokenCost('us.amazon.nova-micro-v2:0', tokens(1, 1), DEFAULT), 'model'],
  ['the bare id of one that is', tokenCost('amazon.nova-micro-v1:0', tokens(1, 1), DEFAULT), 'model'],
  ['Titan by its first version', tokenCost('amazon.titan-embed-text-v1', tokens(1, 0), DEFAULT), 'model'],
  [
    'another tier',
    tokenCost('us.amazon.nova-micro-v1:0', tokens(1, 1), { tier: 'reserved', optimizedLatency: false }),
    'tier',
  ],
  [
    'a tier it has no price for',
    tokenCost('us.amazon.nova-micro-v1:0', tokens(1, 1), { tier: 'flex', optimizedLatency: false }),
    'tier',
  ],
  [
    'fast service where none is listed',
    tokenCost('us.amazon.nova-lite-v1:0', tokens(1, 1), { tier: null, optimizedLatency: true }),
    'tier',
  ],
  [
    'a cache it has no price for',
    tokenCost('us.amazon.nova-micro-v1:0', tokens(1, 1, { cacheWrite5m: 1 }), DEFAULT),
    'cache',
  ],
  ['no usage', tokenCost('us.amazon.nova-micro-v1:0', null, DEFAULT), 'usage'],
  [
    'a filter it has no price for',
    guardrailCost({ content: 1, topics: 0, sensitive: 0, words: 0, other: 1 }),
    'guardrail',
  ],
]

test.each(unpriced)('[BD37] %s is unpriced', (_, cost, word) => {
  expect(cost).toEqual({ usd: null, unpriced: word })
  expect(sumOf({ usd: 1, unpriced: null }, cost)).toEqual(cost)
})

test('[BD37] a price that nobody looked at for 60 days is warned of', () => {
  const [micro] = PRICES
  const asOf = Date.parse(micro?.asOf ?? '')
  const ids = [DEFAULTS.classify, 'us.example.own-v1:0']
  expect(stalePrices(ids, asOf + 60 * DAY_MS)).toEqual([])
  expect(stalePrices(ids, asOf + 61 * DAY_MS)).toEqual([{ id: DEFAULTS.classify, asOf: micro?.asOf }])
})

test('[BD32] what is set aside for an unknown model is the dearest of the table', () => {
  const all = PRICES.map(({ id }) => reserveUsd(id, 1000, 1000))
  expect(reserveUsd('us.example.own-v1:0', 1000, 1000)).toBeCloseTo(Math.max(...all), 12)
})

test('[BD38] savings are an estimate against a named baseline, over what can be compared', () => {
  const baseline = 'global.anthropic.claude-sonnet-5-5'
  const call = (id: string, usage: TokenUsage) => ({ tokens: usage, cost: tokenCost(id, usage, DEFAULT) })
  const calls = [
    call('us.amazon.nova-micro-v1:0', tokens(800, 60)),
    call('us.amazon.nova-lite-v1:0', tokens(2000, 200)),
    call('us.amazon.nova-pro-v1:0', tokens(6000, 800)),
    call('us.amazon.nova-lite-v1:0', tokens(1500, 300)),
    call('us.example.own-v1:0', tokens(9, 9)),
  ]
  const found = savings(calls, baseline)
  expect(found).toMatchObject({ kind: 'estimate', baseline, n: 4, leftOut: 1 })
  // 0.0000364 + 0.000168 + 0.00736 + 0.000162; 10,300 in and 1,360 out at 2 and 10 for a million.
  expect(found?.actualUsd).toBeCloseTo(0.0077264, 12)
  expect(found?.baselineUsd).toBeCloseTo(0.0342, 12)
  expect(found?.savedUsd).toBeCloseTo(0.0264736, 12)
  expect(savings(calls, 'us.example.baseline')).toBeNull()
  expect(savings(calls.slice(4), baseline)).toBeNull()
})

test('[BD41] percentiles are latencies that were measured, by driver, operation and model; failures are counted apart', () => {
  const call = (latencyMs: number, more: Partial<Provenance> = {}): Provenance => ({
    ...awsProvenance('analyse', 'm'),
    latencyMs,
    cost: { usd: 0.5, unpriced: null },
    ...more,
  })
  const answered = Array.from({ length: 100 }, (_, index) => call(100 - index))
  const failed = call(9000, { outcome: 'throttled', cost: { usd: null, unpriced: 'usage' } })
  const rows = tallyOf([
    ...answered,
    failed,
    embeddedProvenance('analyse', 2),
    call(7, { model: 'other', outcome: 'html' }),
  ])
  expect(rows).toEqual([
    {
      driver: 'aws',
      operation: 'analyse',
      model: 'm',
      n: 101,
      outcomes: { answered: 100, throttled: 1 },
      latencyMs: { p50: 50, p95: 95, p99: 99 },
      usd: 50,
      unpricedCalls: 1,
    },
    expect.objectContaining({ driver: 'embedded', n: 1, latencyMs: { p50: 2, p95: 2, p99: 2 }, usd: 0 }),
    expect.objectContaining({ model: 'other', outcomes: { html: 1 }, latencyMs: null }),
  ])
  expect(tallyOf([])).toEqual([])
})
