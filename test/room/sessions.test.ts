import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import {
  COMMANDS_PER_MINUTE_MAX,
  FRAME_BYTES_MAX,
  NOTE_CHARS_MAX,
  RESUME_EVENTS_MAX,
} from '../../durable/protocol/limits.ts'
import { CLOSE, PING, PONG } from '../../durable/protocol/messages.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { emptyView, project } from '../../durable/protocol/view.ts'
import type { View } from '../../durable/protocol/view.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import { DELTA_BYTES_MAX } from '../../durable/room/hello.ts'
import { inside, note, openRoom, quiet, roomNamed } from './opening.ts'
import { join, until } from './socket.ts'

describe('joining', () => {
  it('[BR1] is greeted with the whole view, its epoch and seq, who one is and the heartbeat', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const client = await join(room)
    const hello = await client.next('hello')
    expect(hello).toMatchObject({
      version: 1,
      seq,
      delta: null,
      you: { name: 'ada', role: 'commander' },
      heartbeatMs: 25_000,
    })
    expect(hello.snapshot?.seq).toBe(seq)
    expect(hello.epoch).toMatch(/^[0-9a-f-]{36}$/)
    client.socket.close()
  })

  it('[BR2] resumes after the last seq with exactly the events that lack, and folds to the same view', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const first = await join(room)
    const { epoch, snapshot, seq } = await first.next('hello')
    first.socket.close(1000, 'away')
    for (let n = 0; n < 5; n += 1) await room.order(note(`while away ${n}`))
    const head = await quiet(room)
    const again = await join(room, { after: seq, epoch })
    const hello = await again.next('hello')
    expect(hello.snapshot).toBeNull()
    expect(hello.delta?.map((event) => event.seq)).toEqual(Array.from({ length: head - seq }, (_, n) => seq + n + 1))
    const view = structuredClone(snapshot as View)
    for (const event of hello.delta ?? []) project(view, event)
    const fresh = await (await join(room)).next('hello')
    expect(canonical(view)).toBe(canonical(fresh.snapshot))
  })

  it('[BR3] gives a snapshot to another epoch, to a seq this log never had, and to one too far back', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const { epoch } = await (await join(room)).next('hello')
    for (const ask of [{ after: 1, epoch: 'other' }, { after: 9_999, epoch }, { after: 1 }]) {
      const hello = await (await join(room, ask)).next('hello')
      expect(hello.delta, JSON.stringify(ask)).toBeNull()
      expect(hello.snapshot).not.toBeNull()
    }
    for (let n = 0; n < RESUME_EVENTS_MAX - 5; n += 1) await room.order(note(`n${n}`))
    const head = await quiet(room)
    const far = await (await join(room, { after: head - RESUME_EVENTS_MAX - 1, epoch })).next('hello')
    expect(far.snapshot?.seq).toBe(head)
    const near = await (await join(room, { after: head - RESUME_EVENTS_MAX, epoch })).next('hello')
    expect(near.delta).toHaveLength(RESUME_EVENTS_MAX)
  })

  it('[LM21] gives a snapshot where the delta would weigh more than 256 kB', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const { epoch } = await (await join(room)).next('hello')
    const long = 'x'.repeat(NOTE_CHARS_MAX)
    for (let n = 0; n * NOTE_CHARS_MAX < DELTA_BYTES_MAX; n += 1) await room.order(note(long))
    expect((await (await join(room, { after: seq, epoch })).next('hello')).snapshot).not.toBeNull()
    expect((await (await join(room, { after: seq + 20, epoch })).next('hello')).delta).not.toBeNull()
  })

  it('[BR4] the log alone folds to the view that a hello shows', async () => {
    const { room } = await openRoom()
    const head = await quiet(room)
    const hello = await (await join(room)).next('hello')
    const view = emptyView()
    const page = await room.events(0, head)
    for (const event of (page?.events ?? []) as RoomEvent[]) project(view, event)
    expect(canonical(view)).toBe(canonical(hello.snapshot))
  })

  it('[BR5] closes with a reason: nobody named 4001, no such room 4004, another version 4010', async () => {
    const { room } = await openRoom()
    const you = { 'ic-person': 'ada', 'ic-role': 'commander' }
    const cases = [
      { client: await join(room, { headers: {} }), code: CLOSE.unauthenticated },
      { client: await join(room, { headers: { ...you, 'ic-role': 'god' } }), code: CLOSE.unauthenticated },
      { client: await join(roomNamed('live/inc_nowhere1')), code: CLOSE.gone },
      {
        client: await join(room, { headers: { ...you, 'sec-websocket-protocol': 'ic.v9' } }),
        code: CLOSE.wrongVersion,
      },
    ]
    for (const { client, code } of cases) {
      expect((await client.next('bye')).code).toBe(code)
      expect((await client.closed).code).toBe(code)
    }
    expect((await room.fetch('http://object/room')).status).toBe(426)
  })

  it('[BR6] answers a ping without waking the room and a close with a close', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const client = await join(room)
    await client.next('hello')
    await evictDurableObject(room, { webSockets: 'hibernate' })
    client.socket.send(PING)
    await until(() => client.messages.some((message) => JSON.stringify(message) === PONG), 'a pong')
    client.socket.close(4321, 'bye for now')
    expect((await client.closed).code).toBe(4321)
  })

  it('[BR7] tells who is here, coalesced, when somebody joins or leaves', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const ada = await join(room)
    const more = await Promise.all(
      ['grace', 'grace', 'linus'].map((name) => join(room, { headers: { 'ic-person': name, 'ic-role': 'viewer' } })),
    )
    const people = () =>
      ada.messages.flatMap((m) =>
        m.type === 'presence' ? [m.people.map((p) => `${p.name}×${p.sockets}`).join(' ')] : [],
      )
    await until(() => people().at(-1) === 'ada×1 grace×2 linus×1', 'all are named')
    expect(people().length).toBeLessThanOrEqual(2)
    for (const client of more) client.socket.close(1000, '')
    await until(() => people().at(-1) === 'ada×1', 'the others left')
  })
})

