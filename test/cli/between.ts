import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server before the instance that passes everything on; `meanwhile` runs before each request of that method. */
export async function between(
  url: string,
  method: string,
  meanwhile: () => Promise<void>,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method === method) await meanwhile()
      const answer = await fetch(url + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: Object.fromEntries(
          ['authorization', 'content-type', 'if-match'].flatMap((name) => {
            const value = request.headers[name]
            return typeof value === 'string' ? [[name, value]] : []
          }),
        ),
        ...(request.method === 'GET' ? {} : { body: await bodyOf(request) }),
      })
      const { status, headers } = answer
      response.writeHead(status, { etag: headers.get('etag') ?? '', 'content-type': headers.get('content-type') ?? '' })
      response.end(await answer.text())
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
