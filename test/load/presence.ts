import { WebSocket } from 'ws'
import { Acks } from '../../durable/protocol/acks.ts'
import type { ServerMessage } from '../../durable/protocol/messages.ts'

const HANDSHAKE_MS_MAX = 60_000

export interface Watching {
  /** the names of those who are here, as the room told last. */
  present: () => string[]
  end: () => void
}

/** Watches who is in a room by a socket that reads and acks; `left` is told a name as soon as it is gone. */
export async function watchPresence(url: string, left: (name: string) => void = () => undefined): Promise<Watching> {
  const token = `ic.token.${Buffer.from('dev:watcher').toString('base64url')}`
  const socket = new WebSocket(url, ['ic.v1', token], { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS_MAX })
  const acks = new Acks()
  let people: string[] = []
  await new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ServerMessage
      if (message.type === 'hello') {
        acks.begin(message.seq)
        resolve(null)
      }
      if (message.type === 'presence') {
        const now = message.people.map((person) => person.name)
        for (const name of people) if (!now.includes(name)) left(name)
        people = now
      }
      const last = message.type === 'events' ? message.events.at(-1) : undefined
      const ack = last ? acks.read(last.seq, data.length) : null
      if (ack) socket.send(JSON.stringify(ack))
    })
  })
  return { present: () => people, end: () => socket.terminate() }
}
