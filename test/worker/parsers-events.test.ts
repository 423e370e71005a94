import { expect, test } from 'vitest'
import { parseCloudEvents } from '../../worker/ingest/cloudevents/parse.ts'
import { readCloudEvents } from '../../worker/ingest/cloudevents/read.ts'
import { parseStandardWebhook } from '../../worker/ingest/standard-webhooks/parse.ts'
import binary from '../captures/cloudevents-binary.json'
import structured from '../captures/cloudevents-structured.json'
import vector from '../captures/standard-webhooks-vector.json'
import { at, only } from './bodies.ts'
import { origin, RECEIVED } from './origin.ts'

const read = (body: unknown, headers: Record<string, string>) => {
  const events = readCloudEvents(body, new Headers(headers))
  return events.ok ? parseCloudEvents(events.events, origin()) : events
}
const STRUCTURED = { 'content-type': 'application/cloudevents+json' }
const alerts = (body: unknown, headers: Record<string, string> = STRUCTURED) => {
  const post = read(body, headers)
  if (!('alerts' in post)) throw new Error(post.says)
  return post.alerts
}

test('[IN68] an event is the same alert binary, structured and in a batch', () => {
  const one = only(alerts(structured.request.body))
  expect(one).toMatchObject({
    status: 'firing',
    service: 'checkout',
    title: 'High error rate',
    severity: 'critical',
    startsAt: at('2026-11-22T07:31:07.425Z'),
  })
  const headers = binary.request.headers as unknown as Record<string, string>
  expect(alerts(binary.request.body, headers)).toEqual([one])
  expect(alerts([structured.request.body], { 'content-type': 'application/cloudevents-batch+json' })).toEqual([one])
})

test('[IN68] fired and resolved are one alert by source, subject and type; the id of an event is no identity', () => {
  const event = { ...structured.request.body, id: 'evt-2' }
  const over = only(alerts({ ...event, type: 'dev.ic.alert.resolved.v1', time: '2026-11-22T07:40:00Z' }))
  expect(over).toMatchObject({ status: 'resolved', endsAt: at('2026-11-22T07:40:00Z') })
  expect(over.fingerprint).toBe(only(alerts(structured.request.body)).fingerprint)
  expect(only(alerts({ ...event, subject: 'search' })).fingerprint).not.toBe(over.fingerprint)
  expect(only(alerts({ ...event, data: { fingerprint: 'own', id: 'x' } })).fingerprint).toBe('own')
})

test('[IN68] an event that says no level is skipped; attributes in headers are percent-decoded', () => {
  expect(read({ ...structured.request.body, type: 'invoice.paid' }, STRUCTURED)).toMatchObject({
    alerts: [],
    undecodable: null,
    skipped: { 'no-alert-event': 1 },
  })
  const headers = { ...(binary.request.headers as unknown as Record<string, string>), 'ce-subject': 'caf%C3%A9' }
  expect(only(alerts(binary.request.body, headers)).service).toBe('café')
  expect(only(alerts(binary.request.body, { ...headers, 'ce-subject': '%E0%A4%A' })).service).toBe('%E0%A4%A')
})

test('[IN69] another content type, or events that lack a required attribute, are told apart', () => {
  const why = (body: unknown, headers: Record<string, string>) => {
    const post = read(body, headers)
    return 'reason' in post ? post.reason : 'taken'
  }
  const { body } = structured.request
  expect(why(body, { 'content-type': 'application/json' })).toBe('unknown-type')
  expect(why(body, { 'content-type': 'application/cloudevents+avro' })).toBe('unknown-type')
  expect(why(body, { 'content-type': 'text/plain', 'ce-specversion': '1.0' })).toBe('unknown-type')
  for (const missing of ['id', 'source', 'specversion', 'type'])
    expect(why({ ...body, [missing]: undefined }, STRUCTURED)).toBe('invalid')
  expect(why({ ...body, specversion: '0.3' }, STRUCTURED)).toBe('invalid')
  expect(why(body, { 'content-type': 'application/cloudevents-batch+json' })).toBe('invalid')
  expect(why([], { 'content-type': 'application/cloudevents-batch+json' })).toBe('taken')
})

test('[IN67] the envelope of a Standard Webhook says level and time, its data the rest', () => {
  const said = {
    type: 'alert.firing',
    timestamp: '2026-11-22T07:31:07Z',
    data: { id: 'a1', title: 'T', severity: 'warn', service: 's' },
  }
  expect(only(parseStandardWebhook(said, origin()).alerts)).toMatchObject({
    fingerprint: 'a1',
    status: 'firing',
    title: 'T',
    service: 's',
    severity: 'warning',
    startsAt: at('2026-11-22T07:31:07Z'),
  })
  expect(only(parseStandardWebhook(JSON.parse(vector.body), origin()).alerts)).toMatchObject({
    fingerprint: 'inc_1',
    status: 'resolved',
    endsAt: at('2026-11-22T07:31:07.444Z'),
  })
  expect(parseStandardWebhook({ type: 'invoice.paid', data: {} }, origin()).undecodable).not.toBeNull()
})

test('[SE67] a signed message that says no time was said at its signed one: read again it says the same', () => {
  const headers = { 'webhook-timestamp': '1795332667' }
  const said = { type: 'alert.resolved', data: { id: 'a1', title: 'T' } }
  const [first, again] = [RECEIVED, RECEIVED + 200_000].map((receivedAt) =>
    only(parseStandardWebhook(said, origin({ headers, receivedAt })).alerts),
  )
  expect(first?.endsAt).toBe(1_795_332_667_000)
  expect(again).toEqual(first)
})
