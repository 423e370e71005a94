import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { CloudEvent, HTTP, Mode, emitterFor, httpTransport } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import { type Api, apiOf } from '../e2e/api.ts'
import { need } from '../e2e/need.ts'
import { ROOT, type Server, removeFolder, startServer } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { Programs } from './programs.ts'

const WITHIN_MS = 30_000

let server: Server
let api: Api
const programs = new Programs()

beforeAll(async () => {
  server = await startServer()
  api = apiOf(server.url)
})

afterAll(async () => {
  await programs.end()
  await server.kill()
  removeFolder(server.state)
})

const incidentOf = async (service: string) => {
  const row = (await api.incidents()).find((one) => one.service === service)
  return row ? await api.detail(row.id) : null
}
const isResolved = async (service: string) => ((await incidentOf(service))?.state === 'resolved' ? true : null)

/** A TLS end before the server, with a certificate of its own: pdjs speaks nothing else. */
async function tlsBefore(url: string): Promise<{ address: string; certificate: string; end(): void }> {
  const certificate = join(programs.folder, 'tls.pem')
  const key = join(programs.folder, 'tls.key')
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', certificate]
  await programs.run('openssl', [...made, ...subject])
  const proxy = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (ask, answer) => {
    const { method, headers, url: path } = ask
    const onward = request(new URL(path ?? '/', url), { method, headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers)
      said.pipe(answer)
    })
    onward.once('error', () => answer.destroy())
    ask.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return { address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, certificate, end: () => proxy.close() }
}

test('[CL14] @pagerduty/pdjs triggers, acknowledges, resolves and tells a change', async (context) => {
  need(context, 'openssl')
  const tls = await tlsBefore(server.url)
  try {
    const env = { IC_PD_SERVER: tls.address, NODE_EXTRA_CA_CERTS: tls.certificate }
    const call = async (...names: string[]) => {
      const out = await programs.run(process.execPath, [join(ROOT, 'test/clients/pdjs.mjs'), ...names], env)
      return out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { status: number; data: { dedup_key?: string } })
    }
    const [triggered] = await call('trigger')
    expect(triggered).toMatchObject({ status: 202, data: { status: 'success', dedup_key: 'pdjs/1' } })
    expect(await until('an incident is open', WITHIN_MS, () => incidentOf('pdjs-service'))).toMatchObject({
      severity: 'SEV-1',
    })
    for (const { status } of await call('acknowledge', 'change', 'resolve')) expect(status).toBe(202)
    await until('the incident is resolved', WITHIN_MS, () => isResolved('pdjs-service'))
  } finally {
    tls.end()
  }
})

test('[CL15] the cloudevents SDK delivers structured and binary, fired and resolved', async () => {
  const sink = httpTransport(`${server.url}/api/v1/ingest/cloudevents`)
  const headers = { authorization: 'Bearer dev' }
  const event = (level: string) =>
    new CloudEvent({
      type: `dev.example.alert.${level}`,
      source: '/monitors/ce',
      subject: 'ce-service',
      data: { severity: 'warning', summary: 'Slow' },
    })
  await emitterFor(sink, { mode: Mode.STRUCTURED })(event('firing'), { headers })
  expect(await until('an incident is open', WITHIN_MS, () => incidentOf('ce-service'))).toMatchObject({
    severity: 'SEV-3',
  })
  await emitterFor(sink, { mode: Mode.BINARY })(event('resolved'), { headers })
  await until('the incident is resolved', WITHIN_MS, () => isResolved('ce-service'))
  const structured = HTTP.structured(event('firing'))
  const batch = await fetch(`${server.url}/api/v1/ingest/cloudevents`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
    body: `[${String(structured.body)}]`,
  })
  expect([batch.status, await batch.json()]).toEqual([200, { received: 1, deduplicated: 0, quarantined: false }])
})

test('[CL16] standardwebhooks signs what we take, and what it signed with another secret we refuse', async () => {
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes !!!').toString('base64')}`
  const admin = apiOf(server.url, 'dev@admin')
  const catalogue = await admin.get<Catalogue>('/api/v1/catalogue')
  const source = {
    name: 'hooks',
    title: 'Hooks',
    intakes: ['standard-webhooks'],
    freshMs: 60_000,
    signature: { secret: 'hooks' },
  }
  const put = { ...catalogue, version: `${catalogue.version}-hooks`, sources: [...catalogue.sources, source] }
  expect((await admin.send('PUT', '/api/v1/catalogue', put)).status).toBe(200)
  expect((await admin.send('PUT', '/api/v1/secrets/hooks', { value: secret })).status).toBe(200)
  const send = (type: string, signedWith: string) => {
    const body = JSON.stringify({ type, data: { id: 'sw-1', title: 'Signed', service: 'sw-service', severity: 'p2' } })
    const at = new Date()
    const headers = {
      'content-type': 'application/json',
      'webhook-id': `msg_${type}`,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(signedWith).sign(`msg_${type}`, at, body),
    }
    return fetch(`${server.url}/api/v1/ingest/standard-webhooks`, { method: 'POST', headers, body })
  }
  await until('the source is known', WITHIN_MS, async () =>
    (await send('alert.firing', secret)).status === 200 ? true : null,
  )
  expect(await until('an incident is open', WITHIN_MS, () => incidentOf('sw-service'))).toMatchObject({
    severity: 'SEV-2',
  })
  const other = `whsec_${Buffer.from('another one of thirty-two bytes!').toString('base64')}`
  expect((await send('alert.resolved', other)).status).toBe(401)
  expect((await send('alert.resolved', secret)).status).toBe(200)
  await until('the incident is resolved', WITHIN_MS, () => isResolved('sw-service'))
})
