import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Relation } from '../../protocol/crew.ts'
import type { Decided } from '../../protocol/events.ts'
import { namespaceOfIncident } from '../../protocol/namespace.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { longReason } from './lifecycle.ts'
import type { State } from './state.ts'

/** Puts it under another incident, or takes it out. One level: what has children gets no parent. */
export function setParent(
  state: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'set-parent' }>,
): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'relating incidents asks for a responder')
  const long = longReason(body.reason)
  if (long) return long
  const known = linked(state, 'parent')[0] ?? null
  if (known === body.parent)
    return refuse('nothing-changed', known ? `it is under ${known} already` : 'it has no parent')
  const gone =
    known === null
      ? []
      : said(command, { type: 'incident-unlinked', relation: 'parent', incident: known, reason: body.reason })
  if (body.parent === null) return gone
  const bad = badOther(state, body.parent)
  if (bad) return bad
  if (linked(state, 'child').length > 0) return refuse('would-be-cycle', 'it has children of its own')
  return [...gone, ...said(command, { type: 'incident-linked', relation: 'parent', incident: body.parent })]
}

/** What another incident, or the directory, says of how they are related. */
export function recordLink(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'record-link' }>,
): Decided[] | Refusal {
  const { relation, incident, reason } = body
  if (linked(state, relation).includes(incident) === body.linked)
    return refuse('nothing-changed', `${incident} is ${body.linked ? '' : 'not '}known as ${relation}`)
  return body.linked
    ? added(command, { type: 'incident-linked', relation, incident })
    : added(command, { type: 'incident-unlinked', relation, incident, reason })
}

/** Another incident of the same namespace; whether it is there only the directory knows. */
export function badOther({ view }: State, other: string): Refusal | null {
  if (other === view.head?.id) return refuse('same-incident', 'that is this incident')
  const namespace = namespaceOfIncident(other)
  if (namespace === null) return refuse('no-such-incident', 'that is no id of an incident')
  return namespace === view.head?.namespace ? null : refuse('other-namespace', 'a drill and the real world do not mix')
}

function linked({ view }: State, relation: Relation): string[] {
  return view.links.filter((link) => link.relation === relation).map(({ incident }) => incident)
}
