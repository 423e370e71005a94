import { CLOSE } from '../protocol/messages.ts'
import { WINDOW_BYTES_MAX, WINDOW_EVENTS_MAX } from '../protocol/limits.ts'
import type { LoggedEvent } from './log.ts'
import { type Session, type Sessions, send } from './sessions.ts'
import type { Weights } from './weights.ts'

/** Frames that one object may send in a second: workerd spends 26 to 31 µs on each (measured), so this is over half of one core. */
const FRAMES_PER_SECOND_MAX = 20_000
/** A client whose window is full says nothing for so long and is sent away: it reads no more, or too slowly for this room. */
export const STUCK_MS_MAX = 5_000

/** However slow the machine, a window is not stretched beyond this, in ms. */
const STRETCHED_MS_MAX = 500

/**
 * At most one frame per socket in so many milliseconds: 100 sockets 5, 1,000 sockets 50, 4,000 sockets 200. Where the last
 * frame took `spentMs` to go out to everybody, half as long again: a third of the time is left for what comes in.
 */
export function frameWindowMs(sockets: number, spentMs = 0): number {
  const usual = (sockets / FRAMES_PER_SECOND_MAX) * 1_000
  return Math.max(usual, Math.min(spentMs * 1.5, STRETCHED_MS_MAX))
}

interface Parts {
  sessions: Sessions
  weights: Weights
  /** the stored events after one seq, up to another, as JSON. */
  jsonBetween: (after: number, upTo: number) => string[]
  head: () => number
  /** somebody was sent away. */
  left: () => void
}

/**
 * Sends committed events: the first at once, what follows within the window as one trailing frame. The timers live only
 * while events flow, so that a quiet room hibernates. Each socket is sent what follows its own last event, in order, and
 * no more than WINDOW_EVENTS_MAX and WINDOW_BYTES_MAX beyond what its client said it has read: the runtime buffers without
 * limit and never says so. Whoever falls behind catches up from the log, or is sent away.
 */
export class Fanout {
  #parts: Parts
  #fresh: LoggedEvent[] = []
  /** what everybody that is not behind was sent. */
  #level: number
  #lastFrame = 0
  #spentMs = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #watch: ReturnType<typeof setTimeout> | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#level = parts.head()
    parts.weights.begin(this.#level)
  }

