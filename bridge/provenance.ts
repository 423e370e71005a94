import type { Cost, ModelReason, Provenance } from '../durable/protocol/models.ts'
import { FREE, unpriced } from './cost.ts'

/** What is said of a call that the embedded engine answered: it costs nothing and leaves nothing. */
export function embeddedProvenance(operation: string, latencyMs: number): Provenance {
  return {
    driver: 'embedded',
    operation,
    model: null,
    servedTier: null,
    optimizedLatency: false,
    tokens: null,
    guardrail: null,
    cost: FREE,
    latencyMs,
    attempts: 0,
    outcome: 'answered',
    redacted: {},
  }
}

/** The same for a call to AWS before anything is known of its answer. */
export function awsProvenance(operation: string, model: string | null): Provenance {
  return {
    driver: 'aws',
    operation,
    model,
    servedTier: null,
    optimizedLatency: false,
    tokens: null,
    guardrail: null,
    cost: FREE,
    latencyMs: 0,
    attempts: 0,
    outcome: 'answered',
    redacted: {},
  }
}

/** What the calls of one model and operation came to. */
export interface CallTally {
  driver: Provenance['driver']
  operation: string
  model: string | null
  n: number
  /** calls by how they ended. */
  outcomes: Partial<Record<'answered' | ModelReason, number>>
  /** of calls that were answered; null: none was. Nearest rank, so each is a latency that was measured. */
  latencyMs: { p50: number; p95: number; p99: number } | null
  /** the sum of what has a price, and how many calls have none. */
  usd: number
  unpricedCalls: number
}

/** Calls by driver, operation and model. Nothing here is a constant: no call, no row. */
export function tallyOf(calls: readonly Provenance[]): CallTally[] {
  const groups = Map.groupBy(calls, ({ driver, operation, model }) => JSON.stringify([driver, operation, model]))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const latencies = group
      .filter(({ outcome }) => outcome === 'answered')
      .map(({ latencyMs }) => latencyMs)
      .sort((a, b) => a - b)
    const outcomes: CallTally['outcomes'] = {}
    for (const { outcome } of group) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    return [
      {
        driver: first.driver,
        operation: first.operation,
        model: first.model,
        n: group.length,
        outcomes,
        latencyMs:
          latencies.length === 0
            ? null
            : { p50: rank(latencies, 0.5), p95: rank(latencies, 0.95), p99: rank(latencies, 0.99) },
        usd: group.reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0),
        unpricedCalls: group.filter(({ cost }) => cost.usd === null).length,
      },
    ]
  })
}

function rank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/** Nothing went out, so nothing was spent; else what was spent is not known until an answer says it. */
export function costBeforeAnswer(attempts: number): Cost {
  return attempts === 0 ? FREE : unpriced('usage')
}
