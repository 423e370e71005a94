import { freezeBody, switchBody } from '../routes/controls.ts'
import { chapter, type Operation } from './operation.ts'
import { ordered } from './order.ts'
import * as shape from './shapes.ts'

const row = chapter('Controls')

/** What holds actions back, and what lets them go without a person. */
export const CONTROLS: readonly Operation[] = [
  row('GET /api/v1/controls', 'viewer', 'Everything that holds actions back', {
    answers: {
      200: { says: 'Switches, dry run, freezes, autonomy with its record, actions of late.', schema: shape.controls },
    },
  }),
  row('PUT /api/v1/kill-switch/services/:id', 'commander', 'Throw the kill switch of a service', {
    body: { schema: switchBody },
    answers: { 200: { says: 'While it is on, no action starts on this service.', schema: shape.serviceSwitch } },
  }),
  row('PUT /api/v1/dry-run', 'commander', 'Turn dry run on or off', {
    body: { schema: switchBody },
    answers: { 200: { says: 'While it is on nothing is called; what would be is shown.', schema: shape.killSwitch } },
  }),
  row('GET /api/v1/freezes', 'viewer', 'Change freezes', {
    answers: { 200: { says: 'Planned and set, the first to begin first.', schema: shape.list(shape.freeze) } },
  }),
  row('POST /api/v1/freezes', 'commander', 'Set a change freeze', {
    body: { schema: freezeBody },
    answers: { 201: { says: 'Kept; nothing of the system’s starts under it.', schema: shape.freeze } },
    codes: ['too-many-freezes', 'no-such-service'],
  }),
  row('DELETE /api/v1/freezes/:id', 'commander', 'End a change freeze', {
    answers: { 204: { says: 'Over.' } },
  }),
  row('PUT /api/v1/autonomy/:id', 'commander', 'Revoke a clause of autonomy, or let it stand again', {
    body: { schema: switchBody },
    answers: { 200: { says: 'As it stands; a record begins anew after each revocation.', schema: shape.autonomy } },
  }),
  ordered('kill-switch', 'commander', 'Throw the kill switch of an incident', switchBody),
  ordered('dry-run-mode', 'commander', 'Have actions of an incident only say what they would do', switchBody),
]
