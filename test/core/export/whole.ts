import type { ExportFile } from '../../../durable/core/export/file.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { TEST_KEYS } from '../../agent-keys.ts'
import { Room, approved, carried, found, looked, proposed, readOut, running, verifying } from '../incident/room.ts'
import { CATALOGUE, HEAD, POLICY, alert, poolPlan } from '../incident/shop.ts'
import { fileWith } from './files.ts'

/** A room that lived from its alert to its recovery. */
export function wholeRoom(id = HEAD.id): Room {
  const room = new Room()
  const alerts = [{ alert: alert(), reason: 'new' }]
  const head = { ...HEAD, id }
  room.say({ type: 'open', head, catalogue: CATALOGUE, policy: POLICY, killSwitch: false, keys: TEST_KEYS, alerts })
  const plan = poolPlan()
  const asked = proposed(plan, found(plan, looked(room)))
  return readOut(verifying(running(approved(plan, carried(plan, asked)))), 0.2)
}

/** Its log as stored: parsed from its own text. */
export function logOf(room: Room): RoomEvent[] {
  return JSON.parse(JSON.stringify(room.log)) as RoomEvent[]
}

/** Its export, in which everything holds. */
export function wholeFile(id = HEAD.id): ExportFile {
  const room = wholeRoom(id)
  const { catalogue, keys, policy } = room.state.view
  const { events, ...file } = fileWith(logOf(room), id)
  return { ...file, title: HEAD.title, catalogue: catalogue?.version ?? '', policy, keys, events }
}
