import type { Controls, StopScope } from '../../protocol/controls.ts'
import type {
  ActionRecord,
  Alert,
  Catalogue,
  Evidence,
  GuardClause,
  GuardClauseName,
  GuardVerdict,
  Instant,
  ProposalBody,
  Runbook,
  VerifySignal,
} from '../../protocol/domain.ts'
import { leftToPeople, parameterFrom } from '../runbooks/match.ts'
import { parametersProblem } from '../runbooks/parameters.ts'
import { blastRadiusInBounds, hasActed, noFreeze, noMaintenance, rateInBounds, type Held } from './controls.ts'
import { held, newestValues, sameSeries, seriesOf } from './readings.ts'

export interface GuardInput {
  body: ProposalBody
  catalogue: Catalogue
  /** what the room holds now, the freshest windows included. */
  evidence: Record<string, Evidence>
  alerts: Alert[]
  record: ActionRecord[]
  /** null: the switch could not be read, which refuses like on. */
  killSwitch: boolean | null
  /** the switch that the room itself knows to be on for this target; absent or null: none. */
  stoppedBy?: StopScope | null
  /** what the directory knows for the target; null: it could not be read; absent: it is asked at use. */
  controls?: Controls | null
  at: Instant
}

type Judged = [holds: boolean | null, reason: string]

const CLAUSES: { name: GuardClauseName; kind: GuardClause['kind']; judge: (input: GuardInput) => Judged }[] = [
  { name: 'parameters-in-bounds', kind: 'hard', judge: parametersInBounds },
  { name: 'target-known', kind: 'hard', judge: targetKnown },
  { name: 'target-not-protected', kind: 'hard', judge: targetNotProtected },
  { name: 'rollback-present', kind: 'hard', judge: rollbackPresent },
  { name: 'no-outcome-unknown', kind: 'hard', judge: noOutcomeUnknown },
  { name: 'kill-switch-off', kind: 'hard', judge: killSwitchOff },
  { name: 'preconditions-hold', kind: 'judgement', judge: preconditionsHold },
  { name: 'data-fresh', kind: 'judgement', judge: dataFresh },
  { name: 'cooldown-over', kind: 'judgement', judge: cooldownOver },
  { name: 'not-same-failing-fix', kind: 'judgement', judge: notSameFailingFix },
  { name: 'no-freeze', kind: 'judgement', judge: (input) => noFreeze(heldOf(input)) },
  { name: 'no-maintenance', kind: 'judgement', judge: (input) => noMaintenance(heldOf(input)) },
  { name: 'blast-radius-in-bounds', kind: 'judgement', judge: (input) => blastRadiusInBounds(heldOf(input)) },
  { name: 'rate-in-bounds', kind: 'judgement', judge: (input) => rateInBounds(heldOf(input)) },
]

/**
 * The room's own check, before a ballot opens and again at execution; no vote passes it. Every clause must hold; one that
 * is false or cannot be read refuses with its reason word. A commander's own decision may pass judgement clauses by name.
 */
export function judgeGuard(input: GuardInput, passed: readonly GuardClauseName[] = []): GuardVerdict {
  const clauses = CLAUSES.map(({ name, kind, judge }): GuardClause => {
    const [holds, reason] = judge(input)
    return { name, kind, holds, reason }
  })
  const holds = clauses.every(
    (clause) => clause.holds === true || (clause.kind === 'judgement' && passed.includes(clause.name)),
  )
  return { at: input.at, holds, clauses }
}

/** The first clause that refuses, hard ones first; null when all hold. */
export function refusing(verdict: GuardVerdict, passed: readonly GuardClauseName[] = []): GuardClause | null {
  const open = verdict.clauses.filter(
    (clause) => clause.holds !== true && !(clause.kind === 'judgement' && passed.includes(clause.name)),
  )
  return open.find((clause) => clause.kind === 'hard') ?? open[0] ?? null
}

function heldOf({ body, catalogue, record, controls, at }: GuardInput): Held {
  const others = record.filter((entry) => entry.proposal !== body.number)
  return { catalogue, target: body.plan.action.target, record: others, controls, at }
}

function runbookOf(input: GuardInput): Runbook | undefined {
  return input.catalogue.runbooks.find((runbook) => runbook.id === input.body.plan.action.runbook)
}

