import { describe, expect, it } from 'vitest'
import { frameWindowMs } from '../../durable/room/fanout.ts'
import { inside, note, openRoom, quiet } from './opening.ts'
import { join, until } from './socket.ts'

describe('fan-out', () => {
  it('[BR20] the window is sockets / 20,000 s', () => {
    expect([0, 100, 1_000, 4_000].map((sockets) => frameWindowMs(sockets))).toEqual([0, 5, 50, 200])
  })

  it('[BR23] where a frame takes long to go out, the window is half as long again, and half a second at most', () => {
    expect([0, 10, 30, 40, 100, 10_000].map((spent) => frameWindowMs(1_000, spent))).toEqual([50, 50, 50, 60, 150, 500])
    expect(frameWindowMs(30_000, 10_000)).toBe(1_500)
  })

  it('[BR21] sends the first event at once and what follows within the window as one frame, in order, nothing twice', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const clients = await Promise.all(Array.from({ length: 400 }, () => join(room)))
    const [first] = clients
    if (!first) throw new Error('no client')
    const { seq } = await (clients.at(-1) ?? first).next('hello')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const count = 40
    await inside(room, (instance) =>
      Promise.all(Array.from({ length: count }, (_, n) => instance.order(note(`burst ${n}`)))),
    )
    const all = Array.from({ length: count }, (_, n) => seq + n + 1)
    for (const client of clients) {
      await until(() => client.seqs().length >= count, 'the burst')
      expect(client.seqs()).toEqual(all)
    }
    const frames = first.messages.flatMap((m) => (m.type === 'events' ? [m.events.length] : []))
    expect(frames[0]).toBe(1)
    expect(frames.length).toBeLessThan(6)
    for (const { socket } of clients) socket.close(1000, '')
  })

  it('[BR22] an event is stored before it is sent', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const client = await join(room)
    await client.next('hello')
    await room.order(note('stored first'))
    const frame = await client.next('events')
    const page = await room.events((frame.events[0]?.seq ?? 0) - 1, 1)
    expect(page?.events[0]).toEqual(frame.events[0])
  })
})
