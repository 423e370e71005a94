import type { Alert, CorrelationRules, Instant, SourceSeverity, Threshold } from '../../protocol/domain.ts'

const RANK: Record<SourceSeverity, number> = { critical: 0, error: 1, warning: 2, info: 3 }

/** What a threshold needs to know of an alert that fires. */
export type Candidate = Pick<Alert, 'severity' | 'startsAt'>

/** Whether alerts may open an incident now; else which condition is missing, in words, and when time alone meets it. */
export type Reached = { reached: true } | { reached: false; missing: string; due: Instant | null }

/** The threshold of a service: its own, else the one for every service, else none. */
export function thresholdOf(rules: CorrelationRules | undefined, service: string): Threshold | null {
  const all = rules?.thresholds ?? []
  return all.find((one) => one.service === service) ?? all.find((one) => one.service === '*') ?? null
}

/**
 * Judges the alerts of one service that fire at `now` and belong to no incident, the new one among them. Alerts are levels:
 * what counts is how many fire, not how often a sender says so.
 */
export function reaches(
  { count = 1, durationMs = 0, severity }: Threshold,
  firing: readonly Candidate[],
  now: Instant,
): Reached {
  const severe = severity === undefined ? [...firing] : firing.filter((alert) => RANK[alert.severity] <= RANK[severity])
  if (severe.length < count) {
    const least = severity === undefined ? '' : ` ${severity} or worse`
    return { reached: false, missing: `${severe.length} of ${count}${least}`, due: null }
  }
  // The one whose duration completes the count.
  const due = severe.map(({ startsAt }) => startsAt + durationMs).sort((a, b) => a - b)[count - 1] ?? now
  if (due <= now) return { reached: true }
  return { reached: false, missing: `fires for less than ${Math.round(durationMs / 1_000)} s`, due }
}
