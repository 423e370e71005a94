import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Asked, type Judged, contract } from '../contract/openapi.ts'

export interface Seen extends Asked {
  headers: IncomingMessage['headers']
}

export type Answer = (response: ServerResponse, seen: Seen) => void

export interface Target {
  url: string
  /** what came, in order. */
  seen: Seen[]
  /** what the description does not allow: the product must never send any. */
  faults: string[]
  /** answers every request from now on instead of the fake. */
  instead: Answer | null
  /** the same for requests that write. */
  insteadOfWriting: Answer | null
  close(): void
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/**
 * A real HTTP server on loopback that judges each request by a published description before the fake answers it; what the
 * description does not allow is noted and answered 400.
 */
export async function target(
  file: string,
  answer: (judged: Extract<Judged, { ok: true }>, response: ServerResponse, seen: Seen) => void,
): Promise<Target> {
  const judge = contract(file)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const seen: Seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        contentType: request.headers['content-type'],
        body: Buffer.concat(chunks).toString('utf8'),
      }
      made.seen.push(seen)
      const judged = judge(seen)
      if (!judged.ok) made.faults.push(judged.says)
      const instead = made.instead ?? (seen.method === 'GET' ? null : made.insteadOfWriting)
      if (instead) instead(response, seen)
      else if (judged.ok) answer(judged, response, seen)
      else json(response, 400, { error: judged.says })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const made: Target = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    faults: [],
    instead: null,
    insteadOfWriting: null,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return made
}

/** What a target may do instead of answering; after each of these nobody knows whether it acted. */
export const INDEFINITE: [string, Answer][] = [
  ['a 500', (response) => json(response, 500, { message: 'oops' })],
  ['a 503 with Retry-After', (response) => response.writeHead(503, { 'retry-after': '1' }).end()],
  [
    'a 504 in its own form',
    (response) => json(response, 504, { kind: 'Status', status: 'Failure', message: 'timeout' }),
  ],
  ['a reset', (response) => response.destroy()],
  [
    'half a body',
    (response) => response.writeHead(200, { 'content-length': '400' }).write('{"kind":', () => response.destroy()),
  ],
  ['silence', () => undefined],
  ['a redirect', (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end()],
  ['a page instead of an answer', (response) => response.writeHead(200).end('<html>done</html>')],
  ['a 404 of something in between', (response) => response.writeHead(404).end('<html>no</html>')],
  ['a 200 with another object', (response) => json(response, 200, { kind: 'Secret', message: 'fine' })],
  ['a 202 without words', (response) => response.writeHead(202).end()],
  ['a list', (response) => json(response, 200, [1])],
]
