import type { LobbyMessage } from '../protocol/messages.ts'
import type { ControlSet } from '../protocol/controls.ts'
import { maySee } from '../protocol/crew.ts'
import { tagOf } from '../protocol/door.ts'
import { CLOSE, PING, PONG } from '../protocol/messages.ts'
import type { KillSwitch } from '../protocol/objects.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import type { Reader } from './incidents.ts'

/** Shortest time between two frames to the lobby, in ms: ten a second is as fast as a list can be read. */
export const LOBBY_FRAME_MS = 100

/**
 * The sockets that watch the list. The first row goes out at once; what follows within LOBBY_FRAME_MS goes as the latest
 * state of each row. The timer lives only while rows change, so that a quiet directory hibernates.
 */
export class Lobby {
  #ctx: DurableObjectState
  #pending = new Map<string, IncidentRow>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #lastFrame = 0

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
  }

  /** Accepts a socket and says what there is now; rows come after it, never before. */
  enter(
    socket: WebSocket,
    reader: Reader | null,
    items: IncidentRow[],
    controls: { killSwitch: KillSwitch; dryRun: ControlSet },
    tags: string[] = [],
  ): void {
    this.#ctx.acceptWebSocket(socket, tags)
    socket.serializeAttachment(reader)
    const { killSwitch, dryRun } = controls
    send(socket, {
      type: 'hello',
      version: PROTOCOL_VERSION,
      serverWall: Date.now(),
      items,
      killSwitch: plain(killSwitch),
      dryRun: plain(dryRun),
    })
  }

  row(row: IncidentRow): void {
    if (this.#ctx.getWebSockets().length === 0) return
    this.#pending.set(row.id, row)
    if (this.#timer !== null) return
    const wait = this.#lastFrame + LOBBY_FRAME_MS - Date.now()
    if (wait <= 0) this.#flush()
    else this.#timer = setTimeout(() => this.#flush(), wait)
  }

  killSwitch({ on, by, reason }: KillSwitch): void {
    this.#say({ type: 'kill-switch', on, by, reason })
  }

  dryRun(set: ControlSet): void {
    this.#say({ type: 'dry-run', ...plain(set) })
  }

  /** A sign-in is over, and the sockets that came by it. */
  end(session: string, reason: string): void {
    for (const socket of this.#ctx.getWebSockets(tagOf(session))) closeBack(socket, CLOSE.unauthenticated, reason)
  }

  #flush(): void {
    this.#timer = null
    this.#lastFrame = Date.now()
    const rows = [...this.#pending.values()]
    this.#pending.clear()
    for (const row of rows) this.#tell(row)
  }

  // Who may not see it is told only that such a row, should they have it, is gone.
  #tell(row: IncidentRow): void {
    if (!row.private) return this.#say({ type: 'row', row })
    for (const socket of this.#ctx.getWebSockets()) {
      const reader = socket.deserializeAttachment() as Reader | null
      const seen = reader !== null && maySee(row.private, reader)
      send(socket, seen ? { type: 'row', row } : { type: 'gone', id: row.id })
    }
  }

  #say(message: LobbyMessage): void {
    for (const socket of this.#ctx.getWebSockets()) send(socket, message)
  }
}

function plain({ on, by, reason }: ControlSet): { on: boolean; by: string; reason: string } {
  return { on, by, reason }
}

// A socket that is going away gets its end from the runtime.
function send(socket: WebSocket, message: LobbyMessage): void {
  try {
    socket.send(JSON.stringify(message))
  } catch {
    // Gone.
  }
}

/** Answers a close with a close: without it the client waits ten seconds and reads 1006. Reserved codes may not be sent. */
export function closeBack(socket: WebSocket, code: number, reason: string): void {
  try {
    if (code === 1005 || code === 1006 || code === 1015) socket.close()
    else socket.close(code, reason)
  } catch {
    // Closed already.
  }
}
