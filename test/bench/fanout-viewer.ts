import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { Acks } from '../../durable/protocol/acks.ts'
import { ACK_WITHIN_MS } from '../../durable/protocol/limits.ts'

/** What the viewers of one run saw together. */
export class Tally {
  /** from when an event was due to be published to its receipt by a viewer, ms. */
  readonly latenciesMs: number[] = []
  delivered = 0
  gaps = 0
  duplicates = 0
  frames = 0
  resumed = 0
  closed = 0
  /** codes of the close frames that arrived. */
  readonly codes: number[] = []
}

/** Where a viewer connects; `path` is asked again for each connection. */
export interface Door {
  host: string
  port: number
  path: string
  headers: Record<string, string>
}

const MARK = Buffer.from('~n=')
const WIRE_SEQ = Buffer.from('"seq":')
const HELLO = Buffer.from('"type":"hello"')
/** Events of one run. */
const EVENTS_MAX = 2_000

/** The text of the n-th event, `size` characters long, due at `at`. */
export function marked(n: number, at: number, size: number): string {
  return `~n=${n} at=${at.toFixed(3)} `.padEnd(size, '.')
}

/**
 * One viewer on a raw TCP connection: a client that costs a fifth of a full one, so that what is measured is the server.
 * It counts marked events, in order, acks by the protocol's rule, and comes back where it was after a drop.
 */
export class Viewer {
  #door: Door
  #tally: Tally
  #socket: Socket | null = null
  #rest: Buffer = Buffer.alloc(0)
  #upgraded = false
  #seen = new Uint8Array(EVENTS_MAX)
  #seq = 0
  #epoch: string | null = null
  #acks = new Acks()
  #unsaidSince = 0
  #greeted: (() => void) | null = null

  constructor(door: Door, tally: Tally) {
    this.#door = door
    this.#tally = tally
  }

