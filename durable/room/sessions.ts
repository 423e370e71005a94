import type { Role } from '../protocol/domain.ts'
import { COMMANDS_PER_MINUTE_MAX } from '../protocol/limits.ts'
import type { ServerMessage } from '../protocol/messages.ts'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']
/** Of a person's name in an attachment, in UTF-16 units; the platform keeps 16,384 bytes of it. */
const NAME_CHARS_MAX = 200
const MINUTE_MS = 60_000

/** What a socket carries through hibernation: who it is and which event it was last sent. */
export interface Session {
  person: string
  role: Role
  sent: number
}

interface Live extends Session {
  minuteFrom: number
  inMinute: number
}

/**
 * The sockets of one room. Attachments are read once per socket and waking, and written when `sent` moves, so that a room
 * that was evicted in the middle knows what each socket still lacks.
 */
export class Sessions {
  #ctx: DurableObjectState
  #live = new Map<WebSocket, Live>()

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    for (const socket of ctx.getWebSockets()) {
      const session = socket.deserializeAttachment() as Session | null
      if (session) this.#live.set(socket, { ...session, minuteFrom: 0, inMinute: 0 })
    }
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

  /** Lets the runtime hold the socket, so that the room may hibernate under it. */
  accept(socket: WebSocket, session: Session, tags: string[] = []): void {
    this.#ctx.acceptWebSocket(socket, tags)
    socket.serializeAttachment(session)
    this.#live.set(socket, { ...session, minuteFrom: 0, inMinute: 0 })
  }

  sent(socket: WebSocket, seq: number): void {
    const live = this.#live.get(socket)
    if (!live || live.sent === seq) return
    live.sent = seq
    socket.serializeAttachment({ person: live.person, role: live.role, sent: seq } satisfies Session)
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
}

/** Who connects, from the headers that the Worker sets (it removes any that came from outside); null without them. */
export function personOf(headers: Headers): { person: string; role: Role } | null {
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
const RETRY_MS_MAX = 10_000

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
