import type { ServerMessage } from '../../durable/protocol/messages.ts'
import type { RoomStub } from './opening.ts'

export interface Client {
  socket: WebSocket
  messages: ServerMessage[]
  closed: Promise<{ code: number; reason: string }>
  /** The first message of a type, from the `from`-th message on; waits for it. */
  next<T extends ServerMessage['type']>(type: T, from?: number): Promise<Extract<ServerMessage, { type: T }>>
  /** seqs of every event received in frames, in order. */
  seqs(): number[]
}

interface Joining {
  after?: number
  epoch?: string
  headers?: Record<string, string>
}

/** Joins a room as its Worker would let a person in. */
export async function join(room: RoomStub, { after, epoch, headers }: Joining = {}): Promise<Client> {
  const query = new URLSearchParams()
  if (after !== undefined) query.set('after', String(after))
  if (epoch !== undefined) query.set('epoch', epoch)
  const response = await room.fetch(`http://object/room?${query.toString()}`, {
    headers: { upgrade: 'websocket', ...(headers ?? { 'ic-person': 'ada', 'ic-role': 'commander' }) },
  })
  const socket = response.webSocket
  if (!socket) throw new Error(`no socket: ${response.status}`)
  const messages: ServerMessage[] = []
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      resolve({ code, reason })
    })
  })
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(String(data)) as ServerMessage)
  })
  socket.accept()
  return {
    socket,
    messages,
    closed,
    seqs: () => messages.flatMap((m) => (m.type === 'events' ? m.events.map(({ seq }) => seq) : [])),
    async next(type, from = 0) {
      for (let tries = 0; tries < 400; tries += 1) {
        const found = messages.slice(from).find((message) => message.type === type)
        if (found) return found as Extract<ServerMessage, { type: typeof type }>
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`no ${type} came; got ${messages.map((m) => m.type).join(', ')}`)
    },
  }
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never: ${what}`)
}
