import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { expect, test, vi } from 'vitest'
import type { AppEnv, Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import { swift } from '../../worker/routes/ingest-swift.ts'
import { stormGroup } from '../captures/storm.ts'
import { api, json } from './api.ts'
import { deployed, makeToken } from './deployed.ts'

const live = env as unknown as Bindings
const one = (name: string) => JSON.stringify([{ labels: { alertname: name, service: 'swift' } }])
const ALERTS = '/api/v2/alerts'
const WEBHOOK = '/api/v1/ingest/alertmanager'

interface Ask {
  path?: string
  body?: string
  headers?: Record<string, string>
  host?: string
  bindings?: Bindings
}

// As it comes from a socket: with its length.
function request({ path = ALERTS, body = one('x'), headers = {}, host = '127.0.0.1' }: Ask): Request {
  const length = String(new TextEncoder().encode(body).byteLength)
  return new Request(`http://${host}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer dev', 'content-length': length, ...headers },
    body,
  })
}

async function post(ask: Ask): Promise<Response> {
  const ctx = createExecutionContext()
  const answer = await worker.fetch(request(ask), ask.bindings ?? live, ctx)
  const text = await answer.text()
  await waitOnExecutionContext(ctx)
  return new Response(text === '' ? null : text, answer)
}

/** An isolate remembers the catalogue's sources for a second; this asks for them. */
const known = () => post({ headers: { 'x-request-id': 'long-way' } })

const failing = { getByName: () => ({ intakeAll: () => Promise.reject(new Error('overloaded')) }) }
const refusing = {
  getByName: () => ({ intakeAll: () => Promise.resolve([{ ok: false, reason: 'overloaded', retryAfterS: 7 }]) }),
}

const CASES: Record<string, Ask> = {
  'a new alert': { body: one('new') },
  'a group of many': { path: WEBHOOK, body: JSON.stringify(stormGroup(30, 1_000)) },
  'a half-understood one': { body: `[${one('half').slice(1, -1)}, 7]` },
  'none of its alerts understood': { path: WEBHOOK, body: '{"alerts":"none"}' },
  'no alerts at all': { body: '[]' },
  'not JSON': { body: '[{' },
  'an empty body': { body: ' ' },
  'a token that nobody knows': { headers: { authorization: 'Bearer nobody' } },
  'a page of somebody else': { headers: { origin: 'https://elsewhere.example' } },
  'a name that is not this machine’s': { host: 'elsewhere.example' },
  'a compression that is none': { headers: { 'content-encoding': 'gzip' } },
  'a compression that nobody knows': { headers: { 'content-encoding': 'br' } },
  'a trace that goes on': { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } },
  'a directory that does not answer': { bindings: { ...live, DIRECTORY: failing } as unknown as Bindings },
  'a directory that is overloaded': { bindings: { ...live, DIRECTORY: refusing } as unknown as Bindings },
}

const CHANCE = ['x-request-id', 'traceparent']

async function told(answer: Response): Promise<unknown> {
  const headers = [...answer.headers].map(([name, value]) => (CHANCE.includes(name) ? name : `${name}: ${value}`))
  const text = (await answer.text()).replace(/"requestId":"[^"]+"/, '"requestId"')
  // The second of two is a repeat.
  return { status: answer.status, headers, body: text.replace(/"deduplicated":\d+/, '"deduplicated"') }
}

test.each(Object.entries(CASES))('[IN91] %s is answered the same on the short way and on the map', async (_, ask) => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await known()
  const short = await post(ask)
  const long = await post({ ...ask, headers: { ...ask.headers, 'x-request-id': 'long-way' } })
  lines.mockRestore()
  expect(await told(short)).toEqual(await told(long))
})

test('[IN91] what Prometheus and Alertmanager post takes the short way; anything else goes on with its body whole', async () => {
  const map = new Hono<AppEnv>().use(swift).all('*', async (c) => c.text(`map ${await c.req.raw.text()}`))
  const ask = async (said: Ask) => (await map.fetch(request(said), live, createExecutionContext())).text()
  await known()
  expect(await ask({})).toBe('')
  expect(await ask({ path: WEBHOOK, body: JSON.stringify(stormGroup(2, 2_000)) })).toContain('"received":2')
  const others: Ask[] = [
    { body: '[{' },
    { path: '/api/v1/ingest/datadog' },
    { headers: { authorization: 'Bearer ict_abcdef_metrics_0123456789abcdef' } },
    { headers: { 'x-request-id': 'mine' } },
    { headers: { origin: 'http://127.0.0.1' } },
    { headers: { 'content-length': '9000000' } },
  ]
  for (const said of others) expect(await ask(said)).toBe(`map ${said.body ?? one('x')}`)
})

test('[IN91] in a deployment a source’s own token takes the short way while this isolate knows its worth, and not once it is revoked', async () => {
  const { id, token } = await makeToken({ source: 'swift-source' })
  const map = new Hono<AppEnv>().use(swift).all('*', (c) => c.text('map'))
  const ask = async (authorization: string, bindings = deployed()) =>
    (await map.fetch(request({ headers: { authorization } }), bindings, createExecutionContext())).text()
  const posted = async () =>
    post({ bindings: deployed(), headers: { authorization: `Bearer ${token}`, 'x-request-id': 'long-way' } })
  // Whoever was not asked about yet is asked about on the map.
  expect(await ask(`Bearer ${token}`)).toBe('map')
  await known()
  expect((await posted()).status).toBe(200)
  expect(await ask(`Bearer ${token}`)).toBe('')
  expect(await ask('Bearer dev')).toBe('map')
  const revoked = await api(`/api/v1/tokens/${id}`, { method: 'DELETE', token: 'dev:Ann@admin' })
  expect(revoked.ok).toBe(true)
  await known()
  expect(await ask(`Bearer ${token}`)).toBe('map')
  expect((await post({ bindings: deployed(), headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
})

test('[IN91] the short way is counted like the other one, by route and source', async () => {
  const count = async () => {
    const text = await (await api('/metrics')).text()
    const of = (line: RegExp) => Number(line.exec(text)?.[1] ?? 0)
    return {
      requests: of(/^ic_http_requests_total\{code="200",method="POST",route="\/api\/v2\/alerts"\} (\d+)$/m),
      acks: of(/^ic_ingest_ack_seconds_count (\d+)$/m),
      all: of(/^ic_ingest_ack_seconds_bucket\{le="\+Inf"\} (\d+)$/m),
    }
  }
  await known()
  const before = await count()
  await post({ body: one('counted') })
  const after = await count()
  expect(after).toEqual({ requests: before.requests + 1, acks: before.acks + 1, all: before.all + 1 })
  await json(await api('/api/v1/intake'))
})
