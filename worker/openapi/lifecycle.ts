import * as body from '../routes/lifecycle.ts'
import * as order from '../routes/orders.ts'
import type { Operation } from './operation.ts'
import { ordered } from './order.ts'

/** What people order in a room. */
export const LIFECYCLE: readonly Operation[] = [
  ordered('acknowledge', 'responder', 'Acknowledge', order.noFields, { optional: true }),
  ordered('notes', 'responder', 'Write a note', order.noteBody),
  ordered('mitigate', 'responder', 'Say that the effect is stopped', order.reasonBody),
  ordered('resolve', 'responder', 'Resolve', order.reasonBody),
  ordered('close', 'responder', 'Close', order.reasonBody),
  ordered('reopen', 'responder', 'Reopen', body.because),
  ordered('cancel', 'responder', 'Call it a false alarm', body.because),
  ordered('severity', 'responder', 'Change the severity', body.severityBody),
  ordered('roles', 'responder', 'Give a role, or hand it over', body.roleBody),
  ordered('roles/release', 'responder', 'Give a role back', body.roleBody),
  ordered('tasks', 'responder', 'Add a task or an action item', body.taskBody),
  ordered('tasks/:task', 'responder', 'Change a task', body.taskChangeBody),
  ordered('fields', 'responder', 'Set a field', body.fieldBody),
  ordered('privacy', 'commander', 'Make it private, or public again', body.privacyBody),
  ordered('access', 'commander', 'Let a person see it', body.accessBody),
  ordered('merge', 'responder', 'Merge it into another', body.mergeBody),
  ordered('unmerge', 'responder', 'Undo a merge', body.because),
  ordered('split', 'responder', 'Split alerts off', body.splitBody),
  ordered('parent', 'responder', 'Put it under another', body.parentBody),
  ordered('escalate', 'responder', 'Call the next step now', body.because),
  ordered('proposals/:proposal/approve', 'commander', 'Approve the action of one digest', order.decisionBody),
  ordered('proposals/:proposal/reject', 'commander', 'Reject a proposal', order.decisionBody),
  ordered(
    'proposals/:proposal/request-changes',
    'commander',
    'Ask for the same action with other parameters',
    order.changesBody,
  ),
  ordered('proposals/:proposal/undo', 'commander', 'Order the approved rollback', order.decisionBody),
  ordered('proposals/:proposal/steps/:step', 'responder', 'Complete a step that is done by hand', order.stepBody),
  ordered('own-decision', 'commander', 'Run a catalogued action by own decision', order.ownDecisionBody),
  ordered('outcome', 'commander', 'Settle an outcome that is unknown', order.outcomeBody),
]
