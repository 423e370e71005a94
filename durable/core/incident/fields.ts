import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Decided } from '../../protocol/events.ts'
import { FIELDS_PER_INCIDENT_MAX, FIELD_CHARS_MAX } from '../../protocol/limits.ts'
import { mayAct } from '../consensus/policy.ts'
import { refuse, said } from './answer.ts'
import type { State } from './state.ts'

const NAME = /^[a-z][a-z0-9_-]{0,39}$/

/** A field of the team's own: set, changed, or taken away by null. */
export function setField(
  { view }: State,
  command: Command,
  { name, value }: Extract<PersonCommand, { type: 'set-field' }>,
): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'fields ask for a responder')
  if (!NAME.test(name)) return refuse('bad-name', 'a field is named by a-z, 0-9, - and _, 40 characters at most')
  const was = Object.hasOwn(view.fields, name) ? (view.fields[name] ?? null) : null
  if (value === null && was === null) return refuse('no-such-field', name)
  if (value === was) return refuse('nothing-changed', `${name} says that already`)
  if (value !== null && value.trim() === '') return refuse('empty-text', 'null takes a field away')
  if (value !== null && value.length > FIELD_CHARS_MAX)
    return refuse('text-too-long', `a field holds ${FIELD_CHARS_MAX} characters`)
  if (was === null && Object.keys(view.fields).length >= FIELDS_PER_INCIDENT_MAX)
    return refuse('too-many', `an incident has ${FIELDS_PER_INCIDENT_MAX} fields`)
  return said(command, { type: 'field-set', name, value, was })
}
