import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Alert } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { canonical } from '../../protocol/canonical.ts'
import { alertKey } from '../../protocol/view.ts'
import { REOPEN_WITHIN_MS, RUNS_MAX, severityFor } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { settleByAlerts } from './lifecycle.ts'
import { type AlertLevel, type State, isOver } from './state.ts'

type Of<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>
/** The correlation's word for an alert whose end is held back. */
const FLAPPING = 'flapping'

type Delivered = { alert: Alert; reason: string; matched?: string }

/** Opens the room with its frozen catalogue and first alerts. */
export function open(state: State, command: Command, body: Of<'open'>): Decided[] | Refusal {
  if (state.view.head) return refuse('already-open', `this room is ${state.view.head.id}`)
  const { head, catalogue, keys, policy, killSwitch, stopped, dryRun } = body
  const known = { ...(keys && { keys }), ...(stopped && { stopped }), ...(dryRun !== undefined && { dryRun }) }
  return [
    {
      at: command.at,
      by: head.openedBy,
      body: { type: 'incident-opened', head, catalogue, policy, killSwitch, ...known },
    },
    ...levels(state, command, body.alerts, head.openedBy.kind === 'person'),
  ]
}

/**
 * Alerts are levels: what the directory merged replaces what the room knew, and what changes nothing is not an event. A
 * room that is closed takes none any more, and one that resolved longer ago than REOPEN_WITHIN_MS takes none that fires:
 * the directory opens another.
 */
export function deliverAlerts(state: State, command: Command, body: Of<'deliver-alerts'>): Decided[] | Refusal {
  const { view } = state
  if (!view.head) return refuse('not-open', 'this room was never opened')
  // What is taken back may arrive before the directory's answer does.
  const over = isOver(view) && view.moving?.kind !== 'unmerge'
  if (over) return refuse('not-open', `this incident is ${view.state}`)
  const firesAgain = body.alerts.some(({ alert }) => fires(state, alert))
  const late = state.resolvedAt !== null && command.at - state.resolvedAt > REOPEN_WITHIN_MS
  if (view.state === 'resolved' && firesAgain && late) return refuse('not-open', 'it resolved more than 10 minutes ago')
  const events = levels(state, command, body.alerts, false)
  if (events.length === 0) return refuse('nothing-changed', 'the room knows these alerts already')
  if (view.state === 'resolved' && firesAgain) {
    events.push(...added(command, { type: 'incident-reopened', reason: 'an alert fires again within 10 minutes' }))
    if (view.run >= RUNS_MAX)
      events.push(...askHuman(state, command, null, 'looks-used-up', 'a person decides what to try next'))
  }
  return events
}

/** True when it fires and did not before: only that reopens. */
function fires(state: State, alert: Alert): boolean {
  const known = state.levels[alertKey(alert)]
  return alert.status === 'firing' && (known?.status !== 'firing' || known.startsAt !== alert.startsAt)
}

/** What of an alert is news when it differs: level and words. A longer validity alone is none. */
function news(alert: Alert): string {
  const { status, startsAt, endsAt, severity, title, service, labels, annotations, links } = alert
  return canonical({ status, startsAt, endsAt, severity, title, service, labels, annotations, links })
}

// Another reason than the one shown is news too: that an alert flaps, or no longer does.
function isNews(state: State, { alert, reason }: Delivered): boolean {
  const key = alertKey(alert)
  const shown = state.view.alerts[key]
  if (shown) return news(shown) !== news(alert) || (reason === FLAPPING) !== (shown.reason === FLAPPING)
  // Counted by the view, not held: its level alone is known.
  const known = state.levels[key]
  return (
    !known ||
    known.status !== alert.status ||
    known.startsAt !== alert.startsAt ||
    known.endsAt !== alert.endsAt ||
    known.severity !== alert.severity
  )
}

// What a person set stands while an alert says nothing worse than it said before.
function isWorse(known: AlertLevel | undefined, { severity }: Alert): boolean {
  return known?.status !== 'firing' || severityFor(severity) < severityFor(known.severity)
}

export function levels(state: State, command: Command, delivered: Delivered[], personal: boolean): Decided[] {
  const bodies: EventBody[] = []
  // Only what this batch changes: a storm's room knows thousands of levels and hears of many batches.
  const status = new Map<string, Alert['status']>()
  const statusOf = (key: string) => status.get(key) ?? state.levels[key]?.status
  const inBatch = new Map<string, string>()
  let severity = state.view.head ? state.view.severity : null
  for (const one of delivered) {
    const { alert, reason, matched } = one
    const why = matched === undefined ? { reason } : { reason, matched }
    const key = alertKey(alert)
    const before = inBatch.get(key)
    const words = `${news(alert)}${reason === FLAPPING ? FLAPPING : ''}`
    if (before === undefined ? !isNews(state, one) : before === words) continue
    inBatch.set(key, words)
    const known = statusOf(key) !== undefined
    const flaps = reason === FLAPPING || state.view.alerts[key]?.reason === FLAPPING
    bodies.push(
      known ? { type: 'alert-updated', alert, ...(flaps ? why : {}) } : { type: 'alert-attached', alert, ...why },
    )
    status.set(key, alert.status)
    const candidate = severityFor(alert.severity)
    if (severity !== null && alert.status === 'firing' && candidate < severity && isWorse(state.levels[key], alert)) {
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
  const firing =
    [...status.values()].includes('firing') ||
    Object.entries(state.levels).some(([key, level]) => (status.get(key) ?? level.status) === 'firing')
  if (bodies.length > 0 && status.size > 0 && !firing && state.view.alertsClearSince === null) {
    events.push(...added(command, { type: 'alerts-cleared' }))
    // Who declares an incident is on it.
    if (!personal) events.push(...settleByAlerts(state, command, firing))
  }
  return events
}
