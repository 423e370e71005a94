import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import type { IntakeCounters, Page, QuarantineRow } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import type { Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import flap from '../captures/am-webhook-flap.json'
import bearer from '../captures/am-webhook-bearer.json'
import two from '../captures/am-webhook-firing-2-alerts.json'
import partition from '../captures/am-webhook-ha-partition-duplicate.json'
import down from '../captures/am-webhook-instancedown-firing.json'
import up from '../captures/am-webhook-instancedown-resolved.json'
import mixed from '../captures/am-webhook-mixed.json'
import repeat from '../captures/am-webhook-repeat.json'
import resolved from '../captures/am-webhook-resolved.json'
import one from '../captures/am-webhook-storm-one-of-1000-groups.json'
import truncated from '../captures/am-webhook-truncated-max_alerts-10.json'
import collectd from '../captures/collectd-notification.json'
import direct from '../captures/prom-api-v2-alerts-firing.json'
import directResolved from '../captures/prom-api-v2-alerts-resolved.json'
import { stormGroup } from '../captures/storm.ts'
import { api, json, problem } from './api.ts'

const WEBHOOK = '/api/v1/ingest/alertmanager'
const ALERTS = '/api/v2/alerts'
const INTAKES = [WEBHOOK, ALERTS, '/api/v1/changes', '/api/v1/telemetry']
const OTHERS = 'grafana sns eventbridge standard-webhooks cloudevents datadog sentry syslog collectd webhook'
  .split(' ')
  .map((intake) => `/api/v1/ingest/${intake}`)

const webhooks: unknown[] = [
  ...[two, repeat, mixed, resolved, down, up, bearer, truncated, one].map((capture) => capture.request.body),
  ...flap.messages.map((message) => message.body),
  ...partition.messages,
]

async function counters(): Promise<IntakeCounters> {
  return json<IntakeCounters>(await api('/api/v1/intake'))
}

function alert(name: string, more: object = {}): object {
  return { alerts: [{ status: 'firing', labels: { alertname: name, service: name }, ...more }] }
}

test('[IN12] every captured webhook message is answered 200 once its alerts are in the directory', async () => {
  for (const body of webhooks) {
    const before = await counters()
    const taken = await json<{ received: number; quarantined: boolean }>(await api(WEBHOOK, { body }))
    expect(taken).toMatchObject({ received: (body as { alerts: unknown[] }).alerts.length, quarantined: false })
    expect((await counters()).received).toBe(before.received + taken.received)
  }
})

test('[IN12] the Alertmanager server API answers 200 with an empty body, as its clients expect', async () => {
  for (const body of [direct, directResolved, collectd].map((capture) => capture.request.body)) {
    const answer = await api(ALERTS, { body })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  }
  expect((await api(ALERTS, { body: [] })).status).toBe(200)
})

test('[IN13] an alert body that nobody can read is answered 202 and kept in quarantine with its reason', async () => {
  for (const [path, body, reason] of [
    [WEBHOOK, '{"alerts": [', 'not-json'],
    [WEBHOOK, '', 'empty-body'],
    [WEBHOOK, '{"hello":"world"}', 'not-an-alert-message'],
    [ALERTS, '{"alerts":[]}', 'not-an-alert-message'],
    [ALERTS, '[{"labels":{}}]', 'some-alerts-undecodable'],
  ] as const) {
    const before = await counters()
    expect(await json(await api(path, { method: 'POST', body }), 202)).toMatchObject({ quarantined: true, reason })
    const { items } = await json<Page<QuarantineRow>>(await api('/api/v1/intake/quarantined'))
    expect(items.find((row) => row.raw === body && row.reason === reason)).toBeDefined()
    expect((await counters()).quarantined).toBe(before.quarantined + 1)
  }
})

test('[IN13] bytes that do not inflate are kept too', async () => {
  const headers = { 'content-encoding': 'gzip' }
  const answer = await api(WEBHOOK, { method: 'POST', body: 'no gzip at all', headers })
  expect(await json(answer, 202)).toMatchObject({ quarantined: true, reason: 'bad-compression' })
})

test('[IN13] of a half-understood body the good alerts are in and the body is in quarantine', async () => {
  const { alerts } = alert('half') as { alerts: unknown[] }
  const taken = await json(await api(WEBHOOK, { body: { alerts: [...alerts, null] } }), 202)
  expect(taken).toMatchObject({ received: 1, quarantined: true, reason: 'some-alerts-undecodable' })
})

test('[IN14] changes and series that nobody can read are 400 and name the fields; nothing is kept', async () => {
  const before = await counters()
  for (const path of ['/api/v1/changes', '/api/v1/telemetry'])
    for (const body of ['', '{', '[]', '{}', '{"changes":[{}],"series":[{}]}'])
      await problem(await api(path, { method: 'POST', body }), 400, 'undecodable')
  const wrong = { changes: [{ kind: 'deploy', service: 'a', title: 't', at: 'then' }] }
  expect((await problem(await api('/api/v1/changes', { body: wrong }), 400)).errors?.[0]?.at).toBe('changes.0.at')
  expect(await counters()).toEqual(before)
})

test('[IN15] while the objects cannot answer every intake is 503 with Retry-After, never 429 or 500', async () => {
  // The platform is what fails here: a binding whose objects throw as the runtime's do.
  const failing = { getByName: () => new Proxy({}, { get: () => () => Promise.reject(new Error('overloaded')) }) }
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const live = env as unknown as Bindings
  const bodies: Record<string, unknown> = {
    [WEBHOOK]: two.request.body,
    [ALERTS]: direct.request.body,
    '/api/v1/changes': { changes: [{ kind: 'deploy', service: 'a', title: 't' }] },
    '/api/v1/telemetry': { series: [{ service: 'a', name: 'b', samples: [[1_000, 1]] }] },
  }
  for (const [path, body] of Object.entries(bodies)) {
    const init = { method: 'POST', headers: { authorization: 'Bearer dev' }, body: JSON.stringify(body) }
    const request = new Request(`http://127.0.0.1${path}`, init)
    const broken = { ...live, DIRECTORY: failing, MONITOR: failing } as unknown as Bindings
    const answer = await worker.fetch(request, broken, createExecutionContext())
    await problem(answer, 503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  lines.mockRestore()
})

test('[IN15] one monitor that cannot answer makes the whole telemetry post repeatable', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const failing = { getByName: () => ({ ingest: () => Promise.reject(new Error('overloaded')) }) }
  const body = JSON.stringify({ series: [{ service: 'a', name: 'b', samples: [[Date.now(), 1]] }] })
  const headers = { authorization: 'Bearer dev' }
  const request = new Request('http://127.0.0.1/api/v1/telemetry', { method: 'POST', headers, body })
  const broken = { ...(env as unknown as Bindings), MONITOR: failing } as unknown as Bindings
  const answer = await worker.fetch(request, broken, createExecutionContext())
  await problem(answer, 503, 'monitor-unavailable')
  expect(answer.headers.get('retry-after')).toBe('1')
  lines.mockRestore()
})

test('[LM2] ten megabytes are 413 on every intake, plain or inflating, and nothing is kept', async () => {
  const before = await counters()
  const large = `[${'"xxxxxxxxxxxxxxxx",'.repeat(600_000)}1]`
  const zipped = new Blob([large]).stream().pipeThrough(new CompressionStream('gzip'))
  const bomb = new Uint8Array(await new Response(zipped).arrayBuffer())
  for (const path of [...INTAKES, ...OTHERS, '/v2/enqueue', '/v2/change/enqueue']) {
    await problem(await api(path, { method: 'POST', body: large }), 413, 'body-too-large')
    const headers = { 'content-encoding': 'gzip' }
    await problem(await api(path, { method: 'POST', body: bomb, headers }), 413, 'body-too-large')
  }
  expect(await counters()).toEqual(before)
})

test('[SE7] a failure is logged with its request id and without the tokens in its words', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const secret = 'no answer for Bearer canary-1 from ict_abcdef_metrics_canary2'
  const failing = { getByName: () => ({ counters: () => Promise.reject(new Error(secret)) }) }
  const broken = { ...(env as unknown as Bindings), DIRECTORY: failing } as unknown as Bindings
  const ask = (path: string) => {
    const request = new Request(`http://127.0.0.1${path}?q=canary-3`, { headers: { authorization: 'Bearer dev' } })
    return worker.fetch(request, broken, createExecutionContext())
  }
  await problem(await ask('/readyz'), 503, 'not-ready')
  const said = await problem(await ask('/api/v1/intake'), 500, 'unexpected')
  expect(JSON.stringify(said)).not.toContain('canary')
  const logged = lines.mock.calls.map(String)
  lines.mockRestore()
  expect(logged).toHaveLength(2)
  expect(logged[1]).toContain(said.requestId)
  expect(logged.join('')).not.toContain('canary')
})

test('[SE23] an object that the platform lost is 503 with Retry-After, not 500', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  for (const flag of ['retryable', 'overloaded']) {
    const lost = Object.assign(new Error('Durable Object reset'), { [flag]: true })
    const failing = { getByName: () => ({ counters: () => Promise.reject(lost) }) }
    const broken = { ...(env as unknown as Bindings), DIRECTORY: failing } as unknown as Bindings
    const request = new Request('http://127.0.0.1/api/v1/intake', { headers: { authorization: 'Bearer dev' } })
    const answer = await worker.fetch(request, broken, createExecutionContext())
    await problem(answer, 503, 'object-unavailable')
    expect(answer.headers.get('retry-after')).toBe('1')
  }
  lines.mockRestore()
})

