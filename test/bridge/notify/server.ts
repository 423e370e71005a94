import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the receiver got it. */
export interface Got {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export type Behaviour = { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'reset'

/** A real receiver on loopback that answers as it is told. */
export class Receiver {
  readonly got: Got[] = []
  answers: Behaviour = { status: 204 }
  #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      request.on('end', () => {
        this.got.push({ path: request.url ?? '', headers: request.headers, body })
        const { answers } = this
        if (answers === 'hang') return
        if (answers === 'reset') return void request.socket.destroy()
        response.writeHead(answers.status, answers.headers).end(answers.body)
      })
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
