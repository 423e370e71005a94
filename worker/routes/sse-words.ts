import type { ServerMessage } from '../../durable/protocol/messages.ts'

type Hello = Extract<ServerMessage, { type: 'hello' }>

/** How long a plain EventSource waits before it comes back, in ms, until a farewell names another wait. */
const RETRY_MS = 3_000

/**
 * The opening of a stream: the snapshot, or what followed the seq that was asked for. `resync` comes before a snapshot that
 * was not asked for, with why: what the reader had is not to be continued.
 */
export function opening(hello: Hello, text: string, after: number | null): string {
  if (hello.delta !== null) return `retry: ${RETRY_MS}\n\n${block('delta', text, hello.seq)}`
  const resync = after === null ? '' : resynced(after > hello.seq ? 'not-in-this-log' : 'too-far-back')
  return `retry: ${RETRY_MS}\n\n${resync}${block('snapshot', text, hello.seq)}`
}

/** A later word of the room; `text` is its JSON as it came. Answers nothing for what only concerns sockets. */
export function spoken(message: ServerMessage, text: string): string {
  switch (message.type) {
    case 'events':
      return block('delta', text, message.events.at(-1)?.seq ?? null)
    case 'presence':
    case 'clock':
      return block(message.type, text, null)
    case 'bye':
      return `retry: ${Math.max(1, message.retryMs)}\n${block('bye', text, null)}`
    case 'hello':
    case 'result':
      return ''
    default:
      return message satisfies never
  }
}

/** Told before a stream ends in the middle: whoever reads on does so by `Last-Event-ID`, and misses nothing. */
export function resynced(reason: string): string {
  return block('resync', JSON.stringify({ reason }), null)
}

/** A comment: keeps proxies from closing a quiet stream, and finds readers that are gone. */
export const BEAT = ':\n\n'

/** JSON has no line breaks of its own, so one `data:` line holds it. */
function block(event: string, data: string, id: number | null): string {
  return `event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${data}\n\n`
}
