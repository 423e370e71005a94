/**
 * List prices, one row for each exact profile id. No prefix is guessed: another size of the same family costs a hundred
 * times as much. What a row does not say is unpriced, never 0.
 */

/** USD for 1,000,000 tokens. */
export interface TokenRates {
  input: number
  output: number
  cacheRead?: number
  cacheWrite5m?: number
  cacheWrite1h?: number
}

export interface PriceRow {
  id: string
  rates: TokenRates
  /** rates of other service tiers, by the tier's name. */
  tiers?: Partial<Record<'flex' | 'priority', TokenRates>>
  /** rates where the answer was served with optimized latency. */
  optimized?: TokenRates
  source: keyof typeof SOURCES
  /** when that source was current, YYYY-MM-DD. */
  asOf: string
}

export const SOURCES = {
  'startups-cache': 'awslabs/startups pricing-cache.md, quoting the Bedrock pricing page',
  'genai-prices': '@pydantic/genai-prices 0.1.8, provider aws',
  'vendor-pages': "a gateway vendor's model pages",
  'third-party': 'pages of others that quote the AWS pricing page',
} as const

const CACHE = { source: 'startups-cache', asOf: '2026-07-17' } as const
const GENAI = { source: 'genai-prices', asOf: '2026-09-23' } as const

const micro = { rates: { input: 0.035, output: 0.14, cacheRead: 0.00875 }, ...GENAI }
const lite = { rates: { input: 0.06, output: 0.24, cacheRead: 0.015 }, ...GENAI }
const pro = {
  rates: { input: 0.8, output: 3.2, cacheRead: 0.2 },
  optimized: { input: 1, output: 4 },
  ...GENAI,
}

export const PRICES: readonly PriceRow[] = [
  { id: 'us.amazon.nova-micro-v1:0', ...micro },
  { id: 'eu.amazon.nova-micro-v1:0', ...micro },
  { id: 'us.amazon.nova-lite-v1:0', ...lite },
  { id: 'eu.amazon.nova-lite-v1:0', ...lite },
  { id: 'us.amazon.nova-pro-v1:0', ...pro },
  { id: 'eu.amazon.nova-pro-v1:0', ...pro },
  {
    id: 'global.amazon.nova-2-lite-v1:0',
    rates: { input: 0.3, output: 2.5, cacheRead: 0.075 },
    tiers: { flex: { input: 0.15, output: 1.25 }, priority: { input: 0.525, output: 4.375 } },
    ...GENAI,
  },
  {
    id: 'us.amazon.nova-2-lite-v1:0',
    rates: { input: 0.33, output: 2.75 },
    tiers: { flex: { input: 0.165, output: 1.375 }, priority: { input: 0.5775, output: 4.8125 } },
    ...GENAI,
  },
  {
    id: 'global.anthropic.claude-sonnet-5-5',
    rates: { input: 2, output: 10 },
    source: 'vendor-pages',
    asOf: '2026-11-22',
  },
  {
    id: 'global.anthropic.claude-sonnet-5',
    rates: { input: 2, output: 10, cacheRead: 0.2, cacheWrite5m: 2.5, cacheWrite1h: 4 },
    ...GENAI,
  },
  { id: 'us.anthropic.claude-sonnet-5', rates: { input: 2.2, output: 11 }, ...GENAI },
  {
    id: 'us.anthropic.claude-sonnet-4-6',
    rates: { input: 3.3, output: 16.5, cacheRead: 0.33, cacheWrite5m: 4.125 },
    ...GENAI,
  },
  {
    id: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    rates: { input: 1.1, output: 5.5, cacheRead: 0.11, cacheWrite5m: 1.375 },
    ...GENAI,
  },
  { id: 'amazon.titan-embed-text-v2:0', rates: { input: 0.02, output: 0 }, ...CACHE },
]

/** USD for 1,000 text units of up to 1,000 characters. */
export const GUARDRAIL_PRICES = {
  content: 0.15,
  topics: 0.15,
  sensitive: 0.1,
  words: 0,
  source: 'third-party',
  asOf: '2026-11-22',
} as const

/** The row of an exact id; null: unpriced. */
export function priceRow(id: string): PriceRow | null {
  return PRICES.find((row) => row.id === id) ?? null
}

/** A price that nobody looked at for this long is shown with a warning, in days. */
export const PRICE_STALE_DAYS = 60
const DAY_MS = 86_400_000

/** Ids of these whose price was last looked at too long before `today` (epoch ms). */
export function stalePrices(ids: readonly string[], today: number): { id: string; asOf: string }[] {
  return ids.flatMap((id) => {
    const row = priceRow(id)
    return row && today - Date.parse(row.asOf) > PRICE_STALE_DAYS * DAY_MS ? [{ id, asOf: row.asOf }] : []
  })
}
