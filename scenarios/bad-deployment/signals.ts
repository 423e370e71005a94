import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { type Reading, sheetOf } from '../kit/sheet.ts'
import { dbFails, dbLoad, demandAt, failsAt, isDown, newShare, type State } from './physics.ts'
import type { Part, Settings } from './settings.ts'
import { CALLS, PARTS } from './world.ts'

/** Latency that callers report for a service that does not answer, ms: their own timeout. */
const TIMEOUT_MS = 3_000
const PARTNERS_PER_S = 22
const REPORTS_PER_S = 4

/** The truth of a second, before any measuring noise. */
function readings(state: State, settings: Settings): Record<Part, Reading> {
  const bookings = demandAt(settings, state.second)
  const { felt, dbSlow } = state
  const load = dbLoad(state, settings)
  const dbMs = 11 * dbSlow
  const middle = (part: 'pricing' | 'seats', baseMs: number, cpu: number): Reading => {
    const share = part === settings.deployed ? newShare(state) : 0
    return {
      rate: bookings + PARTNERS_PER_S,
      errors: 0.0015 + 0.9985 * failsAt(state, settings, part),
      latencyMs: (baseMs + 3 * dbMs) * (1 + (settings.slower - 1) * share),
      cpu: cpu * (1 + 0.12 * share),
    }
  }
  const pricing = middle('pricing', 60, 0.4)
  const seats = middle('seats', 75, 0.36)
  const table: Record<Part, Reading> = {
    site: {
      rate: 2.4 * bookings,
      errors: 0.001 + 0.6 * felt.site,
      latencyMs: 120 + 0.5 * pricing.latencyMs,
      cpu: 0.33,
    },
    booking: {
      rate: bookings,
      errors: Math.min(1, 0.002 + 0.95 * felt.booking),
      latencyMs: 80 + pricing.latencyMs + seats.latencyMs,
      cpu: 0.38,
    },
    pricing,
    seats,
    db: {
      rate: 3 * (bookings + PARTNERS_PER_S) * load,
      errors: 0.0003 + dbFails(state),
      latencyMs: dbMs,
      cpu: 0.42 * load,
    },
    partners: {
      rate: PARTNERS_PER_S,
      errors: 0.002 + 0.9 * felt.partners,
      latencyMs: 60 + pricing.latencyMs,
      cpu: 0.2,
    },
    reports: { rate: REPORTS_PER_S, errors: 0.001 + dbFails(state), latencyMs: 220 + 6 * dbMs, cpu: 0.15 },
  }
  for (const part of PARTS) {
    if (isDown(state, part)) table[part] = { rate: table[part].rate, errors: 1, latencyMs: TIMEOUT_MS, cpu: 0.02 }
  }
  return table
}

/** Everything a second of the ticket shop shows, measured with noise, at the instant `at` (epoch ms). */
export function samples(state: State, settings: Settings, at: number): TelemetrySeries[] {
  const table = readings(state, settings)
  const sheet = sheetOf(settings.seed, state.second, at, settings.cast)
  for (const part of PARTS) sheet.service(part, table[part])
  for (const [caller, callee] of CALLS) {
    const { errors, latencyMs } = table[callee]
    sheet.call(caller, callee, Math.min(1, errors), latencyMs, table[caller].rate)
  }
  return sheet.series
}
