import type { Catalogue, IncidentState, Severity } from '../../protocol/domain.ts'
import type { EscalationPolicy, PageReason, Paging } from '../../protocol/oncall.ts'

/** The policy of a service at a severity: its own, else the one for every service; null where nobody is called. */
export function policyFor(
  { escalation = [] }: Pick<Catalogue, 'escalation'>,
  service: string,
  severity: Severity,
): EscalationPolicy | null {
  const own = escalation.find(({ services }) => services.includes(service))
  const policy = own ?? escalation.find(({ services }) => services.includes('*'))
  return policy && pages(policy, severity) ? policy : null
}

/** Whether a policy calls anybody for this severity. */
export function pages({ severity: least }: EscalationPolicy, severity: Severity): boolean {
  return least === undefined || severity <= least
}

/** The step after this one; after the last one the first again, `repeat` times; null then. */
export function nextStep(
  { steps, repeat }: EscalationPolicy,
  { round, step }: Pick<Paging, 'round' | 'step'>,
): { round: number; step: number } | null {
  if (step + 1 < steps.length) return { round, step: step + 1 }
  return round < repeat ? { round: round + 1, step: 0 } : null
}

/**
 * Whether a page that could not be delivered yet still concerns somebody: until somebody takes the incident on, and where
 * it was made although somebody had, while the incident is worked on.
 */
export function stillNeeded(reason: PageReason, state: IncidentState): boolean {
  if (state === 'triggered') return true
  const regardless = reason === 'severity-raised' || reason === 'escalated-by-person'
  return regardless && (state === 'acknowledged' || state === 'mitigated')
}
