import { flapped } from '../core/correlate/flap.ts'
import { alertOf, isFiring } from '../core/correlate/identity.ts'
import type { Instant } from '../protocol/domain.ts'
import { type AlertEntry, readAlert, writeAlert } from './alerts.ts'
import { deliver } from './deliver.ts'
import type { Desk } from './desk.ts'
import { dueHeld } from './held.ts'
import { Mailing } from './mailing.ts'

/** Held alerts looked at in one transaction; with more, the alarm rings again at once. */
const LOOKS_PER_TURN_MAX = 200

/**
 * Looks at what is held back and due: a silence ended, a duration passed, a flapping alert's end lasted. True when more
 * may be left. Nothing is received here: no unit is counted, those that waited move on.
 */
export function lookAtHeld(desk: Desk, wall: Instant, now: Instant): boolean {
  const due = dueHeld(desk.sql, now, LOOKS_PER_TURN_MAX)
  const mailing = new Mailing(desk, wall, now)
  for (const { source, fingerprint } of due) {
    const entry = readAlert(desk.sql, source, fingerprint)
    if (!entry?.held) continue
    const { held } = entry
    look(desk, mailing, entry, now)
    // Whatever comes of it, the same look is not due again: an alarm never spins.
    if (entry.held !== null && entry.held.due !== null && entry.held.due <= now)
      entry.held = { ...entry.held, due: null }
    writeAlert(desk.sql, entry, wall, held)
  }
  mailing.post()
  desk.incidents.save()
  return due.length === LOOKS_PER_TURN_MAX
}

function look(desk: Desk, mailing: Mailing, entry: AlertEntry, now: Instant): void {
  if (entry.held?.reason === 'flapping') {
    if (isFiring(entry.state, now)) return
    // Its end lasted.
    entry.flap = flapped(entry.flap, false, now)
    entry.held = null
    const own = entry.incident === null ? null : desk.incidents.get(entry.incident)
    entry.told = alertOf(entry, entry.state, now)
    if (own && !['closed', 'canceled', 'merged'].includes(own.state)) mailing.add(own.id, entry.told, entry, 0)
    return
  }
  deliver(desk, mailing, entry, now, 0)
}
