import type { Link, Relation } from './crew.ts'
import type { Instant } from './domain.ts'
import type { EventBody } from './events.ts'
import { type View, alertKey, stopPaging } from './view.ts'

type Of<T extends EventBody['type']> = Extract<EventBody, { type: T }>
type CrewEvent = Of<
  | 'role-assigned'
  | 'role-released'
  | 'task-added'
  | 'task-changed'
  | 'field-set'
  | 'privacy-set'
  | 'access-set'
  | 'merge-requested'
  | 'unmerge-requested'
  | 'split-requested'
  | 'move-refused'
  | 'incident-merged'
  | 'incident-unmerged'
  | 'alerts-detached'
  | 'incident-linked'
  | 'incident-unlinked'
>

/** Folds what people keep in an incident beside its state, and how it is related to others. `view.seq` is the event's. */
export function foldCrew(view: View, body: CrewEvent, at: Instant): void {
  switch (body.type) {
    case 'role-assigned':
      // One person a role; experts are several.
      view.crew = view.crew.filter(
        ({ role, person }) => role !== body.role || (body.role === 'subject-matter-expert' && person !== body.person),
      )
      view.crew.push({ role: body.role, person: body.person, since: at })
      if (!view.people.includes(body.person)) view.people.push(body.person)
      return
    case 'role-released':
      view.crew = view.crew.filter(({ role, person }) => role !== body.role || person !== body.person)
      return
    case 'task-added':
      view.tasks.push({ ...body.task })
      return
    case 'task-changed': {
      const task = view.tasks.find(({ id }) => id === body.task)
      if (task) Object.assign(task, body.change)
      return
    }
    case 'field-set':
      if (body.value === null) delete view.fields[body.name]
      else view.fields[body.name] = body.value
      return
    case 'privacy-set':
      view.named = body.private ? (view.named ?? []) : null
      return
    case 'access-set':
      view.named = (view.named ?? []).filter((name) => name !== body.person)
      if (body.allowed) view.named.push(body.person)
      return
    case 'merge-requested':
      view.moving = { kind: 'merge', other: body.into, seq: view.seq }
      return
    case 'unmerge-requested':
      view.moving = { kind: 'unmerge', other: body.from, seq: view.seq }
      return
    case 'split-requested':
      view.moving = { kind: 'split', other: null, seq: view.seq }
      return
    case 'move-refused':
      view.moving = null
      return
    case 'incident-merged':
      view.moving = null
      view.state = 'merged'
      view.humanAsked = null
      link(view, { relation: 'merged-into', incident: body.into })
      stopPaging(view, 'merged')
      return
    case 'incident-unmerged':
      view.moving = null
      view.state = 'triggered'
      view.times = { acknowledged: null, mitigated: null, resolved: null, closed: null }
      view.archived = null
      view.slaSince = at
      unlink(view, 'merged-into', body.from)
      return
    case 'alerts-detached':
      if (body.why === 'split') view.moving = null
      for (const alert of body.alerts) delete view.alerts[alertKey(alert)]
      return
    case 'incident-linked':
      link(view, { relation: body.relation, incident: body.incident })
      return
    case 'incident-unlinked':
      unlink(view, body.relation, body.incident)
      return
    default:
      return body satisfies never
  }
}

function link(view: View, wanted: Link): void {
  // It has one parent and is in one other incident at a time.
  const single = wanted.relation === 'parent' || wanted.relation === 'merged-into'
  view.links = view.links.filter(
    ({ relation, incident }) => relation !== wanted.relation || (!single && incident !== wanted.incident),
  )
  view.links.push(wanted)
}

function unlink(view: View, relation: Relation, incident: string): void {
  view.links = view.links.filter((known) => known.relation !== relation || known.incident !== incident)
}
