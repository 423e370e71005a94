import type { LoggedEvent } from './log.ts'
import { type Sessions, send } from './sessions.ts'

/** Frames that one object may send in a second: workerd spends 26 to 31 µs on each (measured), so this is over half of one core. */
const FRAMES_PER_SECOND_MAX = 20_000

/** At most one frame per socket in so many milliseconds: 100 sockets 5, 1,000 sockets 50, 4,000 sockets 200. */
export function frameWindowMs(sockets: number): number {
  return (sockets / FRAMES_PER_SECOND_MAX) * 1_000
}

/**
 * Sends committed events: the first at once, what follows within the window as one trailing frame. The timer lives only
 * while events flow, so that a quiet room hibernates. Each socket is sent what follows its own last event, in order.
 */
export class Fanout {
  #sessions: Sessions
  #jsonAfter: (seq: number) => string[]
  #head: () => number
  #fresh: LoggedEvent[] = []
  #lastFrame = 0
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(sessions: Sessions, jsonAfter: (seq: number) => string[], head: () => number) {
    this.#sessions = sessions
    this.#jsonAfter = jsonAfter
    this.#head = head
  }

  events(logged: LoggedEvent[], wall: number): void {
    if (this.#sessions.size === 0) return
    this.#fresh.push(...logged)
    if (this.#timer !== null) return
    const wait = this.#lastFrame + frameWindowMs(this.#sessions.size) - wall
    if (wait <= 0) this.flush(wall)
    else this.#timer = setTimeout(() => this.flush(Date.now()), wait)
  }

  /** Sends each socket all that it lacks; after a waking this also covers what was committed but not sent before. */
  flush(wall: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#lastFrame = wall
    const frames = new Map<number, string>()
    const head = this.#head()
    for (const [socket, session] of this.#sessions.all()) {
      if (session.sent >= head) continue
      let frame = frames.get(session.sent)
      if (frame === undefined) {
        frame = `{"type":"events","events":[${this.#after(session.sent).join(',')}]}`
        frames.set(session.sent, frame)
      }
      if (send(socket, frame)) this.#sessions.sent(socket, head)
    }
    this.#fresh = []
  }

  /** From memory when the new events are all that lacks, else from the log. */
  #after(seq: number): string[] {
    const first = this.#fresh[0]
    if (first === undefined || first.event.seq > seq + 1) return this.#jsonAfter(seq)
    return this.#fresh.filter(({ event }) => event.seq > seq).map(({ json }) => json)
  }
}
