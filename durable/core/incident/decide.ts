import type { Command, CommandBody, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Actor } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { added, refuse } from './answer.ts'
import { decideOn } from './approve.ts'
import { agentFailed, recordEvidence, reportFinding } from './deliberate.ts'
import { answerExecution, answerStatus, completeAction, settleOutcome, startExecution } from './execute.ts'
import { grantAutonomy } from './autonomy.ts'
import { setDryRun, setIncidentControl, setKillSwitch } from './controls.ts'
import { reportDryRun } from './dry-run.ts'
import { deliverAlerts, open } from './intake.ts'
import { setAccess, setPrivacy } from './access.ts'
import { assignRole, releaseRole } from './crew.ts'
import { setField } from './fields.ts'
import { acknowledge, addNote, cancel, close, mitigate, reopen, resolve } from './lifecycle.ts'
import { recordLink, setParent } from './links.ts'
import { detachAlerts, merge, recordMove, split, unmerge } from './move.ts'
import { escalate, recordNotification, withPaging } from './paging.ts'
import { moved } from './precondition.ts'
import { setSeverity } from './severity.ts'
import { addTask, changeTask } from './tasks.ts'
import { decideMyself, propose } from './propose.ts'
import { type State, isOver } from './state.ts'
import { completeStep, endWait, readStep, withSteps } from './steps.ts'
import { tick } from './tick.ts'
import { sampleVerification } from './verify.ts'
import { recordKeys, withholdVote } from './seats.ts'
import { answerUndo, answerUndoStatus, orderUndo, startUndo } from './undo.ts'
import { castVote, clerkWord } from './vote.ts'

const PERSONAL: ReadonlySet<CommandBody['type']> = new Set<PersonCommand['type']>([
  'acknowledge',
  'add-note',
  'mitigate',
  'resolve',
  'close',
  'approve',
  'reject',
  'decide-myself',
  'request-changes',
  'undo',
  'complete-step',
  'settle-outcome',
  'reopen',
  'cancel',
  'set-severity',
  'assign-role',
  'release-role',
  'add-task',
  'change-task',
  'set-field',
  'set-privacy',
  'set-access',
  'merge',
  'unmerge',
  'split',
  'set-parent',
  'escalate',
  'set-incident-control',
])

const isPersonal = (body: CommandBody): boolean => PERSONAL.has(body.type)

/** What a person may say, only a person says; a drill also has its scripted responder, which no real room accepts. */
function mayBePerson(state: State, by: Actor): boolean {
  return by.kind === 'person' || (by.kind === 'responder-script' && state.view.head?.drill !== null)
}

/**
 * The one decision function: a command in, events or a refusal out. It changes nothing, waits for nothing and reads no
 * clock; time, chance and what anybody said arrive in the command.
 */
export function decide(state: State, command: Command): Decided[] | Refusal {
  return withPaging(state, command, withSteps(state, command, answer(state, command)))
}

function answer(state: State, command: Command): Decided[] | Refusal {
  const { body } = command
  if (!state.view.head && body.type !== 'open') return refuse('not-open', 'this room was never opened')
  if (isPersonal(body) && !mayBePerson(state, command.by))
    return refuse('role-too-low', `${body.type} is for people; this came from a ${command.by.kind}`)
  const changed = isPersonal(body) ? moved(state, command.expectSeq) : null
  if (changed) return changed
  switch (body.type) {
    case 'open':
      return open(state, command, body)
    case 'deliver-alerts':
      return deliverAlerts(state, command, body)
    case 'record-evidence':
      return recordEvidence(state, command, body)
    case 'report-finding':
      return reportFinding(state, command, body)
    case 'agent-failed':
      return agentFailed(state, command, body)
    case 'propose':
      return propose(state, command, body)
    case 'cast-vote':
      return castVote(state, command, body)
    case 'withhold-vote':
      return withholdVote(state, command, body)
    case 'record-keys':
      return recordKeys(state, command, body)
    case 'clerk-word':
      return clerkWord(state, command, body)
    case 'approve':
    case 'reject':
    case 'request-changes':
      return decideOn(state, command, body)
    case 'decide-myself':
      return decideMyself(state, command, body)
    case 'start-execution':
      return startExecution(state, command, body)
    case 'answer-execution':
      return answerExecution(state, command, body)
    case 'answer-status':
      return answerStatus(state, command, body)
    case 'settle-outcome':
      return settleOutcome(state, command, body)
    case 'complete-step':
      return completeAction(state, command, body) ?? completeStep(state, command, body)
    case 'read-step':
      return readStep(state, command, body)
    case 'end-wait':
      return endWait(state, command, body)
    case 'undo':
      return orderUndo(state, command, body)
    case 'start-undo':
      return startUndo(state, command, body)
    case 'answer-undo':
      return answerUndo(state, command, body)
    case 'answer-undo-status':
      return answerUndoStatus(state, command, body)
    case 'sample-verification':
      return sampleVerification(state, command, body)
    case 'acknowledge':
      return acknowledge(state, command)
    case 'acknowledged-there':
      if (command.by.kind !== 'source')
        return refuse('role-too-low', `${body.type} is for sources; this came from a ${command.by.kind}`)
      return acknowledge(state, command)
    case 'add-note':
      return addNote(state, command, body)
    case 'mitigate':
      return mitigate(state, command, body)
    case 'resolve':
      return resolve(state, command, body)
    case 'close':
      return close(state, command, body)
    case 'set-kill-switch':
      return setKillSwitch(state, command, body)
    case 'set-dry-run':
      return setDryRun(state, command, body)
    case 'set-incident-control':
      return setIncidentControl(state, command, body)
    case 'report-dry-run':
      return reportDryRun(state, command, body)
    case 'grant-autonomy':
      return grantAutonomy(state, command, body)
    case 'record-archive':
      if (state.view.archived) return refuse('nothing-changed', 'archived already')
      if (!isOver(state.view))
        return refuse('invalid-transition', `only what is over is archived; this one is ${state.view.state}`)
      return added(command, { type: 'incident-archived', store: body.store, reference: body.reference })
    case 'reopen':
      return reopen(state, command, body)
    case 'cancel':
      return cancel(state, command, body)
    case 'set-severity':
      return setSeverity(state, command, body)
    case 'assign-role':
      return assignRole(state, command, body)
    case 'release-role':
      return releaseRole(state, command, body)
    case 'add-task':
      return addTask(state, command, body)
    case 'change-task':
      return changeTask(state, command, body)
    case 'set-field':
      return setField(state, command, body)
    case 'set-privacy':
      return setPrivacy(state, command, body)
    case 'set-access':
      return setAccess(state, command, body)
    case 'merge':
      return merge(state, command, body)
    case 'unmerge':
      return unmerge(state, command, body)
    case 'split':
      return split(state, command, body)
    case 'set-parent':
      return setParent(state, command, body)
    case 'escalate':
      return escalate(state, command, body)
    case 'record-move':
      return recordMove(state, command, body)
    case 'detach-alerts':
      return detachAlerts(state, command, body)
    case 'record-link':
      return recordLink(state, command, body)
    case 'record-notification':
      return recordNotification(state, command, body)
    case 'tick':
      return tick(state, command)
    default:
      return body satisfies never
  }
}
