import { assert } from '../core/assert.ts'
import { type Difference, difference } from '../core/correlate/difference.ts'
import { groupOf, outlived } from '../core/correlate/group.ts'
import { alertOf, join, stateOf } from '../core/correlate/identity.ts'
import type { Alert, IncidentState, Instant } from '../protocol/domain.ts'
import type { AlertIntake } from '../protocol/objects.ts'
import { type AlertEntry, readAlert, writeAlert } from './alerts.ts'
import { count } from './counters.ts'
import type { Desk } from './desk.ts'
import { fitted } from './fit.ts'
import { writeJournal } from './journal.ts'
import { Mailing } from './mailing.ts'
import { place } from './place.ts'

/** What became of one post. */
export interface Taken {
  journal: number
  received: number
  deduplicated: number
}

const OVER: readonly IncidentState[] = ['closed', 'canceled', 'merged']

/**
 * One post of alerts, in the caller's transaction: kept as it came, each alert merged and given its incident, the rooms'
 * messages put into the outbox, every unit counted once.
 */
export function take(desk: Desk, post: AlertIntake, wall: Instant, now: Instant): Taken {
  const journal = writeJournal(desk.sql, post, wall)
  const mailing = new Mailing(desk, wall, now)
  const dropped = new Map<string, number>()
  for (const parsed of post.alerts) {
    const alert = fitted({ ...parsed, catalogued: desk.knows(parsed.service) })
    const reason = takeAlert(desk, mailing, alert, wall, now)
    if (reason !== null) dropped.set(reason, (dropped.get(reason) ?? 0) + 1)
  }
  mailing.post()
  desk.incidents.save()
  const received = post.alerts.length
  const deduplicated = [...dropped.values()].reduce((sum, n) => sum + n, 0)
  count(desk.sql, 'received', received)
  count(desk.sql, 'pending', received - deduplicated)
  count(desk.sql, 'deduplicated', deduplicated)
  for (const [reason, n] of dropped) count(desk.sql, `deduplicated:${reason}`, n)
  return { journal, received, deduplicated }
}

// Null when a room hears of it, else why none does.
function takeAlert(desk: Desk, mailing: Mailing, said: Alert, wall: Instant, now: Instant): string | null {
  const known = readAlert(desk.sql, said.source, said.fingerprint)
  const spoken = stateOf(said)
  const entry: AlertEntry = {
    ...(known ?? { told: null, incident: null, reason: '', matched: '' }),
    source: said.source,
    fingerprint: said.fingerprint,
    state: known ? join(known.state, spoken) : spoken,
  }
  const reason = deliver(desk, mailing, entry, difference(entry.told, entry.state, now), now)
  writeAlert(desk.sql, entry, wall)
  return reason
}

function deliver(desk: Desk, mailing: Mailing, entry: AlertEntry, found: Difference, now: Instant): string | null {
  const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
  if (own) desk.incidents.touch(own.id, now, null, null)
  const alert = alertOf(entry, entry.state, now)
  // What its source still calls firing long after people ended it concerns somebody again.
  const again = alert.status === 'firing' && entry.told !== null && outlived(own, now)
  if (found.change === 'fired' || again) {
    const at = place(desk, mailing, alert, own, now)
    Object.assign(entry, { told: alert, incident: at.incident, reason: at.reason, matched: at.matched })
    desk.incidents.touch(at.incident, now, alert.service, groupOf(alert))
    mailing.add(at.incident, alert, at.reason)
    return null
  }
  if (found.change === 'none') return found.reason
  assert(own, 'an alert that a room was told of has an incident')
  const over = OVER.includes(own.state)
  if (!over || found.change === 'resolved') entry.told = alert
  if (over) return 'incident-over'
  mailing.add(own.id, alert, entry.reason)
  return null
}
