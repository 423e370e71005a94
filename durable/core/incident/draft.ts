import { canonical } from '../../protocol/canonical.ts'
import type { PersonCommand, RoomCommand } from '../../protocol/commands.ts'
import type { ActionPlan, Catalogue, Instant, ProposalBody, Runbook, VerifySignal } from '../../protocol/domain.ts'
import type { View } from '../../protocol/view.ts'
import { stepsMs } from '../../protocol/steps.ts'
import { alertKey } from '../../protocol/view.ts'
import { POLICY_VERSION } from '../../protocol/version.ts'
import { APPROVAL_EXPIRES_MS } from '../consensus/policy.ts'
import { held } from '../consensus/readings.ts'
import { rollbackFor } from '../runbooks/rollback.ts'
import type { State } from './state.ts'
import { asWanted } from './wants.ts'

export type Draftable = Extract<RoomCommand, { type: 'propose' }> | Extract<PersonCommand, { type: 'decide-myself' }>

/**
 * What a digest will bind, drafted from state alone, so that `decide` can draft it again and compare. `sha256` is
 * given by the shell and makes the digest of the cited evidence. Null where there is nothing to propose.
 */
export function draft(
  state: State,
  ask: Draftable,
  at: Instant,
  wall: Instant,
  sha256: (text: string) => string,
): ProposalBody | null {
  const { view } = state
  if (!view.head || !view.catalogue) return null
  const asked = ask.type === 'propose' ? resolutionPlan(view, ask.run) : ownPlan(view, view.catalogue, ask)
  if (!asked) return null
  const runbook = view.catalogue.runbooks.find((candidate) => candidate.id === asked.action.runbook)
  const bound = asCatalogued(runbook, asked)
  const plan = runbook && ask.type === 'propose' ? asWanted(view, runbook, bound) : bound
  return {
    instance: view.head.instance,
    incident: view.head.id,
    drill: view.head.drill,
    number: view.proposals.length + 1,
    catalogue: view.catalogue.version,
    policy: POLICY_VERSION,
    evidenceDigest: sha256(canonical(plan.cites.map((id) => held(view.evidence, id) ?? null))),
    // The catalogue's word counts, never the plan's: an agent cannot call its action milder than it is.
    risk: runbook?.risk ?? 'irreversible',
    notBefore: at,
    expiresWall: wall + APPROVAL_EXPIRES_MS + stepsMs(plan),
    plan,
    decidedBy: ask.type === 'propose' ? 'system' : 'human',
  }
}

/** Steps, ends that undo and who asked are the room's words, never an agent's. */
function asCatalogued(runbook: Runbook | undefined, said: ActionPlan): ActionPlan {
  const { steps: _steps, undoOn: _undoOn, asked: _asked, ...plan } = said
  return {
    ...plan,
    ...(runbook?.steps && { steps: runbook.steps }),
    ...(runbook?.rollback?.onNoBetter && { undoOn: ['worse', 'no-better'] }),
  }
}

function resolutionPlan(view: View, run: number): ActionPlan | null {
  const finding = view.findings.resolution
  if (!finding || finding.run !== run || finding.detail.agent !== 'resolution') return null
  return finding.detail.plan
}

/** A commander's own choice of a catalogued action, watched by the symptom's signals and the alerts that fire. */
function ownPlan(
  view: View,
  catalogue: Catalogue,
  ask: Extract<PersonCommand, { type: 'decide-myself' }>,
): ActionPlan | null {
  const runbook = catalogue.runbooks.find((candidate) => candidate.id === ask.runbook)
  if (!runbook) return null
  const suggested = view.findings.resolution?.detail
  const same =
    suggested?.agent === 'resolution' &&
    suggested.plan?.action.runbook === runbook.id &&
    suggested.plan.action.target === ask.target
      ? suggested.plan
      : null
  const previous = same?.previous ?? {}
  const action = { runbook: runbook.id, type: runbook.action, target: ask.target, parameters: ask.parameters }
  return {
    action,
    title: `${runbook.title} on ${ask.target}`,
    risk: runbook.risk,
    preconditions: [],
    expected: same?.expected ?? 'the symptom recovers within the verify window',
    previous,
    rollback: rollbackFor(runbook, action, previous),
    verify: { signals: symptomSignals(view), windowMs: runbook.verify.windowMs, settleMs: runbook.verify.settleMs },
    cites: same?.cites ?? view.findings.detection?.cites ?? [],
    hypothesis: same?.hypothesis ?? '',
  }
}

/** Signals of the incident's own service that changed, with the midpoint as recovered; else its firing alerts. */
function symptomSignals(view: View): VerifySignal[] {
  const detail = view.findings.detection?.detail
  const changes = detail?.agent === 'detection' ? detail.changes : []
  const series = changes
    .filter(
      (change) => change.service === view.head?.service && (change.role === 'errors' || change.role === 'latency'),
    )
    .flatMap((change): VerifySignal[] => {
      const item = held(view.evidence, change.evidence)
      if (!item || (item.data.kind !== 'metric' && item.data.kind !== 'edge')) return []
      const { source, service, name, peer } = item.data.series
      const shift = change.after - change.before
      return [
        {
          kind: 'series',
          series: { source, service, name, peer },
          direction: change.direction,
          baseline: change.before,
          recoveredAt: change.before + 0.25 * shift,
          worseAt: change.after + 0.25 * shift,
        },
      ]
    })
  if (series.length > 0) return series
  return Object.values(view.alerts)
    .filter((alert) => alert.status === 'firing')
    .sort((a, b) => (alertKey(a) < alertKey(b) ? -1 : 1))
    .slice(0, 5)
    .map((alert): VerifySignal => ({ kind: 'alert', source: alert.source, fingerprint: alert.fingerprint }))
}
