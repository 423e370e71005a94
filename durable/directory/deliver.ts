import { assert } from '../core/assert.ts'
import { difference } from '../core/correlate/difference.ts'
import { FLAP_HOLD_MS, flapWords } from '../core/correlate/flap.ts'
import { groupOf, outlived } from '../core/correlate/group.ts'
import { alertOf, isFiring } from '../core/correlate/identity.ts'
import { reaches, thresholdOf } from '../core/correlate/threshold.ts'
import type { Alert, IncidentState, Instant } from '../protocol/domain.ts'
import { type AlertEntry, readAlert, writeAlert } from './alerts.ts'
import { count, settleUnits } from './counters.ts'
import type { Desk } from './desk.ts'
import { type Held, heldBelow } from './held.ts'
import type { Mailing } from './mailing.ts'
import { type Place, joined, opened } from './place.ts'

/** What became of a received unit: it waits (for a room's word, or held back), or has its end with a reason. */
export type End = { as: 'pending' } | { as: 'deduplicated' | 'suppressed'; reason: string }

const PENDING: End = { as: 'pending' }
const OVER: readonly IncidentState[] = ['closed', 'canceled', 'merged']
/** Alerts of one service that are looked at for its threshold, and let through when it is reached. */
const HELD_PER_SERVICE_MAX = 1_000

/**
 * Decides what an alert's state means for people at `now` and changes the entry to match: told, held back, or nothing new.
 * `unit`: 1 for a received message, 0 when the directory looks again by itself. In the caller's transaction.
 */
export function deliver(desk: Desk, mailing: Mailing, entry: AlertEntry, now: Instant, unit: 0 | 1): End {
  const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
  if (own && unit === 1) desk.incidents.touch(own.id, now, null, null)
  const found = difference(entry.told, entry.state, now)
  const alert = alertOf(entry, entry.state, now)
  // What its source still calls firing long after people ended it concerns somebody again.
  const again = alert.status === 'firing' && entry.told !== null && outlived(own, now)
  if (found.change === 'fired' || again) return begin(desk, mailing, entry, alert, now, unit)
  if (found.change === 'resolved') return end(desk, mailing, entry, now, unit)
  if (alert.status === 'resolved' && entry.held?.reason !== 'flapping') lapse(desk, entry)
  if (found.change === 'none') return calm(desk, mailing, entry, alert) ?? dropped(found.reason)
  assert(own, 'an alert that a room was told of has an incident')
  if (OVER.includes(own.state)) return dropped('incident-over')
  entry.told = alert
  mailing.add(own.id, alert, entry, unit)
  return PENDING
}

// ---------------------------------------------------------------------------------------------- beginnings

// Silenced, else in its incident, else below its service's threshold, else the first of a new incident.
function begin(desk: Desk, mailing: Mailing, entry: AlertEntry, alert: Alert, now: Instant, unit: 0 | 1): End {
  const silence = desk.silences.over(alert, now)
  if (silence) {
    const reason = silence.kind === 'silence' ? 'silenced' : 'in-maintenance'
    return suppress(desk, entry, { reason, by: silence.id, since: now, due: silence.endsAt, units: 0 }, unit)
  }
  if (unit === 1 && entry.held === null) desk.storm.count(now)
  const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
  const there = joined(desk, alert, own, now)
  if (there) return tell(desk, mailing, entry, alert, there, now, unit)
  const waits = below(desk, entry, alert, now)
  if (waits) return wait(entry, waits, unit)
  const end = tell(desk, mailing, entry, alert, opened(desk, mailing, alert, now), now, unit)
  release(desk, mailing, entry, now)
  return end
}

function tell(
  desk: Desk,
  mailing: Mailing,
  entry: AlertEntry,
  alert: Alert,
  at: Place,
  now: Instant,
  unit: 0 | 1,
): End {
  const waited = entry.held?.units ?? 0
  Object.assign(entry, { told: alert, incident: at.incident, reason: at.reason, matched: at.matched, held: null })
  desk.incidents.touch(at.incident, now, alert.service, groupOf(alert))
  mailing.add(at.incident, alert, at, unit + waited)
  return PENDING
}

// A silence is the end of what waited for a threshold: people asked not to hear of it.
function suppress(desk: Desk, entry: AlertEntry, held: Held, unit: 0 | 1): End {
  const before = entry.held
  lapse(desk, entry)
  entry.held = { ...held, since: before?.by === held.by ? before.since : held.since }
  if (before?.by === held.by && unit === 1) return dropped('re-sent')
  return { as: 'suppressed', reason: held.reason }
}

