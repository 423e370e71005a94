import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import type { ClientMessage, ServerMessage } from '../../durable/protocol/messages.ts'
import type { EventsPage } from '../../durable/protocol/objects.ts'
import { type View, emptyView, project } from '../../durable/protocol/view.ts'
import { PERSON, carried, ended, numbered, untilProposal } from '../../web/src/gallery/log.ts'
import { PONG } from '../../durable/protocol/messages.ts'
import { joinRoom } from '../../web/src/room/room.ts'
import { exchange } from './fakes.ts'

const LOG = numbered([...untilProposal(), ...carried(), ...ended()])
const ID = 'inc_galleryroom'

function viewAt(seq: number): View {
  const view = emptyView()
  for (const event of LOG.slice(0, seq)) project(view, structuredClone(event))
  return view
}

function hello(more: Partial<Extract<ServerMessage, { type: 'hello' }>> = {}): ServerMessage {
  return {
    type: 'hello',
    version: 1,
    epoch: 'e1',
    seq: 0,
    heartbeatMs: 25_000,
    serverWall: Date.now(),
    clock: null,
    you: { name: 'ada', role: 'commander' },
    snapshot: emptyView(),
    delta: null,
    ...more,
  }
}

function joined(fetchEvents: (after: number) => EventsPage | null = () => null) {
  const net = exchange()
  const frames: (() => void)[] = []
  const room = joinRoom(ID, {
    dial: net.dial,
    random: () => 0,
    frame: (paint) => void frames.push(paint),
    fetchEvents: (_, after) => Promise.resolve(fetchEvents(after)),
  })
  const paint = () => {
    const due = frames.splice(0)
    for (const one of due) one()
    return due.length
  }
  return { net, room, paint }
}

