import type { SignalRole } from '../../../protocol/domain.ts'
import type { Whereabouts } from '../../runbooks/match.ts'
import type { Situation } from '../agent.ts'
import { isTrouble, signalsWhere } from '../reading.ts'
import { serviceOf } from '../topology.ts'

/** Roles of series that a runbook's tokens may speak of: a queue that fills, messages that fail, a replica that lags. */
export function isSpokenOf(role: SignalRole): boolean {
  return role === 'saturation' || role === 'errors' || role === 'latency'
}

/** The tier of the service where the cause is, and what kinds of signal are fresh and in trouble where the symptom shows. */
export function whereabouts(situation: Situation, target: string, symptom: string): Whereabouts {
  const troubled = signalsWhere(situation, (window) => window.service === symptom && window.peer === null).filter(
    (signal) => signal.fresh && isTrouble(signal),
  )
  return {
    tier: serviceOf(situation.catalogue, target)?.tier ?? null,
    symptoms: [...new Set(troubled.map(({ window }) => window.role))],
  }
}