/** Why a service's alerts may not open an incident yet; null when they may. */
function below(desk: Desk, entry: AlertEntry, alert: Alert, now: Instant): Held | null {
  const threshold = thresholdOf(desk.rules(), alert.service)
  if (threshold === null) return null
  const others = heldBelow(desk.sql, alert.service, HELD_PER_SERVICE_MAX)
    .filter(({ source, fingerprint }) => source !== entry.source || fingerprint !== entry.fingerprint)
    .flatMap(({ source, fingerprint }) => readAlert(desk.sql, source, fingerprint) ?? [])
    .filter(({ state }) => isFiring(state, now))
    .map((other) => alertOf(other, other.state, now))
  const reached = reaches(threshold, [alert, ...others], now)
  if (reached.reached) return null
  const { expiresAt } = entry.state
  const dues = [reached.due, expiresAt].filter((due) => due !== null)
  return {
    reason: 'below-threshold',
    by: reached.missing,
    since: entry.held?.reason === 'below-threshold' ? entry.held.since : now,
    due: dues.length === 0 ? null : Math.min(...dues),
    units: 0,
  }
}

function wait(entry: AlertEntry, held: Held, unit: 0 | 1): End {
  const waits = entry.held?.units === 1
  entry.held = { ...held, units: waits || unit === 1 ? 1 : 0 }
  return waits ? dropped('re-sent') : PENDING
}

// Its service has an incident now: what waited below the threshold belongs to it.
function release(desk: Desk, mailing: Mailing, first: AlertEntry, now: Instant): void {
  if (thresholdOf(desk.rules(), first.state.text.service) === null) return
  for (const { source, fingerprint } of heldBelow(desk.sql, first.state.text.service, HELD_PER_SERVICE_MAX)) {
    if (source === first.source && fingerprint === first.fingerprint) continue
    const entry = readAlert(desk.sql, source, fingerprint)
    if (!entry || !isFiring(entry.state, now)) continue
    const { held } = entry
    const alert = alertOf(entry, entry.state, now)
    const there = joined(desk, alert, null, now)
    if (!there) continue
    tell(desk, mailing, entry, alert, there, now, 0)
    writeAlert(desk.sql, entry, mailing.wall, held)
  }
}

// ---------------------------------------------------------------------------------------------- ends

/** An alert that people know ended: told, or held back while it flaps. */
export function end(desk: Desk, mailing: Mailing, entry: AlertEntry, now: Instant, unit: 0 | 1): End {
  const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
  const alert = alertOf(entry, entry.state, now)
  const over = own === null || OVER.includes(own.state)
  if (!over && entry.flap.flapping && entry.told !== null) {
    const noted = entry.held?.reason === 'flapping'
    const by = flapWords(entry.flap, now)
    const since = noted ? (entry.held?.since ?? now) : now
    entry.held = { reason: 'flapping', by, since, due: now + FLAP_HOLD_MS, units: 0 }
    if (noted) return dropped('flapping')
    mailing.add(own.id, entry.told, { reason: 'flapping', matched: by }, unit)
    return PENDING
  }
  entry.held = null
  entry.told = alert
  if (over) return dropped('incident-over')
  mailing.add(own.id, alert, entry, unit)
  return PENDING
}

// Nothing new in words; but an alert that fires again was not over, and one that is steady again flaps no more.
function calm(desk: Desk, mailing: Mailing, entry: AlertEntry, alert: Alert): End | null {
  if (entry.held?.reason !== 'flapping' || alert.status !== 'firing') return null
  if (entry.flap.flapping) {
    const held = entry.held.due !== null
    entry.held = { ...entry.held, due: null }
    return held ? dropped('flapping') : null
  }
  entry.held = null
  const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
  if (own && !OVER.includes(own.state)) mailing.add(own.id, alert, entry, 0)
  return null
}

// It ended before anybody was told: what waited has its end, and stays listed.
function lapse(desk: Desk, entry: AlertEntry): void {
  const { held } = entry
  if (held === null) return
  if (held.units === 1) {
    settleUnits(desk.sql, 'suppressed', 1)
    count(desk.sql, `suppressed:${held.reason}`, 1)
  }
  if (held.units === 1 || held.due !== null) entry.held = { ...held, units: 0, due: null }
}

function dropped(reason: string): End {
  return { as: 'deduplicated', reason }
}
