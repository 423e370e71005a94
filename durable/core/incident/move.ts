import type { Command, PersonCommand, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Decided } from '../../protocol/events.ts'
import { SPLIT_ALERTS_MAX, TITLE_CHARS_MAX } from '../../protocol/limits.ts'
import { alertKey } from '../../protocol/view.ts'
import { mayAct } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { levels } from './intake.ts'
import { heldBack, longReason, settleByAlerts, withdraw } from './lifecycle.ts'
import { badOther } from './links.ts'
import { type State, isLively, isOver } from './state.ts'

type Of<T extends PersonCommand['type']> = Extract<PersonCommand, { type: T }>

/** Asks for its alerts to go to another incident. Which of two takes what, only the directory can say at once for both. */
export function merge(state: State, command: Command, body: Of<'merge'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'merging asks for a responder')
  if (!isLively(state.view) && state.view.state !== 'resolved')
    return refuse('invalid-transition', `an incident that is ${state.view.state} cannot be merged`)
  const no = badOther(state, body.into) ?? longReason(body.reason) ?? heldBack(state)
  return no ?? said(command, { type: 'merge-requested', into: body.into, reason: body.reason.trim() })
}

/** Asks for what was merged back. */
export function unmerge(state: State, command: Command, body: Of<'unmerge'>): Decided[] | Refusal {
  const { view } = state
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'unmerging asks for a responder')
  const into = view.links.find(({ relation }) => relation === 'merged-into')
  if (view.state !== 'merged' || !into)
    return refuse('invalid-transition', `an incident that is ${view.state} was not merged`)
  if (view.moving) return refuse('move-pending', 'it is being taken back already')
  const no = longReason(body.reason)
  return no ?? said(command, { type: 'unmerge-requested', from: into.incident, reason: body.reason.trim() })
}

/** Asks for some of its alerts to become an incident of their own. */
export function split(state: State, command: Command, body: Of<'split'>): Decided[] | Refusal {
  if (!mayAct(command.role, 'responder')) return refuse('role-too-low', 'splitting asks for a responder')
  if (isOver(state.view)) return refuse('invalid-transition', `an incident that is ${state.view.state} is not split`)
  if (state.view.moving) return refuse('move-pending', `a ${state.view.moving.kind} is under way; see it end first`)
  const title = body.title.trim()
  if (title === '') return refuse('empty-text', 'the new incident needs a title')
  if (title.length > TITLE_CHARS_MAX) return refuse('text-too-long', `a title holds ${TITLE_CHARS_MAX} characters`)
  const no = longReason(body.reason)
  if (no) return no
  const chosen = new Map(
    body.alerts.map(({ source, fingerprint }) => [alertKey({ source, fingerprint }), { source, fingerprint }]),
  )
  if (chosen.size === 0) return refuse('no-such-alert', 'name the alerts that go')
  if (chosen.size > SPLIT_ALERTS_MAX) return refuse('too-many', `${SPLIT_ALERTS_MAX} alerts go at once`)
  for (const key of chosen.keys())
    if (!Object.hasOwn(state.view.alerts, key)) return refuse('no-such-alert', 'it holds no such alert')
  if (chosen.size >= Object.keys(state.levels).length) return refuse('nothing-left', 'at least one alert stays')
  return said(command, { type: 'split-requested', alerts: [...chosen.values()], title, reason: body.reason.trim() })
}

/** What the directory answered. It has moved the alerts, or left everything as it was; this only says so. */
export function recordMove(
  state: State,
  command: Command,
  { seq, outcome }: Extract<RoomCommand, { type: 'record-move' }>,
): Decided[] | Refusal {
  const { moving } = state.view
  if (!moving || moving.seq !== seq) return refuse('nothing-changed', 'nobody waits for this answer')
  if (!outcome.ok) return added(command, { type: 'move-refused', kind: moving.kind, reason: outcome.reason })
  const alerts = outcome.alerts.map(({ alert: { source, fingerprint } }) => ({ source, fingerprint }))
  switch (moving.kind) {
    case 'merge':
      return [
        ...withdraw(state, command, 'incident-merged'),
        ...added(command, { type: 'incident-merged', into: outcome.incident, reason: '' }),
      ]
    case 'unmerge':
      return [
        ...added(command, { type: 'incident-unmerged', from: outcome.incident, reason: '' }),
        ...levels(state, command, outcome.alerts, false),
      ]
    case 'split':
      return [
        ...added(
          command,
          { type: 'alerts-detached', alerts, to: outcome.incident, why: 'split' },
          { type: 'incident-linked', relation: 'split-into', incident: outcome.incident },
        ),
        ...cleared(state, command, alerts),
      ]
    default:
      return moving.kind satisfies never
  }
}

/** The directory gave some of its alerts back to the incident they came from. */
export function detachAlerts(
  state: State,
  command: Command,
  { alerts, to }: Extract<RoomCommand, { type: 'detach-alerts' }>,
): Decided[] | Refusal {
  if (isOver(state.view)) return refuse('not-open', `this incident is ${state.view.state}`)
  const held = alerts.filter((alert) => Object.hasOwn(state.levels, alertKey(alert)))
  if (held.length === 0) return refuse('nothing-changed', 'it holds none of these alerts')
  return [
    ...added(command, { type: 'alerts-detached', alerts: held, to, why: 'unmerged' }),
    ...cleared(state, command, held),
  ]
}

/** What is left may no longer fire. */
function cleared(state: State, command: Command, gone: { source: string; fingerprint: string }[]): Decided[] {
  const left = new Set(gone.map(alertKey))
  const rest = Object.entries(state.levels).filter(([key]) => !left.has(key))
  const firing = rest.some(([, { status }]) => status === 'firing')
  if (rest.length === 0 || firing || state.view.alertsClearSince !== null) return []
  return [...added(command, { type: 'alerts-cleared' }), ...settleByAlerts(state, command, false)]
}
