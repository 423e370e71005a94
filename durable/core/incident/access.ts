import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { Decided } from '../../protocol/events.ts'
import { NAMED_MAX } from '../../protocol/limits.ts'
import { mayAct } from '../consensus/policy.ts'
import { refuse, said } from './answer.ts'
import { badPerson } from './crew.ts'
import { badReason } from './lifecycle.ts'
import type { State } from './state.ts'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

/** Hides it from everybody but commanders, those on it and those named; or shows it again. */
export function setPrivacy({ view }: State, command: Command, body: Of<'set-privacy'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'who sees it is said by a commander')
  if (body.private === (view.named !== null))
    return refuse('nothing-changed', `it is ${body.private ? 'private' : 'open to all'} already`)
  const bad = badReason(body.reason, 'say why, for those who look for it')
  return bad ?? said(command, { type: 'privacy-set', private: body.private, reason: body.reason.trim() })
}

/** Names somebody in a private incident, or no longer. Whoever is on it sees it all the same. */
export function setAccess({ view }: State, command: Command, body: Of<'set-access'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'who sees it is said by a commander')
  if (view.named === null) return refuse('invalid-transition', 'this incident is not private')
  const person = body.person.trim()
  const bad = badPerson(person)
  if (bad) return bad
  if (view.named.includes(person) === body.allowed)
    return refuse('nothing-changed', `${person} is ${body.allowed ? 'named' : 'not named'} already`)
  if (body.allowed && view.named.length >= NAMED_MAX) return refuse('too-many', `${NAMED_MAX} people can be named`)
  return said(command, { type: 'access-set', person, allowed: body.allowed })
}
