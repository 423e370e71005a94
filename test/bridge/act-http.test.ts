import { createHash, createHmac } from 'node:crypto'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ANSWER_BYTES_MAX } from '../../bridge/act/answer.ts'
import { httpDriver } from '../../bridge/act/http/index.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { ProposalBody } from '../../durable/protocol/domain.ts'
import type { ActionOrder, RemediationPort } from '../../durable/protocol/ports.ts'

const SECRET = 'a secret of the endpoint'

const body: ProposalBody = {
  instance: 'ins_test01',
  incident: 'inc_abcdef',
  drill: null,
  number: 1,
  catalogue: 'test-1',
  policy: 'p1',
  evidenceDigest: 'e'.repeat(64),
  risk: 'reversible',
  notBefore: 0,
  expiresWall: 1,
  decidedBy: 'system',
  plan: {
    action: { runbook: 'raise-pool-limit', type: 'raise-pool-limit', target: 'db-proxy', parameters: { limit: 36 } },
    title: 'Raise the pool limit — to 36',
    risk: 'reversible',
    preconditions: [],
    expected: 'checkout recovers',
    previous: { limit: 24 },
    rollback: null,
    verify: { signals: [], windowMs: 1, settleMs: 0 },
    cites: ['E-01'],
    hypothesis: 'H-1',
  },
}

const order: ActionOrder = {
  endpoint: 'orchestrator',
  key: 'prp_1.run',
  token: 41,
  digest: createHash('sha256').update(canonical(body)).digest('hex'),
  body,
}

interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A real HTTP server on loopback that notes what came and answers as told. */
async function endpoint(
  answer: (response: ServerResponse, seen: Seen, request: IncomingMessage) => void,
  timeoutMs = 2_000,
): Promise<{ driver: RemediationPort; seen: Seen[]; url: string }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const note = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      seen.push(note)
      answer(response, note, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/actions`
  const driver = httpDriver({ fetch: (request) => fetch(request), endpointUrl: url, secret: SECRET, timeoutMs })
  return { driver, seen, url }
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

describe('the http driver', () => {
  it('[AC1] sends one POST whose body hashes to the digest, with key, token and a signature over all of it', async () => {
    const { driver, seen } = await endpoint((response) =>
      json(response, 200, { outcome: 'ran', detail: 'limit is 36' }),
    )
    expect(await driver.call(order)).toEqual({ outcome: 'ran', detail: 'limit is 36' })
    expect(seen).toHaveLength(1)
    const [request] = seen
    if (request === undefined) throw new Error('nothing arrived')
    expect(request).toMatchObject({ method: 'POST', url: '/ops/actions' })
    expect(createHash('sha256').update(request.body).digest('hex')).toBe(order.digest)
    expect(request.headers['idempotency-key']).toBe('prp_1.run')
    expect(request.headers['ic-fencing-token']).toBe('41')
    expect(request.headers['ic-digest']).toBe(order.digest)
    const timestamp = String(request.headers['ic-timestamp'])
    expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(60_000)
    const covered = ['POST', '/ops/actions', timestamp, 'prp_1.run', '41', request.body].join('\n')
    expect(request.headers['ic-signature']).toBe(createHmac('sha256', SECRET).update(covered).digest('hex'))
  })

  it('[AC2] a 4xx that says refused is failed: surely not done', async () => {
    const { driver, seen } = await endpoint((response) =>
      json(response, 409, { outcome: 'refused', reason: 'stale-token', detail: 'a newer one ran' }),
    )
    expect(await driver.call(order)).toEqual({ outcome: 'failed', detail: 'a newer one ran' })
    expect(seen).toHaveLength(1)
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['a 500', (response) => json(response, 500, { outcome: 'refused' })],
    ['a 503 with Retry-After', (response) => response.writeHead(503, { 'retry-after': '1' }).end()],
    ['a 2xx without an outcome', (response) => json(response, 200, { ok: true })],
    ['a 2xx that says refused', (response) => json(response, 200, { outcome: 'refused' })],
    ['a 4xx without an outcome', (response) => json(response, 404, { error: 'not found' })],
    ['a 4xx that says ran', (response) => json(response, 409, { outcome: 'ran' })],
    ['no JSON', (response) => response.writeHead(200).end('<html>ran</html>')],
    ['a JSON array', (response) => json(response, 200, [{ outcome: 'ran' }])],
    ['an empty body', (response) => response.writeHead(200).end()],
    [
      'an answer without end',
      (response) => response.writeHead(200).end(JSON.stringify({ outcome: 'ran', pad: 'x'.repeat(ANSWER_BYTES_MAX) })),
    ],
    [
      'half a body',
      (response) => response.writeHead(200, { 'content-length': '400' }).write('{"outcome":', () => response.destroy()),
    ],
    ['a reset before any answer', (response) => response.destroy()],
  ])('[AC3] %s leaves the outcome unknown, after one call', async (_, answer) => {
    const { driver, seen } = await endpoint(answer)
    expect((await driver.call(order)).outcome).toBe('unknown')
    expect(seen).toHaveLength(1)
  })

  it('[AC3] silence until the timeout is unknown, and so is an answer that trickles past it', async () => {
    const silent = await endpoint(() => undefined, 200)
    expect(await silent.driver.call(order)).toEqual({ outcome: 'unknown', detail: 'no answer within 200 ms' })
    const trickling = await endpoint((response) => void response.writeHead(200).write('{'), 200)
    expect((await trickling.driver.call(order)).outcome).toBe('unknown')
  })

  it('[AC3] a transport that throws, or that is deaf to the signal, is unknown too', async () => {
    const broken = httpDriver({
      fetch: () => Promise.reject(new TypeError('connection reset')),
      endpointUrl: 'https://stage.invalid/actions',
      secret: SECRET,
    })
    expect(await broken.call(order)).toEqual({ outcome: 'unknown', detail: 'no answer: connection reset' })
    const deaf = httpDriver({
      fetch: () => new Promise(() => undefined),
      endpointUrl: 'https://stage.invalid/actions',
      secret: SECRET,
      timeoutMs: 50,
    })
    expect((await deaf.call(order)).outcome).toBe('unknown')
    expect((await deaf.status(order)).outcome).toBe('unknown')
  })

  it('[AC4] a redirect is not followed: the signed order goes where it was sent and nowhere else', async () => {
    const elsewhere = await endpoint((response) => json(response, 200, { outcome: 'ran' }))
    const { driver, seen } = await endpoint((response) => response.writeHead(307, { location: elsewhere.url }).end())
    expect((await driver.call(order)).outcome).toBe('unknown')
    expect(seen).toHaveLength(1)
    expect(elsewhere.seen).toHaveLength(0)
  })

  it('[AC5] a status question is signed as well, and only a definite word settles', async () => {
    for (const [said, outcome] of [
      ['it-ran', 'it-ran'],
      ['it-did-not', 'it-did-not'],
      ['pending', 'unknown'],
      ['perhaps', 'unknown'],
    ] as const) {
      const { driver, seen } = await endpoint((response) => json(response, 200, { status: said }))
      expect((await driver.status(order)).outcome).toBe(outcome)
      const [request] = seen
      expect(request).toMatchObject({ method: 'GET', url: '/ops/actions/prp_1.run', body: '' })
      const covered = ['GET', '/ops/actions/prp_1.run', request?.headers['ic-timestamp'], 'prp_1.run', '', ''].join(
        '\n',
      )
      expect(request?.headers['ic-signature']).toBe(createHmac('sha256', SECRET).update(covered).digest('hex'))
    }
    const failing = await endpoint((response) => json(response, 500, { status: 'it-ran' }))
    expect((await failing.driver.status(order)).outcome).toBe('unknown')
  })

  it('[AC1] a key that is no plain path segment is never sent', async () => {
    const { driver, seen } = await endpoint((response) => json(response, 200, { outcome: 'ran' }))
    for (const key of ['', '../other', 'a/b', 'a\nb', 'x'.repeat(201)]) {
      expect((await driver.call({ ...order, key })).outcome).toBe('failed')
      expect((await driver.status({ ...order, key })).outcome).toBe('unknown')
    }
    expect(seen).toHaveLength(0)
  })
})
