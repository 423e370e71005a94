import type { Command, PersonCommand, Refusal } from '../../protocol/commands.ts'
import type { TaskChange } from '../../protocol/crew.ts'
import type { Decided } from '../../protocol/events.ts'
import { TASKS_PER_INCIDENT_MAX, TASK_CHARS_MAX } from '../../protocol/limits.ts'
import { mayAct } from '../consensus/policy.ts'
import { refuse, said } from './answer.ts'
import { badPerson } from './crew.ts'
import { type State, isOver } from './state.ts'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

/** A task while it is worked on; an action item at any time, for most are found in the review. */
export function addTask({ view }: State, command: Command, body: Of<'add-task'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'tasks ask for a responder')
  if (body.kind === 'task' && isOver(view))
    return refuse('invalid-transition', `this incident is ${view.state}; it may still have action items`)
  const text = body.text.trim()
  if (text === '') return refuse('empty-text', 'a task says what is to be done')
  if (text.length > TASK_CHARS_MAX) return refuse('text-too-long', `a task holds ${TASK_CHARS_MAX} characters`)
  if (view.tasks.length >= TASKS_PER_INCIDENT_MAX)
    return refuse('too-many', `an incident has ${TASKS_PER_INCIDENT_MAX} tasks`)
  const { kind, owner, dueWall } = body
  const bad = badChange({ owner, dueWall })
  if (bad) return bad
  const id = `T-${String(view.tasks.length + 1).padStart(2, '0')}`
  const { at, by } = command
  return said(command, { type: 'task-added', task: { id, kind, text, owner, dueWall, state: 'open', by: by.name, at } })
}

/** Another owner, another date, done or dropped; also long after the incident. */
export function changeTask({ view }: State, command: Command, body: Of<'change-task'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'tasks ask for a responder')
  const task = view.tasks.find(({ id }) => id === body.task)
  if (!task) return refuse('no-such-task', body.task.slice(0, TASK_CHARS_MAX))
  const bad = badChange(body.change)
  if (bad) return bad
  const { owner = task.owner, dueWall = task.dueWall, state = task.state } = body.change
  const change: TaskChange = {
    ...(owner !== task.owner && { owner }),
    ...(dueWall !== task.dueWall && { dueWall }),
    ...(state !== task.state && { state }),
  }
  if (Object.keys(change).length === 0) return refuse('nothing-changed', `${task.id} stands like that already`)
  return said(command, { type: 'task-changed', task: task.id, change })
}

function badChange({ owner, dueWall }: TaskChange): Refusal | null {
  if (dueWall !== undefined && dueWall !== null && !Number.isSafeInteger(dueWall))
    return refuse('bad-name', 'a due time is a whole number of milliseconds since 1970')
  return owner === undefined || owner === null ? null : badPerson(owner)
}
