import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Controls } from '../../protocol/controls.ts'
import type { GateVerdict, Instant, Proposal, ProposalBody, Verification } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { saysYes } from '../../protocol/decisions.ts'
import { REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { assert } from '../assert.ts'
import { recurrenceOf } from '../consensus/controls.ts'
import { refusing } from '../consensus/guard.ts'
import { mayAct } from '../consensus/policy.ts'
import { judgeQuorum } from '../consensus/quorum.ts'
import { added, refuse, said } from './answer.ts'
import { autonomyRevoked, standsIn } from './autonomy.ts'
import { askHuman, mint } from './deliberate.ts'
import { startDryRun } from './dry-run.ts'
import { gateOf, guardOf } from './propose.ts'
import { type State, isLively } from './state.ts'
import { badStepReason, stepsAreOver, tasksAfter } from './steps.ts'
import { settleUndo } from './undo.ts'
import { outcast, supportersCites } from './vote.ts'
import { isDryRun } from '../../protocol/fold-controls.ts'
import { UNDO_STEP, actionStep, isByHand } from '../../protocol/steps.ts'
import type { View } from '../../protocol/view.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

const named = (state: State, id: string): Proposal | undefined =>
  state.view.proposals.find((candidate) => candidate.id === id)

/**
 * The check at use, in the same commit as `execution-started`: digest, certificate, approvals and guard are judged again
 * on evidence read a moment ago. Nothing awaits between this and the claim of the one call.
 */
export function startExecution(state: State, command: Command, body: Of<'start-execution'>): Decided[] | Refusal {
  const proposal = named(state, body.proposal)
  if (!proposal) return refuse('no-such-proposal', body.proposal)
  if (proposal.status !== 'approved') return refuse('stale-run', `proposal ${proposal.number} is ${proposal.status}`)
  if (!stepsAreOver(proposal)) return refuse('stale-run', 'a step before the action is not over yet')
  if (body.digest !== proposal.digest) return notWhatWasApproved(state, command, proposal)
  const { evidence } = mint(state, body.fresh)
  const recorded: EventBody[] =
    evidence.length > 0 ? [{ type: 'evidence-recorded', run: state.view.run, evidence, gaps: [] }] : []
  const view: View = {
    ...state.view,
    evidence: { ...state.view.evidence, ...Object.fromEntries(evidence.map((item) => [item.id, item])) },
  }
  const passed = proposal.decisions.flatMap((decision) => (decision.kind === 'own-decision' ? decision.passed : []))
  // Either switch stops it: the directory's as it was read, or the room's, should it have been thrown since that reading.
  const killSwitch = body.killSwitch === null ? null : body.killSwitch || view.killSwitch
  const guard = guardOf(view, proposal.body, killSwitch, command.at, passed, body.controls)
  const reason =
    whyNotNow(view, proposal, command) ??
    autonomyRevoked(proposal, body.controls) ??
    refusing(guard, passed)?.reason ??
    null
  if (reason !== null) {
    return [
      ...added(command, ...recorded, { type: 'proposal-moved', proposal: proposal.id, status: 'revoked', reason }),
      ...askHuman(state, command, proposal.id, reason, 'the agents look again; a person may decide'),
    ]
  }
  const gate = proposal.body.decidedBy === 'system' ? gateAtUse(view, proposal, command.at) : null
  // The fencing token is the seq this event will get: one more than what is recorded before it.
  const token = state.view.seq + recorded.length + 1
  const key = `${proposal.body.incident}:${proposal.number}:${proposal.digest.slice(0, 16)}`
  if (body.controls?.dryRun === true || isDryRun(view))
    return startDryRun(command, proposal, key, { guard, gate, recorded })
  const { id, digest } = proposal
  return added(
    command,
    ...recorded,
    { type: 'execution-started', proposal: id, digest, key, token, guard, gate },
    ...recurring(view, proposal, body.controls, command.at),
  )
}

/** What the room holds is not what was approved. That breaks what everybody relies on: it is over at once, and people hear of it. */
function notWhatWasApproved(state: State, command: Command, { id, body }: Proposal): Decided[] {
  const reason = 'wrong-digest'
  return [
    ...added(
      command,
      { type: 'proposal-moved', proposal: id, status: 'revoked', reason },
      { type: 'escalated', reason: `${body.plan.title}: not started, ${reason}` },
    ),
    ...askHuman(
      state,
      command,
      id,
      reason,
      'what would run is not what was approved; look at the log before anything else',
    ),
  ]
}

/** The same fix again and again is none: it runs, and people hear of it. */
function recurring(view: View, { body, number }: Proposal, controls: Controls | null, at: Instant): EventBody[] {
  if (!view.catalogue) return []
  const record = view.record.filter((entry) => entry.proposal !== number)
  const reason = recurrenceOf(body.plan.action, { catalogue: view.catalogue, record, controls, at })
  return reason === null ? [] : [{ type: 'escalated', reason }]
}

/** The gate on what the supporters cite, as it stands now; the approvers' own notes do not count for them. */
function gateAtUse(view: View, proposal: Proposal, at: Instant): GateVerdict {
  const cites = supportersCites(proposal.votes, outcast(view))
  const approvers = proposal.decisions.filter(saysYes).map((decision) => decision.by)
  return gateOf(view, proposal.body, cites, at, approvers)
}

/** Nothing runs without (certificate + the approvals of the risk table) or a recorded own decision. */
function whyNotNow(view: View, proposal: Proposal, command: Command): string | null {
  if (!isLively(view)) return `incident-${view.state}`
  if (command.at < proposal.body.notBefore) return 'not-yet'
  if (command.wall >= proposal.body.expiresWall) return 'expired'
  const yes = proposal.decisions.filter((decision) => saysYes(decision) && decision.digest === proposal.digest)
  const people = new Set(yes.map((decision) => decision.by)).size
  if (people + standsIn(proposal) < proposal.approvalsNeeded) return 'approvals-missing'
  if (proposal.body.decidedBy === 'human')
    return yes.some((decision) => decision.kind === 'own-decision') ? null : 'no-own-decision'
  if (!proposal.certificate || proposal.certificate.digest !== proposal.digest) return 'no-certificate'
  const { risk } = proposal.body
  if (!judgeQuorum(proposal.votes, risk, outcast(view)).carries)
    return judgeQuorum(proposal.votes, risk).carries ? 'supporter-quarantined' : 'certificate-no-longer-holds'
  const gate = gateAtUse(view, proposal, command.at)
  return gate.passes ? null : gate.reason
}

/** The driver's answer to the one call. No definite answer is `unknown`: nothing rolls back, the target stays locked. */
export function answerExecution(state: State, command: Command, body: Of<'answer-execution'>): Decided[] | Refusal {
  const proposal = named(state, body.proposal)
  if (!proposal?.execution || proposal.execution.key !== body.key) return refuse('nothing-to-settle', 'no such call')
  if (proposal.execution.outcome !== 'running')
    return refuse('nothing-to-settle', `its outcome is ${proposal.execution.outcome} already`)
  const events = said(command, {
    type: 'execution-answered',
    proposal: proposal.id,
    key: body.key,
    outcome: body.outcome,
    detail: body.detail,
  })
  if (body.outcome === 'failed') {
    events.push(
      ...added(command, {
        type: 'proposal-moved',
        proposal: proposal.id,
        status: 'refused',
        reason: 'driver-declares-not-done',
      }),
    )
    events.push(...askHuman(state, command, proposal.id, 'driver-declares-not-done', body.detail))
    return events
  }
  // While the outcome is unknown the signals are watched and shown all the same.
  events.push(
    ...added(command, {
      type: 'verification-started',
      proposal: proposal.id,
      verification: windowFor(proposal.body, command),
    }),
  )
  return body.outcome === 'ran' ? [...events, ...tasksAfter(state, command, proposal)] : events
}

function windowFor(body: ProposalBody, command: Command): Verification {
  const { settleMs, windowMs } = body.plan.verify
  return {
    startedAt: command.at,
    settleAt: command.at + settleMs,
    until: command.at + windowMs,
    readings: [],
    end: null,
    endedAt: null,
  }
}

/** What the driver's `status(key)` says of an unanswered call; as soon as it cannot say, a person is asked as well. */
export function answerStatus(state: State, command: Command, body: Of<'answer-status'>): Decided[] | Refusal {
  const proposal = named(state, body.proposal)
  if (proposal?.execution?.outcome !== 'unknown' || proposal.execution.key !== body.key) {
    return refuse('nothing-to-settle', 'nothing is unknown there')
  }
  if (body.outcome === 'unknown') {
    const asked = askHuman(
      state,
      command,
      proposal.id,
      'outcome-unknown',
      `whether ${proposal.body.plan.title} took place: ${body.detail}`,
    )
    return asked.length > 0 ? asked : refuse('nothing-changed', 'a person is asked already')
  }
  return settle(state, command, proposal, body.outcome, body.detail)
}

/** A commander says what became of it, with a reason. */
export function settleOutcome(
  state: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'settle-outcome' }>,
): Decided[] | Refusal {
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'settling an outcome asks for a commander')
  const proposal = named(state, body.proposal)
  if (proposal?.status !== 'outcome-unknown') return refuse('nothing-to-settle', 'no outcome is unknown there')
  const reason = body.reason.trim()
  if (reason === '') return refuse('reason-needed', 'say how you know')
  if (reason.length > REASON_CHARS_MAX) return refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
  return proposal.undo?.outcome === 'unknown'
    ? settleUndo(state, command, proposal, body.outcome, reason)
    : settle(state, command, proposal, body.outcome, reason)
}

