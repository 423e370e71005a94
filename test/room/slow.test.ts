import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import {
  COMMANDS_PER_MINUTE_MAX,
  NOTE_CHARS_MAX,
  WINDOW_BYTES_MAX,
  WINDOW_EVENTS_MAX,
} from '../../durable/protocol/limits.ts'
import { CLOSE } from '../../durable/protocol/messages.ts'
import { RETRY_MS_MAX } from '../../durable/room/sessions.ts'
import { type RoomStub, inside, note, openRoom, quiet } from './opening.ts'
import { type Client, join, until } from './socket.ts'

/** Longer than a room keeps one that is stuck. */
const GONE_WITHIN = { timeout: 9_000, interval: 50 }

async function write(room: RoomStub, count: number, text = 'n'): Promise<void> {
  await inside(room, async (instance) => {
    for (let n = 0; n < count; n += 1) await instance.order(note(text))
  })
}

/** Reads like our own clients: says how far it is after each frame. */
function acking(client: Client): Client {
  client.socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { type: string; events?: { seq: number }[] }
    const last = message.events?.at(-1)
    if (last) client.socket.send(JSON.stringify({ type: 'ack', seq: last.seq }))
  })
  return client
}

const farewell = (client: Client) => client.messages.find((message) => message.type === 'bye')
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n + 1)

describe('a reader that is stuck', () => {
  it('[BR30] is sent 256 events beyond its last ack and no more, then closed with 4008 and a wait; others miss nothing', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const stuck = await join(room)
    const reader = acking(await join(room))
    await reader.next('hello')
    await write(room, WINDOW_EVENTS_MAX + 50)
    const head = seq + WINDOW_EVENTS_MAX + 50
    await until(() => reader.seqs().at(-1) === head, 'the reader has all')
    expect(reader.seqs()).toEqual(numbers(seq, head))
    expect(stuck.seqs()).toEqual(numbers(seq, seq + WINDOW_EVENTS_MAX))
    await expect.poll(() => farewell(stuck), GONE_WITHIN).toMatchObject({ code: CLOSE.slow, reason: 'slow' })
    expect((await stuck.closed).code).toBe(CLOSE.slow)
    const bye = farewell(stuck)
    expect(bye?.type === 'bye' && bye.retryMs >= 0 && bye.retryMs < RETRY_MS_MAX).toBe(true)
    expect(stuck.seqs()).toHaveLength(WINDOW_EVENTS_MAX)
    expect(farewell(reader)).toBeUndefined()
  })

  it('[BR31] is sent 512 kB beyond its last ack at most, in bytes as they travel', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const stuck = await join(room)
    await stuck.next('hello')
    // Three bytes each in UTF-8: bytes count, not characters.
    await write(room, 60, '雪'.repeat(NOTE_CHARS_MAX))
    await expect.poll(() => farewell(stuck), GONE_WITHIN).toMatchObject({ code: CLOSE.slow })
    const frames = stuck.messages.filter((message) => message.type === 'events')
    const bytes = frames.reduce((sum, frame) => sum + new TextEncoder().encode(JSON.stringify(frame)).length, 0)
    expect(bytes).toBeLessThanOrEqual(WINDOW_BYTES_MAX + frames.length * 100)
    expect(bytes).toBeGreaterThan(WINDOW_BYTES_MAX * 0.9)
    expect(stuck.seqs()).toEqual(numbers(seq, seq + stuck.seqs().length))
  })

  it('[BR32] may come back with its last seq and gets the rest, nothing twice', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const stuck = await join(room)
    const { epoch } = await stuck.next('hello')
    await write(room, WINDOW_EVENTS_MAX + 40)
    await stuck.closed
    const again = await join(room, { after: stuck.seqs().at(-1) ?? 0, epoch })
    const { delta } = await again.next('hello')
    expect([...stuck.seqs(), ...(delta ?? []).map((event) => event.seq)]).toEqual(
      numbers(seq, seq + WINDOW_EVENTS_MAX + 40),
    )
  })

  it('[BR33] no longer counts as present, and the room sleeps without it', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const reader = acking(await join(room))
    const stuck = await join(room, { headers: { 'ic-person': 'zoe', 'ic-role': 'viewer' } })
    await stuck.next('hello')
    const present = () => {
      const last = reader.messages.findLast((message) => message.type === 'presence')
      return last?.type === 'presence' ? last.people.map((one) => one.name) : []
    }
    await until(() => present().includes('zoe'), 'zoe is here')
    await write(room, WINDOW_EVENTS_MAX + 1)
    await expect.poll(present, GONE_WITHIN).toEqual(['ada'])
    await evictDurableObject(room, { webSockets: 'hibernate' })
    await join(room)
    await expect.poll(present).toEqual(['ada'])
  })
})

