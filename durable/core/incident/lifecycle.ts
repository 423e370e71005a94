import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { NOTES_PER_INCIDENT_MAX, NOTE_CHARS_MAX, REASON_CHARS_MAX } from '../../protocol/limits.ts'
import { openProposal } from '../../protocol/view.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { RUNS_MAX } from '../consensus/policy.ts'
import { askHuman } from './deliberate.ts'
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
  const { visibility } = body
  const note = { id, by: command.by.name, text, at: command.at, ...(visibility && { visibility }) }
  return said(command, { type: 'note-added', note })
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
  const held = heldBack(state)
  if (held) return held
  return [
    ...withdraw(state, command, 'incident-resolved'),
    ...said(command, { type: 'incident-resolved', how: 'by-person', reason: body.reason }),
  ]
}

/** Why it cannot end now: an action is out, or its alerts are on their way elsewhere. */
export function heldBack({ view }: State): Refusal | null {
  if (view.moving) return refuse('move-pending', `a ${view.moving.kind} is under way; see it end first`)
  const open = openProposal(view)
  return open && ['approved', 'running', 'outcome-unknown', 'verifying'].includes(open.status)
    ? refuse('invalid-transition', `proposal ${open.number} is ${open.status}; see it end first`)
    : null
}

/** A false alarm. Resolved ones too: often that is how it shows. */
export function cancel(state: State, command: Command, body: Of<'cancel'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'canceling asks for a responder')
  if (!isLively(state.view) && state.view.state !== 'resolved')
    return refuse('invalid-transition', `an incident that is ${state.view.state} cannot be canceled`)
  const bad = badReason(body.reason, 'a false alarm needs its reason')
  if (bad) return bad
  const held = heldBack(state)
  if (held) return held
  return [
    ...withdraw(state, command, 'incident-canceled'),
    ...said(command, { type: 'incident-canceled', reason: body.reason.trim() }),
  ]
}

/** It is not over, or not mitigated, after all. A closed one stays closed: its review is done and its log archived. */
export function reopen(state: State, command: Command, body: Of<'reopen'>): Decided[] | Refusal {
  const { view } = state
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'reopening asks for a responder')
  if (view.state !== 'mitigated' && view.state !== 'resolved' && view.state !== 'canceled')
    return refuse('invalid-transition', `an incident that is ${view.state} cannot be reopened`)
  const bad = badReason(body.reason, 'reopening needs a reason')
  if (bad) return bad
  const held = heldBack(state)
  if (held) return held
  const events = said(command, { type: 'incident-reopened', reason: body.reason.trim() })
  if (view.run >= RUNS_MAX)
    events.push(...askHuman(state, command, null, 'looks-used-up', 'a person decides what to try next'))
  return events
}

/** A reason that must be there, and within its limit. */
export function badReason(reason: string, why: string): Refusal | null {
  if (reason.trim() === '') return refuse('reason-needed', why)
  return longReason(reason)
}

export function longReason(reason: string): Refusal | null {
  return reason.length > REASON_CHARS_MAX
    ? refuse('text-too-long', `a reason holds ${REASON_CHARS_MAX} characters`)
    : null
}

export function close(state: State, command: Command, body: Of<'close'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'closing asks for a responder')
  if (state.view.state !== 'resolved')
    return refuse('invalid-transition', `only a resolved incident closes; this one is ${state.view.state}`)
  if (state.view.moving) return refuse('move-pending', `a ${state.view.moving.kind} is under way; see it end first`)
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
