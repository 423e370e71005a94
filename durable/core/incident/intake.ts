import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Alert } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { alertKey } from '../../protocol/view.ts'
import { REOPEN_WITHIN_MS, severityFor } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { settleByAlerts } from './lifecycle.ts'
import type { State } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>
type Delivered = { alert: Alert; reason: string }

/** Opens the room with its frozen catalogue and first alerts. */
export function open(state: State, command: Command, body: Of<'open'>): Decided[] | Refusal {
  if (state.view.head) return refuse('already-open', `this room is ${state.view.head.id}`)
  const { head, catalogue, policy, killSwitch } = body
  return [
    { at: command.at, by: head.openedBy, body: { type: 'incident-opened', head, catalogue, policy, killSwitch } },
    ...levels(state, command, body.alerts),
  ]
}

/**
 * Alerts are levels: what the directory merged replaces what the room knew, and what changes nothing is not an event. A
 * room that is closed takes no firing alert: the directory opens another.
 */
export function deliverAlerts(state: State, command: Command, body: Of<'deliver-alerts'>): Decided[] | Refusal {
  const { view } = state
  if (!view.head) return refuse('not-open', 'this room was never opened')
  const firesAgain = body.alerts.some(({ alert }) => alert.status === 'firing' && changes(state, alert))
  const over = view.state === 'closed' || view.state === 'canceled' || view.state === 'merged'
  if (over && firesAgain) return refuse('not-open', `this incident is ${view.state}`)
  const events = levels(state, command, body.alerts)
  if (events.length === 0) return refuse('nothing-changed', 'the room knows these alerts already')
  if (view.state === 'resolved' && firesAgain) {
    const late = state.resolvedAt !== null && command.at - state.resolvedAt > REOPEN_WITHIN_MS
    events.push(
      ...added(command, {
        type: 'incident-reopened',
        reason: late ? 'an alert fires again' : 'an alert fires again within 10 minutes',
      }),
    )
  }
  return events
}

/** True when the room would learn something from it. */
function changes(state: State, alert: Alert): boolean {
  const known = state.levels[alertKey(alert)]
  return (
    !known ||
    known.status !== alert.status ||
    known.startsAt !== alert.startsAt ||
    known.endsAt !== alert.endsAt ||
    known.severity !== alert.severity
  )
}

function levels(state: State, command: Command, delivered: Delivered[]): Decided[] {
  const bodies: EventBody[] = []
  const status = new Map(Object.entries(state.levels).map(([key, level]) => [key, level.status]))
  let severity = state.view.head ? state.view.severity : null
  for (const { alert, reason } of delivered) {
    const key = alertKey(alert)
    if (!changes(state, alert)) continue
    bodies.push(status.has(key) ? { type: 'alert-updated', alert } : { type: 'alert-attached', alert, reason })
    status.set(key, alert.status)
    const candidate = severityFor(alert.severity)
    if (severity !== null && alert.status === 'firing' && candidate < severity) {
      bodies.push({
        type: 'severity-raised',
        from: severity,
        to: candidate,
        reason: `${alert.title} says ${alert.severity}`,
      })
      severity = candidate
    }
  }
  const events = said(command, ...bodies)
  const firing = [...status.values()].includes('firing')
  if (bodies.length > 0 && status.size > 0 && !firing && state.view.alertsClearSince === null) {
    events.push(...added(command, { type: 'alerts-cleared' }))
    events.push(...settleByAlerts(state, command, firing))
  }
  return events
}

export function setKillSwitch(state: State, command: Command, body: Of<'set-kill-switch'>): Decided[] | Refusal {
  if (!state.view.head) return refuse('not-open', 'this room was never opened')
  if (state.view.killSwitch === body.on)
    return refuse('nothing-changed', `the kill switch is ${body.on ? 'on' : 'off'} already`)
  return said(command, { type: 'kill-switch-set', on: body.on, reason: body.reason })
}
