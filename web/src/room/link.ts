import type { Instant } from '../../../durable/protocol/domain.ts'
import { HEARTBEAT_MS } from '../../../durable/protocol/limits.ts'
import { CLOSE, PING, PONG } from '../../../durable/protocol/messages.ts'
import { BACKOFF_MAX_MS, STABLE_MS, backoffMs } from './backoff.ts'
import { Latency } from './latency.ts'
import type { Dial, Wire } from './wire.ts'

/** What the connection pill shows. `since` is when the last good moment ended, wall time of this browser. */
export type LinkState =
  | { kind: 'connecting'; tries: number; since: Instant | null }
  | { kind: 'live'; rttMs: number | null }
  | { kind: 'waiting'; tries: number; untilWall: Instant; since: Instant | null; online: boolean }
  | { kind: 'stopped'; code: number; reason: string; since: Instant | null }

/** A ping without an answer for so long means a half-open socket: it is dropped and dialled again. */
export const PONG_WITHIN_MS = 10_000

/** After these codes trying again without a person changes nothing. */
const FINAL: readonly number[] = [CLOSE.unauthenticated, CLOSE.forbidden, CLOSE.gone, CLOSE.wrongVersion]

/** Client's own close code when it leaves or asks anew. */
const LEFT = 1000

export interface LinkOptions {
  dial: Dial
  /** asked anew for each attempt: `after` moves. */
  path: () => string
  protocols: () => string[]
  /** every text but the heartbeat's answer. */
  said: (text: string) => void
  changed: (state: LinkState) => void
  /** uniform in [0, 1). */
  random: () => number
}

/**
 * Keeps one socket up: full jitter backoff, reset after a stable minute, at once when the network or the page comes
 * back, and a ping that finds half-open sockets. It knows nothing of rooms.
 */
export class Link {
  private wire: Wire | null = null
  private attempt = 0
  private tries = 0
  private lostAt: Instant | null = null
  private live = false
  private beatMs = HEARTBEAT_MS
  private minWaitMs = 0
  private pingedAt: number | null = null
  private latency = new Latency()
  private timers: Partial<Record<'retry' | 'stable' | 'beat' | 'pong', ReturnType<typeof setTimeout>>> = {}
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
    const wire = this.wire
    if (wire === null) return
    this.lost(CLOSE.resync, reason)
    wire.close(LEFT, reason)
  }

  /** Leaves for good. */
  close(): void {
    this.attempt += 1
    removeEventListener('online', this.retry)
    document.removeEventListener('visibilitychange', this.seen)
    for (const timer of Object.values(this.timers)) clearTimeout(timer)
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
    this.options.changed({ kind: 'connecting', tries: this.tries, since: this.lostAt })
    this.wire = this.options.dial(this.options.path(), this.options.protocols(), {
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
    }, STABLE_MS)
    this.options.changed({ kind: 'live', rttMs: this.latency.median() })
    this.ping()
  }

  private ping(): void {
    this.pingedAt = performance.now()
    this.wire?.send(PING)
    this.timers.pong = setTimeout(() => this.resync('no answer to a ping'), PONG_WITHIN_MS)
    this.timers.beat = setTimeout(() => this.ping(), Math.max(this.beatMs, PONG_WITHIN_MS + 1))
  }

  private ponged(): void {
    clearTimeout(this.timers.pong)
    if (this.pingedAt === null) return
    this.latency.add(performance.now() - this.pingedAt)
    this.pingedAt = null
    this.options.changed({ kind: 'live', rttMs: this.latency.median() })
  }

  private lost(code: number, reason: string): void {
    this.attempt += 1
    this.stopTimers()
    this.wire = null
    if (this.live) this.lostAt = Date.now()
    this.live = false
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
    })
  }

  private stopTimers(): void {
    for (const timer of Object.values(this.timers)) clearTimeout(timer)
    this.timers = {}
  }
}
