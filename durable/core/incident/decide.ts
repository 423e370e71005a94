import type { Command, CommandBody, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Actor } from '../../protocol/domain.ts'
import type { Decided } from '../../protocol/events.ts'
import { added, refuse } from './answer.ts'
import { decideOn } from './approve.ts'
import { agentFailed, recordEvidence, reportFinding } from './deliberate.ts'
import { answerExecution, answerStatus, settleOutcome, startExecution } from './execute.ts'
import { deliverAlerts, open, setKillSwitch } from './intake.ts'
import { acknowledge, addNote, close, mitigate, resolve } from './lifecycle.ts'
import { decideMyself, propose } from './propose.ts'
import type { State } from './state.ts'
import { tick } from './tick.ts'
import { sampleVerification } from './verify.ts'
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
  'settle-outcome',
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
  const { body } = command
  if (!state.view.head && body.type !== 'open') return refuse('not-open', 'this room was never opened')
  if (isPersonal(body) && !mayBePerson(state, command.by))
    return refuse('role-too-low', `${body.type} is for people; this came from a ${command.by.kind}`)
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
    case 'clerk-word':
      return clerkWord(state, command, body)
    case 'approve':
    case 'reject':
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
    case 'sample-verification':
      return sampleVerification(state, command, body)
    case 'acknowledge':
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
    case 'record-archive':
      if (state.view.archived) return refuse('nothing-changed', 'archived already')
      if (state.view.state !== 'closed')
        return refuse('invalid-transition', `only a closed incident is archived; this one is ${state.view.state}`)
      return added(command, { type: 'incident-archived', store: body.store, reference: body.reference })
    case 'tick':
      return tick(state, command)
    default:
      return body satisfies never
  }
}
