import { WebSocket } from 'ws'
import type { LobbyMessage } from '../../durable/protocol/messages.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import { until } from '../e2e/until.ts'

export interface Lobby {
  end(): void
}

/** Joins the list of incidents as the local person and hears each row as it changes, from the hello on. */
export async function joinLobby(url: string, drill: boolean, hear: (row: IncidentRow) => void): Promise<Lobby> {
  const token = `ic.token.${Buffer.from('dev').toString('base64url')}`
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/lobby?drill=${drill}`, ['ic.v1', token], {
    perMessageDeflate: false,
    handshakeTimeout: 10_000,
  })
  const state = { hello: false, error: '' }
  socket.on('error', (error) => {
    state.error = String(error)
  })
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as LobbyMessage
    if (message.type === 'hello') state.hello = true
    if (message.type === 'row') hear(message.row)
  })
  await until('the lobby says hello', 10_000, () => {
    if (state.error !== '') throw new Error(state.error)
    return state.hello ? true : null
  })
  return { end: () => socket.terminate() }
}
