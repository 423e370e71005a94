import { alertOf } from '../core/correlate/identity.ts'
import type { IncidentState, Instant } from '../protocol/domain.ts'
import { readExpired, writeAlert } from './alerts.ts'
import type { Desk } from './desk.ts'
import { Mailing } from './mailing.ts'

/** Alerts ended in one transaction; with more, the alarm rings again at once. */
const EXPIRED_PER_TURN_MAX = 500
const OVER: readonly IncidentState[] = ['closed', 'canceled', 'merged']

/**
 * Ends the alerts that nobody said again in time, as of their validity, and tells their rooms. True when more are left.
 * No received unit is counted: nothing was received.
 */
export function expire(desk: Desk, wall: Instant, now: Instant): boolean {
  const expired = readExpired(desk.sql, now, EXPIRED_PER_TURN_MAX)
  const mailing = new Mailing(desk, wall, now, false)
  for (const entry of expired) {
    entry.told = alertOf(entry, entry.state, now)
    writeAlert(desk.sql, entry, wall)
    const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
    if (own && !OVER.includes(own.state)) mailing.add(own.id, entry.told, entry.reason)
  }
  mailing.post()
  return expired.length === EXPIRED_PER_TURN_MAX
}
