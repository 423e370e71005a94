import { createSignal } from 'solid-js'
import { createStore } from 'solid-js/store'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { emptyView, project } from '../../../durable/protocol/view.ts'
import type { Answer } from '../room/orders.ts'
import type { Room, RoomState } from '../room/room.ts'
import { type Said, numbered } from './log.ts'

export interface Still {
  room: Room
  /** the event that each order was decided on, where it said so. */
  expected: (number | undefined)[]
  given: PersonCommand[]
}

/** A room that shows a hand-made log at one moment and keeps what a person orders; nothing is connected. */
export function stillRoom(
  said: readonly Said[],
  more: { wall?: number; answer?: Answer; state?: Partial<RoomState> } = {},
): Still {
  const log = numbered(said)
  const view = emptyView()
  for (const event of log) project(view, structuredClone(event))
  const [state] = createStore<RoomState>({
    view,
    link: { kind: 'live', rttMs: 34 },
    clock: null,
    offsetMs: 0,
    you: { name: 'ada', role: 'commander' },
    people: [{ name: 'ada', role: 'commander', sockets: 1 }],
    known: true,
    heardWall: view.at,
    ...more.state,
  })
  const [events] = createSignal<readonly RoomEvent[]>(log)
  const given: PersonCommand[] = []
  const expected: (number | undefined)[] = []
  const wall = () => more.wall ?? view.at
  const room: Room = {
    id: view.head?.id ?? '',
    state,
    events,
    wall,
    now: wall,
    retry: () => undefined,
    send: (command, expectSeq) => {
      given.push(command)
      expected.push(expectSeq)
      return Promise.resolve(more.answer ?? { ok: true, seq: view.seq + 1 })
    },
  }
  return { room, given, expected }
}
