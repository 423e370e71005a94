import type { Context, MiddlewareHandler } from 'hono'
import * as z from 'zod/mini'
import { Acks } from '../../durable/protocol/acks.ts'
import { ACK_WITHIN_MS, HEARTBEAT_MS } from '../../durable/protocol/limits.ts'
import { ANY_EPOCH, CLOSE, type ServerMessage } from '../../durable/protocol/messages.ts'
import { doorHeaders } from '../auth/session.ts'
import type { AppEnv } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'
import { queryOf } from '../validate.ts'
import { incidentOf, noSuchIncident } from './params.ts'
import { Feed } from './sse-feed.ts'
import { BEAT, opening, resynced, spoken } from './sse-words.ts'

/** A room greets at once; one that does not within so many ms does not answer. */
const HELLO_WITHIN_MS = 10_000
const SEQ = /^\d{1,15}$/
const EPOCH_CHARS_MAX = 64

const streamQuery = z.strictObject({
  after: z.optional(z.string().check(z.regex(SEQ, 'a seq'))),
  epoch: z.optional(z.string().check(z.maxLength(EPOCH_CHARS_MAX))),
})

/**
 * `GET /api/v1/incidents/{id}/events` with `Accept: text/event-stream`: the room as Server-Sent Events, read only. `id:` is
 * the seq; `Last-Event-ID` (or `after=`) resumes. Events: `snapshot`, `delta`, `presence`, `clock`, `resync`, `bye`; data is
 * the room's own message. This Worker holds the room's WebSocket for the reader, so that the room hibernates; it acks what
 * the reader has taken, so that a reader that is stuck costs no more than one window.
 */
export const eventStream: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.method !== 'GET' || !wantsStream(c.req.header('accept') ?? '')) return await next()
  const { id, namespace } = incidentOf(c)
  const resume = resumeOf(c)
  const socket = await openRoom(c, `${namespace}/${id}`, resume)
  const feed = new Feed(socket)
  const hello = await greeted(feed, socket)
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  let left = false
  const write = (text: string) =>
    writer.write(new TextEncoder().encode(text)).catch((error: unknown) => {
      left = true
      throw error
    })
  const first = opening(hello.message, hello.text, resume.after)
  const ended = async () => {
    close(socket)
    await writer.close().catch(() => undefined)
  }
  void relay({ feed, socket, write, first, seq: hello.message.seq })
    .catch((error: unknown) => left || log(c, error))
    .then(ended)
  return c.body(readable, 200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
}

/** Does the client ask for a stream? Browsers' EventSource names exactly this type. */
function wantsStream(accept: string): boolean {
  return accept
    .split(',')
    .some((range) => /^\s*text\/event-stream\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:;|$)).*)?$/i.test(range))
}

interface Resume {
  after: number | null
  epoch: string
}

/** `Last-Event-ID` wins over `after=`: an EventSource comes back to the address it began with. What is no seq is none. */
function resumeOf(c: Context<AppEnv>): Resume {
  const query = queryOf(c, streamQuery)
  const last = c.req.header('last-event-id')
  const after = last ?? query.after
  if (after === undefined) return { after: null, epoch: ANY_EPOCH }
  // An id that is not ours can only be answered with a snapshot: like a seq that no log has.
  return { after: SEQ.test(after) ? Number(after) : Number.MAX_SAFE_INTEGER, epoch: query.epoch ?? ANY_EPOCH }
}

async function openRoom(c: Context<AppEnv>, name: string, { after, epoch }: Resume): Promise<WebSocket> {
  const headers = await doorHeaders(c, { kind: 'room', name })
  const query = after === null ? '' : `?after=${after}&epoch=${encodeURIComponent(epoch)}`
  const answer = await c.env.ROOM.getByName(name).fetch(new Request(`http://object/room${query}`, { headers }))
  if (answer.webSocket === null) throw unavailable('no-socket', 'The room did not open a socket.')
  return answer.webSocket
}

type Hello = Extract<ServerMessage, { type: 'hello' }>

/** The room's greeting; why it lets nobody in becomes the status that says so. */
async function greeted(feed: Feed, socket: WebSocket): Promise<{ message: Hello; text: string }> {
  const heard = await feed.next(HELLO_WITHIN_MS)
  const message = heard.kind === 'text' ? (JSON.parse(heard.text) as ServerMessage) : null
  if (heard.kind === 'text' && message?.type === 'hello') return { message, text: heard.text }
  close(socket)
  throw message?.type === 'bye' ? refusal(message) : unavailable('no-greeting', 'The room did not answer.')
}

function refusal({ code, reason }: Extract<ServerMessage, { type: 'bye' }>): ProblemError {
  switch (code) {
    case CLOSE.gone:
      return noSuchIncident()
    case CLOSE.unauthenticated:
      return new ProblemError(401, 'unauthenticated', reason, { headers: { 'www-authenticate': 'Bearer' } })
    case CLOSE.forbidden:
      return new ProblemError(403, 'forbidden', reason)
    default:
      return unavailable('room-not-joined', reason)
  }
}

interface Relay {
  feed: Feed
  socket: WebSocket
  /** done when the reader has taken it. */
  write: (text: string) => Promise<void>
  first: string
  seq: number
}

/** Passes on what the room says until one of the two ends. */
async function relay({ feed, socket, write, first, seq }: Relay): Promise<void> {
  const acks = new Acks()
  acks.begin(seq)
  let ackAt: number | null = null
  await write(first)
  for (;;) {
    const waits = ackAt === null ? HEARTBEAT_MS : Math.min(HEARTBEAT_MS, Math.max(0, ackAt - Date.now()))
    const heard = await feed.next(waits)
    if (heard.kind === 'end') {
      // The farewell, if there was one, said why and when to come back; `Last-Event-ID` says where.
      return await write(resynced(heard.reason === '' ? 'connection-lost' : heard.reason))
    }
    let ack = null
    if (heard.kind === 'text') {
      const message = JSON.parse(heard.text) as ServerMessage
      await write(spoken(message, heard.text))
      if (message.type === 'events') ack = acks.read(message.events.at(-1)?.seq ?? 0, heard.text.length)
    } else if (ackAt !== null && Date.now() >= ackAt) ack = acks.say()
    else await write(BEAT)
    if (ack) socket.send(JSON.stringify(ack))
    ackAt = acks.unsaid ? (ackAt ?? Date.now() + ACK_WITHIN_MS) : null
  }
}

function close(socket: WebSocket): void {
  try {
    socket.close(1000, 'the reader left')
  } catch {
    // It is closed already.
  }
}
