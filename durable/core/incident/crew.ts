import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { CrewRole } from '../../protocol/crew.ts'
import type { Decided } from '../../protocol/events.ts'
import { EXPERTS_MAX, PERSON_CHARS_MAX } from '../../protocol/limits.ts'
import { mayAct } from '../consensus/policy.ts'
import { refuse, said } from './answer.ts'
import { longReason } from './lifecycle.ts'
import { type State, isOver } from './state.ts'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

/** Gives a role. Who had it hands it over, and the record says so; there may be several experts. */
export function assignRole(state: State, command: Command, body: Of<'assign-role'>): Decided[] | Refusal {
  const { view } = state
  const person = body.person.trim()
  const no = refusedHere(state, command, body.role) ?? badPerson(person) ?? longReason(body.reason)
  if (no) return no
  const holders = holdersOf(state, body.role)
  if (holders.includes(person)) return refuse('nothing-changed', `${person} is ${body.role} already`)
  const expert = body.role === 'subject-matter-expert'
  if (expert && holders.length >= EXPERTS_MAX) return refuse('too-many', `an incident has ${EXPERTS_MAX} experts`)
  if (isOver(view)) return refuse('invalid-transition', `this incident is ${view.state}`)
  const from = expert ? null : (holders[0] ?? null)
  return said(command, { type: 'role-assigned', role: body.role, person, from, reason: body.reason.trim() })
}

/** Nobody has the role then. */
export function releaseRole(state: State, command: Command, body: Of<'release-role'>): Decided[] | Refusal {
  const no = refusedHere(state, command, body.role) ?? longReason(body.reason)
  if (no) return no
  if (!holdersOf(state, body.role).includes(body.person))
    return refuse('not-held', `${body.person.slice(0, PERSON_CHARS_MAX)} is not ${body.role}`)
  return said(command, { type: 'role-released', role: body.role, person: body.person, reason: body.reason.trim() })
}

/** Who leads is said by a commander or by whoever leads; every other role by any responder. */
function refusedHere(state: State, command: Command, role: CrewRole): Refusal | null {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'roles ask for a responder')
  const leads = role === 'incident-commander' && holdersOf(state, role).includes(command.by.name)
  if (role === 'incident-commander' && !leads && !mayAct(command.role, 'commander'))
    return refuse('role-too-low', 'who leads is said by a commander or by whoever leads now')
  return null
}

/** A name that can stand in the record. */
export function badPerson(person: string): Refusal | null {
  if (person === '') return refuse('empty-text', 'a person has a name')
  return person.length > PERSON_CHARS_MAX
    ? refuse('text-too-long', `a name holds ${PERSON_CHARS_MAX} characters`)
    : null
}

function holdersOf({ view }: State, role: CrewRole): string[] {
  return view.crew.filter((member) => member.role === role).map(({ person }) => person)
}
