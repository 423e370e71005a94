import { canonical } from '../../protocol/canonical.ts'
import type { Command, PersonCommand, Refusal, RoomCommand, SealedProposal } from '../../protocol/commands.ts'
import type {
  Evidence,
  GateVerdict,
  GuardVerdict,
  HumanDecision,
  Instant,
  Proposal,
  ProposalBody,
  ProposalStatus,
} from '../../protocol/domain.ts'
import type { Controls } from '../../protocol/controls.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { stoppedBy } from '../../protocol/fold-controls.ts'
import { PROPOSALS_PER_INCIDENT_MAX, REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { waitingSteps } from '../../protocol/steps.ts'
import { type View, alertKey, openProposal } from '../../protocol/view.ts'
import { judgeGate } from '../consensus/gate.ts'
import { judgeGuard, refusing } from '../consensus/guard.ts'
import { held } from '../consensus/readings.ts'
import { BALLOT_DEADLINE_MS, RISK, mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { draft } from './draft.ts'
import { wasShown } from './dry-run.ts'
import { askUsedUp, isUsedUp } from './retry.ts'
import type { StepFailure } from './steps.ts'
import { type State, isLively } from './state.ts'

/** The incident's service and every service with an alert: where the symptom shows. */
export function symptomsOf(view: View): string[] {
  const services = new Set(Object.values(view.alerts).map((alert) => alert.service))
  if (view.head) services.add(view.head.service)
  return [...services].sort()
}

export function citedEvidence(view: View, cites: string[], at: Instant): Evidence[] {
  return [...new Set(cites)].flatMap((id) => {
    const item = held(view.evidence, id)
    return item ? [asItStands(view, item, at)] : []
  })
}

/** An alert is a level: while the room holds it as firing it is observed now, and once it resolved it no longer counts. */
function asItStands(view: View, item: Evidence, at: Instant): Evidence {
  if (item.data.kind !== 'alert') return item
  const alert = view.alerts[alertKey({ source: item.source, fingerprint: item.data.fingerprint })]
  if (!alert) return item
  return { ...item, at: alert.status === 'firing' ? at : item.at, data: { ...item.data, status: alert.status } }
}

export function gateOf(
  view: View,
  body: ProposalBody,
  cites: string[],
  at: Instant,
  approvers: readonly string[] = [],
): GateVerdict {
  if (!view.catalogue) throw new Error('no catalogue')
  return judgeGate({
    cited: citedEvidence(view, cites, at),
    catalogue: view.catalogue,
    symptoms: symptomsOf(view),
    target: body.plan.action.target,
    at,
    approvers,
  })
}

export function guardOf(
  view: View,
  body: ProposalBody,
  killSwitch: boolean | null,
  at: number,
  passed: readonly HumanDecision['passed'][number][] = [],
  controls?: Controls | null,
): GuardVerdict {
  if (!view.catalogue) throw new Error('no catalogue')
  return judgeGuard(
    {
      body,
      catalogue: view.catalogue,
      evidence: view.evidence,
      alerts: Object.values(view.alerts),
      record: view.record,
      killSwitch,
      stoppedBy: stoppedBy(view, body.plan.action.target),
      ...(controls !== undefined && { controls }),
      at,
    },
    passed,
  )
}

/** The sealed body must be what this state drafts: nothing may change between drafting and proposing. */
function sealMatches(
  state: State,
  command: Command,
  sealed: SealedProposal,
  ask: Parameters<typeof draft>[1],
): boolean {
  const again = draft(state, ask, command.at, command.wall, () => sealed.body.evidenceDigest)
  return again !== null && canonical(again) === canonical(sealed.body)
}

/** The system proposes what Resolution found: guard first, then gate, then a ballot; a refusal is kept with its reason. */
export function propose(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'propose' }>,
): Decided[] | Refusal {
  const { view } = state
  const { sealed } = command
  if (!isLively(view)) return refuse('stale-run', `the incident is ${view.state}`)
  if (body.run !== view.run) return refuse('stale-run', `run ${body.run} is not the latest`)
  if (openProposal(view)) return refuse('another-proposal-open', 'one question at a time')
  if (!sealed || !sealMatches(state, command, sealed, body))
    return refuse('stale-draft', 'the draft is not what this state proposes')
  const { plan } = sealed.body
  const turnedDown = view.proposals.some((earlier) => wasTurnedDown(earlier) && sameAction(earlier, sealed.body))
  if (turnedDown) return refuse('nothing-changed', 'a person rejected this action already')
  if (isUsedUp(view)) {
    const asked = askUsedUp(state, command, null)
    return asked.length > 0 ? asked : refuse('nothing-changed', 'the question is with people already')
  }
  const balloted = view.proposals.filter((earlier) => earlier.ballot !== null).length
  if (balloted >= PROPOSALS_PER_INCIDENT_MAX) {
    const asked = askHuman(state, command, null, 'proposals-used-up', 'a person decides what to try next')
    return asked.length > 0 ? asked : refuse('nothing-changed', 'the question is with people already')
  }
  if (wasShown(view, sealed.body)) return refuse('nothing-changed', 'what it would do is shown already')
  const guard = guardOf(view, sealed.body, view.killSwitch, command.at, [], body.controls)
  const gate = gateOf(view, sealed.body, plan.cites, command.at)
  const clause = refusing(guard)
  if (clause || !gate.passes) {
    const reason = clause ? clause.reason : gate.reason
    const last = view.proposals.at(-1)
    if (last?.status === 'refused' && last.reason === reason && sameAction(last, sealed.body)) {
      return refuse('nothing-changed', `still refused: ${reason}`)
    }
    const decider = clause ? `the guard's clause ${clause.name} must hold` : gate.wouldDecide
    return [
      ...made(command, sealed, guard, gate, 'refused', reason),
      ...askHuman(state, command, sealed.id, reason, decider),
    ]
  }
  const ballot = {
    id: `B-${sealed.body.number}`,
    digest: sealed.digest,
    openedAt: command.at,
    deadlineWall: command.wall + BALLOT_DEADLINE_MS,
    closedAt: null,
    outcome: null,
    reason: '',
  }
  return [
    ...made(command, sealed, guard, gate, 'voting', ''),
    ...added(command, { type: 'ballot-opened', proposal: sealed.id, ballot }),
  ]
}

/** By whoever should have approved it, or by whoever should have prepared it. */
function wasTurnedDown({ status, reason }: Proposal): boolean {
  return status === 'rejected' || (status === 'refused' && reason === ('step-could-not' satisfies StepFailure))
}

function sameAction(earlier: Proposal, body: ProposalBody): boolean {
  return canonical(earlier.body.plan.action) === canonical(body.plan.action)
}

function made(
  command: Command,
  sealed: SealedProposal,
  guard: GuardVerdict,
  gate: GateVerdict,
  status: ProposalStatus,
  reason: string,
): Decided[] {
  const steps = waitingSteps(sealed.body.plan)
  const proposal: Proposal = {
    id: sealed.id,
    number: sealed.body.number,
    digest: sealed.digest,
    status,
    reason,
    body: sealed.body,
    guard,
    gate,
    ballot: null,
    votes: [],
    clerk: null,
    certificate: null,
    approvalsNeeded: RISK[sealed.body.risk].approvals,
    decisions: [],
    execution: null,
    verification: null,
    ...(steps && { steps }),
    at: command.at,
  }
  return said(command, { type: 'proposal-made', proposal })
}

/**
 * A commander runs a catalogued action by own decision: hard clauses hold for everybody, judgement clauses that do not
 * hold must each be named. It skips ballot and gate, and nothing else.
 */
export function decideMyself(
  state: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'decide-myself' }>,
): Decided[] | Refusal {
  const { view } = state
  const { sealed } = command
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'an own decision asks for a commander')
  if (!view.catalogue || !isLively(view)) {
    return refuse('invalid-transition', `an incident that is ${view.state} takes no action`)
  }
  if (view.moving) return refuse('move-pending', `a ${view.moving.kind} is under way; see it end first`)
  const reason = body.reason.trim()
  if (reason === '') return refuse('reason-needed', 'an own decision needs its reason on record')
  if (reason.length > REASON_CHARS_MAX) return refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
  if (body.confirm !== body.target) return refuse('confirm-mismatch', `type ${body.target} to confirm`)
  if (!view.catalogue.runbooks.some((runbook) => runbook.id === body.runbook))
    return refuse('no-such-runbook', `the catalogue has no runbook ${body.runbook}`)
  if (!view.catalogue.services.some((service) => service.id === body.target))
    return refuse('no-such-target', `the catalogue has no service ${body.target}`)
  const open = openProposal(view)
  if (open)
    return refuse('another-proposal-open', `proposal ${open.number} is ${open.status}; reject it or see it end first`)
  if (!sealed || !sealMatches(state, command, sealed, body))
    return refuse('stale-draft', 'the room changed meanwhile; look again')
  const guard = guardOf(view, sealed.body, view.killSwitch, command.at, body.passed)
  const clause = refusing(guard, body.passed)
  if (clause?.kind === 'hard') return refuse('guard-refuses', clause.reason)
  if (clause) return refuse('clause-not-named', clause.name)
  const gate = gateOf(view, sealed.body, sealed.body.plan.cites, command.at)
  const decision: HumanDecision = {
    kind: 'own-decision',
    by: command.by.name,
    role: command.role ?? 'viewer',
    digest: sealed.digest,
    reason,
    passed: body.passed,
    at: command.at,
  }
  const second = sealed.body.risk === 'irreversible'
  const moved: EventBody = second
    ? { type: 'proposal-moved', proposal: sealed.id, status: 'awaiting-approval', reason: 'second-person-needed' }
    : { type: 'proposal-moved', proposal: sealed.id, status: 'approved', reason: 'decided-by-human' }
  return [
    ...made(command, sealed, guard, gate, 'awaiting-approval', ''),
    ...said(command, { type: 'decision-recorded', proposal: sealed.id, decision }),
    ...added(command, moved),
  ]
}
