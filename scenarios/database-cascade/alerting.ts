import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import type { ScenarioAlert } from '../scenario.ts'
import type { Settings } from './settings.ts'
import { type Rule, rulesOf } from './timeline.ts'

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
export function alerting(settings: Settings): (second: number, measured: TelemetrySeries[]) => ScenarioAlert[] {
  const states = new Map<Rule, RuleState>(
    rulesOf(settings).map((rule) => [
      rule,
      { trueSince: null, falseSince: null, firingSince: null, sentAt: 0, recent: [] },
    ]),
  )
  return (second, measured) => {
    const said: ScenarioAlert[] = []
    for (const [rule, state] of states) {
      const value = measured.find(
        (series) => series.service === settings.cast[rule.part] && series.name === rule.signal && series.peer === null,
      )?.samples[0]?.[1]
      if (value === undefined) continue
      state.recent = [...state.recent, value].slice(-rule.meanS)
      const mean = state.recent.reduce((sum, one) => sum + one, 0) / state.recent.length
      const alert = judge(rule, state, second, mean > rule.above, settings)
      if (alert) said.push(alert)
    }
    return said
  }
}

function judge(rule: Rule, state: RuleState, second: number, holds: boolean, settings: Settings): ScenarioAlert | null {
  state.trueSince = holds ? (state.trueSince ?? second) : null
  state.falseSince = holds ? null : (state.falseSince ?? second)
  if (state.firingSince === null) {
    if (state.trueSince === null || second - state.trueSince < rule.forS) return null
    state.firingSince = second
    state.sentAt = second
    return say(rule, settings, second, null)
  }
  if (state.falseSince !== null && second - state.falseSince >= rule.keepS) {
    const started = state.firingSince
    state.firingSince = null
    return say(rule, settings, started, second)
  }
  if (second - state.sentAt < REPEAT_S) return null
  state.sentAt = second
  return say(rule, settings, state.firingSince, null)
}

function say(rule: Rule, settings: Settings, startedS: number, endedS: number | null): ScenarioAlert {
  const service = settings.cast[rule.part]
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
