import type { Instant } from '../../../durable/protocol/domain.ts'
import { HEARTBEAT_MS } from '../../../durable/protocol/limits.ts'
import { CLOSE, PING, PONG } from '../../../durable/protocol/messages.ts'
import { BACKOFF_MAX_MS, STABLE_MS, backoffMs } from './backoff.ts'
import { Latency } from './latency.ts'
import type { Dial, Wire } from './wire.ts'

/** What the connection pill shows. `since` is when the last good moment ended, wall time of this browser. */
export type LinkState =
  | { kind: 'connecting'; tries: number; since: Instant | null }
  /** `by: 'events'`: sockets do not get through here, the event stream does; it has no round trip to show. */
  | { kind: 'live'; rttMs: number | null; by?: 'events' }
  /** `why` is what the server said when it sent this client away: `slow`, a full room, a deploy. */
  | { kind: 'waiting'; tries: number; untilWall: Instant; since: Instant | null; online: boolean; why?: string }
  | { kind: 'stopped'; code: number; reason: string; since: Instant | null }

/** A ping without an answer for so long means a half-open socket: it is dropped and dialled again. */
export const PONG_WITHIN_MS = 10_000

/** Sockets that failed in a row before the event stream is tried. */
export const SOCKET_FAILURES_MAX = 3
/** While the event stream serves, a socket is tried again this often: first, and in the end. */
export const SOCKET_AGAIN_FIRST_MS = 60_000
export const SOCKET_AGAIN_MAX_MS = 600_000

/** After these codes trying again without a person changes nothing. */
const FINAL: readonly number[] = [CLOSE.unauthenticated, CLOSE.forbidden, CLOSE.gone, CLOSE.wrongVersion]

/** Client's own close code when it leaves or asks anew. */
const LEFT = 1000
/** What a browser says of a connection that ended without a close. */
const HALF_OPEN = 1006
/** Codes below are the network's or the browser's; from here on the other end has said why. */
const SAID = 4000

export interface LinkOptions {
  dial: Dial
  /** asked anew for each attempt: `after` moves. */
  path: () => string
  protocols: () => string[]
  /** a way to read where sockets do not get through. */
  events?: { dial: Dial; path: () => string }
  /** every text but the heartbeat's answer. */
  said: (text: string) => void
  changed: (state: LinkState) => void
  /** uniform in [0, 1). */
  random: () => number
}

/**
 * Keeps one connection up: full jitter backoff, reset after a stable minute, at once when the network or the page comes
 * back, and a ping that finds half-open sockets. After three sockets that failed it reads by event stream, and goes back to
 * a socket once one gets through. It knows nothing of rooms.
 */
export class Link {
  private wire: Wire | null = null
  private attempt = 0
  private tries = 0
  /** connections in a row that did not stand for a minute and that nobody ended with a word. */
  private failures = 0
  private byEvents = false
  private probing: Wire | null = null
  private againMs = SOCKET_AGAIN_FIRST_MS
  private lostAt: Instant | null = null
  private live = false
  private beatMs = HEARTBEAT_MS
  private minWaitMs = 0
  private pingedAt: number | null = null
  private latency = new Latency()
  private timers: Partial<Record<'retry' | 'stable' | 'beat' | 'pong' | 'again', ReturnType<typeof setTimeout>>> = {}
  private readonly options: LinkOptions

  constructor(options: LinkOptions) {
    this.options = options
    addEventListener('online', this.retry)
    document.addEventListener('visibilitychange', this.seen)
    this.dial()
  }

  /** Tries at once where it waits or has stopped; a standing connection is left alone. */
  readonly retry = (): void => {
    if (this.wire === null) this.dial()
  }

  private readonly seen = (): void => {
    if (document.visibilityState === 'visible' && this.timers.retry !== undefined) this.retry()
  }

  /** False while there is nothing to send on. */
  send(text: string): boolean {
    if (!this.live || this.wire === null) return false
    this.wire.send(text)
    return true
  }

  /** The server's beat and, on a farewell, the shortest wait it asks for. */
  heed(advice: { heartbeatMs?: number; retryMs?: number }): void {
    if (advice.heartbeatMs !== undefined && advice.heartbeatMs > 0) this.beatMs = advice.heartbeatMs
    if (advice.retryMs !== undefined) this.minWaitMs = Math.max(0, advice.retryMs)
  }

  /** Drops the socket and dials again: what was received has a hole. */
  resync(reason: string): void {
    this.drop(CLOSE.resync, reason)
  }

  private drop(code: number, reason: string): void {
    const wire = this.wire
    if (wire === null) return
    this.lost(code, reason)
    wire.close(LEFT, reason)
  }

  /** Leaves for good. */
  close(): void {
    this.attempt += 1
    removeEventListener('online', this.retry)
    document.removeEventListener('visibilitychange', this.seen)
    this.stopTimers()
    this.wire?.close(LEFT, 'left')
    this.wire = null
    this.live = false
  }

