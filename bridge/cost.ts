import type { Cost, GuardrailUnits, TokenUsage } from '../durable/protocol/models.ts'
import { GUARDRAIL_PRICES, PRICES, type TokenRates, priceRow } from './prices.ts'

const TOKENS = 1_000_000
const UNITS = 1000

/** How a call was served, as its answer said: it is billed by that and not by what was asked for. */
export interface Served {
  /** null: the answer named none, which is the default tier. */
  tier: string | null
  optimizedLatency: boolean
}

/** What a model call cost, from its usage. Anything that has no price makes the whole unpriced; nothing is guessed. */
export function tokenCost(model: string, usage: TokenUsage | null, served: Served): Cost {
  if (!usage) return unpriced('usage')
  const row = priceRow(model)
  if (!row) return unpriced('model')
  const rates = ratesOf(row, served)
  if (!rates) return unpriced('tier')
  const parts: [tokens: number, rate: number | undefined][] = [
    [usage.input, rates.input],
    [usage.output, rates.output],
    [usage.cacheRead, rates.cacheRead],
    [usage.cacheWrite5m, rates.cacheWrite5m],
    [usage.cacheWrite1h, rates.cacheWrite1h],
  ]
  if (parts.some(([tokens, rate]) => tokens > 0 && rate === undefined)) return unpriced('cache')
  return { usd: parts.reduce((sum, [tokens, rate = 0]) => sum + (tokens * rate) / TOKENS, 0), unpriced: null }
}

function ratesOf(
  row: ReturnType<typeof priceRow> & object,
  { tier, optimizedLatency }: Served,
): TokenRates | undefined {
  if (optimizedLatency) return row.optimized
  if (tier === null || tier === 'default' || tier === 'standard') return row.rates
  return tier === 'flex' || tier === 'priority' ? row.tiers?.[tier] : undefined
}

/** What a guardrail's text units cost. */
export function guardrailCost(units: GuardrailUnits): Cost {
  if (units.other > 0) return unpriced('guardrail')
  const { content, topics, sensitive, words } = GUARDRAIL_PRICES
  const usd =
    (units.content * content + units.topics * topics + units.sensitive * sensitive + units.words * words) / UNITS
  return { usd, unpriced: null }
}

/** The sum; one unpriced part makes the sum unpriced. */
export function sumOf(...costs: Cost[]): Cost {
  const unknown = costs.find(({ usd }) => usd === null)
  return unknown ?? { usd: costs.reduce((sum, { usd }) => sum + (usd ?? 0), 0), unpriced: null }
}

export const FREE: Cost = { usd: 0, unpriced: null }

export function unpriced(why: NonNullable<Cost['unpriced']>): Cost {
  return { usd: null, unpriced: why }
}

/** The dearest row of the table: what a budget reserves for a call that has no price of its own. */
const DEAREST: TokenRates = {
  input: Math.max(...PRICES.map(({ rates }) => rates.input)),
  output: Math.max(...PRICES.map(({ rates }) => rates.output)),
}

/** What a budget is charged before a call: the most it can cost at list price. Unknown models are charged as the dearest one. */
export function reserveUsd(model: string, inputTokens: number, outputTokensMax: number): number {
  const rates = priceRow(model)?.rates ?? DEAREST
  return (inputTokens * rates.input + outputTokensMax * rates.output) / TOKENS
}

export interface Savings {
  /** another model counts other tokens for the same text, so this is never more than an estimate. */
  kind: 'estimate'
  baseline: string
  /** calls that could be compared, and those that could not. */
  n: number
  leftOut: number
  actualUsd: number
  baselineUsd: number
  savedUsd: number
}

/** What the same tokens would have cost on `baseline` at its list price; null where nothing can be compared. */
export function savings(calls: readonly { tokens: TokenUsage | null; cost: Cost }[], baseline: string): Savings | null {
  const rates = priceRow(baseline)?.rates
  if (!rates) return null
  let [n, actualUsd, baselineUsd] = [0, 0, 0]
  for (const { tokens, cost } of calls) {
    if (!tokens || cost.usd === null) continue
    n += 1
    actualUsd += cost.usd
    // What was read from a cache here would be plain input there: nobody knows whether it had been cached.
    const input = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h
    baselineUsd += (input * rates.input + tokens.output * rates.output) / TOKENS
  }
  if (n === 0) return null
  const savedUsd = baselineUsd - actualUsd
  return { kind: 'estimate', baseline, n, leftOut: calls.length - n, actualUsd, baselineUsd, savedUsd }
}