describe('a reader that is behind', () => {
  it('[BR34] catches up from the log as it acks, in order, nothing twice', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const late = await join(room)
    await late.next('hello')
    await write(room, WINDOW_EVENTS_MAX * 3)
    await until(() => late.seqs().length === WINDOW_EVENTS_MAX, 'the window is full')
    const { messages } = late
    expect(messages.every((message) => message.type !== 'events' || message.events.length <= WINDOW_EVENTS_MAX)).toBe(
      true,
    )
    acking(late)
    late.socket.send(JSON.stringify({ type: 'ack', seq: seq + 200 }))
    await until(() => late.seqs().length === WINDOW_EVENTS_MAX * 3, 'all')
    expect(late.seqs()).toEqual(numbers(seq, seq + WINDOW_EVENTS_MAX * 3))
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    expect(farewell(late)).toBeUndefined()
  })

  it('[BR35] is spared presence and clock meanwhile, and told the latest of each once it has caught up', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const late = await join(room)
    await late.next('hello')
    await until(() => late.messages.some((message) => message.type === 'presence'), 'its own presence')
    await write(room, WINDOW_EVENTS_MAX + 1)
    await until(() => late.seqs().length === WINDOW_EVENTS_MAX, 'the window is full')
    const from = late.messages.length
    const clock = { startedAt: 1, startedWall: 2, speed: 60, pausedMs: 0, pausedSinceWall: null }
    const prompt = await join(room, { headers: { 'ic-person': 'grace', 'ic-role': 'viewer' } })
    await room.setClock({ ...clock, speed: 1 })
    await room.setClock(clock)
    await until(() => prompt.messages.some((message) => message.type === 'presence'), 'others are told')
    expect(late.messages).toHaveLength(from)
    late.socket.send(JSON.stringify({ type: 'ack', seq: seq + WINDOW_EVENTS_MAX }))
    await until(() => late.messages.length >= from + 3, 'it is told')
    expect(late.messages.slice(from).map((message) => message.type)).toEqual(['events', 'clock', 'presence'])
    expect(late.messages.find((message) => message.type === 'clock')).toEqual({ type: 'clock', clock })
  })

  it('[BR36] is as far behind after an eviction as before: the window is no new one', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const stuck = await join(room)
    const reader = acking(await join(room))
    await reader.next('hello')
    await write(room, 200)
    await until(() => reader.seqs().length === 200, 'the first part')
    await evictDurableObject(room, { webSockets: 'hibernate' })
    await write(room, 100)
    await until(() => reader.seqs().length === 300, 'the second part')
    expect(stuck.seqs()).toEqual(numbers(seq, seq + WINDOW_EVENTS_MAX))
    await evictDurableObject(room, { webSockets: 'hibernate' })
    await write(room, 1)
    await until(() => reader.seqs().length === 301, 'one more')
    expect(reader.seqs()).toEqual(numbers(seq, seq + 301))
    expect(stuck.seqs()).toHaveLength(WINDOW_EVENTS_MAX)
    await expect.poll(() => farewell(stuck), GONE_WITHIN).toMatchObject({ code: CLOSE.slow })
  })
})

describe('acks', () => {
  it('[BR37] an ack with news is not counted as a frame, one without is', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const client = await join(room)
    await client.next('hello')
    await write(room, WINDOW_EVENTS_MAX)
    await until(() => client.seqs().length === WINDOW_EVENTS_MAX, 'the window is full')
    for (let step = 1; step <= 200; step += 1) client.socket.send(JSON.stringify({ type: 'ack', seq: seq + step }))
    for (let n = 0; n < COMMANDS_PER_MINUTE_MAX; n += 1) client.socket.send(JSON.stringify({ type: 'ack', seq }))
    await room.head()
    expect(farewell(client)).toBeUndefined()
    client.socket.send(JSON.stringify({ type: 'ack', seq }))
    expect((await client.closed).code).toBe(CLOSE.tooManyMessages)
  })

  it('[BR38] an ack of what was not sent, or of less than before, changes nothing', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    const client = await join(room)
    await client.next('hello')
    await write(room, WINDOW_EVENTS_MAX + 20)
    await until(() => client.seqs().length === WINDOW_EVENTS_MAX, 'the window is full')
    for (const wrong of [seq + WINDOW_EVENTS_MAX + 1, 999_999_999, seq, 0])
      client.socket.send(JSON.stringify({ type: 'ack', seq: wrong }))
    for (const text of ['{"type":"ack","seq":-1}', '{"type":"ack","seq":1.5}', '{"type":"ack"}']) {
      const from = client.messages.length
      client.socket.send(text)
      expect(await client.next('result', from), text).toMatchObject({ ok: false, reason: 'unknown-message' })
    }
    expect(client.seqs()).toHaveLength(WINDOW_EVENTS_MAX)
    // Written another way it is an ack all the same.
    client.socket.send(JSON.stringify({ seq: seq + 100, type: 'ack' }))
    await until(() => client.seqs().length === WINDOW_EVENTS_MAX + 20, 'the rest')
  })
})

describe('going away', () => {
  it('[BR39] a socket that joined another version of the protocol is sent away on waking, each after a wait of its own', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const clients = await Promise.all(Array.from({ length: 8 }, () => join(room)))
    await clients.at(-1)?.next('hello')
    await inside(room, (_, ctx) => {
      for (const socket of ctx.getWebSockets())
        socket.serializeAttachment({ ...(socket.deserializeAttachment() as object), version: 0 })
    })
    await evictDurableObject(room, { webSockets: 'hibernate' })
    const fresh = await join(room)
    await fresh.next('hello')
    const waits = new Set<number>()
    for (const client of clients) {
      const bye = await client.next('bye')
      expect(bye.code).toBe(CLOSE.goingAway)
      expect(bye.retryMs).toBeGreaterThanOrEqual(0)
      expect(bye.retryMs).toBeLessThan(RETRY_MS_MAX)
      waits.add(bye.retryMs)
      expect((await client.closed).code).toBe(CLOSE.goingAway)
    }
    expect(waits.size).toBeGreaterThan(1)
    await room.order(note('for those who are here'))
    await until(() => fresh.seqs().length === 1, 'the new one hears')
  })
})