const plain = (view: View): unknown => JSON.parse(JSON.stringify(view))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('folding', () => {
  it('[UI10] the view folded from frames equals the view folded at once, whatever the frames', () => {
    const { net, room, paint } = joined()
    net.last().say(hello())
    for (let i = 0; i < LOG.length; i += 7) {
      net.last().say({ type: 'events', events: LOG.slice(i, i + 7) })
      if (i % 2 === 0) paint()
    }
    paint()
    expect(plain(room.state.view)).toEqual(plain(viewAt(LOG.length)))
  })

  it('[UI10] folding leaves the log as it was said: a vote does not write itself into the proposal’s first event', () => {
    const { net, room, paint } = joined()
    net.last().say(hello())
    net.last().say({ type: 'events', events: LOG })
    paint()
    expect(JSON.parse(JSON.stringify(room.events()))).toEqual(LOG)
  })

  it('[UI11] many frames of events before a paint are folded in one', () => {
    const { net, room, paint } = joined()
    net.last().say(hello())
    for (const event of LOG.slice(0, 20)) net.last().say({ type: 'events', events: [event] })
    expect(room.state.view.seq).toBe(0)
    expect(paint()).toBe(1)
    expect(room.state.view.seq).toBe(20)
  })

  it('[UI12] a hole is never folded over: the socket is asked again from the last event that was in order', () => {
    const { net, room, paint } = joined()
    net.last().say(hello())
    net.last().say({ type: 'events', events: LOG.slice(0, 5) })
    net.last().say({ type: 'events', events: LOG.slice(6, 9) })
    paint()
    expect(room.state.view.seq).toBe(5)
    expect(net.sockets[0]?.closed).not.toBeNull()
    vi.advanceTimersByTime(1)
    expect(net.last().path).toBe(`/api/v1/incidents/${ID}/room?after=5&epoch=e1`)
    net.last().say(hello({ snapshot: null, delta: LOG.slice(5, 12) }))
    paint()
    expect(room.state.view.seq).toBe(12)
  })

  it('[UI12] an event that was heard already is not folded twice', () => {
    const { net, room, paint } = joined()
    net.last().say(hello())
    net.last().say({ type: 'events', events: LOG.slice(0, 5) })
    net.last().say({ type: 'events', events: LOG.slice(2, 8) })
    paint()
    expect(plain(room.state.view)).toEqual(plain(viewAt(8)))
    expect(room.events().map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('[UI13] a snapshot replaces everything that was known, and events that wait for a paint are dropped with it', () => {
    const { net, room, paint } = joined()
    net.last().say(hello())
    net.last().say({ type: 'events', events: LOG.slice(0, 5) })
    net.last().drop()
    vi.advanceTimersByTime(1)
    net.last().say(hello({ epoch: 'e2', snapshot: viewAt(12) }))
    paint()
    expect(plain(room.state.view)).toEqual(plain(viewAt(12)))
  })

  it('[UI14] what came before a snapshot is read page by page until the timeline has no hole', async () => {
    const asked: number[] = []
    const { net, room, paint } = joined((after) => {
      asked.push(after)
      return { epoch: 'e1', items: LOG.slice(after, Math.min(after + 4, 10)), next: null, head: 12 }
    })
    net.last().say(hello({ snapshot: viewAt(10) }))
    net.last().say({ type: 'events', events: LOG.slice(10, 12) })
    paint()
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toEqual([0, 4, 8])
    expect(room.events().map((event: RoomEvent) => event.seq)).toEqual(LOG.slice(0, 12).map((event) => event.seq))
  })

  it('[UI14] a page of another log is not mixed into this one', async () => {
    const { net, room } = joined(() => ({ epoch: 'other', items: LOG.slice(0, 4), next: null, head: 4 }))
    net.last().say(hello({ snapshot: viewAt(10) }))
    await vi.advanceTimersByTimeAsync(1)
    expect(room.events()).toEqual([])
  })
})

describe('orders', () => {
  const sentCommands = (texts: readonly string[]) =>
    texts
      .map((text) => JSON.parse(text) as ClientMessage | { type: 'ping' })
      .filter((message) => message.type === 'command')

  it('[UI15] a command without an answer is said again after a reconnect, with the same id', async () => {
    const { net, room } = joined()
    net.last().say(hello())
    const answer = room.send({ type: 'acknowledge' })
    const [first] = sentCommands(net.last().sent)
    net.last().drop()
    vi.advanceTimersByTime(1)
    net.last().say(hello())
    const [again] = sentCommands(net.last().sent)
    expect(again).toEqual(first)
    net.last().say({ type: 'result', cmd: first?.cmd, ok: true, seq: 4 })
    await expect(answer).resolves.toEqual({ ok: true, seq: 4 })
    net.last().drop()
    vi.advanceTimersByTime(10)
    net.last().say(hello())
    expect(sentCommands(net.last().sent)).toEqual([])
  })

  it('[UI15] a refusal comes back with its reason word', async () => {
    const { net, room } = joined()
    net.last().say(hello())
    const answer = room.send({ type: 'close', reason: 'done' })
    const [order] = sentCommands(net.last().sent)
    net
      .last()
      .say({ type: 'result', cmd: order?.cmd, ok: false, reason: 'invalid-transition', detail: 'not resolved', seq: 4 })
    await expect(answer).resolves.toEqual({ ok: false, reason: 'invalid-transition', detail: 'not resolved' })
  })

  it('[UI15] leaving the page answers what is still open as unknown here, not as done', async () => {
    const { net, room } = joined()
    net.last().say(hello())
    const answer = room.send({ type: 'acknowledge' })
    room.leave()
    await expect(answer).resolves.toMatchObject({ ok: false, reason: 'left' })
  })
})

describe('time', () => {
  it('[UI16] times are corrected by the server’s clock, and a drill shows its own', () => {
    const { net, room } = joined()
    const wall = Date.now()
    net.last().say(hello({ serverWall: wall + 5_000 }))
    expect(Math.abs(room.state.offsetMs - 5_000)).toBeLessThanOrEqual(1)
    const clock = { startedAt: 1_000_000, startedWall: room.wall(), speed: 60, pausedMs: 0, pausedSinceWall: null }
    net.last().say({ type: 'clock', clock })
    expect(room.now()).toBe(1_000_000)
    net.last().say({ type: 'clock', clock: { ...clock, startedWall: room.wall() - 2_000 } })
    expect(room.now()).toBe(1_120_000)
  })

  it('[UI16] who is here and who you are come from the room', () => {
    const { net, room } = joined()
    net.last().say(hello())
    net.last().say({ type: 'presence', people: [{ name: 'ada', role: 'commander', sockets: 2 }] })
    expect(room.state.people).toHaveLength(1)
    expect(room.state.you).toEqual({ name: 'ada', role: 'commander' })
  })
})

describe('acks', () => {
  const long = (from: number, count: number): RoomEvent[] =>
    numbered(
      Array.from({ length: from + count }, () => ({
        s: 1,
        by: PERSON,
        body: { type: 'note-added', note: { id: 'note_1', by: 'ada', text: 'n', at: 1 } },
      })),
    ).slice(from)
  const sentAcks = (texts: readonly string[]) =>
    texts.map((text) => JSON.parse(text) as ClientMessage | { type: 'ping' }).filter(({ type }) => type === 'ack')

  /** Time passes on a socket whose pings are answered. */
  const pass = (net: ReturnType<typeof joined>['net'], ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      net.last().sayText(PONG)
      vi.advanceTimersByTime(500)
    }
  }

  it('[BR40] the page acks 128 events at once', () => {
    const { net } = joined()
    net.last().say(hello())
    net.last().say({ type: 'events', events: long(0, 127) })
    expect(sentAcks(net.last().sent)).toEqual([])
    net.last().say({ type: 'events', events: long(127, 1) })
    expect(sentAcks(net.last().sent)).toEqual([{ type: 'ack', seq: 128 }])
  })

  it('[BR40] fewer are acked 10 s after the first of them, and a quiet page says nothing', () => {
    const { net } = joined()
    net.last().say(hello())
    pass(net, 60_000)
    expect(sentAcks(net.last().sent)).toEqual([])
    net.last().say({ type: 'events', events: long(0, 1) })
    pass(net, 9_000)
    net.last().say({ type: 'events', events: long(1, 1) })
    pass(net, 500)
    expect(sentAcks(net.last().sent)).toEqual([])
    pass(net, 500)
    expect(sentAcks(net.last().sent)).toEqual([{ type: 'ack', seq: 2 }])
    pass(net, 30_000)
    expect(sentAcks(net.last().sent)).toHaveLength(1)
  })

  it('[BR40] a new connection starts anew: what it was greeted with is not acked', () => {
    const { net } = joined()
    net.last().say(hello())
    net.last().say({ type: 'events', events: long(0, 100) })
    net.last().drop()
    vi.advanceTimersByTime(1)
    net.last().say(hello({ snapshot: null, delta: long(100, 100) }))
    pass(net, 10_000)
    expect(sentAcks(net.last().sent)).toEqual([])
  })
})