test('[IN16] the source is the one that the catalogue names for the intake; the payload names none', async () => {
  await api(WEBHOOK, { body: { ...alert('sourced'), source: 'mallory', receiver: 'deploys' } })
  await api(ALERTS, { body: [{ labels: { alertname: 'sourced', source: 'mallory' } }] })
  const detail = await incidentFor('sourced')
  expect(detail.alerts.map((item) => item.source)).toEqual(detail.alerts.map(() => 'prometheus'))
})

test('[SE14] a payload that says drill opens a real incident in the live namespace', async () => {
  const labels = { alertname: 'saysdrill', service: 'saysdrill', drill: 'true', namespace: 'drill/drl_aaaaaaaaaaaa' }
  await api(WEBHOOK, {
    body: { drill: true, namespace: 'drill/drl_aaaaaaaaaaaa', alerts: [{ status: 'firing', labels }] },
  })
  expect((await incidentFor('saysdrill')).drill).toBeNull()
  const drills = await json<Page<IncidentRow>>(await api('/api/v1/incidents?drill=true'))
  expect(drills.items).toEqual([])
})

test('[SE8] a label called __proto__ reaches the room as data', async () => {
  const body = '{"alerts":[{"status":"firing","labels":{"alertname":"proto","service":"proto","__proto__":"p"}}]}'
  await json(await api(WEBHOOK, { method: 'POST', body }))
  const answer = await (await api(`/api/v1/incidents/${(await incidentFor('proto')).id}`)).text()
  expect(answer).toContain('"__proto__":"p"')
})

// Last: while it lasts, every alert joins the incident of the storm.
test('[IN12] a storm of 1,000 alerts in one post is taken whole', async () => {
  const before = await counters()
  const taken = await json(await api(WEBHOOK, { body: stormGroup(1_000, Date.now()) }))
  expect(taken).toMatchObject({ received: 1_000, quarantined: false })
  expect((await counters()).received).toBe(before.received + 1_000)
})

interface Detail extends IncidentRow {
  alerts: { source: string }[]
}

/** The incident of a service, once its room has the alerts. */
async function incidentFor(service: string): Promise<Detail> {
  const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents?limit=200'))
  const row = items.find((item) => item.service === service)
  expect(row).toBeDefined()
  let detail: Detail | null = null
  await expect
    .poll(
      async () => {
        const answer = await api(`/api/v1/incidents/${row?.id}`)
        detail = answer.status === 200 ? await answer.json<Detail>() : null
        return detail?.alerts.length ?? 0
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0)
  return detail as unknown as Detail
}