function parametersInBounds(input: GuardInput): Judged {
  const { action } = input.body.plan
  const runbook = runbookOf(input)
  if (!runbook) return [false, 'no-such-runbook']
  if (runbook.action !== action.type) return [false, 'action-not-of-runbook']
  if (runbook.risk !== input.body.risk) return [false, 'risk-not-of-runbook']
  const { windowMs, settleMs } = input.body.plan.verify
  // How it is judged afterwards is the runbook's word too: a window of nothing would call anything recovered.
  if (windowMs !== runbook.verify.windowMs || settleMs !== runbook.verify.settleMs)
    return [false, 'verify-not-of-runbook']
  if (!input.catalogue.endpoints.some((endpoint) => endpoint.name === runbook.endpoint)) return [false, 'nothing-wired']
  const problem = parametersProblem(runbook, action.parameters)
  if (problem !== null) return [false, problem]
  // What a person has to say no agent says, however well it lies in its bounds.
  const { plan, decidedBy } = input.body
  const unsaid = leftToPeople(runbook).find((name) => !Object.hasOwn(plan.asked?.wants ?? {}, name))
  if (decidedBy === 'human') return [true, 'holds']
  if (unsaid !== undefined) return [false, `person-decides:${unsaid}`]
  const other = runbook.parameters.find((spec) => !follows(spec, plan))
  return other ? [false, `does-not-follow:${other.name}`] : [true, 'holds']
}

/** The system sets what the runbook says of the level before, or what a commander asked for: no agent picks a value. */
function follows(spec: Runbook['parameters'][number], { action, previous, asked }: ProposalBody['plan']): boolean {
  if (Object.hasOwn(asked?.wants ?? {}, spec.name)) return true
  const limit = Object.hasOwn(previous, spec.name) ? (previous[spec.name] ?? null) : null
  const computed = parameterFrom(spec, limit)
  return computed.ok && computed.value === action.parameters[spec.name]
}

function targetKnown(input: GuardInput): Judged {
  const known = input.catalogue.services.some((service) => service.id === input.body.plan.action.target)
  return known ? [true, 'holds'] : [false, 'unknown-target']
}

function targetNotProtected(input: GuardInput): Judged {
  const target = input.catalogue.services.find((service) => service.id === input.body.plan.action.target)
  if (!target) return [null, 'unknown-target']
  return target.protected ? [false, 'target-protected'] : [true, 'holds']
}

function rollbackPresent(input: GuardInput): Judged {
  if (input.body.risk === 'irreversible') return [true, 'irreversible-by-class']
  const { action, rollback } = input.body.plan
  if (!rollback) return [false, 'no-rollback']
  const undoes = runbookOf(input)?.rollback?.action === rollback.type && rollback.target === action.target
  return undoes ? [true, 'holds'] : [false, 'rollback-not-of-runbook']
}

function noOutcomeUnknown(input: GuardInput): Judged {
  const { target } = input.body.plan.action
  const unsettled = input.record.some(
    (entry) => entry.target === target && isUnsettled(entry) && entry.proposal !== input.body.number,
  )
  if (unsettled) return [false, 'outcome-unknown-on-target']
  const elsewhere = input.controls?.recent.find(
    (one) => one.target === target && (one.end === 'outcome-unknown' || one.end === 'running'),
  )
  return elsewhere ? [false, `outcome-unknown-in:${elsewhere.incident}`] : [true, 'holds']
}

/** Nobody knows yet how it stands: the action, or the rollback that was sent after it. */
function isUnsettled({ end, undo }: ActionRecord): boolean {
  const now = undo ?? end
  return now === 'outcome-unknown' || now === 'running'
}

function killSwitchOff(input: GuardInput): Judged {
  if (input.killSwitch === null) return [null, 'kill-switch-unreadable']
  if (input.killSwitch) return [false, 'kill-switch-on']
  if (input.controls === null) return [null, 'kill-switch-unreadable']
  const read = input.controls?.killSwitch
  const scope = input.stoppedBy ?? (read?.on === true ? read.scope : null)
  if (scope === null) return [true, 'holds']
  return [false, scope === 'global' ? 'kill-switch-on' : `kill-switch-on:${scope}`]
}

function preconditionsHold(input: GuardInput): Judged {
  const { preconditions, previous } = input.body.plan
  const checks = preconditions.map(({ check }) => check)
  // Whoever leaves it out has not changed that the new value rests on it.
  const limited = Object.keys(previous).length > 0 && input.body.decidedBy === 'system'
  if (limited && !checks.includes('limit-unchanged')) checks.push('limit-unchanged')
  for (const check of checks) {
    const [holds, reason] = judgePrecondition(check, input)
    if (holds !== true) return [holds, reason]
  }
  return [true, 'holds']
}

