import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Decided } from '../../protocol/events.ts'
import { mayAct } from '../consensus/policy.ts'
import { refuse, said } from './answer.ts'
import { badReason } from './lifecycle.ts'
import { type State, isOver } from './state.ts'

/** A person's word on how bad it is, up or down. */
export function setSeverity(
  { view }: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'set-severity' }>,
): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'severity asks for a responder')
  if (isOver(view)) return refuse('invalid-transition', `this incident is ${view.state}`)
  if (body.severity === view.severity) return refuse('nothing-changed', `it is ${view.severity} already`)
  const bad = badReason(body.reason, 'another severity needs its reason')
  if (bad) return bad
  const { severity: to, reason } = body
  return said(command, { type: 'severity-set', from: view.severity, to, reason: reason.trim() })
}