  events(logged: LoggedEvent[], wall: number): void {
    const { sessions, weights } = this.#parts
    if (sessions.size === 0) {
      this.#fresh = []
      this.#level = this.#parts.head()
      weights.begin(this.#level)
      return
    }
    weights.add(logged)
    this.#fresh.push(...logged)
    if (this.#timer !== null) return
    const wait = this.#lastFrame + frameWindowMs(sessions.size, this.#spentMs) - wall
    if (wait <= 0) this.flush(wall)
    else this.#timer = setTimeout(() => this.#trail(Date.now()), wait)
  }

  /** Time stands still while code runs; how long a frame took shows once its writes are done and the next timer rings. */
  #trail(wall: number): void {
    this.flush(wall)
    setTimeout(() => {
      this.#spentMs = Date.now() - wall
    }, 0)
  }

  /** Sends each socket what it lacks; nothing but a comparison or two and the send itself for one that keeps up. */
  flush(wall: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#lastFrame = wall
    const { sessions, weights } = this.#parts
    const head = this.#parts.head()
    const frames = this.#frames()
    for (const [socket, session] of sessions.all()) {
      if (session.sent >= head) continue
      if (!session.behind && this.#fits(session.acked, head)) {
        if (send(socket, frames.of(session.sent, head))) session.sent = head
      } else this.#serve(socket, session, head, frames, wall)
    }
    this.#fresh = []
    if (this.#level === head) return
    this.#level = head
    sessions.mark(head)
    weights.trim(() => lowest(sessions, head))
  }

  /** After a waking: what was committed but not sent, and what weighs on whom. */
  resume(sql: SqlStorage, wall: number): void {
    const { sessions, weights } = this.#parts
    if (sessions.size === 0) return
    weights.load(sql, lowest(sessions, this.#parts.head()))
    this.flush(wall)
  }

  /** A client has read everything up to `seq`. False when that was no news, or of what it was never sent. */
  acked(socket: WebSocket, seq: number, wall: number): boolean {
    const { sessions } = this.#parts
    const session = sessions.of(socket)
    if (!session || seq <= session.acked || seq > session.sent) return false
    session.acked = seq
    session.stuckSince = null
    if (session.behind) this.#serve(socket, session, this.#parts.head(), this.#frames(), wall)
    else sessions.keep(socket, session)
    return true
  }

  #frames(): Frames {
    return new Frames((after, upTo) => this.#json(after, upTo))
  }

  #fits(acked: number, upTo: number): boolean {
    return upTo - acked <= WINDOW_EVENTS_MAX && this.#parts.weights.between(acked, upTo) <= WINDOW_BYTES_MAX
  }

  /** One that is behind gets as much as its window takes; where that is all, it is level with the others again. */
  #serve(socket: WebSocket, session: Session, head: number, frames: Frames, wall: number): void {
    const { sessions } = this.#parts
    const upTo = this.#reach(session, head)
    // A full window that was full before: there is nothing to send and nothing to remember.
    if (session.behind && upTo === session.sent && session.stuckSince !== null) return
    if (upTo > session.sent) {
      if (!send(socket, frames.of(session.sent, upTo))) return
      session.sent = upTo
    }
    session.behind = upTo < head
    sessions.keep(socket, session)
    if (session.behind) {
      session.stuckSince ??= wall
      this.#watchStuck()
      return
    }
    session.stuckSince = null
    for (const text of session.missed.values()) send(socket, text)
    session.missed.clear()
  }

  /** How far the window reaches. A single event that is larger than the window goes through an empty one. */
  #reach({ sent, acked }: Session, head: number): number {
    let upTo = Math.max(sent, Math.min(head, acked + WINDOW_EVENTS_MAX))
    while (upTo > sent && upTo > acked + 1 && !this.#fits(acked, upTo)) upTo -= 1
    return upTo
  }

  #watchStuck(): void {
    if (this.#watch !== null) return
    this.#watch = setTimeout(() => {
      this.#watch = null
      this.#dismissStuck(Date.now())
    }, STUCK_MS_MAX / 5)
  }

  #dismissStuck(wall: number): void {
    const { sessions } = this.#parts
    for (const [socket, { behind, stuckSince }] of sessions.all()) {
      if (!behind || stuckSince === null) continue
      if (wall - stuckSince < STUCK_MS_MAX) {
        this.#watchStuck()
        continue
      }
      sessions.dismiss(socket, CLOSE.slow, 'slow')
      this.#parts.left()
    }
  }

  /** From memory when the new events are all that lacks, else from the log. */
  #json(after: number, upTo: number): string[] {
    const first = this.#fresh[0]
    if (first === undefined || first.event.seq > after + 1) return this.#parts.jsonBetween(after, upTo)
    const skip = after + 1 - first.event.seq
    return this.#fresh.slice(skip, skip + upTo - after).map(({ json }) => json)
  }
}

/** Frames in the making: sockets that lack the same share one text. */
class Frames {
  #json: (after: number, upTo: number) => string[]
  #made = new Map<string, string>()
  #last: { after: number; upTo: number; text: string } | null = null

  constructor(json: (after: number, upTo: number) => string[]) {
    this.#json = json
  }

  of(after: number, upTo: number): string {
    if (this.#last?.after === after && this.#last.upTo === upTo) return this.#last.text
    const key = `${after} ${upTo}`
    const text = this.#made.get(key) ?? `{"type":"events","events":[${this.#json(after, upTo).join(',')}]}`
    this.#made.set(key, text)
    this.#last = { after, upTo, text }
    return text
  }
}

function lowest(sessions: Sessions, head: number): number {
  let seq = head
  for (const [, { acked }] of sessions.all()) seq = Math.min(seq, acked)
  return seq
}