/** Whoever carried the action out by hand, where nothing is wired, says what came of it. Null: that is not what is asked. */
export function completeAction(
  state: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'complete-step' }>,
): Decided[] | Refusal | null {
  const proposal = named(state, body.proposal)
  if (proposal?.status !== 'outcome-unknown' || !isByHand(state.view.catalogue, proposal.body.plan)) return null
  const undo = proposal.undo?.outcome === 'unknown'
  if (body.step !== (undo ? UNDO_STEP : actionStep(proposal.body.plan))) return null
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'completing a step asks for a responder')
  const bad = badStepReason(body)
  if (bad) return bad
  const outcome = body.outcome === 'done' ? 'it-ran' : 'it-did-not'
  const detail = body.reason.trim()
  return undo
    ? settleUndo(state, command, proposal, outcome, detail)
    : settle(state, command, proposal, outcome, detail)
}

function settle(
  state: State,
  command: Command,
  proposal: Proposal,
  outcome: 'it-ran' | 'it-did-not',
  detail: string,
): Decided[] {
  assert(proposal.execution, 'an unknown outcome has an execution')
  const { key } = proposal.execution
  const events = said(command, { type: 'outcome-settled', proposal: proposal.id, key, outcome, detail })
  if (outcome === 'it-ran') {
    const verification = windowFor(proposal.body, command)
    return [
      ...events,
      ...added(command, { type: 'verification-started', proposal: proposal.id, verification }),
      ...tasksAfter(state, command, proposal),
    ]
  }
  return [
    ...events,
    ...added(command, {
      type: 'proposal-moved',
      proposal: proposal.id,
      status: 'revoked',
      reason: 'it-did-not-run',
    }),
    ...askHuman(state, command, proposal.id, 'it-did-not-run', 'the agents look again; a person may decide'),
  ]
}
