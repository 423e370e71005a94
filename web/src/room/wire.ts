/** One connection, as the connection kernel sees it. The browser's WebSocket is not ours, so it comes in from outside. */
export interface Wire {
  /** it cannot be pinged: an event stream, which watches its own silence. */
  oneWay?: true
  send(text: string): void
  close(code: number, reason: string): void
}

export interface WireEvents {
  opened(): void
  said(text: string): void
  closed(code: number, reason: string): void
}

/** Opens a socket to a path of this origin. Events come later, never during the call. */
export type Dial = (path: string, protocols: string[], events: WireEvents) => Wire

export const dialWebSocket: Dial = (path, protocols, events) => {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url, protocols)
  socket.addEventListener('open', () => events.opened())
  socket.addEventListener('message', (message: MessageEvent<unknown>) => {
    if (typeof message.data === 'string') events.said(message.data)
  })
  socket.addEventListener('close', (close) => events.closed(close.code, close.reason))
  return {
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
  }
}
