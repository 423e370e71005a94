import { maySee } from '../protocol/crew.ts'
import { tagsOf } from '../protocol/door.ts'
import { CLOSE } from '../protocol/messages.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import { privacyOf } from '../protocol/view.ts'
import { type Greeter, resumeOf } from './hello.ts'
import type { Kernel } from './kernel.ts'
import { type Sessions, bye, personOf, send } from './sessions.ts'

/** Sockets of one room: past it nobody else gets in; the platform's own limit is 32,768. */
export const VIEWERS_PER_ROOM_MAX = 10_000
/** The subprotocol that names the version; browsers send the token beside it. */
const SUBPROTOCOL = `ic.v${PROTOCOL_VERSION}`

interface Parts {
  kernel: Kernel
  sessions: Sessions
  greeter: Greeter
  joined: () => void
}

/**
 * Lets a client in: the socket is accepted first, so that whoever may not stay reads the reason in a `bye` and the close
 * code (a browser shows neither status nor body of a refused upgrade). `you` comes from the Worker's headers alone.
 */
export function connect(request: Request, { kernel, sessions, greeter, joined }: Parts): Response {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket')
    return new Response('a WebSocket, please', { status: 426, headers: { upgrade: 'websocket' } })
  const { 0: client, 1: server } = new WebSocketPair()
  const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
  const versions = offered.filter((name) => /^ic\.v\d+$/.test(name))
  const headers = versions.includes(SUBPROTOCOL) ? { 'sec-websocket-protocol': SUBPROTOCOL } : {}
  const response = new Response(null, { status: 101, webSocket: client, headers })
  const person = personOf(request.headers)
  const why = refusal(person, versions, kernel, sessions)
  if (why || !person) {
    const { code, reason } = why ?? UNKNOWN
    server.accept()
    bye(server, code, reason)
    return response
  }
  sessions.accept(server, person, kernel.state.view.seq, tagsOf(request.headers))
  send(server, greeter.hello(person, resumeOf(new URL(request.url)), Date.now()))
  joined()
  return response
}

const UNKNOWN = { code: CLOSE.unauthenticated, reason: 'no person' }

/** Why this client may not stay, or null. */
function refusal(
  person: ReturnType<typeof personOf>,
  versions: string[],
  kernel: Kernel,
  sessions: Sessions,
): { code: number; reason: string } | null {
  if (!person) return UNKNOWN
  if (!kernel.isOpen) return { code: CLOSE.gone, reason: 'no such incident' }
  // As if it were not there: who may not see it does not learn that it is.
  if (!maySee(privacyOf(kernel.state.view), { name: person.person, role: person.role }))
    return { code: CLOSE.gone, reason: 'no such incident' }
  if (versions.length > 0 && !versions.includes(SUBPROTOCOL))
    return { code: CLOSE.wrongVersion, reason: `this room speaks ${SUBPROTOCOL}` }
  if (sessions.size >= VIEWERS_PER_ROOM_MAX) return { code: CLOSE.goingAway, reason: 'the room is full' }
  return null
}
