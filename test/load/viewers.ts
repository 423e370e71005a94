import { WebSocket } from 'ws'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ack, Acks } from '../../durable/protocol/acks.ts'
import { ACK_WITHIN_MS } from '../../durable/protocol/limits.ts'
import { until } from '../e2e/until.ts'

/** Handshakes under way at a time: more of them only queue behind one another. */
const CONNECTS_AT_ONCE = 100
const CONNECT_MS_MAX = 60_000
const DRAIN_MS_MAX = 30_000

/** A room as its viewers reach it, the product's or the bare floor's: both speak `hello` and `events` frames. */
export interface Theatre {
  url: string
  token: string
  /** makes one event whose note text is `text`. */
  publish(text: string): Promise<void>
}

export interface FanoutResult {
  viewers: number
  events: number
  expected: number
  delivered: number
  gaps: number
  duplicates: number
  frames: number
  /** from just before the publisher sends to the viewer's receipt, milliseconds. */
  latenciesMs: number[]
}

interface Frame {
  type: string
  seq?: number
  events?: { seq: number; body: { note?: { text: string } } }[]
}

/** Opens `viewers` sockets, publishes `events` at `perSecond`, and watches what each of them receives. */
export async function fanout(
  theatre: Theatre,
  viewers: number,
  events: number,
  perSecond: number,
): Promise<FanoutResult> {
  const result: FanoutResult = {
    viewers,
    events,
    expected: viewers * events,
    delivered: 0,
    gaps: 0,
    duplicates: 0,
    frames: 0,
    latenciesMs: [],
  }
  const sockets: WebSocket[] = []
  for (let from = 0; from < viewers; from += CONNECTS_AT_ONCE) {
    const batch = Math.min(CONNECTS_AT_ONCE, viewers - from)
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => join(theatre, result)))))
  }
  const startedAt = performance.now()
  const answers: Promise<void>[] = []
  for (let number = 0; number < events; number += 1) {
    const due = startedAt + (number * 1_000) / perSecond
    if (due > performance.now()) await sleep(due - performance.now())
    answers.push(theatre.publish(`sent ${performance.now()} `.padEnd(400, '.')))
  }
  await Promise.all(answers)
  try {
    await until('everything is delivered', DRAIN_MS_MAX, () => (result.delivered >= result.expected ? true : null))
  } catch {
    // Short of what was expected: the figures say so.
  }
  // A late duplicate must have the time to show itself.
  await sleep(300)
  for (const socket of sockets) socket.terminate()
  return result
}

function join(theatre: Theatre, result: FanoutResult): Promise<WebSocket> {
  const token = `ic.token.${Buffer.from(theatre.token).toString('base64url')}`
  const socket = new WebSocket(theatre.url, ['ic.v1', token], {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_MS_MAX,
  })
  let last: number | null = null
  const acks = new Acks()
  let unsaid: ReturnType<typeof setTimeout> | undefined
  const say = (ack: Ack | null) => {
    clearTimeout(unsaid)
    unsaid = undefined
    if (ack) socket.send(JSON.stringify(ack))
  }
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', (code) => {
      clearTimeout(unsaid)
      reject(new Error(`closed with ${code}`))
    })
    socket.on('message', (data: Buffer) => {
      const receivedAt = performance.now()
      const frame = JSON.parse(data.toString()) as Frame
      if (frame.type === 'hello') {
        last = frame.seq ?? 0
        acks.begin(last)
        resolve(socket)
      }
      if (frame.type !== 'events' || last === null) return
      result.frames += 1
      for (const event of frame.events ?? []) {
        if (event.seq <= last) result.duplicates += 1
        else if (event.seq > last + 1) result.gaps += 1
        last = Math.max(last, event.seq)
        const sent = /^sent ([\d.]+) /.exec(event.body.note?.text ?? '')
        if (!sent) continue
        result.delivered += 1
        result.latenciesMs.push(receivedAt - Number(sent[1]))
      }
      const ack = acks.read(last, data.length)
      if (ack) say(ack)
      else if (acks.unsaid) unsaid ??= setTimeout(() => say(acks.say()), ACK_WITHIN_MS)
    })
  })
}
