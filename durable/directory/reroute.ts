import { groupOf } from '../core/correlate/group.ts'
import type { Instant } from '../protocol/domain.ts'
import { type AlertEntry, readAlert, writeAlert } from './alerts.ts'
import { count, settleUnits } from './counters.ts'
import type { Desk } from './desk.ts'
import { markClosed } from './incidents.ts'
import { Mailing } from './mailing.ts'
import { type Batch, settle } from './outbox.ts'
import { place } from './place.ts'

/**
 * A room ended between the decision and the delivery: what still fires goes to another incident, what is over has nobody
 * left to tell. In the caller's transaction; units stay pending until the next room has heard.
 */
export function reroute(desk: Desk, batch: Batch, wall: Instant = Date.now()): void {
  const now = desk.now()
  const units = settle(desk.sql, batch)
  markClosed(desk.sql, batch.target, now)
  desk.incidents.reread(batch.target)
  const firing = latestFiring(desk, batch)
  const mailing = new Mailing(desk, wall, now)
  // What moves takes a received unit along while there are any: what a silence let through had its end before.
  let left = units
  for (const entry of firing) {
    if (!entry.told) continue
    // It was told once: no threshold holds it back again.
    const at = place(desk, mailing, entry.told, null, now)
    Object.assign(entry, { incident: at.incident, reason: at.reason, matched: at.matched })
    desk.incidents.touch(at.incident, now, entry.told.service, groupOf(entry.told))
    writeAlert(desk.sql, entry, wall, entry.held)
    mailing.add(at.incident, entry.told, at, left > 0 ? 1 : 0)
    left = Math.max(0, left - 1)
  }
  mailing.post()
  desk.incidents.save()
  settleUnits(desk.sql, 'deduplicated', left)
  count(desk.sql, 'deduplicated:incident-over', left)
}

// As they stand now, each once; an alert that meanwhile belongs elsewhere is left there.
function latestFiring(desk: Desk, batch: Batch): AlertEntry[] {
  const entries = new Map<string, AlertEntry>()
  for (const message of batch.messages) {
    if (message.kind !== 'alerts') continue
    for (const { alert } of message.alerts) {
      const entry = readAlert(desk.sql, alert.source, alert.fingerprint)
      if (entry?.told?.status !== 'firing' || entry.incident !== batch.target) continue
      entries.set(`${entry.source} ${entry.fingerprint}`, entry)
    }
  }
  return [...entries.values()]
}