  private dial(): void {
    this.stopTimers()
    // Events of an earlier socket are ignored: its close may come long after its successor opened.
    const attempt = ++this.attempt
    const mine = (act: () => void) => () => {
      if (attempt === this.attempt) act()
    }
    const { events } = this.options
    // Once it has failed as often, the two take turns: whichever gets through serves.
    const past = this.failures - SOCKET_FAILURES_MAX
    this.byEvents = events !== undefined && past >= 0 && past % 2 === 0
    const way = this.byEvents && events ? events : this.options
    this.options.changed({ kind: 'connecting', tries: this.tries, since: this.lostAt })
    this.wire = way.dial(way.path(), this.options.protocols(), {
      opened: () => undefined,
      said: (text) => mine(() => this.heard(text))(),
      closed: (code, reason) => mine(() => this.lost(code, reason))(),
    })
  }

  private heard(text: string): void {
    if (!this.live) this.established()
    if (text === PONG) this.ponged()
    else this.options.said(text)
  }

  /** The first word of the server makes it live: an open socket alone says nothing yet. */
  private established(): void {
    this.live = true
    this.lostAt = null
    this.minWaitMs = 0
    this.timers.stable = setTimeout(() => {
      this.tries = 0
      if (!this.byEvents) this.failures = 0
    }, STABLE_MS)
    if (this.byEvents) this.failures = SOCKET_FAILURES_MAX
    else this.againMs = SOCKET_AGAIN_FIRST_MS
    this.tellLive()
    if (this.wire?.oneWay !== true) this.ping()
    if (this.byEvents) this.probeLater()
  }

  private tellLive(): void {
    const live = { kind: 'live', rttMs: this.byEvents ? null : this.latency.median() } as const
    this.options.changed(this.byEvents ? { ...live, by: 'events' } : live)
  }

  private probeLater(): void {
    this.timers.again = setTimeout(() => this.probe(), this.againMs)
    this.againMs = Math.min(SOCKET_AGAIN_MAX_MS, this.againMs * 2)
  }

  /** Tries a socket beside the stream that serves, and changes over once the server speaks on it. */
  private probe(): void {
    let attempt: number | null = null
    const wire = this.options.dial(this.options.path(), this.options.protocols(), {
      opened: () => undefined,
      said: (text) => {
        if (attempt === null && this.probing === wire) attempt = this.adopt(wire)
        if (attempt === this.attempt) this.heard(text)
      },
      closed: (code, reason) => {
        if (attempt !== null && attempt === this.attempt) this.lost(code, reason)
        else if (this.probing === wire) {
          this.probing = null
          this.probeLater()
        }
      },
    })
    this.probing = wire
  }

  private adopt(wire: Wire): number {
    this.probing = null
    this.stopTimers()
    this.wire?.close(LEFT, 'a socket gets through again')
    this.wire = wire
    this.byEvents = false
    this.live = false
    this.attempt += 1
    return this.attempt
  }

  private ping(): void {
    this.pingedAt = performance.now()
    this.wire?.send(PING)
    this.timers.pong = setTimeout(() => this.drop(HALF_OPEN, 'no answer to a ping'), PONG_WITHIN_MS)
    this.timers.beat = setTimeout(() => this.ping(), Math.max(this.beatMs, PONG_WITHIN_MS + 1))
  }

  private ponged(): void {
    clearTimeout(this.timers.pong)
    if (this.pingedAt === null) return
    this.latency.add(performance.now() - this.pingedAt)
    this.pingedAt = null
    this.tellLive()
  }

  private lost(code: number, reason: string): void {
    this.attempt += 1
    this.stopTimers()
    this.wire = null
    if (this.live) this.lostAt = Date.now()
    const served = this.live && this.byEvents
    this.live = false
    if (code < SAID && !served) this.failures += 1
    if (FINAL.includes(code)) {
      this.options.changed({ kind: 'stopped', code, reason, since: this.lostAt })
      return
    }
    const hidden = document.visibilityState === 'hidden'
    const jitter = backoffMs(this.tries, this.options.random(), hidden)
    const wait = Math.max(jitter, this.minWaitMs, code === CLOSE.tooManyMessages ? BACKOFF_MAX_MS : 0)
    this.tries += 1
    this.timers.retry = setTimeout(() => this.dial(), wait)
    const untilWall = Date.now() + wait
    this.options.changed({
      kind: 'waiting',
      tries: this.tries,
      untilWall,
      since: this.lostAt,
      online: navigator.onLine,
      ...(code >= SAID && code !== CLOSE.resync && reason !== '' && { why: reason }),
    })
  }

  private stopTimers(): void {
    for (const timer of Object.values(this.timers)) clearTimeout(timer)
    this.timers = {}
    const probing = this.probing
    this.probing = null
    probing?.close(LEFT, 'no longer needed')
  }
}
