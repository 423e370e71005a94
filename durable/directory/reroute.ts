import { assert } from '../core/assert.ts'
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
  // Only what was received fires; what the directory adds itself are ends.
  assert(firing.length <= units, 'each alert that moves is a received one')
  const mailing = new Mailing(desk, wall, now)
  for (const entry of firing) {
    if (!entry.told) continue
    const at = place(desk, mailing, entry.told, null, now)
    Object.assign(entry, { incident: at.incident, reason: at.reason, matched: at.matched })
    desk.incidents.touch(at.incident, now, entry.told.service, groupOf(entry.told))
    writeAlert(desk.sql, entry, wall)
    mailing.add(at.incident, entry.told, at.reason)
  }
  mailing.post()
  desk.incidents.save()
  settleUnits(desk.sql, 'deduplicated', units - firing.length)
  count(desk.sql, 'deduplicated:incident-over', units - firing.length)
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
