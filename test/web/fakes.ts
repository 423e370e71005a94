import type { Wire, WireEvents } from '../../web/src/room/wire.ts'

/** A socket that is not ours, played by the test: it records what is sent and says what it is told to. */
export class FakeSocket {
  readonly sent: string[] = []
  closed: { code: number; reason: string } | null = null
  readonly path: string
  readonly protocols: string[]
  private readonly events: WireEvents

  constructor(path: string, protocols: string[], events: WireEvents) {
    this.path = path
    this.protocols = protocols
    this.events = events
  }

  readonly wire: Wire = {
    send: (text) => void this.sent.push(text),
    close: (code, reason) => {
      this.closed = { code, reason }
    },
  }

  say(message: unknown): void {
    this.events.said(JSON.stringify(message))
  }

  sayText(text: string): void {
    this.events.said(text)
  }

  drop(code = 1006, reason = ''): void {
    this.events.closed(code, reason)
  }
}

/** Dials fake sockets and keeps them in order. */
export function exchange() {
  const sockets: FakeSocket[] = []
  return {
    sockets,
    last: () => {
      const socket = sockets.at(-1)
      if (!socket) throw new Error('nothing was dialled')
      return socket
    },
    dial: (path: string, protocols: string[], events: WireEvents): Wire => {
      const socket = new FakeSocket(path, protocols, events)
      sockets.push(socket)
      return socket.wire
    },
  }
}