  /** Joins, or joins again from the last event seen; done when the server greets. */
  join(): Promise<void> {
    const { host, port, headers } = this.#door
    const resume = this.#epoch === null ? '' : `?after=${this.#seq}&epoch=${this.#epoch}`
    this.#rest = Buffer.alloc(0)
    this.#upgraded = false
    const socket = connect({ host, port, noDelay: true })
    this.#socket = socket
    const lines = Object.entries({
      host: `${host}:${port}`,
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-version': '13',
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.on('connect', () => socket.write(`GET ${this.#door.path}${resume} HTTP/1.1\r\n${lines.join('')}\r\n`))
    socket.on('data', (bytes) => this.#read(socket, bytes))
    return new Promise((resolve, reject) => {
      this.#greeted = resolve
      socket.on('error', reject)
      socket.on('close', () => {
        if (this.#socket === socket) this.#tally.closed += 1
        reject(new Error('closed'))
      })
    })
  }

  /** Loses the connection without a word, as a network does. */
  drop(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.resetAndDestroy()
  }

  /** Reads nothing more, and keeps the connection. */
  stall(): void {
    this.#socket?.pause()
  }

  /** Reads on. */
  resume(): void {
    this.#socket?.resume()
  }

  /** Acks what is old enough to be said. */
  beat(now: number): void {
    if (this.#acks.unsaid && now - this.#unsaidSince >= ACK_WITHIN_MS) this.#say()
  }

  #say(): void {
    const ack = this.#acks.say()
    if (ack) this.#socket?.write(textFrame(JSON.stringify(ack)))
  }

  #read(socket: Socket, bytes: Buffer): void {
    if (socket !== this.#socket) return
    let buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const now = performance.now()
    if (!this.#upgraded) {
      const end = buffer.indexOf('\r\n\r\n')
      if (end < 0) {
        this.#rest = buffer
        return
      }
      if (!buffer.subarray(0, 12).toString('latin1').endsWith('101')) {
        socket.destroy(new Error(`handshake: ${buffer.subarray(0, 300).toString('latin1')}`))
        return
      }
      this.#upgraded = true
      buffer = buffer.subarray(end + 4)
    }
    let at = 0
    while (buffer.length - at >= 2) {
      const frame = frameAt(buffer, at)
      if (frame === null) break
      if (frame.opcode === 8) this.#tally.codes.push(buffer.readUInt16BE(frame.from))
      if (frame.opcode === 1) this.#frame(buffer, frame.from, frame.to, now)
      at = frame.to
    }
    this.#rest = at === buffer.length ? Buffer.alloc(0) : Buffer.from(buffer.subarray(at))
  }

  #frame(buffer: Buffer, from: number, to: number, now: number): void {
    const payload = buffer.subarray(from, to)
    if (payload.subarray(0, 40).includes(HELLO)) return this.#hello(payload, now)
    if (!payload.includes(WIRE_SEQ)) return
    this.#tally.frames += 1
    this.#events(payload, 0, now)
    const wasUnsaid = this.#acks.unsaid
    const ack = this.#acks.read(this.#seq, payload.length)
    if (ack) this.#socket?.write(textFrame(JSON.stringify(ack)))
    else if (!wasUnsaid) this.#unsaidSince = now
  }

  #hello(payload: Buffer, now: number): void {
    this.#epoch = /"epoch":"([^"]+)"/.exec(payload.toString('latin1', 0, 300))?.[1] ?? null
    const delta = payload.indexOf('"delta":[')
    if (delta >= 0) {
      this.#tally.resumed += 1
      this.#events(payload, delta, now)
    } else this.#seq = numberAt(payload, payload.indexOf(WIRE_SEQ) + WIRE_SEQ.length)
    this.#acks.begin(this.#seq)
    this.#greeted?.()
  }

  /** Counts the events from there on: each seq once and in order, each marked event once. */
  #events(payload: Buffer, from: number, now: number): void {
    let mark = payload.indexOf(MARK, from)
    for (let wire = payload.indexOf(WIRE_SEQ, from); wire >= 0; ) {
      const next = payload.indexOf(WIRE_SEQ, wire + WIRE_SEQ.length)
      const seq = numberAt(payload, wire + WIRE_SEQ.length)
      // A peer that numbers nothing says 0: its events are counted here.
      if (seq === 0) this.#seq += 1
      else {
        if (seq > this.#seq + 1) this.#tally.gaps += 1
        this.#seq = Math.max(this.#seq, seq)
      }
      const end = next < 0 ? payload.length : next
      while (mark >= 0 && mark < end) {
        this.#marked(payload, mark, from > 0, now)
        mark = payload.indexOf(MARK, mark + MARK.length)
      }
      wire = next
    }
  }

  #marked(payload: Buffer, mark: number, resumed: boolean, now: number): void {
    const n = numberAt(payload, mark + MARK.length)
    if (this.#seen[n] === 1) {
      this.#tally.duplicates += 1
      return
    }
    this.#seen[n] = 1
    this.#tally.delivered += 1
    if (resumed) return
    const due = Number(payload.toString('latin1', payload.indexOf('at=', mark) + 3, mark + 40).split(' ')[0])
    this.#tally.latenciesMs.push(now - due)
  }
}

function frameAt(buffer: Buffer, at: number): { opcode: number; from: number; to: number } | null {
  let length = (buffer[at + 1] ?? 0) & 127
  let head = 2
  if (length === 126) {
    head = 4
    if (buffer.length - at < head) return null
    length = buffer.readUInt16BE(at + 2)
  } else if (length === 127) {
    head = 10
    if (buffer.length - at < head) return null
    length = Number(buffer.readBigUInt64BE(at + 2))
  }
  if (buffer.length - at < head + length) return null
  return { opcode: (buffer[at] ?? 0) & 15, from: at + head, to: at + head + length }
}

/** A client's frame of up to 125 bytes; a mask of zeros is a mask. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

function numberAt(buffer: Buffer, at: number): number {
  let value = 0
  for (let i = at; i < buffer.length; i += 1) {
    const digit = (buffer[i] ?? 0) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return value
}
