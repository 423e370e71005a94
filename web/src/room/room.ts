import { type Accessor, batch, createSignal } from 'solid-js'
import { createStore, produce, reconcile } from 'solid-js/store'
import { type Ack, Acks } from '../../../durable/protocol/acks.ts'
import { clockAt } from '../../../durable/protocol/clock.ts'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import type { DrillClock, Instant, Role } from '../../../durable/protocol/domain.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { ACK_WITHIN_MS } from '../../../durable/protocol/limits.ts'
import type { ServerMessage } from '../../../durable/protocol/messages.ts'
import type { EventsPage } from '../../../durable/protocol/objects.ts'
import { PROTOCOL_VERSION } from '../../../durable/protocol/version.ts'
import { type View, emptyView, project } from '../../../durable/protocol/view.ts'
import { chance } from './backoff.ts'
import { dialEvents } from './events.ts'
import { call } from './http.ts'
import { Link, type LinkState } from './link.ts'
import { wallNow } from './now.ts'
import { type Answer, Orders } from './orders.ts'
import { socketProtocols } from './person.ts'
import { type Dial, dialWebSocket } from './wire.ts'

export interface RoomState {
  view: View
  link: LinkState
  clock: DrillClock | null
  /** server's wall minus this browser's, ms. */
  offsetMs: number
  you: { name: string; role: Role } | null
  people: { name: string; role: Role; sockets: number }[]
  /** false until the first snapshot: there is nothing to show yet. */
  known: boolean
  /** wall time of this browser at which the last word of the room arrived. */
  heardWall: Instant | null
}

/** A room as panels see it. */
export interface Room {
  readonly id: string
  readonly state: RoomState
  /** the log from its first event, in order; it may lag behind `state.view` while older events are fetched. */
  readonly events: Accessor<readonly RoomEvent[]>
  /** server's wall time, moving once a second. */
  wall(): Instant
  /** the room's own clock: scenario time in drills. */
  now(): Instant
  send(command: PersonCommand, expectSeq?: number): Promise<Answer>
  retry(): void
}

/** Events asked for in one page when the timeline is filled in. */
const BACKFILL_PAGE = 500
/** While the page is hidden no frame is painted; events are folded this often, so that the queue stays small. */
const HIDDEN_FRAME_MS = 250

export interface RoomPorts {
  dial: Dial
  /** how a room is read where sockets do not get through; nothing where that is not wanted. */
  dialEvents?: Dial
  random: () => number
  /** runs once before the next paint. */
  frame: (paint: () => void) => void
  fetchEvents: (id: string, after: number) => Promise<EventsPage | null>
}

export const browserPorts: RoomPorts = {
  dial: dialWebSocket,
  dialEvents,
  random: chance,
  frame: (paint) => {
    if (document.visibilityState === 'hidden') setTimeout(paint, HIDDEN_FRAME_MS)
    else requestAnimationFrame(paint)
  },
  fetchEvents: async (id, after) => {
    const reply = await call<EventsPage>('GET', `/api/v1/incidents/${id}/events?after=${after}&limit=${BACKFILL_PAGE}`)
    return reply.ok ? reply.data : null
  },
}

/**
 * Joins a room: socket, resume, fold. Events are folded in order inside one `produce` a frame; a hole is never folded
 * over, the socket is asked again from the last seq instead. `leave` closes it.
 */
