import * as z from 'zod/mini'
import { CREW_ROLES } from '../../durable/protocol/crew.ts'
import {
  FIELD_CHARS_MAX,
  PERSON_CHARS_MAX,
  REASON_CHARS_MAX,
  SPLIT_ALERTS_MAX,
  TASK_CHARS_MAX,
  TITLE_CHARS_MAX,
} from '../../durable/protocol/limits.ts'
import { order } from './orders.ts'

/** Of ids that others made: a fingerprint is 64 characters, a source's name a few words. */
const ID_CHARS_MAX = 256

const reason = z.prefault(z.string().check(z.trim(), z.maxLength(REASON_CHARS_MAX)), '')
const person = z.string().check(z.trim(), z.minLength(1), z.maxLength(PERSON_CHARS_MAX))
const incident = z.string().check(z.minLength(1), z.maxLength(ID_CHARS_MAX))
const crewRole = z.enum(CREW_ROLES)
const due = z.nullable(z.iso.datetime({ offset: true }))
const owner = z.nullable(person)

export const because = z.strictObject({ reason })
export const severityBody = z.strictObject({ severity: z.enum(['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5']), reason })
export const roleBody = z.strictObject({ role: crewRole, person, reason })
export const taskBody = z.strictObject({
  kind: z.prefault(z.enum(['task', 'action-item']), 'task'),
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(TASK_CHARS_MAX)),
  owner: z.prefault(owner, null),
  due: z.prefault(due, null),
})
export const taskChangeBody = z.strictObject({
  owner: z.optional(owner),
  due: z.optional(due),
  state: z.optional(z.enum(['open', 'done', 'dropped'])),
})
export const fieldBody = z.strictObject({
  name: z.string().check(z.maxLength(ID_CHARS_MAX)),
  value: z.nullable(z.string().check(z.maxLength(FIELD_CHARS_MAX))),
})
export const privacyBody = z.strictObject({ private: z.boolean(), reason })
export const accessBody = z.strictObject({ person, allowed: z.boolean() })
export const mergeBody = z.strictObject({ into: incident, reason })
export const splitBody = z.strictObject({
  alerts: z
    .array(
      z.strictObject({
        source: z.string().check(z.maxLength(ID_CHARS_MAX)),
        fingerprint: z.string().check(z.maxLength(ID_CHARS_MAX)),
      }),
    )
    .check(z.minLength(1), z.maxLength(SPLIT_ALERTS_MAX)),
  title: z.string().check(z.trim(), z.minLength(1), z.maxLength(TITLE_CHARS_MAX)),
  reason,
})
export const parentBody = z.strictObject({ parent: z.nullable(incident), reason })

/** `POST …/reopen {reason}`: back to triggered. */
export const reopen = order(because, (body) => ({ type: 'reopen', ...body }))
/** `POST …/cancel {reason}`: a false alarm. */
export const cancel = order(because, (body) => ({ type: 'cancel', ...body }))
/** `POST …/escalate {reason}`: calls the next step now. */
export const escalate = order(because, (body) => ({ type: 'escalate', ...body }))
/** `POST …/severity {severity, reason}`. */
export const setSeverity = order(severityBody, (body) => ({ type: 'set-severity', ...body }))
/** `POST …/roles {role, person, reason?}`: whoever had it hands it over. */
export const assignRole = order(roleBody, (body) => ({ type: 'assign-role', ...body }))
/** `POST …/roles/release {role, person, reason?}`. */
export const releaseRole = order(roleBody, (body) => ({ type: 'release-role', ...body }))
/** `POST …/tasks {kind?, text, owner?, due?}`; `due` is RFC 3339. */
export const addTask = order(taskBody, ({ due, ...task }) => ({ type: 'add-task', ...task, dueWall: wallOf(due) }))
/** `POST …/tasks/{task} {owner?, due?, state?}`: what is left out stays. */
export const changeTask = order(taskChangeBody, ({ owner, due, state }, c) => ({
  type: 'change-task',
  task: c.req.param('task') ?? '',
  change: {
    ...(owner !== undefined && { owner }),
    ...(due !== undefined && { dueWall: wallOf(due) }),
    ...(state !== undefined && { state }),
  },
}))
/** `POST …/fields {name, value}`; null takes it away. */
export const setField = order(fieldBody, (body) => ({ type: 'set-field', ...body }))
/** `POST …/privacy {private, reason}`. */
export const setPrivacy = order(privacyBody, (body) => ({ type: 'set-privacy', ...body }))
/** `POST …/access {person, allowed}`: of a private incident. */
export const setAccess = order(accessBody, (body) => ({ type: 'set-access', ...body }))
/** `POST …/merge {into, reason?}`: its alerts go to that one. The row says `merged` once they have. */
export const merge = order(mergeBody, (body) => ({ type: 'merge', ...body }))
/** `POST …/unmerge {reason?}`. */
export const unmerge = order(because, (body) => ({ type: 'unmerge', ...body }))
/** `POST …/split {alerts, title, reason?}`: to a new incident, which this one is linked to once it is there. */
export const split = order(splitBody, (body) => ({ type: 'split', ...body }))
/** `POST …/parent {parent, reason?}`; null: none. */
export const setParent = order(parentBody, (body) => ({ type: 'set-parent', ...body }))

function wallOf(due: string | null): number | null {
  return due === null ? null : Date.parse(due)
}
