import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from './call.ts'
import type { Answer } from './reply.ts'
import type { Reply } from './script.ts'
import type { WireRequest } from './wire.ts'

/** The largest body of any operation is 25 MB; base64 adds a third. */
const BODY_BYTES_MAX = 34_000_000
/** A trickled body goes out in pieces of this size. */
const PIECE_BYTES = 16

/** Sends an answer, in the pieces and with the break that the script asks for; `call` learns how it ended. */
export async function send(response: ServerResponse, answer: Answer, reply: Partial<Reply>, call: Call): Promise<void> {
  const { cutAfterEvents, cutAfterBytes, trickleMs } = reply
  response.writeHead(answer.status, answer.headers)
  const cuts = cutAfterEvents !== undefined || cutAfterBytes !== undefined
  const whole = Buffer.concat(answer.pieces)
  // Half of the event that comes next goes out before the connection breaks: a cut seldom falls between two events.
  const next = cutAfterEvents === undefined ? undefined : answer.pieces[cutAfterEvents]
  const kept =
    cutAfterEvents === undefined
      ? whole
      : Buffer.concat([
          ...answer.pieces.slice(0, cutAfterEvents),
          ...(next ? [next.subarray(0, next.length >> 1)] : []),
        ])
  const body = cutAfterBytes === undefined ? kept : kept.subarray(0, cutAfterBytes)
  const size = trickleMs === undefined ? Math.max(body.length, 1) : PIECE_BYTES
  for (let from = 0; from < body.length && !response.destroyed; from += size) {
    await written(response, body.subarray(from, from + size))
    if (trickleMs !== undefined) await sleep(trickleMs)
  }
  if (cuts) {
    call.ended = 'cut'
    response.destroy()
    return
  }
  response.end()
}

async function written(response: ServerResponse, piece: Buffer): Promise<void> {
  await new Promise<void>((resolve) => response.write(piece, () => resolve()))
}

/** The request as it came; throws on a body that no operation takes. */
export async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new Error('the body is larger than any operation takes')
    chunks.push(chunk)
  }
  const { rawHeaders } = incoming
  const headers = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  )
  return { method: incoming.method ?? 'GET', target: incoming.url ?? '/', headers, body: Buffer.concat(chunks) }
}
