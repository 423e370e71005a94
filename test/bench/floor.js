// name = "FLOOR"
// class_name = "Floor"
// The least a Durable Object can do for a room: store the event, send it to every socket. What the product adds is
// measured against it in the same run. Not product code.
import { DurableObject } from 'cloudflare:workers'

export class Floor extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)',
    )
  }

  async fetch(request) {
    if (request.headers.get('upgrade') === 'websocket') return this.join()
    const body = await request.text()
    const { seq } = this.ctx.storage.sql.exec('INSERT INTO events (body) VALUES (?) RETURNING seq', body).one()
    const frame = `{"type":"events","events":[{"seq":${seq},"body":${body}}]}`
    for (const socket of this.ctx.getWebSockets()) socket.send(frame)
    return Response.json({ seq })
  }

  join() {
    const pair = new WebSocketPair()
    this.ctx.acceptWebSocket(pair[1])
    const { seq } = this.ctx.storage.sql.exec('SELECT coalesce(max(seq), 0) AS seq FROM events').one()
    pair[1].send(JSON.stringify({ type: 'hello', seq }))
    return new Response(null, { status: 101, webSocket: pair[0], headers: { 'sec-websocket-protocol': 'ic.v1' } })
  }

  /** Acks come in here as in the product, and are worth nothing. */
  webSocketMessage() {}

  webSocketClose(socket) {
    socket.close()
  }
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/livez') return Response.json({ ok: true })
    return env.FLOOR.getByName('one').fetch(request)
  },
}