function judgePrecondition(check: ProposalBody['plan']['preconditions'][number]['check'], input: GuardInput): Judged {
  const { plan } = input.body
  switch (check) {
    case 'symptom-present': {
      const states = plan.verify.signals.map((signal) => stillBad(signal, input))
      if (states.includes(true)) return [true, 'holds']
      return states.includes(null) || states.length === 0 ? [null, 'symptom-unreadable'] : [false, 'symptom-gone']
    }
    case 'target-signal-present': {
      const cited = plan.cites.map((id) => held(input.evidence, id))
      const seen = cited.some(
        (item) => item && (item.kind === 'metric' || item.kind === 'edge') && touchesTarget(item, plan.action.target),
      )
      return seen ? [true, 'holds'] : [false, 'target-signal-not-cited']
    }
    case 'limit-unchanged': {
      const limits = plan.cites
        .map((id) => held(input.evidence, id))
        .flatMap((item) => {
          if (item?.service !== plan.action.target || item.data.kind !== 'metric') return []
          return item.data.series.limit === null ? [] : [item.data.series.limit]
        })
      if (limits.length === 0) return [null, 'limit-unreadable']
      const before = Object.values(plan.previous)
      return before.every((value) => limits.includes(value)) ? [true, 'holds'] : [false, 'limit-changed-meanwhile']
    }
    default:
      return check satisfies never
  }
}

function touchesTarget(item: Evidence, target: string): boolean {
  if (item.service === target) return true
  return item.data.kind === 'edge' && item.data.series.peer === target
}

/** true: the signal is still away from its recovery; null: unreadable, or last seen too long ago to speak of now. */
function stillBad(signal: VerifySignal, input: GuardInput): boolean | null {
  if (signal.kind === 'alert') {
    const alert = input.alerts.find(
      (candidate) => candidate.source === signal.source && candidate.fingerprint === signal.fingerprint,
    )
    return alert ? alert.status === 'firing' : null
  }
  const item = Object.values(input.evidence).find((candidate) => {
    const series = seriesOf(candidate)
    return series !== null && sameSeries(series, signal.series)
  })
  if (!item || input.at - item.at > item.freshMs) return null
  const series = seriesOf(item)
  const value = series ? newestValues(series).median : null
  if (value === null) return null
  return signal.direction === 'up' ? value > signal.recoveredAt : value < signal.recoveredAt
}

function dataFresh(input: GuardInput): Judged {
  const observed = input.body.plan.cites
    .map((id) => held(input.evidence, id))
    .filter((item) => item !== undefined && (item.kind === 'metric' || item.kind === 'edge' || item.kind === 'log'))
  if (observed.length === 0) return [null, 'no-observed-data-cited']
  const stale = observed.find((item) => item !== undefined && input.at - item.at > item.freshMs)
  return stale ? [false, `data-stale:${stale.id}`] : [true, 'holds']
}

function cooldownOver(input: GuardInput): Judged {
  const { action } = input.body.plan
  const runbook = runbookOf(input)
  if (!runbook) return [null, 'no-such-runbook']
  const tries = input.record.filter(
    (entry) =>
      entry.type === action.type &&
      entry.target === action.target &&
      entry.end !== 'did-not-run' &&
      entry.end !== 'failed' &&
      entry.proposal !== input.body.number,
  )
  if (tries.length >= runbook.maxAttempts) return [false, 'attempts-used-up']
  const elsewhere = (input.controls?.recent ?? []).filter(
    (one) => one.type === action.type && one.target === action.target && hasActed(one),
  )
  const last = Math.max(...[...tries, ...elsewhere].map((entry) => entry.at), Number.NEGATIVE_INFINITY)
  return input.at - last < runbook.cooldownMs ? [false, 'cooling-down'] : [true, 'holds']
}

function notSameFailingFix(input: GuardInput): Judged {
  const { action } = input.body.plan
  const failed = input.record.some(
    (entry) =>
      entry.type === action.type &&
      entry.target === action.target &&
      (entry.end === 'worse' || entry.end === 'no-better' || entry.undo !== undefined) &&
      Object.entries(action.parameters).every(([name, value]) => entry.parameters[name] === value),
  )
  return failed ? [false, 'same-fix-failed-before'] : [true, 'holds']
}
