import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { type Reading, sheetOf } from '../kit/sheet.ts'
import { crowd, demandAt, isCold, isDown, type State } from './physics.ts'
import type { Part, Settings } from './settings.ts'
import { CALLS, PARTS } from './world.ts'

/** Latency that callers report for a service that does not answer, ms: their own timeout. */
const TIMEOUT_MS = 3_000
const ACCOUNT_PER_S = 25
/** Cold caches send so much more to what lies behind, and answer so much slower. */
const COLD_FAILS = 0.12
const COLD_SLOWER = 4
/** What a database that copies itself fails, and how much slower it answers. */
const COPY_FAILS = 0.15
const COPY_SLOWER = 5
/** Visitors of a page that was taken offline see an error. */
const OFFLINE_FAILS = 0.7

/** The truth of a second, before any measuring noise. */
function readings(state: State, settings: Settings): Record<Part, Reading> {
  const visits = demandAt(settings, state.second)
  const busy = crowd(settings, state.second) - 1
  const copying = state.second < state.copyingUntil
  const dbMs = (9 + 2 * busy) * (copying ? COPY_SLOWER : 1)
  const dbFails = isDown(state, 'db') ? 1 : copying ? COPY_FAILS : 0
  const offersFails = isDown(state, 'offers') ? 1 : Math.min(1, dbFails + (isCold(state, 'offers') ? COLD_FAILS : 0))
  const offersMs = (55 + 10 * busy + 2 * dbMs) * (isCold(state, 'offers') ? COLD_SLOWER : 1)
  const landingFails = Math.min(
    1,
    0.9 * offersFails + (isCold(state, 'landing') ? COLD_FAILS : 0) + (state.offline ? OFFLINE_FAILS : 0),
  )
  const table: Record<Part, Reading> = {
    landing: {
      rate: visits,
      errors: 0.001 + 0.999 * landingFails,
      latencyMs: (120 + 25 * busy + offersMs) * (isCold(state, 'landing') ? COLD_SLOWER : 1),
      cpu: Math.min(1, 0.3 + 0.2 * busy),
    },
    offers: {
      rate: 0.7 * visits + ACCOUNT_PER_S,
      errors: 0.001 + 0.999 * offersFails,
      latencyMs: offersMs,
      cpu: Math.min(1, 0.28 + 0.17 * busy),
    },
    images: { rate: 4 * visits, errors: 0.0008, latencyMs: 25 + 3 * busy, cpu: 0.22 + 0.14 * busy },
    db: {
      rate: 0.5 * visits + ACCOUNT_PER_S,
      errors: 0.0002 + dbFails,
      latencyMs: dbMs,
      cpu: Math.min(1, 0.26 + 0.15 * busy),
    },
    account: { rate: ACCOUNT_PER_S, errors: 0.001 + 0.8 * offersFails, latencyMs: 90 + offersMs, cpu: 0.2 },
    mailer: { rate: settings.waveS === null ? 5 : 5 + 40 * Math.min(1, busy), errors: 0.001, latencyMs: 70, cpu: 0.18 },
  }
  for (const part of PARTS) {
    if (isDown(state, part)) table[part] = { rate: table[part].rate, errors: 1, latencyMs: TIMEOUT_MS, cpu: 0.02 }
  }
  return table
}

/** Everything a second shows, by the source that measures it, with noise, at the instant `at` (epoch ms). */
export function samples(state: State, settings: Settings, at: number): Record<string, TelemetrySeries[]> {
  const table = readings(state, settings)
  const { seed, second } = { seed: settings.seed, second: state.second }
  const metrics = sheetOf(seed, second, at, settings.cast)
  for (const part of PARTS) metrics.service(part, table[part])
  for (const [caller, callee] of CALLS) {
    const { errors, latencyMs } = table[callee]
    metrics.call(caller, callee, Math.min(1, errors), latencyMs, table[caller].rate)
  }
  const prober = sheetOf(seed, second, at, settings.cast)
  const unseen = Math.min(1, table.landing.errors + state.lost)
  prober.add('landing', 'probe_failures', 'errors', 'ratio', unseen)
  return { metrics: metrics.series, prober: prober.series }
}
