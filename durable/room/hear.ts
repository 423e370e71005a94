import { CLOSE, type ServerMessage } from '../protocol/messages.ts'
import type { PersonOrder } from '../protocol/objects.ts'
import type { Answer } from './answers.ts'
import { wordsOf } from './ask.ts'
import { readFrame } from './frames.ts'
import { type Sessions, bye, send } from './sessions.ts'

type Result = Extract<ServerMessage, { type: 'result' }>

interface Ears {
  sessions: Sessions
  /** the seq that every answer names. */
  seq: () => number
  order: (order: PersonOrder) => Answer
}

/** One frame of one client: a command is decided and answered, anything else is answered with why, or ends the connection. */
export function hear(socket: WebSocket, data: string | ArrayBuffer, { sessions, seq, order }: Ears): void {
  const session = sessions.of(socket)
  if (!session) return bye(socket, CLOSE.unauthenticated, 'who is this')
  if (!sessions.mayCommand(socket, Date.now())) return bye(socket, CLOSE.tooManyMessages, 'too many messages')
  const frame = readFrame(data)
  if (!frame.ok) {
    const { cmd, reason, detail } = frame
    tell(socket, { type: 'result', cmd, ok: false, reason, detail, seq: seq() })
    if (frame.close !== null) bye(socket, frame.close, reason)
    return
  }
  const { cmd, command } = frame.message
  try {
    tell(socket, { type: 'result', cmd, ...order({ cmd, name: session.person, role: session.role, command }) })
  } catch (error) {
    // A commit that fails is an answer too: nothing was changed, and the client sends the same id again.
    console.error(`room command: ${wordsOf(error)}`)
    tell(socket, { type: 'result', cmd, ok: false, reason: 'not-stored', detail: 'send it again', seq: seq() })
  }
}

function tell(socket: WebSocket, result: Result): void {
  send(socket, JSON.stringify(result))
}
