import type { SignalRole } from '../../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import { noise } from '../prng.ts'

/** What one service shows of itself in a second, before any measuring noise. */
export interface Reading {
  /** requests a second. */
  rate: number
  /** share of them that fails, 0..1. */
  errors: number
  latencyMs: number
  /** share of its processors in use, 0..1. */
  cpu: number
}

/** From this share of its processors on a service counts as full. */
const CPU_LIMIT = 0.9
/** Seconds over which a share of requests is counted. */
const COUNTED_S = 8
/** Time a call takes on the way, ms. */
const WAY_MS = 2

/** The measured series of one second. */
export interface Sheet<P extends string> {
  readonly series: TelemetrySeries[]
  add(part: P, name: string, role: SignalRole, unit: string, value: number, more?: { peer?: P; limit?: number }): void
  /** rate, errors, latency and processors of a service's own. */
  service(part: P, reading: Reading): void
  /** errors and latency of a call, as its caller sees them. */
  call(caller: P, callee: P, errors: number, latencyMs: number, perS: number): void
  /** A level with measuring noise of so much of itself. */
  shaken(what: string, value: number, share: number): number
}

/**
 * An empty sheet for a second whose samples are taken at `at` (epoch ms). Noise is named by the part that is played, so
 * that other service names change nothing but names.
 */
export function sheetOf<P extends string>(seed: number, second: number, at: number, cast: Record<P, string>): Sheet<P> {
  const series: TelemetrySeries[] = []
  const add: Sheet<P>['add'] = (part, name, role, unit, value, more = {}) => {
    series.push({
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
  const shaken: Sheet<P>['shaken'] = (what, value, share) =>
    Math.max(0, value * (1 + share * noise(seed, what, second)))
  const ratio = (what: string, value: number, perS: number): number => {
    const share = Math.min(1, Math.max(0, value))
    const spread = Math.sqrt((share * (1 - share)) / Math.max(1, perS * COUNTED_S))
    return Math.min(1, Math.max(0, share + spread * noise(seed, what, second)))
  }
  return {
    series,
    add,
    shaken,
    service(part, { rate, errors, latencyMs, cpu }) {
      add(part, 'rate', 'rate', '1/s', shaken(`${part}/rate`, rate, 0.02))
      add(part, 'errors', 'errors', 'ratio', ratio(`${part}/errors`, errors, rate))
      add(part, 'latency_p95', 'latency', 'ms', shaken(`${part}/latency`, latencyMs, 0.04))
      const busy = Math.min(1, shaken(`${part}/cpu`, cpu, 0.02))
      add(part, 'cpu', 'saturation', 'ratio', busy, { limit: CPU_LIMIT })
    },
    call(caller, callee, errors, latencyMs, perS) {
      const what = `${caller}>${callee}`
      add(caller, 'errors', 'errors', 'ratio', ratio(`${what}/errors`, errors, perS), { peer: callee })
      const waited = shaken(`${what}/latency`, latencyMs + WAY_MS, 0.04)
      add(caller, 'latency_p95', 'latency', 'ms', waited, { peer: callee })
    },
  }
}
