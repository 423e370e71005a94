import { HEARTBEAT_MS } from '../../../durable/protocol/limits.ts'
import { CLOSE, type ClientMessage, type ServerMessage } from '../../../durable/protocol/messages.ts'
import { type Problem, call } from './http.ts'
import { token } from './person.ts'
import type { Dial } from './wire.ts'

/** The server says something at every beat, if only a comment; a stream that is silent for longer is half-open. */
const SILENCE_MS_MAX = HEARTBEAT_MS + 10_000
/** What a lost stream is closed with, like a lost socket. */
const LOST = 1006

/** Where a room that is read by event stream takes commands. */
const commandsOf = (path: string): string => path.replace(/\/events(?:\?.*)?$/, '/commands')

/**
 * A room's event stream as a wire: what the room says arrives as on a socket, commands go by HTTP with the same ids, and
 * acks are the server's business. For networks that let no socket through.
 */
export const dialEvents: Dial = (path, _, events) => {
  const leaving = new AbortController()
  let over = false
  let farewell: Extract<ServerMessage, { type: 'bye' }> | null = null
  let silence: ReturnType<typeof setTimeout> | undefined

  const end = (code: number, reason: string): void => {
    if (over) return
    over = true
    clearTimeout(silence)
    leaving.abort()
    events.closed(farewell?.code ?? code, farewell?.reason ?? reason)
  }
  const heard = (): void => {
    clearTimeout(silence)
    silence = setTimeout(() => end(LOST, 'the stream fell silent'), SILENCE_MS_MAX)
  }

  async function read(): Promise<void> {
    heard()
    const headers = { authorization: `Bearer ${token()}`, accept: 'text/event-stream' }
    const response = await fetch(path, { headers, redirect: 'error', signal: leaving.signal })
    if (!response.ok || response.body === null) return end(codeOf(response.status), `http-${response.status}`)
    events.opened()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let rest = ''; ; ) {
      const { done, value } = await reader.read()
      if (done || over) return
      heard()
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const text of blocks.flatMap(dataOf)) {
        const message = JSON.parse(text) as ServerMessage | { type?: never }
        // `resync` says why a snapshot follows or the stream ends: both speak for themselves.
        if (message.type === undefined || over) continue
        if (message.type === 'bye') farewell = message
        events.said(text)
      }
    }
  }

  async function order(text: string): Promise<void> {
    const message = JSON.parse(text) as ClientMessage
    if (message.type !== 'command') return
    const { cmd, command } = message
    const reply = await call<ServerMessage>('POST', commandsOf(path), { cmd, command })
    if (over) return
    if (reply.ok) events.said(JSON.stringify(reply.data))
    else if (isRefusal(reply.problem)) events.said(JSON.stringify(resultOf(cmd, reply.problem)))
    // Nobody knows what became of it; it is said again, with the same id, on the next connection.
    else end(LOST, 'a command was not answered')
  }

  read()
    .catch(() => undefined)
    .finally(() => end(LOST, 'the stream ended'))
  return {
    oneWay: true,
    send: (text) => void order(text),
    close: () => {
      over = true
      clearTimeout(silence)
      leaving.abort()
    },
  }
}

/** The data of one block; comments have none. */
function dataOf(block: string): string[] {
  return block.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []))
}

function codeOf(status: number): number {
  if (status === 401) return CLOSE.unauthenticated
  if (status === 403) return CLOSE.forbidden
  return status === 404 ? CLOSE.gone : LOST
}

function isRefusal({ status }: Problem): boolean {
  return status >= 400 && status < 500 && status !== 429
}

function resultOf(cmd: string, { code, detail }: Problem): ServerMessage {
  return { type: 'result', cmd, ok: false, reason: code, detail, seq: 0 }
}
