import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { NOTES_PER_INCIDENT_MAX, NOTE_CHARS_MAX, REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { openProposal } from '../../protocol/view.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { type State, isLively } from './state.ts'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

export function acknowledge(state: State, command: Command): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'acknowledging asks for a responder')
  if (state.view.state === 'acknowledged') return refuse('nothing-changed', 'it is acknowledged already')
  if (state.view.state !== 'triggered')
    return refuse('invalid-transition', `an incident that is ${state.view.state} cannot be acknowledged`)
  return said(command, { type: 'incident-acknowledged' })
}

export function addNote(state: State, command: Command, body: Of<'add-note'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'notes ask for a responder')
  const text = body.text.trim()
  if (text === '') return refuse('empty-text', 'a note needs text')
  if (text.length > NOTE_CHARS_MAX) return refuse('text-too-long', `a note holds ${NOTE_CHARS_MAX} characters`)
  if (state.view.notes.length >= NOTES_PER_INCIDENT_MAX)
    return refuse('too-many-notes', `an incident holds ${NOTES_PER_INCIDENT_MAX} notes`)
  const id = `N-${String(state.view.notes.length + 1).padStart(2, '0')}`
  return said(command, { type: 'note-added', note: { id, by: command.by.name, text, at: command.at } })
}

export function mitigate(state: State, command: Command, body: Of<'mitigate'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'mitigating asks for a responder')
  if (state.view.state !== 'triggered' && state.view.state !== 'acknowledged') {
    return refuse('invalid-transition', `an incident that is ${state.view.state} cannot be mitigated`)
  }
  if (body.reason.length > REASON_CHARS_MAX)
    return refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
  return said(command, { type: 'incident-mitigated', reason: body.reason })
}

/** Resolving while an action is out is refused: somebody must see how it ends. Open questions are withdrawn. */
export function resolve(state: State, command: Command, body: Of<'resolve'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'resolving asks for a responder')
  if (!isLively(state.view))
    return refuse('invalid-transition', `an incident that is ${state.view.state} cannot be resolved`)
  if (body.reason.length > REASON_CHARS_MAX)
    return refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
  const open = openProposal(state.view)
  if (open && ['approved', 'running', 'outcome-unknown', 'verifying'].includes(open.status)) {
    return refuse('invalid-transition', `proposal ${open.number} is ${open.status}; see it end first`)
  }
  return [
    ...withdraw(state, command, 'incident-resolved'),
    ...said(command, { type: 'incident-resolved', how: 'by-person', reason: body.reason }),
  ]
}

export function close(state: State, command: Command, body: Of<'close'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'closing asks for a responder')
  if (state.view.state !== 'resolved')
    return refuse('invalid-transition', `only a resolved incident closes; this one is ${state.view.state}`)
  if (body.reason.length > REASON_CHARS_MAX)
    return refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
  return said(command, { type: 'incident-closed', reason: body.reason })
}

/** Revokes a proposal that is still a question. */
export function withdraw(state: State, command: Command, reason: string): Decided[] {
  const open = openProposal(state.view)
  if (!open || !['voting', 'awaiting-approval'].includes(open.status)) return []
  const bodies: EventBody[] = []
  if (open.status === 'voting')
    bodies.push({ type: 'ballot-closed', proposal: open.id, outcome: 'not-carried', reason, certificate: null })
  bodies.push({ type: 'proposal-moved', proposal: open.id, status: 'revoked', reason })
  return added(command, ...bodies)
}

/** A room that nobody is on, with nothing out, resolves when its last alert has. */
export function settleByAlerts(state: State, command: Command, stillFiring: boolean): Decided[] {
  const { view } = state
  if (stillFiring || !isLively(view) || view.people.length > 0) return []
  const open = openProposal(view)
  if (open && !['voting', 'awaiting-approval'].includes(open.status)) return []
  return [
    ...withdraw(state, command, 'alerts-clear'),
    ...added(command, {
      type: 'incident-resolved',
      how: 'by-alerts',
      reason: 'its last alert resolved and nobody was on it',
    }),
  ]
}