export function joinRoom(id: string, ports: RoomPorts = browserPorts): Room & { leave(): void } {
  const [state, setState] = createStore<RoomState>({
    view: emptyView(),
    link: { kind: 'connecting', tries: 0, since: null },
    clock: null,
    offsetMs: 0,
    you: null,
    people: [],
    known: false,
    heardWall: null,
  })
  const [events, setEvents] = createSignal<readonly RoomEvent[]>([])
  let epoch = ''
  /** last seq received, folded or queued. */
  let head = 0
  let queue: RoomEvent[] = []
  let framed = false
  let left = false
  const acks = new Acks()
  let unsaid: ReturnType<typeof setTimeout> | undefined

  const resume = () => (epoch === '' ? '' : `?after=${head}&epoch=${encodeURIComponent(epoch)}`)

  const orders = new Orders((text) => link.send(text))
  const link = new Link({
    dial: ports.dial,
    random: ports.random,
    path: () => `/api/v1/incidents/${id}/room${resume()}`,
    ...(ports.dialEvents && {
      events: { dial: ports.dialEvents, path: () => `/api/v1/incidents/${id}/events${resume()}` },
    }),
    protocols: socketProtocols,
    said: (text) => hear(JSON.parse(text) as ServerMessage, text.length),
    // The link's first word comes from its constructor, before this store would be read by anybody.
    changed: (next) => setState('link', next),
  })

  function hear(message: ServerMessage, size: number): void {
    setState('heardWall', Date.now())
    switch (message.type) {
      case 'hello':
        return greet(message)
      case 'events':
        receive(message.events)
        return acknowledge(acks.read(head, size))
      case 'result':
        return orders.answered(
          message.cmd,
          message.ok ? { ok: true, seq: message.seq } : { ok: false, reason: message.reason, detail: message.detail },
        )
      case 'clock':
        return setState('clock', message.clock)
      case 'presence':
        return setState('people', reconcile(message.people))
      case 'bye':
        return link.heed({ retryMs: message.retryMs })
      default:
        return message satisfies never
    }
  }

  function greet(hello: Extract<ServerMessage, { type: 'hello' }>): void {
    if (hello.version !== PROTOCOL_VERSION) return location.reload()
    link.heed({ heartbeatMs: hello.heartbeatMs })
    batch(() => {
      setState({ clock: hello.clock, you: hello.you, offsetMs: hello.serverWall - Date.now() })
      if (hello.epoch !== epoch) setEvents([])
      epoch = hello.epoch
      if (hello.snapshot) {
        queue = []
        head = hello.snapshot.seq
        setState('view', reconcile(hello.snapshot))
        setState('known', true)
        void backfill(head)
      }
    })
    if (hello.delta) receive(hello.delta)
    acks.begin(head)
    orders.repeat()
  }

  /** Says how far this page has read, or later: what runs here is the page's own code, so a page that hangs stays silent. */
  function acknowledge(ack: Ack | null): void {
    if (ack) {
      clearTimeout(unsaid)
      unsaid = undefined
      link.send(JSON.stringify(ack))
    } else if (acks.unsaid)
      unsaid ??= setTimeout(() => {
        unsaid = undefined
        acknowledge(acks.say())
      }, ACK_WITHIN_MS)
  }

  function receive(batchOfEvents: RoomEvent[]): void {
    for (const event of batchOfEvents) {
      if (event.seq <= head) continue
      if (event.seq !== head + 1) return link.resync('a hole in the events')
      head = event.seq
      queue.push(event)
    }
    if (framed || queue.length === 0) return
    framed = true
    ports.frame(fold)
  }

  function fold(): void {
    framed = false
    if (left || queue.length === 0) return
    const folded = queue
    queue = []
    batch(() => {
      setState(
        produce((draft) => {
          for (const event of folded) project(draft.view, event)
          draft.known = true
        }),
      )
      merge(folded)
    })
  }

  function merge(more: readonly RoomEvent[]): void {
    setEvents((known) => {
      const last = known.at(-1)?.seq ?? 0
      if ((more[0]?.seq ?? 0) > last) return [...known, ...more]
      const bySeq = new Map([...known, ...more].map((event) => [event.seq, event]))
      return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
    })
  }

  /** A snapshot has no log; what came before it is read page by page for the timeline. */
  async function backfill(until: number): Promise<void> {
    const asked = epoch
    const after = contiguous(events())
    if (after >= until) return
    const page = await ports.fetchEvents(id, after)
    // Meanwhile the page may have been left or the log replaced: what was asked for is then nobody's.
    if (!page || left || page.epoch !== asked || asked !== epoch || page.items.length === 0) return
    merge(page.items)
    if (contiguous(events()) > after) return backfill(until)
  }

  const wall = () => wallNow() + state.offsetMs
  return {
    id,
    state,
    events,
    wall,
    now: () => clockAt(state.clock, wall()),
    send: (command, expectSeq) => orders.give(command, expectSeq),
    retry: link.retry,
    leave: () => {
      left = true
      clearTimeout(unsaid)
      link.close()
      orders.abandon()
    },
  }
}

/** The last seq up to which the log has no hole from its start. */
function contiguous(log: readonly RoomEvent[]): number {
  let seq = 0
  for (const event of log) {
    if (event.seq !== seq + 1) break
    seq = event.seq
  }
  return seq
}
