import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Decided } from '../../protocol/events.ts'
import { mayAct } from '../consensus/policy.ts'
import { refuse, said } from './answer.ts'
import { badReason } from './lifecycle.ts'
import { type State, isOver } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>

/** The directory's word on a kill switch: a level, the global one or that of one service. */
export function setKillSwitch({ view }: State, command: Command, body: Of<'set-kill-switch'>): Decided[] | Refusal {
  const { on, reason, service } = body
  if (isOver(view)) return refuse('not-open', `this incident is ${view.state}`)
  const isOn = service === undefined ? view.killSwitch : Object.hasOwn(view.stops.services, service)
  if (isOn === on) return refuse('nothing-changed', `the kill switch is ${on ? 'on' : 'off'} already`)
  const scope = service === undefined ? {} : { scope: 'service' as const, service }
  return said(command, { type: 'kill-switch-set', on, reason, ...scope })
}

/** The directory's word on dry run: a level. */
export function setDryRun({ view }: State, command: Command, { on, reason }: Of<'set-dry-run'>): Decided[] | Refusal {
  if (isOver(view)) return refuse('not-open', `this incident is ${view.state}`)
  if ((view.dryRun.global !== null) === on) return refuse('nothing-changed', `dry run is ${on ? 'on' : 'off'} already`)
  return said(command, { type: 'dry-run-set', on, scope: 'global', reason })
}

/**
 * A commander stops every action of this incident, or has them only say what they would do; or lets them go again.
 */
export function setIncidentControl(
  { view }: State,
  command: Command,
  body: Extract<PersonCommand, { type: 'set-incident-control' }>,
): Decided[] | Refusal {
  if (!mayAct(command.role, 'commander')) return refuse('role-too-low', 'switches ask for a commander')
  if (isOver(view)) return refuse('invalid-transition', `an incident that is ${view.state} takes no action anyway`)
  const { control, on } = body
  const isOn = (control === 'kill-switch' ? view.stops.incident : view.dryRun.incident) !== null
  if (isOn === on) return refuse('nothing-changed', `it is ${on ? 'on' : 'off'} already`)
  const bad = badReason(body.reason, 'a switch needs its reason on record')
  if (bad) return bad
  const set = { on, scope: 'incident' as const, reason: body.reason.trim() }
  return said(
    command,
    control === 'kill-switch' ? { type: 'kill-switch-set', ...set } : { type: 'dry-run-set', ...set },
  )
}
