import type { SeriesWindow, VerifySignal } from '../../../protocol/domain.ts'
import type { Situation } from '../agent.ts'
import { boundOf, isTrouble, signalsWhere, type Signal } from '../reading.ts'

/** It has recovered when no more than this share of the shift is left, and it is worse when so much more is added. */
const RECOVERED_SHARE = 0.2
const WORSE_SHARE = 0.5
/** Noise around the old level is not called unrecovered. */
const NOISE_SIGMAS = 2

export interface Watched {
  signal: VerifySignal
  evidence: string
  says: string
}

/**
 * The signals that must recover: errors and latency of the symptom's own service, and one signal of the target that
 * measures strain. A used-up resource is not among them: its level may well rise when its limit does. The symptom's
 * firing alerts stand in when no series of it can be read.
 */
export function watchedSignals(situation: Situation, symptom: string, target: string): Watched[] {
  const felt = troubled(situation, symptom, ['errors', 'latency'])
  const strain = troubled(situation, target, ['saturation', 'latency', 'errors']).filter(
    (signal) => !signal.full && !felt.includes(signal) && signal.service !== symptom,
  )
  const strained = strain.find(({ window }) => window.role === 'saturation') ?? strain[0]
  const onePerRole = felt.filter(
    (signal, at) => felt.findIndex(({ window }) => window.role === signal.window.role) === at,
  )
  const series = [...onePerRole, ...(strained ? [strained] : [])].flatMap((signal) => watch(situation, signal) ?? [])
  if (onePerRole.length > 0) return series
  return [...series, ...watchedAlerts(situation, symptom)]
}

/** Fresh own series in trouble, of these roles, the largest change first. */
function troubled(situation: Situation, service: string, roles: SeriesWindow['role'][]): Signal[] {
  return signalsWhere(
    situation,
    (window) => window.service === service && window.peer === null && roles.includes(window.role),
  )
    .filter((signal) => signal.fresh && isTrouble(signal) && signal.departure !== null)
    .sort((a, b) => (b.departure?.sizeSigma ?? 0) - (a.departure?.sizeSigma ?? 0))
}

function watch(situation: Situation, signal: Signal): Watched | null {
  const { departure, window } = signal
  if (!departure) return null
  const { before, after, sigma, direction } = departure
  const away = direction === 'up' ? 1 : -1
  const shift = Math.abs(after - before)
  const bound = boundOf(situation.catalogue, window)
  const between = bound !== null && away * (bound - before) > 0 && away * (after - bound) > 0
  // A promise to keep is stricter than a share of the shift; neither is stricter than the noise of the time before.
  const left = Math.min(RECOVERED_SHARE * shift, between ? Math.abs(bound - before) : Number.POSITIVE_INFINITY)
  const { source, service, name, peer } = window
  return {
    evidence: signal.evidence,
    says: `${name} on ${service}`,
    signal: {
      kind: 'series',
      series: { source, service, name, peer },
      direction,
      baseline: before,
      recoveredAt: before + away * Math.max(left, NOISE_SIGMAS * sigma),
      worseAt: after + away * WORSE_SHARE * shift,
    },
  }
}

function watchedAlerts(situation: Situation, symptom: string): Watched[] {
  return situation.alerts
    .filter((alert) => alert.status === 'firing' && alert.catalogued && alert.service === symptom)
    .slice(0, 2)
    .flatMap(({ source, fingerprint }): Watched[] => {
      const item = situation.evidence.find(
        ({ data, source: from }) => data.kind === 'alert' && data.fingerprint === fingerprint && from === source,
      )
      if (!item) return []
      return [{ evidence: item.id, says: `the alert on ${symptom}`, signal: { kind: 'alert', source, fingerprint } }]
    })
}
