import type { SignalRole } from '../../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { noise } from '../prng.ts'
import { BACKLOG_MAX, demandAt, historyAt } from './physics.ts'
import type { Part, Settings } from './settings.ts'
import { type World, isDown } from './state.ts'
import { EDGES, PARTS } from './world.ts'

/** What one service shows of itself in a second. */
export interface Reading {
  rate: number
  errors: number
  latencyMs: number
  cpu: number
}

/** Searches a second, order history's share of errors and the like: plain sizes of a plain shop. */
const SEARCH_PER_S = 45
const STORE_PER_S = 140
/** A queue this long is a queue: a handful of waiting queries is normal scheduling. */
const POOL_WAITING_LIMIT = 5
/** Latency that callers report for a service that does not answer, ms: their own timeout. */
const TIMEOUT_MS = 3_000

/** The truth of a second, before any measuring noise. */
export function readings(world: World, settings: Settings): Record<Part, Reading> {
  const { second, failed, waitS, felt } = world
  const warm = warmth(world, settings)
  const cold = second < world.coldUntil ? 1 : 0
  const orders = demandAt(settings, second)
  const normal = settings.checkoutPerS + settings.historyPerS
  const table: Record<Part, Reading> = {
    storefront: {
      rate: STORE_PER_S * (1 - 0.25 * felt.failed),
      errors: 0.001 + 0.55 * felt.failed,
      latencyMs: 90 + 380 * felt.waitS,
      cpu: 0.34,
    },
    checkout: {
      rate: orders,
      errors: Math.min(1, 0.002 + world.turnedAway),
      latencyMs: 180 + 1_050 * waitS,
      cpu: 0.42 + 0.03 * waitS,
    },
    // Those who give up in the queue are errors of the caller: the proxy itself never failed a query.
    proxy: {
      rate: world.served,
      errors: 0.0005,
      latencyMs: 95 * world.dbSlow,
      cpu: 0.22 + 0.06 * (world.served / normal),
    },
    db: {
      rate: world.served,
      errors: 0.0003,
      latencyMs: 14 * world.dbSlow,
      cpu: Math.min(1, (0.2 + 0.22 * (world.served / normal)) * world.dbSlow),
    },
    search: {
      rate: SEARCH_PER_S,
      errors: 0.002 + 0.02 * cold,
      latencyMs: 120 + 25 * warm + 400 * cold,
      cpu: Math.min(0.98, 0.38 + (settings.herring?.cpu ?? 0) * warm + 0.2 * cold),
    },
    index: { rate: SEARCH_PER_S * (1.6 + cold), errors: 0.0005, latencyMs: 35 + 60 * cold, cpu: 0.3 + 0.3 * cold },
    // Order history waits like checkout does, but mostly answers from its last copy when it must give up.
    history: {
      rate: historyAt(settings, second),
      errors: 0.002 + 0.1 * failed,
      latencyMs: 140 + 1_050 * waitS,
      cpu: 0.18,
    },
    notifier: { rate: orders * (1 - failed) * 0.9, errors: 0.001, latencyMs: 60, cpu: 0.12 },
  }
  for (const part of PARTS) {
    if (isDown(world, part)) table[part] = { rate: table[part].rate, errors: 1, latencyMs: TIMEOUT_MS, cpu: 0.02 }
  }
  return table
}

/** How far the new version of search has warmed up, 0..1: a few seconds from cold to hot. */
function warmth(world: World, settings: Settings): number {
  if (settings.herring === null || world.searchRolledBack) return 0
  return Math.min(1, Math.max(0, (world.second - settings.herring.warmS) / 4))
}

/** Everything a second of the shop shows, measured with noise, at the instant `at` (epoch ms). */
export function samples(world: World, settings: Settings, at: number): TelemetrySeries[] {
  const { seed, cast } = settings
  const table = readings(world, settings)
  const list: TelemetrySeries[] = []
  const add = (
    part: Part,
    name: string,
    role: SignalRole,
    unit: string,
    value: number,
    more: { peer?: Part; limit?: number } = {},
  ): void => {
    list.push({
      service: cast[part],
      name,
      peer: more.peer === undefined ? null : cast[more.peer],
      role,
      unit,
      limit: more.limit ?? null,
      breach: 'above',
      samples: [[at, Math.round(value * 10_000) / 10_000]],
    })
  }
  // The noise is named by the part that is played, so that other service names change nothing but names.
  const shaken = (what: string, value: number, share: number): number =>
    Math.max(0, value * (1 + share * noise(seed, what, world.second)))
  const ratio = (what: string, value: number, perS: number): number => {
    const spread = Math.sqrt((value * (1 - value)) / Math.max(1, perS * 8))
    return Math.min(1, Math.max(0, value + spread * noise(seed, what, world.second)))
  }

  for (const part of PARTS) {
    const { rate, errors, latencyMs, cpu } = table[part]
    const wobble = part === 'search' || part === 'index' ? 0.012 : 0.02
    add(part, 'rate', 'rate', '1/s', shaken(`${part}/rate`, rate, 0.02))
    add(part, 'errors', 'errors', 'ratio', ratio(`${part}/errors`, errors, rate))
    add(part, 'latency_p95', 'latency', 'ms', shaken(`${part}/latency`, latencyMs, 0.04))
    add(part, 'cpu', 'saturation', 'ratio', Math.min(1, shaken(`${part}/cpu`, cpu, wobble)), { limit: 0.9 })
  }
  for (const [caller, callee] of EDGES) {
    const edge = edgeOf(caller, callee, world, settings, table)
    const what = `${caller}>${callee}`
    add(caller, 'errors', 'errors', 'ratio', ratio(`${what}/errors`, edge.errors, table[caller].rate), { peer: callee })
    add(caller, 'latency_p95', 'latency', 'ms', shaken(`${what}/latency`, edge.latencyMs, 0.04), { peer: callee })
  }
  const pool = world.limit * world.proxies
  const full = world.waiting > 0.5
  // A pool's gauge is exact; what little it moves is the second it is averaged over.
  const busy = full ? world.busy : Math.min(pool, shaken('pool', world.busy, 0.006))
  add('proxy', 'pool_in_use', 'saturation', 'connections', Math.round(busy * 10) / 10, { limit: pool })
  add('proxy', 'pool_waiting', 'saturation', 'queries', Math.round(shaken('waiting', world.waiting, 0.02)), {
    limit: POOL_WAITING_LIMIT,
  })
  add('checkout', 'retry_backlog', 'saturation', 'orders', Math.round(world.backlog), { limit: BACKLOG_MAX })
  add(
    'db',
    'connections',
    'saturation',
    'connections',
    Math.round(shaken('db-connections', world.dbConnections, 0.02)),
    {
      limit: settings.dbLimit,
    },
  )
  return list
}

/** What a caller sees of a callee: the callee's own time and failures, and for the proxy the wait for a connection. */
function edgeOf(
  caller: Part,
  callee: Part,
  world: World,
  settings: Settings,
  table: Record<Part, Reading>,
): { errors: number; latencyMs: number } {
  const { errors, latencyMs } = table[callee]
  if (callee !== 'proxy' || isDown(world, caller)) return { errors, latencyMs: latencyMs + 2 }
  const { lostCalls } = settings
  const lost = caller === 'checkout' && lostCalls !== null && world.second >= lostCalls.fromS ? lostCalls.share : 0
  return { errors: Math.min(1, Math.max(errors, world.failed) + lost), latencyMs: latencyMs + 2 + 1_000 * world.waitS }
}
