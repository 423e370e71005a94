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
const SNAPSHOT = Buffer.from('"snapshot":{')

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
  #n = 0
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
      if (frame.opcode === 1) this.#frame(buffer, frame.from, frame.to, now)
      at = frame.to
    }
    this.#rest = at === buffer.length ? Buffer.alloc(0) : Buffer.from(buffer.subarray(at))
  }

  #frame(buffer: Buffer, from: number, to: number, now: number): void {
    const payload = buffer.subarray(from, to)
    const isHello = payload.subarray(0, 40).includes(HELLO)
    const wire = payload.lastIndexOf(WIRE_SEQ)
    if (isHello) {
      const words = payload.toString()
      this.#epoch = /"epoch":"([^"]+)"/.exec(words)?.[1] ?? null
      if (payload.includes(SNAPSHOT)) this.#seq = Number(/"seq":(\d+)/.exec(words)?.[1] ?? 0)
      else if (wire >= 0) this.#seq = numberAt(payload, wire + WIRE_SEQ.length)
      this.#acks.begin(this.#seq)
      this.#greeted?.()
      if (payload.includes(SNAPSHOT)) return
      if (this.#n > 0) this.#tally.resumed += 1
    } else if (wire < 0) return
    const before = this.#n
    for (let mark = payload.indexOf(MARK); mark >= 0; mark = payload.indexOf(MARK, mark + 3)) {
      const n = numberAt(payload, mark + 3)
      const due = Number(payload.toString('latin1', payload.indexOf('at=', mark) + 3, mark + 40).split(' ')[0])
      if (n <= this.#n) this.#tally.duplicates += 1
      else {
        if (n > this.#n + 1) this.#tally.gaps += 1
        this.#n = n
        this.#tally.delivered += 1
        if (!isHello) this.#tally.latenciesMs.push(now - due)
      }
    }
    if (isHello) return
    this.#tally.frames += 1
    // Peers have no seq of their own on the wire: they count by ours.
    this.#seq = numberAt(payload, wire + WIRE_SEQ.length) || this.#seq + this.#n - before
    const wasUnsaid = this.#acks.unsaid
    const ack = this.#acks.read(this.#seq, payload.length)
    if (ack) this.#socket?.write(textFrame(JSON.stringify(ack)))
    else if (!wasUnsaid) this.#unsaidSince = now
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
