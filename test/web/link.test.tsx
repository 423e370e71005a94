import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CLOSE, PING, PONG } from '../../durable/protocol/messages.ts'
import { BACKOFF_HIDDEN_MAX_MS, BACKOFF_MAX_MS, STABLE_MS, backoffMs } from '../../web/src/room/backoff.ts'
import { Latency, RTT_SAMPLES_MAX } from '../../web/src/room/latency.ts'
import {
  Link,
  type LinkState,
  PONG_WITHIN_MS,
  SOCKET_AGAIN_FIRST_MS,
  SOCKET_FAILURES_MAX,
} from '../../web/src/room/link.ts'
import { exchange } from './fakes.ts'

const JUST_UNDER_ONE = 1 - 2 ** -32

function linked(random = () => JUST_UNDER_ONE) {
  const net = exchange()
  const states: LinkState[] = []
  const said: string[] = []
  const link = new Link({
    dial: net.dial,
    path: () => `/room?try=${net.sockets.length}`,
    protocols: () => ['ic.v1'],
    said: (text) => void said.push(text),
    changed: (state) => void states.push(state),
    random,
  })
  return { net, link, states, said, state: () => states.at(-1) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('backoff', () => {
  it('[UI1] waits are uniform below a ceiling that doubles from 0.5 s to 30 s', () => {
    expect([0, 1, 2, 3].map((tries) => backoffMs(tries, JUST_UNDER_ONE, false))).toEqual([500, 1_000, 2_000, 4_000])
    expect(backoffMs(40, JUST_UNDER_ONE, false)).toBe(BACKOFF_MAX_MS)
    expect(backoffMs(40, 0, false)).toBe(0)
    expect(backoffMs(3, 0.5, false)).toBe(2_000)
  })

  it('[UI1] a hidden page may wait up to five minutes', () => {
    expect(backoffMs(40, JUST_UNDER_ONE, true)).toBe(BACKOFF_HIDDEN_MAX_MS)
  })

  it('[UI1] each failure in a row waits longer and dials again when the wait is over', () => {
    const { net, state } = linked()
    for (const wait of [500, 1_000, 2_000]) {
      net.last().drop()
      const dialled = net.sockets.length
      expect(state()).toMatchObject({ kind: 'waiting', untilWall: Date.now() + wait })
      vi.advanceTimersByTime(wait - 1)
      expect(net.sockets).toHaveLength(dialled)
      vi.advanceTimersByTime(1)
      expect(net.sockets).toHaveLength(dialled + 1)
    }
  })

  it('[UI2] a connection that stood for a minute starts the next wait from the beginning, a shorter one does not', () => {
    const { net, state } = linked()
    for (let i = 0; i < 4; i++) {
      net.last().drop()
      vi.advanceTimersByTime(BACKOFF_MAX_MS)
    }
    net.last().sayText(PONG)
    vi.advanceTimersByTime(PONG_WITHIN_MS - 1)
    net.last().drop()
    expect(state()).toMatchObject({ kind: 'waiting', untilWall: Date.now() + 8_000 })
    vi.advanceTimersByTime(8_000)
    const socket = net.last()
    socket.sayText(PONG)
    for (let t = 0; t <= STABLE_MS; t += 1_000) {
      socket.sayText(PONG)
      vi.advanceTimersByTime(1_000)
    }
    socket.drop()
    expect(state()).toMatchObject({ kind: 'waiting', untilWall: Date.now() + 500 })
  })
})

describe('link', () => {
  it('[UI3] the network or the page coming back tries at once', () => {
    const { net } = linked()
    net.last().drop()
    dispatchEvent(new Event('online'))
    expect(net.sockets).toHaveLength(2)
    net.last().drop()
    document.dispatchEvent(new Event('visibilitychange'))
    expect(net.sockets).toHaveLength(3)
  })

  it('[UI4] an open socket is live only once the server has spoken', () => {
    const { net, state } = linked()
    expect(state()).toMatchObject({ kind: 'connecting' })
    net.last().say({ type: 'hello' })
    expect(state()).toMatchObject({ kind: 'live' })
  })

  it('[UI5] it pings with the words of the protocol and shows the median of five round trips', () => {
    const { net, state } = linked()
    net.last().say({ type: 'hello' })
    expect(net.last().sent).toEqual([PING])
    vi.advanceTimersByTime(34)
    net.last().sayText(PONG)
    expect(state()).toEqual({ kind: 'live', rttMs: 34 })
    const latency = new Latency()
    for (const ms of [900, 10, 30, 20, 50, 40]) latency.add(ms)
    expect(RTT_SAMPLES_MAX).toBe(5)
    expect(latency.median()).toBe(30)
    expect(new Latency().median()).toBeNull()
  })

  it('[UI5] a pong is not a message of the room', () => {
    const { net, said } = linked()
    net.last().sayText(PONG)
    expect(said).toEqual([])
  })

  it('[UI6] a ping without an answer drops the half-open socket', () => {
    const { net, state } = linked()
    const socket = net.last()
    socket.say({ type: 'hello' })
    vi.advanceTimersByTime(PONG_WITHIN_MS)
    expect(socket.closed).not.toBeNull()
    expect(state()).toMatchObject({ kind: 'waiting' })
  })

  it('[UI7] a refusal that no retry can change stops, and a person may still try again', () => {
    for (const code of [CLOSE.unauthenticated, CLOSE.forbidden, CLOSE.gone, CLOSE.wrongVersion]) {
      const { net, link, state } = linked()
      net.last().drop(code, 'no')
      expect(state()).toMatchObject({ kind: 'stopped', code, reason: 'no' })
      vi.advanceTimersByTime(BACKOFF_HIDDEN_MAX_MS)
      expect(net.sockets).toHaveLength(1)
      link.retry()
      expect(net.sockets).toHaveLength(2)
      link.close()
    }
  })

  it('[UI7] a farewell that names a wait is heeded; too many messages waits the longest', () => {
    const { net, link, state } = linked(() => 0)
    net.last().say({ type: 'hello' })
    link.heed({ retryMs: 7_000 })
    net.last().drop(CLOSE.goingAway)
    expect(state()).toMatchObject({ kind: 'waiting', untilWall: Date.now() + 7_000 })
    vi.advanceTimersByTime(7_000)
    net.last().say({ type: 'hello' })
    net.last().drop(CLOSE.tooManyMessages)
    expect(state()).toMatchObject({ kind: 'waiting', untilWall: Date.now() + BACKOFF_MAX_MS })
  })

  it('[UI8] words of an earlier socket are not heard after its successor was dialled', () => {
    const { net, said } = linked()
    const first = net.last()
    first.drop()
    vi.advanceTimersByTime(500)
    first.say({ late: true })
    first.drop()
    expect(said).toEqual([])
    expect(net.sockets).toHaveLength(2)
  })

  it('[UI8] since when it is stale is the moment the last good connection ended', () => {
    const { net, state } = linked()
    net.last().say({ type: 'hello' })
    const lost = Date.now()
    net.last().drop()
    vi.advanceTimersByTime(500)
    net.last().drop()
    expect(state()).toMatchObject({ kind: 'waiting', since: lost })
  })
})

describe('where sockets do not get through', () => {
  function both() {
    const sockets = exchange()
    const streams = exchange()
    const states: LinkState[] = []
    const said: string[] = []
    const link = new Link({
      dial: sockets.dial,
      events: {
        dial: (...args) => ({ ...streams.dial(...args), oneWay: true }),
        path: () => `/events?try=${streams.sockets.length}`,
      },
      path: () => '/room',
      protocols: () => ['ic.v1'],
      said: (text) => void said.push(text),
      changed: (state) => void states.push(state),
      random: () => 0,
    })
    const fail = (net: typeof sockets, code = 1006) => {
      net.last().drop(code)
      vi.advanceTimersByTime(0)
    }
    return { sockets, streams, states, said, link, fail, state: () => states.at(-1) }
  }

  it('[BR58] after three sockets that failed the event stream is read, and the two take turns until one gets through', () => {
    const { sockets, streams, fail, state } = both()
    for (let n = 0; n < SOCKET_FAILURES_MAX; n++) {
      expect(streams.sockets).toHaveLength(0)
      fail(sockets)
    }
    expect([sockets.sockets.length, streams.sockets.length]).toEqual([3, 1])
    fail(streams)
    expect([sockets.sockets.length, streams.sockets.length]).toEqual([4, 1])
    fail(sockets)
    expect([sockets.sockets.length, streams.sockets.length]).toEqual([4, 2])
    streams.last().say({ type: 'hello' })
    expect(state()).toEqual({ kind: 'live', rttMs: null, by: 'events' })
    expect(streams.last().sent).toEqual([])
  })

  it('[BR58] a stream that served and was lost is read again; a socket that stood for a minute forgets all failures', () => {
    const { sockets, streams, fail, link } = both()
    for (let n = 0; n < SOCKET_FAILURES_MAX; n++) fail(sockets)
    streams.last().say({ type: 'hello' })
    fail(streams)
    expect([sockets.sockets.length, streams.sockets.length]).toEqual([3, 2])
    link.close()
    const other = both()
    for (let n = 0; n < SOCKET_FAILURES_MAX - 1; n++) other.fail(other.sockets)
    for (let t = 0; t <= STABLE_MS; t += 1_000) {
      other.sockets.last().sayText(PONG)
      vi.advanceTimersByTime(1_000)
    }
    other.fail(other.sockets)
    other.fail(other.sockets)
    expect(other.streams.sockets).toHaveLength(0)
  })

  it('[BR58] a server that sends this client away is no failure of sockets, and its word is shown', () => {
    const { sockets, streams, fail, state, states } = both()
    for (let n = 0; n < SOCKET_FAILURES_MAX * 2; n++) {
      sockets.last().drop(CLOSE.slow, 'slow')
      expect(state()).toMatchObject({ kind: 'waiting', why: 'slow' })
      vi.advanceTimersByTime(0)
    }
    expect(streams.sockets).toHaveLength(0)
    fail(sockets)
    expect(states.findLast(({ kind }) => kind === 'waiting')).not.toHaveProperty('why')
  })

  it('[BR59] while the stream serves a socket is tried beside it, later each time, and takes over once it speaks', () => {
    const { sockets, streams, fail, state, said } = both()
    for (let n = 0; n < SOCKET_FAILURES_MAX; n++) fail(sockets)
    const stream = streams.last()
    stream.say({ n: 1 })
    vi.advanceTimersByTime(SOCKET_AGAIN_FIRST_MS - 1)
    expect(sockets.sockets).toHaveLength(3)
    vi.advanceTimersByTime(1)
    expect(sockets.sockets).toHaveLength(4)
    sockets.last().drop()
    expect(state()).toMatchObject({ kind: 'live', by: 'events' })
    vi.advanceTimersByTime(SOCKET_AGAIN_FIRST_MS * 2 - 1)
    expect(sockets.sockets).toHaveLength(4)
    vi.advanceTimersByTime(1)
    expect(sockets.sockets).toHaveLength(5)
    stream.say({ n: 2 })
    const socket = sockets.last()
    socket.say({ n: 3 })
    expect(stream.closed).not.toBeNull()
    expect(state()).toMatchObject({ kind: 'live' })
    expect(state()).not.toHaveProperty('by')
    stream.say({ n: 4 })
    socket.say({ n: 5 })
    expect(said.map((text) => (JSON.parse(text) as { n: number }).n)).toEqual([1, 2, 3, 5])
    socket.drop()
    expect(state()).toMatchObject({ kind: 'waiting' })
  })

  it('[BR59] leaving takes the socket that is being tried with it', () => {
    const { sockets, streams, fail, link, said } = both()
    for (let n = 0; n < SOCKET_FAILURES_MAX; n++) fail(sockets)
    streams.last().say({ n: 1 })
    vi.advanceTimersByTime(SOCKET_AGAIN_FIRST_MS)
    link.close()
    expect(sockets.last().closed).not.toBeNull()
    sockets.last().say({ n: 2 })
    expect(said).toHaveLength(1)
  })
})
