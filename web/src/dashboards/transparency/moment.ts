import { type Accessor, createMemo } from 'solid-js'
import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import type { View } from '../../../../durable/protocol/view.ts'
import type { Room, RoomState } from '../../room/room.ts'
import type { Replay } from './replay.ts'

const NO_ORDER = { ok: false, reason: 'read-only', detail: 'A recording takes no orders.' } as const

/**
 * The log at one event, as panels see a room: nothing later than that is in it, its clock shows that event's time, and it
 * takes no order.
 */
export function roomAt(id: string, replay: Accessor<Replay>, seq: Accessor<number>): Room {
  const view = createMemo<View>(() => replay().viewAt(seq()))
  const events = createMemo<readonly RoomEvent[]>(() => replay().events.slice(0, seq()))
  const now = () => view().at
  const state: RoomState = {
    get view() {
      return view()
    },
    link: { kind: 'live', rttMs: 0 },
    clock: null,
    offsetMs: 0,
    you: null,
    people: [],
    known: true,
    get heardWall() {
      return view().at
    },
  }
  return { id, state, events, now, wall: now, retry: () => undefined, send: () => Promise.resolve(NO_ORDER) }
}
