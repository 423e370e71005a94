import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, test, vi } from 'vitest'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import type { EventsPage, IntakeCounters, Page, QuarantineRow } from '../../durable/protocol/objects.ts'
import type { Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import change from '../captures/pd-client-change.json'
import resolve from '../captures/pd-client-resolve.json'
import trigger from '../captures/pd-client-trigger.json'
import { api, json, problem } from './api.ts'
import { withSources } from './ingest-catalogue.ts'

const KEY = trigger.request.body.routing_key
const send = (body: unknown, path = '/v2/enqueue') => api(path, { method: 'POST', token: null, body })

beforeAll(async () => {
  await withSources({ name: 'pager', intakes: ['pagerduty'], routingKeys: ['pager-key'] })
  await json(await api('/api/v1/secrets/pager-key', { method: 'PUT', token: 'dev@admin', body: { value: KEY } }))
})

async function incidentOf(service: string): Promise<IncidentDetail> {
  const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents?limit=200'))
  return json<IncidentDetail>(await api(`/api/v1/incidents/${items.find((row) => row.service === service)?.id}`))
}

test('[IN60] trigger and resolve through the API: an incident opens, its alert ends and keeps its words', async () => {
  expect(await json(await send(trigger.request.body), 202)).toEqual({
    status: 'success',
    message: 'Event processed',
    dedup_key: 'checkout/HighErrorRate/us-east-1',
  })
  await expect.poll(async () => (await incidentOf('checkout')).alerts.length, { timeout: 10_000 }).toBe(1)
  await json(await send(resolve.request.body), 202)
  await expect
    .poll(async () => (await incidentOf('checkout')).alerts.map(({ status, title }) => [status, title]), {
      timeout: 10_000,
    })
    .toEqual([['resolved', 'High error rate on checkout']])
  expect((await incidentOf('checkout')).alerts[0]).toMatchObject({ source: 'pager', severity: 'critical' })
})

test('[IN86] an acknowledgement acknowledges the incident in the name of the source, and puts nobody on it', async () => {
  const event = (action: string) => ({
    ...trigger.request.body,
    dedup_key: 'taken-there',
    event_action: action,
    payload: { summary: 'Taken there', source: 'taken-there', severity: 'error', group: 'taken-there' },
  })
  await json(await send(event('acknowledge')), 202)
  await json(await send(event('trigger')), 202)
  await expect.poll(async () => (await incidentOf('taken-there')).state, { timeout: 10_000 }).toBe('triggered')
  for (let times = 0; times < 2; times += 1) await json(await send(event('acknowledge')), 202)
  const taken = await incidentOf('taken-there')
  expect(taken.state).toBe('acknowledged')
  const { items: events } = await json<EventsPage>(await api(`/api/v1/incidents/${taken.id}/events`))
  const said = events.filter(({ body }) => body.type === 'incident-acknowledged')
  expect(said.map(({ by }) => by)).toEqual([{ kind: 'source', name: 'pager' }])
  // With nobody here on it, it is over when its alert is.
  await json(await send(event('resolve')), 202)
  await expect.poll(async () => (await incidentOf('taken-there')).state, { timeout: 10_000 }).toBe('resolved')
})

test('[IN60] the same trigger without a key is the same alert, and the answer says under which', async () => {
  const body = { routing_key: KEY, event_action: 'trigger', payload: { summary: 's', source: 'h', severity: 'info' } }
  const [a, b] = [
    await json<{ dedup_key: string }>(await send(body), 202),
    await json<{ dedup_key: string }>(await send(body), 202),
  ]
  expect(a.dedup_key).toMatch(/^[0-9a-f]{64}$/)
  expect(b.dedup_key).toBe(a.dedup_key)
})

test('[SE66] the routing key is a secret that the catalogue names, or a token; any other is 401 and nothing is kept', async () => {
  const before = await json<IntakeCounters>(await api('/api/v1/intake'))
  const { routing_key: _key, ...event } = trigger.request.body
  for (const body of [event, { ...event, routing_key: 'x' }, { ...event, routing_key: 5 }, [], '{', ''])
    for (const path of ['/v2/enqueue', '/v2/change/enqueue'])
      await problem(await send(body, path), 401, 'unauthenticated')
  expect(await json<IntakeCounters>(await api('/api/v1/intake'))).toEqual(before)
  await json(await send({ ...event, routing_key: 'dev' }), 202)
})

test('[SE66] the routing key is kept nowhere', async () => {
  const spelled = `{"routing\\u005fkey":"${KEY}","event_action":"canary-2"}`
  const escaped = `{"routing_key" : "\\u0052${KEY.slice(1)}","event_action":"canary-3"}`
  for (const body of [{ routing_key: KEY, event_action: 'canary-1' }, spelled, escaped])
    await json(await send(body), 400)
  const listed = await (await api('/api/v1/intake/quarantined')).text()
  for (const canary of ['canary-1', 'canary-2', 'canary-3']) expect(listed).toContain(canary)
  expect(listed).not.toContain(KEY.slice(1))
})

test('[IN61] what is no event is 400 in the words of PagerDuty, and kept in quarantine all the same', async () => {
  const answer = await json<{ errors: string[] }>(await send({ routing_key: KEY, event_action: 'trigger' }), 400)
  expect(answer).toMatchObject({ status: 'invalid event', message: 'Event object is invalid', code: 'invalid-event' })
  expect(answer.errors).toEqual(["'payload' is missing"])
  const { items } = await json<Page<QuarantineRow>>(await api('/api/v1/intake/quarantined'))
  expect(items[0]).toMatchObject({ intake: 'pagerduty', source: 'pager', reason: 'not-an-alert-message' })
})

test('[IN61] an event over 512,000 bytes is 413', async () => {
  await problem(await send({ ...trigger.request.body, more: 'x'.repeat(512_000) }), 413, 'body-too-large')
})

test('[IN61] overload is 429 with Retry-After: its clients repeat nothing else', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const live = env as unknown as Bindings
  const failing = { getByName: () => new Proxy({}, { get: () => () => Promise.reject(new Error('overloaded')) }) }
  for (const [path, body] of [
    ['/v2/enqueue', trigger.request.body],
    ['/v2/change/enqueue', change.request.body],
  ] as const) {
    const request = new Request(`http://127.0.0.1${path}`, { method: 'POST', body: JSON.stringify(body) })
    const answer = await worker.fetch(request, { ...live, DIRECTORY: failing }, createExecutionContext())
    expect(await json(answer, 429)).toMatchObject({ status: 'throttle exceeded' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  lines.mockRestore()
})

test('[IN63] a change event is stored once and opens nothing', async () => {
  const before = await json<IntakeCounters>(await api('/api/v1/intake'))
  for (let times = 0; times < 2; times += 1)
    expect(await json(await send(change.request.body, '/v2/change/enqueue'), 202)).toMatchObject({ status: 'success' })
  expect(await json(await send({ routing_key: KEY, payload: {} }, '/v2/change/enqueue'), 400)).toMatchObject({
    status: 'invalid event',
  })
  const after = await json<IntakeCounters>(await api('/api/v1/intake'))
  expect(after).toMatchObject({
    received: before.received + 1,
    quarantined: before.quarantined + 1,
    attached: before.attached,
  })
})
