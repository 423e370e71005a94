import type { Instant } from '../protocol/domain.ts'
import { LIVE } from '../protocol/namespace.ts'
import type { KillSwitch } from '../protocol/objects.ts'
import type { Desk } from './desk.ts'
import { endedDrills } from './drills.ts'
import { openIds } from './incidents.ts'
import { readMeta, writeMeta } from './migrations.ts'
import { enqueue } from './outbox.ts'
import { DRILLS } from './peers.ts'

/** The one kill switch as the live directory holds it: off until somebody turned it. */
export function readSwitch(sql: SqlStorage): KillSwitch {
  const stored = readMeta(sql, 'kill-switch')
  return stored === null ? { on: false, by: '', reason: '', at: 0 } : (JSON.parse(stored) as KillSwitch)
}

/** Turns it, in the caller's transaction, and mails it to every open room and to the index of drills. */
export function turnSwitch(desk: Desk, change: Omit<KillSwitch, 'at'>, wall: Instant): KillSwitch {
  const set: KillSwitch = { on: change.on, by: change.by, reason: change.reason, at: wall }
  writeMeta(desk.sql, 'kill-switch', JSON.stringify(set))
  mailSwitch(desk, set, wall)
  if (desk.namespace === LIVE) enqueue(desk.sql, DRILLS, { kind: 'kill-switch', set }, 0, wall)
  return set
}

/** Tells the rooms of this index, but for drills that are over. The rooms ask again before they act: this is for what people see. */
export function mailSwitch(desk: Desk, set: KillSwitch, wall: Instant): void {
  for (const id of openIds(desk.sql, endedDrills(desk.sql)))
    enqueue(desk.sql, id, { kind: 'kill-switch', set }, 0, wall)
}
