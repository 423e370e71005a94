import { expect, test } from 'vitest'
import structured from '../captures/cloudevents-structured.json'
import { api, json, problem } from './api.ts'

const PATH = '/api/v1/ingest/cloudevents'
const post = (body: unknown, type: string, headers: Record<string, string> = {}) =>
  api(PATH, { method: 'POST', body, headers: { 'content-type': type, ...headers } })
const STRUCTURED = 'application/cloudevents+json; charset=utf-8'

test('[IN69] the handshake answers who may send and how much, to who holds the token', async () => {
  const ask = (headers: Record<string, string>, token: string | null = 'dev') =>
    api(PATH, { method: 'OPTIONS', headers, token })
  const answer = await ask({ 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('webhook-allowed-origin')).toBe('eventemitter.example.com')
  expect(Number(answer.headers.get('webhook-allowed-rate'))).toBeGreaterThan(0)
  expect(answer.headers.get('allow')).toBe('POST')
  await problem(await ask({ 'webhook-request-origin': 'x' }, null), 401, 'unauthenticated')
  for (const origin of ['', 'a b', 'x'.repeat(300), 'https://x/']) {
    const asked = await ask(origin === '' ? {} : { 'webhook-request-origin': origin })
    await problem(asked, 400, 'no-request-origin')
  }
})

test('[IN69] another content type is 415, what is no event 400, over HTTP', async () => {
  await problem(await post(structured.request.body, 'application/json'), 415, 'unknown-event-type')
  await problem(await post('<a/>', 'application/cloudevents+xml'), 400, 'undecodable')
  await problem(await post({ ...structured.request.body, id: '' }, STRUCTURED), 400, 'undecodable')
  await problem(await post('{', STRUCTURED), 400, 'undecodable')
  await problem(await post('', STRUCTURED), 400, 'undecodable')
})

test('[IN78] what is understood and no alert is counted in the answer by its reason', async () => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 'invoice.paid' }
  expect(await json(await post({ amount: 1 }, 'application/json', headers))).toEqual({
    received: 0,
    deduplicated: 0,
    quarantined: false,
    skipped: { 'no-alert-event': 1 },
  })
  expect(await json(await post('', 'application/json', headers))).toMatchObject({ skipped: { 'no-alert-event': 1 } })
  const line = { PROGRAM: 'p', HOST: 'h', MESSAGE: 'm', PRIORITY: 'info' }
  const lines = [line, line, { ...line, PRIORITY: 'err' }]
  expect(await json(await api('/api/v1/ingest/syslog', { body: lines }))).toMatchObject({
    received: 1,
    skipped: { 'below-warning': 2 },
  })
})
