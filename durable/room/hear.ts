import { CLOSE, type ClientMessage, type ServerMessage } from '../protocol/messages.ts'
import type { PersonOrder } from '../protocol/objects.ts'
import type { Answer } from './answers.ts'
import { wordsOf } from './ask.ts'
import { readAck, readFrame } from './frames.ts'
import { type Session, type Sessions, bye, send } from './sessions.ts'

type Result = Extract<ServerMessage, { type: 'result' }>
type Order = Extract<ClientMessage, { type: 'command' }>

interface Ears {
  sessions: Sessions
  /** the seq that every answer names. */
  seq: () => number
  order: (order: PersonOrder) => Answer
  /** false when the ack was no news. */
  acked: (seq: number) => boolean
  left: () => void
}

/** One frame of one client: a command is decided and answered, anything else is answered with why, or ends the connection. */
export function hear(socket: WebSocket, data: string | ArrayBuffer, ears: Ears): void {
  const { sessions, seq } = ears
  const session = sessions.of(socket)
  if (!session) return bye(socket, CLOSE.unauthenticated, 'who is this')
  const ack = readAck(data)
  // News is free: there is no more of it than events. An ack that tells nothing counts like any frame.
  if (ack !== null && ears.acked(ack)) return
  if (!sessions.mayCommand(socket, Date.now())) return dismiss(socket, CLOSE.tooManyMessages, 'too many messages', ears)
  if (ack !== null) return
  const frame = readFrame(data)
  if (!frame.ok) {
    const { cmd, reason, detail } = frame
    tell(socket, { type: 'result', cmd, ok: false, reason, detail, seq: seq() })
    if (frame.close !== null) dismiss(socket, frame.close, reason, ears)
    return
  }
  const { message } = frame
  if (message.type === 'ack') ears.acked(message.seq)
  else tell(socket, obey(message, session, ears))
}

function obey({ cmd, command, expectSeq }: Order, { person, role }: Session, { order, seq }: Ears): Result {
  try {
    return {
      type: 'result',
      cmd,
      ...order({ cmd, name: person, role, command, ...(expectSeq !== undefined && { expectSeq }) }),
    }
  } catch (error) {
    // A commit that fails is an answer too: nothing was changed, and the client sends the same id again.
    console.error(`room command: ${wordsOf(error)}`)
    return { type: 'result', cmd, ok: false, reason: 'not-stored', detail: 'send it again', seq: seq() }
  }
}

function dismiss(socket: WebSocket, code: number, reason: string, { sessions, left }: Ears): void {
  sessions.dismiss(socket, code, reason)
  left()
}

function tell(socket: WebSocket, result: Result): void {
  send(socket, JSON.stringify(result))
}
