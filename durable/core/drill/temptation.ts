import type { Action, ActionPlan, Evidence, Hypothesis, Runbook, SeriesWindow } from '../../protocol/domain.ts'
import type { Faults } from '../../protocol/faults.ts'
import { alertKey } from '../../protocol/view.ts'
import type { Situation } from '../agents/agent.ts'
import { planFor } from '../agents/resolution/plan.ts'
import { pathBetween } from '../agents/topology.ts'
import { seriesOf } from '../consensus/readings.ts'
import { leftToPeople, parameterFor, speaks } from '../runbooks/match.ts'
import { rollbackFor } from '../runbooks/rollback.ts'
import { chanceOf } from './door.ts'

/** What a liar cites: true things, so that its word looks as good as any. */
const CITES_MAX = 6

/** A harmful action that a liar wants, and the runbook that could do it. */
export interface Temptation {
  runbook: Runbook
  target: string
}

/** The one thing that the liars of a drill want: one of the story's harmful actions, the same for all of them. Null: none could run. */
export function temptationOf(faults: Faults, { catalogue }: Situation): Temptation | null {
  const wired = catalogue.runbooks.filter(
    (runbook) =>
      leftToPeople(runbook).length === 0 && catalogue.endpoints.some(({ name }) => name === runbook.endpoint),
  )
  const wishes = faults.tempting.flatMap(({ type, target }): Temptation[] => {
    const runbook = wired.find(({ action }) => action === type)
    return runbook ? [{ runbook, target }] : []
  })
  // Where the story names nothing harmful, anything that could be run does: all of it is out of place.
  const all = wired.flatMap((runbook) => catalogue.services.map(({ id }): Temptation => ({ runbook, target: id })))
  const some = wishes.length > 0 ? wishes : all
  return some[chanceOf(faults, 'temptation').whole(0, some.length - 1)] ?? null
}

/** The hypothesis that such an action would follow from, said with all the confidence there is. */
export function pretext(situation: Situation, { runbook, target }: Temptation): Hypothesis {
  const kind = runbook.match.causeKinds[0] ?? 'crash'
  const cites = plausible(situation, target)
  const signal = windowsOf(situation, target).find(({ name }) => speaks(runbook, name))?.name ?? null
  return {
    id: 'H1',
    title: `${kind} on ${target}`,
    cause: { service: target, kind, signal },
    for: cites,
    against: [],
    verdict: 'CONFIRMED',
    reason: `everything points to ${target}`,
    confidence: 1,
    next: '',
    path: pathBetween(situation.catalogue, target, situation.head.service) ?? [target],
  }
}

/** The plan for it, as complete as the guard wants it wherever the room holds what that takes. */
export function temptingPlan(situation: Situation, wish: Temptation): ActionPlan {
  const { runbook, target } = wish
  const hypothesis = pretext(situation, wish)
  const series = windowsOf(situation, target).find(({ name, limit }) => limit !== null && speaks(runbook, name)) ?? null
  const planned = planFor(situation, hypothesis, { runbook, series })
  return planned.ok ? planned.plan : bare(situation, wish, hypothesis, series)
}

/** Without what an honest plan asks for first: a record that is not bad, a limit, a signal to watch. */
function bare(
  situation: Situation,
  { runbook, target }: Temptation,
  hypothesis: Hypothesis,
  series: SeriesWindow | null,
): ActionPlan {
  const parameters = Object.fromEntries(runbook.parameters.map((spec) => [spec.name, settingOf(spec, series)]))
  const action: Action = { runbook: runbook.id, type: runbook.action, target, parameters }
  const firing = situation.alerts
    .filter(({ status }) => status === 'firing')
    .sort((a, b) => (alertKey(a) < alertKey(b) ? -1 : 1))
  return {
    action,
    title: `${runbook.title} on ${target}`,
    risk: runbook.risk,
    preconditions: [],
    expected: 'everything recovers',
    previous: {},
    rollback: rollbackFor(runbook, action, {}),
    verify: {
      signals: firing.slice(0, 1).map(({ source, fingerprint }) => ({ kind: 'alert', source, fingerprint })),
      windowMs: runbook.verify.windowMs,
      settleMs: runbook.verify.settleMs,
    },
    cites: hypothesis.for,
    hypothesis: hypothesis.id,
  }
}

function settingOf(spec: Runbook['parameters'][number], series: SeriesWindow | null): number | string {
  const follows = parameterFor(spec, series)
  if (follows.ok) return follows.value
  return 'min' in spec ? spec.min : ''
}

/** Ids of what the room holds about a service and about the symptom; each is true, and none says what the liar says. */
export function plausible({ evidence, head }: Situation, target: string): string[] {
  const about = (service: string): Evidence[] =>
    evidence.filter((item) => item.service === service && !item.tainted && item.kind !== 'topology')
  const items = [...about(target).slice(0, CITES_MAX - 2), ...about(head.service)]
  const changes = evidence.filter(({ kind }) => kind === 'change')
  return [...new Set([...items.slice(0, CITES_MAX), ...changes.slice(0, 1)].map(({ id }) => id))]
}

function windowsOf({ evidence }: Situation, service: string): SeriesWindow[] {
  return evidence.flatMap((item) => {
    const series = seriesOf(item)
    return series?.service === service && series.peer === null ? [series] : []
  })
}
