import { HEARTBEAT_MS } from '../../../durable/protocol/limits.ts'
import { PING, PONG } from '../../../durable/protocol/messages.ts'

/** A ping without an answer for so long means a half-open socket. */
const PONG_WITHIN_MS = 10_000
/** A socket that does not open within this is given up. */
const OPEN_WITHIN_MS = 20_000

/** What whoever hears a socket may do with it. */
export interface Line {
  say: (text: string) => void
  /** pings go out so often from now on. */
  beat: (everyMs: number) => void
  leave: () => void
}

export interface Ended {
  code: number
  reason: string
  /** it was open and heard the server. */
  lived: boolean
}

/**
 * One socket until it ends: texts go to `heard` with the line they came by, pings find a half-open one. It knows nothing of
 * rooms and never fails: an address that does not answer is an end too.
 */
export function listen(url: string, protocols: string[], heard: (text: string, line: Line) => void): Promise<Ended> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocols)
    let lived = false
    let beatMs = HEARTBEAT_MS
    let over = false
    let beat: NodeJS.Timeout | undefined
    let pong: NodeJS.Timeout | undefined
    const line: Line = {
      say,
      beat: (everyMs) => {
        beatMs = everyMs
      },
      leave: () => end(1000, 'left'),
    }
    const opening = setTimeout(() => end(1006, 'it did not open'), OPEN_WITHIN_MS)

    socket.addEventListener('message', ({ data }: { data: unknown }) => {
      if (over || typeof data !== 'string') return
      if (!lived) {
        lived = true
        clearTimeout(opening)
        ping()
      }
      if (data === PONG) return clearTimeout(pong)
      heard(data, line)
    })
    socket.addEventListener('close', ({ code, reason }) => end(code, reason))
    socket.addEventListener('error', () => end(1006, 'the connection failed'))

    function say(text: string): void {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    }

    function ping(): void {
      say(PING)
      pong = setTimeout(() => end(1006, 'no answer to a ping'), PONG_WITHIN_MS)
      beat = setTimeout(ping, Math.max(beatMs, PONG_WITHIN_MS + 1))
    }

    function end(code: number, reason: string): void {
      if (over) return
      over = true
      for (const timer of [opening, beat, pong]) clearTimeout(timer)
      if (socket.readyState === WebSocket.OPEN || socket.readyState === WebSocket.CONNECTING) socket.close()
      resolve({ code, reason, lived })
    }
  })
}
