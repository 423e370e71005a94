import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CLOSE } from '../../durable/protocol/messages.ts'
import { dialEvents } from '../../web/src/room/events.ts'

const PATH = '/api/v1/incidents/inc_galleryroom/events?after=3&epoch=e1'

/** A network that is not ours: answers what the test says, in the pieces that it says. */
function network(commands: (body: unknown) => Response = () => Response.json({})) {
  const asked: { path: string; headers: Headers; body: unknown }[] = []
  let pieces: ReadableStreamDefaultController<Uint8Array> | null = null
  let status = 200
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null
    asked.push({ path, headers: new Headers(init.headers), body })
    if (init.method === 'POST') return commands(body)
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        pieces = controller
        init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
      },
    })
    return new Response(stream, { status })
  })
  const heard: unknown[] = []
  const closed: [number, string][] = []
  return {
    asked,
    heard,
    closed,
    refuse: (code: number) => {
      status = code
    },
    send: (text: string | Uint8Array) =>
      pieces?.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text),
    end: () => pieces?.close(),
    dial: () =>
      dialEvents(PATH, [], {
        opened: () => undefined,
        said: (text) => void heard.push(JSON.parse(text)),
        closed: (code, reason) => void closed.push([code, reason]),
      }),
  }
}

const settle = () => vi.advanceTimersByTimeAsync(1)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a room read by event stream', () => {
  it('[BR60] says what the room says, however the bytes come; comments and resync say nothing', async () => {
    const net = network()
    net.dial()
    await settle()
    expect(net.asked[0]).toMatchObject({ path: PATH })
    expect(net.asked[0]?.headers.get('accept')).toBe('text/event-stream')
    expect(net.asked[0]?.headers.get('authorization')).toMatch(/^Bearer /)
    const text =
      'retry: 3000\n\nevent: resync\ndata: {"reason":"too-far-back"}\n\nevent: snapshot\nid: 3\ndata: {"type":"hello","n":"雪"}\n\n:\n\nevent: delta\nid: 4\ndata: {"type":"events","events":[]}\n\n'
    const bytes = new TextEncoder().encode(text)
    for (let at = 0; at < bytes.length; at += 7) net.send(bytes.slice(at, at + 7))
    await settle()
    expect(net.heard).toEqual([
      { type: 'hello', n: '雪' },
      { type: 'events', events: [] },
    ])
  })

  it('[BR60] a command goes by HTTP under its own id, and its answer comes as on a socket; acks stay here', async () => {
    const net = network((body) => {
      const { cmd } = body as { cmd: string }
      return cmd === 'good'
        ? Response.json({ type: 'result', cmd, ok: true, seq: 9 })
        : Response.json({ code: 'invalid-transition', detail: 'not resolved' }, { status: 409 })
    })
    const wire = net.dial()
    await settle()
    for (const cmd of ['good', 'bad'])
      wire.send(JSON.stringify({ type: 'command', cmd, command: { type: 'acknowledge' } }))
    wire.send(JSON.stringify({ type: 'ack', seq: 4 }))
    await settle()
    expect(net.asked.slice(1).map(({ path, body }) => ({ path, body }))).toEqual(
      ['good', 'bad'].map((cmd) => ({
        path: '/api/v1/incidents/inc_galleryroom/commands',
        body: { cmd, command: { type: 'acknowledge' } },
      })),
    )
    expect(net.heard).toEqual([
      { type: 'result', cmd: 'good', ok: true, seq: 9 },
      { type: 'result', cmd: 'bad', ok: false, reason: 'invalid-transition', detail: 'not resolved', seq: 0 },
    ])
    expect(net.closed).toEqual([])
  })

  it('[BR60] a command that nobody answers ends the stream, so that it is said again on the next one', async () => {
    const net = network(() => new Response('', { status: 503 }))
    const wire = net.dial()
    await settle()
    wire.send(JSON.stringify({ type: 'command', cmd: 'c', command: { type: 'acknowledge' } }))
    await settle()
    expect(net.heard).toEqual([])
    expect(net.closed).toHaveLength(1)
  })

  it('[BR60] ends as the server said: refused, sent away, or lost', async () => {
    for (const [status, code] of [
      [401, CLOSE.unauthenticated],
      [403, CLOSE.forbidden],
      [404, CLOSE.gone],
      [503, 1006],
    ] as const) {
      const net = network()
      net.refuse(status)
      net.dial()
      await settle()
      expect(net.closed).toEqual([[code, `http-${status}`]])
    }
    const away = network()
    away.dial()
    await settle()
    away.send('event: bye\ndata: {"type":"bye","code":4008,"reason":"slow","retryMs":7}\n\n')
    await settle()
    away.end()
    await settle()
    expect(away.closed).toEqual([[CLOSE.slow, 'slow']])
  })

  it('[BR60] a stream that falls silent is lost, one that is left says nothing more', async () => {
    const net = network()
    net.dial()
    await settle()
    for (let n = 0; n < 5; n++) {
      net.send(':\n\n')
      await vi.advanceTimersByTimeAsync(25_000)
    }
    expect(net.closed).toEqual([])
    await vi.advanceTimersByTimeAsync(10_001)
    expect(net.closed).toEqual([[1006, 'the stream fell silent']])
    const left = network()
    const wire = left.dial()
    await settle()
    wire.close(1000, 'left')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([left.closed, left.heard]).toEqual([[], []])
  })
})
