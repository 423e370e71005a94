import type { Change, SignalRole } from '../../../protocol/domain.ts'
import type { Whereabouts } from '../../runbooks/match.ts'
import type { Situation } from '../agent.ts'
import { changeEventsOf, isTrouble, signalsWhere } from '../reading.ts'
import { serviceOf } from '../topology.ts'

/** Roles of series that a runbook's tokens may speak of: a queue that fills, messages that fail, a replica that lags. */
export function isSpokenOf(role: SignalRole): boolean {
  return role === 'saturation' || role === 'errors' || role === 'latency'
}

/** What a runbook's tokens may speak of in a change: its kind and the setting that it names, never its free text. */
export function changeName({ kind, setting }: Change): string {
  return setting ? `${kind} ${setting.name}` : kind
}

/** The tier of the service where the cause is, and what kinds of signal are fresh and in trouble where the symptom shows. */
export function whereabouts(situation: Situation, target: string, symptom: string): Whereabouts {
  const troubled = signalsWhere(situation, (window) => window.service === symptom && window.peer === null).filter(
    (signal) => signal.fresh && isTrouble(signal),
  )
  return {
    tier: serviceOf(situation.catalogue, target)?.tier ?? null,
    symptoms: [...new Set(troubled.map(({ window }) => window.role))],
    changed: changeEventsOf(situation)
      .filter(({ change }) => change.service === target)
      .map(({ change }) => changeName(change)),
  }
}
