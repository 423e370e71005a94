import type { SourceSeverity } from '../../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import type { ScenarioAlert } from '../scenario.ts'

/** How an alert rule looks: at a mean of `meanS`; it fires after holding for `forS`, and stops `keepS` after; seconds. */
export interface RulePace {
  meanS: number
  forS: number
  keepS: number
}

/** An alert rule as Prometheus has it: true for `forS` fires, false for `keepS` resolves. */
export interface Rule extends RulePace {
  name: string
  /** who evaluates it, as the world names its sources. */
  source: string
  service: string
  severity: SourceSeverity
  /** a series of that service's own. */
  signal: string
  above: number
  summary: string
  /** free text that a person wrote into the rule. */
  description: string
}

/** A firing alert is sent again so often, seconds, as an Alertmanager's repeat would. */
const REPEAT_S = 60

interface RuleState {
  /** since when the condition holds, and since when it no longer does; null where it is the other way. */
  trueSince: number | null
  falseSince: number | null
  firingSince: number | null
  sentAt: number
  /** the newest values that the rule's mean needs. */
  recent: number[]
}

/** Evaluates the rules on what was measured, once a second, as a Prometheus would. */
export function alerting(
  rules: readonly Rule[],
): (second: number, measured: readonly TelemetrySeries[]) => ScenarioAlert[] {
  const states = new Map<Rule, RuleState>(
    rules.map((rule) => [rule, { trueSince: null, falseSince: null, firingSince: null, sentAt: 0, recent: [] }]),
  )
  return (second, measured) => {
    const said: ScenarioAlert[] = []
    for (const [rule, state] of states) {
      const value = measured.find(
        (series) => series.service === rule.service && series.name === rule.signal && series.peer === null,
      )?.samples[0]?.[1]
      if (value === undefined) continue
      state.recent = [...state.recent, value].slice(-rule.meanS)
      const mean = state.recent.reduce((sum, one) => sum + one, 0) / state.recent.length
      const alert = judge(rule, state, second, mean > rule.above)
      if (alert) said.push(alert)
    }
    return said
  }
}

function judge(rule: Rule, state: RuleState, second: number, holds: boolean): ScenarioAlert | null {
  state.trueSince = holds ? (state.trueSince ?? second) : null
  state.falseSince = holds ? null : (state.falseSince ?? second)
  if (state.firingSince === null) {
    if (state.trueSince === null || second - state.trueSince < rule.forS) return null
    state.firingSince = second
    state.sentAt = second
    return say(rule, second, null)
  }
  if (state.falseSince !== null && second - state.falseSince >= rule.keepS) {
    const started = state.firingSince
    state.firingSince = null
    return say(rule, started, second)
  }
  if (second - state.sentAt < REPEAT_S) return null
  state.sentAt = second
  return say(rule, state.firingSince, null)
}

function say(rule: Rule, startedS: number, endedS: number | null): ScenarioAlert {
  const { service } = rule
  return {
    name: rule.name,
    status: endedS === null ? 'firing' : 'resolved',
    severity: rule.severity,
    service,
    summary: rule.summary,
    labels: { alertname: rule.name, service, severity: rule.severity },
    annotations: { summary: rule.summary, description: rule.description },
    startsMs: startedS * 1_000,
    endsMs: endedS === null ? null : endedS * 1_000,
  }
}
