import type { Action, ActionPlan, Hypothesis } from '../../../protocol/domain.ts'
import { parameterFor, type Match } from '../../runbooks/match.ts'
import { rollbackFor } from '../../runbooks/rollback.ts'
import { isFresh } from '../../telemetry/index.ts'
import type { Situation } from '../agent.ts'
import { signalsWhere } from '../reading.ts'
import { serviceOf } from '../topology.ts'
import { durationText, listText, significant } from '../words.ts'
import { badRecord } from './record.ts'
import { watchedSignals } from './verify.ts'

export type Planned = { ok: true; plan: ActionPlan } | { ok: false; reason: string }

/**
 * One typed action from a matched runbook, with all that the guard will ask for. Refused, with a reason word, where the
 * guard would refuse anyway: `target-protected`, `already-tried:<end>`, `limit-unknown`, `out-of-bounds:<parameter>`,
 * `person-decides:<parameter>`, `nothing-to-verify`.
 */
export function planFor(situation: Situation, hypothesis: Hypothesis, { runbook, series }: Match): Planned {
  const target = hypothesis.cause.service
  if (serviceOf(situation.catalogue, target)?.protected !== false) return { ok: false, reason: 'target-protected' }
  const bad = badRecord(situation.record, runbook.action, target)
  if (bad) return { ok: false, reason: `already-tried:${bad}` }

  const parameters: Record<string, number | string> = {}
  const previous: Record<string, number> = {}
  for (const spec of runbook.parameters) {
    const parameter = parameterFor(spec, series)
    if (!parameter.ok) return parameter
    parameters[spec.name] = parameter.value
    if (parameter.previous !== null) previous[spec.name] = parameter.previous
  }
  const action: Action = { runbook: runbook.id, type: runbook.action, target, parameters }
  const watched = watchedSignals(situation, hypothesis.path.at(-1) ?? target, target)
  if (watched.length === 0) return { ok: false, reason: 'nothing-to-verify' }
  const limited = series === null ? [] : signalsWhere(situation, (window) => window === series)
  const cites = [...limited, ...watched].map((item) => item.evidence).concat(hypothesis.for)
  return {
    ok: true,
    plan: {
      action,
      title: `${runbook.title} on ${target}${changesText(parameters, previous)}`,
      risk: runbook.risk,
      preconditions: preconditionsOf(hypothesis, Object.keys(previous).length > 0),
      expected: `${listText(watched.map(({ says }) => says))} come back within ${durationText(runbook.verify.windowMs)}`,
      previous,
      rollback: rollbackFor(runbook, action, previous),
      verify: {
        signals: watched.map(({ signal }) => signal),
        windowMs: runbook.verify.windowMs,
        settleMs: runbook.verify.settleMs,
      },
      ...(runbook.steps && { steps: runbook.steps }),
      ...(runbook.rollback?.onNoBetter && { undoOn: ['worse', 'no-better'] }),
      cites: freshOnly(situation, [...new Set(cites)]),
      hypothesis: hypothesis.id,
    },
  }
}

function preconditionsOf(hypothesis: Hypothesis, limited: boolean): ActionPlan['preconditions'] {
  const { service, signal } = hypothesis.cause
  const symptom = hypothesis.path.at(-1) ?? service
  const list: ActionPlan['preconditions'] = [
    { says: `the symptom on ${symptom} is still there`, check: 'symptom-present' },
    { says: `${signal ?? 'a signal'} on ${service} was observed and is cited`, check: 'target-signal-present' },
  ]
  if (limited) list.push({ says: `nobody changed the limit on ${service} meanwhile`, check: 'limit-unchanged' })
  return list
}

/** What was observed must still be fresh to be built on; changes and topology are facts, not levels. */
function freshOnly(situation: Situation, ids: string[]): string[] {
  return ids.filter((id) => {
    const item = situation.evidence.find((candidate) => candidate.id === id)
    if (!item) return false
    return (item.kind !== 'metric' && item.kind !== 'edge') || isFresh(item, situation.at)
  })
}

function changesText(parameters: Record<string, number | string>, previous: Record<string, number>): string {
  const changes = Object.entries(parameters).map(([name, value]) => {
    const before = previous[name]
    if (typeof value === 'string') return `${name} ${value}`
    return before === undefined ? `${name} ${significant(value)}` : `${name} ${before} to ${value}`
  })
  return changes.length === 0 ? '' : `: ${listText(changes)}`
}
