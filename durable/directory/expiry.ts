import { flapped } from '../core/correlate/flap.ts'
import type { Instant } from '../protocol/domain.ts'
import { readExpired, writeAlert } from './alerts.ts'
import type { Desk } from './desk.ts'
import { end } from './deliver.ts'
import { Mailing } from './mailing.ts'

/** Alerts ended in one transaction; with more, the alarm rings again at once. */
const EXPIRED_PER_TURN_MAX = 500

/**
 * Ends the alerts that nobody said again in time, as of their validity, and tells their rooms. True when more are left.
 * No received unit is counted: nothing was received.
 */
export function expire(desk: Desk, wall: Instant, now: Instant): boolean {
  const expired = readExpired(desk.sql, now, EXPIRED_PER_TURN_MAX)
  const mailing = new Mailing(desk, wall, now)
  for (const entry of expired) {
    const { held } = entry
    entry.flap = flapped(entry.flap, true, now)
    end(desk, mailing, entry, now, 0)
    writeAlert(desk.sql, entry, wall, held)
  }
  mailing.post()
  return expired.length === EXPIRED_PER_TURN_MAX
}
