import type { Role } from '../protocol/domain.ts'
import { COMMANDS_PER_MINUTE_MAX } from '../protocol/limits.ts'
import { CLOSE, type ServerMessage } from '../protocol/messages.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']
/** Of a person's name in an attachment, in UTF-16 units; the platform keeps 16,384 bytes of it. */
const NAME_CHARS_MAX = 200
const MINUTE_MS = 60_000
/** How many sockets carry through hibernation what all of them were sent: one of them may close. */
const MARKED_SOCKETS = 3

export interface Person {
  person: string
  role: Role
}

/**
 * What a socket carries through hibernation. It is written when the client joins, acknowledges or falls behind, never for
 * a frame that went to everybody: that is `mark`, on a few sockets for all of them.
 */
interface Attachment extends Person {
  /** the protocol that it joined with. */
  version: number
  /** the last event it was sent when this was written. */
  sent: number
  acked: number
  /** it was sent less than the others: `mark` is not its own. */
  behind: boolean
  /** everybody that is not behind was sent everything up to here. */
  mark: number
}

/** One socket as the room knows it while awake. */
export interface Session extends Person {
  sent: number
  acked: number
  behind: boolean
  /** wall time since when its window has been full without an ack; null while it is not. */
  stuckSince: number | null
  /** words without a seq that it was spared while behind; of each kind the latest. */
  missed: Map<string, string>
  minuteFrom: number
  inMinute: number
}

/**
 * The sockets of one room. Attachments are read once per socket and waking, so that a room that was evicted in the middle
 * knows what each socket still lacks and how much of what it was sent is unread.
 */
export class Sessions {
  #ctx: DurableObjectState
  #live = new Map<WebSocket, Session>()
  #mark = 0

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    const kept: [WebSocket, Attachment][] = []
    for (const socket of ctx.getWebSockets()) {
      const attachment = attachmentOf(socket)
      if (attachment === null) continue
      if (attachment.version !== PROTOCOL_VERSION) this.dismiss(socket, CLOSE.goingAway, 'another version was deployed')
      else kept.push([socket, attachment])
    }
    for (const [, { mark }] of kept) this.#mark = Math.max(this.#mark, mark)
    for (const [socket, attachment] of kept) this.#live.set(socket, sessionOf(attachment, this.#mark))
  }

  get size(): number {
    return this.#live.size
  }

  all(): Iterable<[WebSocket, Session]> {
    return this.#live
  }

  of(socket: WebSocket): Session | null {
    return this.#live.get(socket) ?? null
  }

  /** Lets the runtime hold the socket, so that the room may hibernate under it; it was greeted with all up to `seq`. */
  accept(socket: WebSocket, { person, role }: Person, seq: number, tags: string[] = []): void {
    this.#ctx.acceptWebSocket(socket, tags)
    const session = sessionOf({ person, role, sent: seq, acked: seq, behind: false }, 0)
    this.#live.set(socket, session)
    this.keep(socket, session)
  }

  /** Everybody that is not behind was sent everything up to `seq`: remembered on a few sockets for all of them. */
  mark(seq: number): void {
    this.#mark = seq
    let marked = 0
    for (const [socket, session] of this.#live) {
      this.keep(socket, session)
      marked += 1
      if (marked === MARKED_SOCKETS) return
    }
  }

  /** Writes what must outlive this waking. */
  keep(socket: WebSocket, { person, role, sent, acked, behind }: Session): void {
    const kept: Attachment = { version: PROTOCOL_VERSION, person, role, sent, acked, behind, mark: this.#mark }
    attach(socket, kept)
  }

  /** A word without a seq, for everybody; whoever is behind gets the latest of its kind once they have caught up. */
  tell(kind: string, text: string): void {
    for (const [socket, session] of this.#live)
      if (session.behind) session.missed.set(kind, text)
      else send(socket, text)
  }

  /** Counts a frame; false when its sender is past COMMANDS_PER_MINUTE_MAX. Counting restarts with the room. */
  mayCommand(socket: WebSocket, wall: number): boolean {
    const live = this.#live.get(socket)
    if (!live) return false
    if (wall - live.minuteFrom >= MINUTE_MS) {
      live.minuteFrom = wall
      live.inMinute = 0
    }
    live.inMinute += 1
    return live.inMinute <= COMMANDS_PER_MINUTE_MAX
  }

  forget(socket: WebSocket): void {
    this.#live.delete(socket)
  }

  /** Sends one away for good: it is no longer counted, whatever becomes of its connection. */
  dismiss(socket: WebSocket, code: number, reason: string): void {
    this.#live.delete(socket)
    // Whoever does not read may never answer the close; the next waking must not take it for a viewer.
    attach(socket, null)
    bye(socket, code, reason)
  }
}

function sessionOf({ person, role, sent, acked, behind }: Omit<Attachment, 'version' | 'mark'>, mark: number): Session {
  return {
    person,
    role,
    sent: behind ? sent : Math.max(sent, mark),
    acked,
    behind,
    stuckSince: null,
    missed: new Map(),
    minuteFrom: 0,
    inMinute: 0,
  }
}

/** An attachment of an earlier shape names no version and is sent away like one of an earlier protocol. */
function attachmentOf(socket: WebSocket): Attachment | null {
  return socket.deserializeAttachment() as Attachment | null
}

function attach(socket: WebSocket, kept: Attachment | null): void {
  try {
    socket.serializeAttachment(kept)
  } catch {
    // It is gone already.
  }
}

/** Who connects, from the headers that the Worker sets (it removes any that came from outside); null without them. */
export function personOf(headers: Headers): Person | null {
  const person = headers.get('ic-person')
  const role = ROLES.find((known) => known === headers.get('ic-role'))
  if (!person || !role) return null
  return { person: person.slice(0, NAME_CHARS_MAX), role }
}

/** Sends where the socket still takes it; one that is going away gets its end from the runtime. */
export function send(socket: WebSocket, text: string): boolean {
  try {
    socket.send(text)
    return true
  } catch {
    return false
  }
}

/** Clients that were sent away come back after up to so many ms, each after its own, so that they do not come at once. */
export const RETRY_MS_MAX = 10_000

/** Says why and closes. */
export function bye(socket: WebSocket, code: number, reason: string): void {
  const retryMs = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  send(socket, JSON.stringify({ type: 'bye', code, reason, retryMs: retryMs % RETRY_MS_MAX } satisfies ServerMessage))
  closeBack(socket, code, reason)
}

/** Answers a close with a close: without it the client waits ten seconds and reads 1006. Codes that no one may send are left out. */
export function closeBack(socket: WebSocket, code: number, reason: string): void {
  try {
    if (code === 1005 || code === 1006 || code === 1015) socket.close()
    else socket.close(code, reason)
  } catch {
    // It is closed already.
  }
}
