import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { RESUME_EVENTS_MAX, WINDOW_EVENTS_MAX } from '../../durable/protocol/limits.ts'
import type { EventsPage } from '../../durable/protocol/objects.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import type { ServerMessage } from '../../durable/protocol/messages.ts'
import { type View, project } from '../../durable/protocol/view.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import { api, problem } from '../worker/api.ts'
import { type RoomStub, inside, note, openRoom, quiet } from './opening.ts'
import { join, until } from './socket.ts'

interface Block {
  event: string
  id: number | null
  data: ServerMessage | { reason: string }
}

interface Stream {
  answer: Response
  blocks: Block[]
  ended: Promise<void>
  of(event: string): Block[]
  events(): RoomEvent[]
  leave(): Promise<void>
}

/** Reads a room as an EventSource does. */
async function stream(id: string, { last, query = '' }: { last?: string; query?: string } = {}): Promise<Stream> {
  const headers: Record<string, string> = { accept: 'text/event-stream' }
  if (last !== undefined) headers['last-event-id'] = last
  const answer = await api(`/api/v1/incidents/${id}/events${query}`, { headers })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) throw new Error('no body')
  const blocks: Block[] = []
  const ended = (async () => {
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const parts = (text + value).split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const fields = new Map(part.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]))
        const data = fields.get('data')
        const seq = fields.get('id')
        if (data !== undefined)
          blocks.push({
            event: fields.get('event') ?? '',
            id: seq === undefined ? null : Number(seq),
            data: JSON.parse(data) as Block['data'],
          })
      }
    }
  })()
  return {
    answer,
    blocks,
    ended,
    of: (event) => blocks.filter((block) => block.event === event),
    events: () =>
      blocks.flatMap(({ data }) =>
        !('type' in data) ? [] : data.type === 'events' ? data.events : data.type === 'hello' ? (data.delta ?? []) : [],
      ),
    leave: () => reader.cancel(),
  }
}

const seqs = (of: Stream) => of.events().map((event) => event.seq)
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n + 1)

async function write(room: RoomStub, count: number): Promise<void> {
  await inside(room, async (instance) => {
    for (let n = 0; n < count; n += 1) await instance.order(note(`n${n}`))
  })
}

function sockets(room: RoomStub): Promise<number> {
  return inside(room, (_, ctx) => ctx.getWebSockets().length)
}

