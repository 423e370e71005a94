import type { Instant } from './domain.ts'
import type { EscalationPolicy, SlaClock } from './oncall.ts'
import type { View } from './view.ts'

/** One promise of an incident: by when, and whether it was kept. */
export interface SlaState {
  clock: SlaClock
  due: Instant
  state: 'running' | 'met' | 'breached'
}

/**
 * The promises that the catalogue makes for this severity, each counted from the opening or the last reopening. Where the
 * severity changes so does the promise. None where the catalogue makes none, or the incident was a false alarm or merged.
 */
export function slaClocks(view: View): SlaState[] {
  const since = view.slaSince
  const promise = view.catalogue?.sla?.find(({ severity }) => severity === view.severity)
  if (since === null || !promise || view.state === 'canceled' || view.state === 'merged') return []
  const { acknowledged, mitigated, resolved } = view.times
  // Who mitigates or resolves it has taken note of it.
  const noted = earliest([acknowledged, mitigated, resolved])
  return [
    ...clockOf(view, 'acknowledge', promise.ackMs, since, noted),
    ...clockOf(view, 'resolve', promise.resolveMs, since, resolved),
  ]
}

function clockOf(
  view: View,
  clock: SlaClock,
  ms: number | undefined,
  since: Instant,
  reached: Instant | null,
): SlaState[] {
  if (ms === undefined) return []
  const due = since + ms
  // One of an earlier life was due before this one began.
  const breached = view.breaches.some((breach) => breach.clock === clock && breach.due > since)
  if (breached || (reached !== null && reached > due)) return [{ clock, due, state: 'breached' }]
  return [{ clock, due, state: reached === null ? 'running' : 'met' }]
}

function earliest(times: (Instant | null)[]): Instant | null {
  const reached = times.filter((time) => time !== null)
  return reached.length === 0 ? null : Math.min(...reached)
}

/** The policy that this incident is paged by, as its catalogue has it; null for none. */
export function policyOf(view: View): EscalationPolicy | null {
  const name = view.paging?.policy
  return view.catalogue?.escalation?.find((policy) => policy.name === name) ?? null
}

/** When an acknowledgement lapses unless a person does something; null where it does not. */
export function ackLapsesAt(view: View): Instant | null {
  const ms = policyOf(view)?.ackTimeoutMs
  return view.state !== 'acknowledged' || ms === undefined || view.actedAt === null ? null : view.actedAt + ms
}
