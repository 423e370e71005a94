import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { noise } from '../prng.ts'
import { type Reading, sheetOf } from '../kit/sheet.ts'
import { demandAt, failing, isDown, pressure, shareOf, type State } from './physics.ts'
import { BASE_SHARE, fullAtS, LIMIT_MIB, type Part, type Settings } from './settings.ts'
import { CALLS, PARTS } from './world.ts'

/** Latency that callers report for a service that does not answer, ms: their own timeout. */
const TIMEOUT_MS = 3_000
const DESK_PER_S = 9
const FEED_PER_S = 50
/** Kills and restarts are counted over the last five minutes, as orchestrators show them. */
const COUNTED_S = 300
/** A new version of the feed warms up for so long, seconds. */
const WARM_S = 90

/** The truth of a second, before any measuring noise. */
function readings(state: State, settings: Settings): Record<Part, Reading> {
  const visits = demandAt(settings, state.second)
  const pressed = pressure(state)
  const fails = failing(state, settings)
  // The slowest twentieth are requests of the pressed instance, as soon as there are that many of them.
  const slow = 1 + (settings.slower - 1) * pressed * Math.min(1, 2.5 * shareOf(state))
  const profileMs = 55 * slow
  const warm = warmth(state, settings)
  const table: Record<Part, Reading> = {
    app: {
      rate: visits,
      errors: Math.min(1, 0.002 + 0.95 * state.felt),
      latencyMs: 110 + 1.6 * profileMs,
      cpu: 0.36,
    },
    profile: {
      rate: visits + DESK_PER_S,
      errors: 0.001 + 0.99 * fails,
      latencyMs: profileMs,
      cpu: 0.38 + 0.2 * pressed * shareOf(state) * 3,
    },
    sessions: {
      rate: 2 * visits * (state.second < state.signingInUntil ? 1.8 : 1),
      errors: 0.0002,
      latencyMs: 3,
      cpu: state.second < state.signingInUntil ? 0.7 : 0.3,
    },
    db: { rate: visits, errors: 0.0003, latencyMs: 12, cpu: 0.34 },
    desk: { rate: DESK_PER_S, errors: 0.002 + 0.7 * state.felt, latencyMs: 160 + profileMs, cpu: 0.15 },
    feed: { rate: FEED_PER_S, errors: 0.002, latencyMs: 130 + 25 * warm, cpu: 0.34 + 0.3 * warm },
    features: { rate: 1.5 * FEED_PER_S, errors: 0.0005, latencyMs: 30, cpu: 0.3 },
  }
  for (const part of PARTS) {
    if (isDown(state, part)) table[part] = { rate: table[part].rate, errors: 1, latencyMs: TIMEOUT_MS, cpu: 0.02 }
  }
  return table
}

function warmth(state: State, settings: Settings): number {
  const deployed = herringAtS(settings)
  if (deployed === null || state.second < deployed || state.second > deployed + WARM_S) return 0
  return Math.min(1, (state.second - deployed) / 5)
}

/** When the feed is deployed; null where it is not. */
export function herringAtS(settings: Settings): number | null {
  const full = fullAtS(settings)
  return full === null || settings.herringLeadS === null ? null : full - settings.herringLeadS
}

/** Everything a second shows, by the source that measures it, with noise, at the instant `at` (epoch ms). */
export function samples(state: State, settings: Settings, at: number): Record<string, TelemetrySeries[]> {
  const table = readings(state, settings)
  const { seed, cast } = settings
  const metrics = sheetOf(seed, state.second, at, cast)
  for (const part of PARTS) metrics.service(part, table[part])
  for (const [caller, callee] of CALLS) {
    const { errors, latencyMs } = table[callee]
    metrics.call(caller, callee, errors, latencyMs, table[caller].rate)
  }
  // Memory of the fullest instance; the others stay where a healthy one is.
  const others = BASE_SHARE * (1 + 0.004 * noise(seed, 'others', state.second))
  const fullest = Math.min(1, Math.max(others, metrics.shaken('memory', state.memory, 0.004)))
  metrics.add('profile', 'memory', 'saturation', 'MiB', Math.round(fullest * LIMIT_MIB), { limit: LIMIT_MIB })

  const orchestrator = sheetOf(seed, state.second, at, cast)
  const lately = (times: readonly number[]): number => times.filter((time) => state.second - time < COUNTED_S).length
  orchestrator.add('profile', 'oom_kills', 'errors', 'kills', lately(state.kills))
  orchestrator.add('profile', 'restarts', 'other', 'restarts', lately(state.restarts))
  return { metrics: metrics.series, orchestrator: orchestrator.series }
}