describe('speaking', () => {
  it('[BR13] a drill clock that is paused, resumed or set is told to everybody and kept through an eviction', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const client = await join(room)
    expect((await client.next('hello')).clock).toBeNull()
    const clock = { startedAt: 1, startedWall: 2, speed: 60, pausedMs: 3, pausedSinceWall: 4 }
    await room.setClock(clock)
    expect(await client.next('clock')).toEqual({ type: 'clock', clock })
    await evictDurableObject(room, { webSockets: 'hibernate' })
    expect((await (await join(room)).next('hello')).clock).toEqual(clock)
  })

  it('[BR8] a command is answered with its id and seq, again with the first answer, over HTTP and socket alike', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const client = await join(room)
    const say = (cmd: string, command: object) => client.socket.send(JSON.stringify({ type: 'command', cmd, command }))
    say('c-1', { type: 'add-note', text: 'first' })
    const result = await client.next('result')
    expect(result).toMatchObject({ cmd: 'c-1', ok: true })
    const from = client.messages.length
    say('c-1', { type: 'add-note', text: 'first' })
    expect(await client.next('result', from)).toEqual(result)
    expect(await room.order(note('first', 'c-1'))).toMatchObject({ ok: true, seq: result.seq })
    const later = client.messages.length
    say('c-2', { type: 'close', reason: 'too early' })
    expect(await client.next('result', later)).toMatchObject({ cmd: 'c-2', ok: false, reason: 'invalid-transition' })
  })

  it('[BR9] what is not understood is answered with why; binary and oversized frames end the connection', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const client = await join(room)
    const bad = [
      '{',
      '[]',
      '{"type":"command"}',
      '{"type":"command","cmd":"x","command":{"type":"drop-tables"}}',
      '"hello"',
    ]
    for (const text of bad) {
      const from = client.messages.length
      client.socket.send(text)
      const result = await client.next('result', from)
      expect(result.ok, text).toBe(false)
      expect(result.ok ? '' : result.reason).toMatch(/not-json|unknown-message/)
    }
    client.socket.send(new Uint8Array([1, 2, 3]))
    expect((await client.closed).code).toBe(1003)
    const loud = await join(room)
    loud.socket.send('x'.repeat(FRAME_BYTES_MAX + 1))
    expect((await loud.closed).code).toBe(1009)
  })

  it('[BR10] a role that is too low is refused and changes nothing', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const viewer = await join(room, { headers: { 'ic-person': 'eve', 'ic-role': 'viewer' } })
    viewer.socket.send(JSON.stringify({ type: 'command', cmd: 'v', command: { type: 'acknowledge' } }))
    expect(await viewer.next('result')).toMatchObject({ ok: false, reason: 'role-too-low' })
    expect((await room.head())?.seq).toBe(seq)
  })

  it('[LM20] more than 100 frames in a minute close with 4029', async () => {
    const { room } = await openRoom()
    const client = await join(room)
    await client.next('hello')
    for (let n = 0; n <= COMMANDS_PER_MINUTE_MAX; n += 1) client.socket.send('{}')
    expect((await client.closed).code).toBe(CLOSE.tooManyMessages)
    expect(client.messages.filter(({ type }) => type === 'result')).toHaveLength(COMMANDS_PER_MINUTE_MAX)
  })
})

describe('hibernation', () => {
  it('[BR11] a room evicted in the middle keeps sockets and state, and every socket gets every event once', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const clients = [await join(room), await join(room)]
    const { seq } = await (clients[0] ?? (await join(room))).next('hello')
    for (let n = 0; n < 6; n += 1) {
      await room.order(note(`before ${n}`))
      await evictDurableObject(room, { webSockets: 'hibernate' })
    }
    const head = await quiet(room)
    const all = Array.from({ length: head - seq }, (_, n) => seq + n + 1)
    for (const client of clients) {
      await until(() => client.seqs().length >= all.length, 'all events')
      expect(client.seqs()).toEqual(all)
    }
  })

  it('[BR12] what was committed but not yet sent when the room was evicted is sent when it wakes', async () => {
    const { room } = await openRoom()
    await quiet(room)
    // 400 sockets: a window of 20 ms, in which the room goes away.
    const clients = await Promise.all(Array.from({ length: 400 }, () => join(room)))
    const last = clients.at(-1)
    if (!last) throw new Error('no client')
    const { seq } = await last.next('hello')
    await inside(room, (instance) => Promise.all([1, 2, 3].map((n) => instance.order(note(`unsent ${n}`)))))
    await evictDurableObject(room, { webSockets: 'hibernate' })
    await room.order(note('woken'))
    for (const client of clients) {
      await until(() => client.seqs().length >= 4, 'all four')
      expect(client.seqs()).toEqual([seq + 1, seq + 2, seq + 3, seq + 4])
    }
    for (const { socket } of clients) socket.close(1000, '')
  })
})