describe('the room as Server-Sent Events', () => {
  it('[BR50] begins with the whole view and goes on with what follows; ids are seqs', async () => {
    const { id, room } = await openRoom()
    const seq = await quiet(room)
    const reader = await stream(id)
    expect(reader.answer.status).toBe(200)
    expect(reader.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(reader.answer.headers.get('cache-control')).toBe('no-store')
    await until(() => reader.blocks.length >= 1, 'the snapshot')
    expect(reader.blocks[0]).toMatchObject({ event: 'snapshot', id: seq, data: { type: 'hello', seq, delta: null } })
    await write(room, 5)
    await until(() => seqs(reader).length >= 5, 'five events')
    expect(seqs(reader)).toEqual(numbers(seq, seq + 5))
    for (const block of reader.of('delta')) expect(block.id).toBe(lastSeq(block))
    await room.setClock({ startedAt: 1, startedWall: 2, speed: 60, pausedMs: 0, pausedSinceWall: null })
    await until(() => reader.of('clock').length === 1, 'the clock')
    await until(() => reader.of('presence').length >= 1, 'who is here')
    expect([...reader.of('clock'), ...reader.of('presence')].every((block) => block.id === null)).toBe(true)
    await reader.leave()
  })

  it('[BR51] Last-Event-ID gets exactly what follows it, and folds to the same view', async () => {
    const { id, room } = await openRoom()
    const seq = await quiet(room)
    const first = await stream(id)
    await until(() => first.of('snapshot').length === 1, 'the snapshot')
    await first.leave()
    await write(room, 7)
    const head = await quiet(room)
    const fresh = await (await join(room)).next('hello')
    for (const again of [
      await stream(id, { last: String(seq) }),
      await stream(id, { query: `?after=${seq}` }),
      await stream(id, { last: String(seq), query: '?after=0' }),
    ]) {
      await until(() => again.blocks.length >= 1, 'the delta')
      expect(again.blocks[0]).toMatchObject({ event: 'delta', id: head })
      expect(seqs(again)).toEqual(numbers(seq, head))
      const view = viewOf(first)
      for (const event of again.events()) project(view, event)
      expect(canonical(view)).toBe(canonical(fresh.snapshot))
      await again.leave()
    }
  })

  it('[BR52] what cannot be continued is said to be resynced, and the whole view follows: never a silent hole', async () => {
    const { id, room } = await openRoom()
    await quiet(room)
    await write(room, RESUME_EVENTS_MAX - 1)
    const head = await quiet(room)
    for (const { ask, reason } of [
      { ask: { last: '999999' }, reason: 'not-in-this-log' },
      { ask: { last: 'made-up' }, reason: 'not-in-this-log' },
      { ask: { last: '1' }, reason: 'too-far-back' },
      { ask: { query: `?after=${head}&epoch=another` }, reason: 'too-far-back' },
    ]) {
      const reader = await stream(id, ask)
      await until(() => reader.blocks.length >= 2, 'two blocks')
      expect(reader.blocks.slice(0, 2)).toMatchObject([
        { event: 'resync', id: null, data: { reason } },
        { event: 'snapshot', id: head },
      ])
      await reader.leave()
    }
  })

  it('[BR53] who may not read gets a problem; who does not ask for a stream gets JSON', async () => {
    const { id } = await openRoom()
    const headers = { accept: 'text/event-stream' }
    await problem(await api('/api/v1/incidents/inc_nowhere000/events', { headers }), 404, 'not-found')
    await problem(await api('/api/v1/incidents/nonsense/events', { headers }), 404, 'not-found')
    await problem(await api(`/api/v1/incidents/${id}/events`, { headers, token: null }), 401, 'unauthenticated')
    for (const query of ['?after=x', '?limit=5', '?after=1&after=2'])
      await problem(await api(`/api/v1/incidents/${id}/events${query}`, { headers }), 400, 'invalid-query')
    for (const accept of ['application/json', '*/*', 'text/event-stream;q=0', 'text/event-streamer']) {
      const answer = await api(`/api/v1/incidents/${id}/events`, { headers: { accept } })
      expect((await answer.json<EventsPage>()).epoch).toBeTypeOf('string')
    }
  })

  it('[BR54] an idle reader lets the room hibernate, and hears what comes after', { timeout: 60_000 }, async () => {
    const { id, room } = await openRoom()
    const seq = await quiet(room)
    const reader = await stream(id)
    await until(() => reader.of('presence').length >= 1, 'all is said')
    const marked = (instance: object) => (instance as { mark?: true }).mark
    const mark = () => inside(room, (instance) => void Object.assign(instance, { mark: true }))
    await mark()
    await evictDurableObject(room, { webSockets: 'hibernate' })
    expect(await inside(room, marked)).toBeUndefined()
    await write(room, 1)
    await until(() => seqs(reader).length >= 1, 'the first event')
    // Nobody evicts it now: the platform does, when nothing holds the room.
    await mark()
    await expect.poll(() => inside(room, marked), { timeout: 45_000, interval: 14_000 }).toBeUndefined()
    await write(room, 1)
    const head = (await room.head())?.seq ?? 0
    await until(() => (seqs(reader).at(-1) ?? 0) >= head, 'everything')
    expect(seqs(reader).slice(0, head - seq)).toEqual(numbers(seq, head))
    await reader.leave()
  })

  it('[BR55] a reader that left is gone from the room', async () => {
    const { id, room } = await openRoom()
    await quiet(room)
    const reader = await stream(id)
    await until(() => reader.blocks.length >= 1, 'the snapshot')
    expect(await sockets(room)).toBe(1)
    await reader.leave()
    await write(room, 1)
    await expect.poll(() => sockets(room), { timeout: 10_000 }).toBe(0)
  })

  it('[BR56] a reader that is stuck takes one window and is sent away; one that is closed is told where to go on', async () => {
    const { id, room } = await openRoom()
    const seq = await quiet(room)
    const headers = { accept: 'text/event-stream' }
    const stuck = await api(`/api/v1/incidents/${id}/events`, { headers })
    const watcher = await join(room)
    const reader = await stream(id)
    await until(() => reader.blocks.length >= 1, 'the snapshot')
    await write(room, WINDOW_EVENTS_MAX + 200)
    await until(() => seqs(reader).length === WINDOW_EVENTS_MAX + 200, 'all events')
    // The stuck one and the watcher, which acks nothing either.
    await expect.poll(() => sockets(room), { timeout: 10_000 }).toBe(1)
    expect((await watcher.closed).code).toBe(4008)
    expect(seqs(reader)).toEqual(numbers(seq, seq + WINDOW_EVENTS_MAX + 200))
    await stuck.body?.cancel()
    await inside(room, (_, ctx) => {
      for (const socket of ctx.getWebSockets()) socket.close(4013, 'going away')
    })
    await reader.ended
    expect(reader.blocks.at(-1)).toMatchObject({ event: 'resync', data: { reason: 'going away' } })
  })
})

function viewOf(reader: Stream): View {
  const data = reader.of('snapshot')[0]?.data
  if (!data || !('type' in data) || data.type !== 'hello' || !data.snapshot) throw new Error('no snapshot')
  return structuredClone(data.snapshot)
}

function lastSeq(block: Block): number | null {
  const { data } = block
  return 'type' in data && data.type === 'events' ? (data.events.at(-1)?.seq ?? null) : null
}
