// The least that package `ws` can do for a room: what is posted goes to every socket. Nothing is stored; acks come in and
// are worth nothing. What the product adds is measured against it in the same run. Not product code.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const body = Buffer.concat(parts).toString()
    if (request.method === 'POST') {
      const frame = Buffer.from(`{"type":"events","events":[{"seq":0,"body":${body}}]}`)
      for (const socket of sockets.clients) socket.send(frame, { binary: false })
    }
    response.writeHead(204).end()
  })
})
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (socket) => socket.send('{"type":"hello","seq":0}'))
server.listen(Number(process.argv[2]), '127.0.0.1', 4_096)
