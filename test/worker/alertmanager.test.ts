import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAlertmanager } from '../../worker/ingest/alertmanager/parse.ts'
import flap from '../captures/am-webhook-flap.json'
import partition from '../captures/am-webhook-ha-partition-duplicate.json'
import down from '../captures/am-webhook-instancedown-firing.json'
import up from '../captures/am-webhook-instancedown-resolved.json'
import mixed from '../captures/am-webhook-mixed.json'
import truncated from '../captures/am-webhook-truncated-max_alerts-10.json'
import { stormGroup } from '../captures/storm.ts'
import { at, hostile, only } from './bodies.ts'

const RECEIVED = at('2026-11-22T08:00:00Z')
const parse = (body: unknown) => parseAlertmanager(body, 'prometheus', RECEIVED)

test('[IN1] a firing alert carries identity, group, service, severity, times and links of the webhook', () => {
  const alert = only(parse(down.request.body).alerts)
  expect(alert).toMatchObject({
    source: 'prometheus',
    fingerprint: down.request.body.alerts[0]?.fingerprint,
    status: 'firing',
    severity: 'warning',
    severityInferred: false,
    groupKey: down.request.body.groupKey,
    startsAt: Date.parse(down.request.body.alerts[0]?.startsAt ?? ''),
    endsAt: null,
    validUntil: null,
  })
  expect(alert.labels['alertname']).toBe('InstanceDown')
  expect(alert.links[0]?.title).toBe('source')
})

test('[IN1] a resolve has the identity of its firing alert, and when it ended', () => {
  const resolved = only(parse(up.request.body).alerts)
  expect(resolved.fingerprint).toBe(only(parse(down.request.body).alerts).fingerprint)
  expect(resolved).toMatchObject({ status: 'resolved', endsAt: Date.parse(up.request.body.alerts[0]?.endsAt ?? '') })
})

test('[IN1] in a firing group each alert speaks for itself', () => {
  expect(parse(mixed.request.body).alerts.map((alert) => alert.status)).toEqual(['resolved', 'firing'])
})

test('[IN1] flaps and partition duplicates keep one identity though their starts differ', () => {
  for (const messages of [flap.messages.map((one) => one.body), partition.messages]) {
    const alerts = messages.flatMap((body) => parse(body).alerts)
    expect(new Set(alerts.map((alert) => alert.fingerprint)).size).toBe(1)
    expect(new Set(alerts.map((alert) => alert.startsAt)).size).toBeGreaterThan(1)
  }
})

test('[IN1] a truncated group and a storm of 1,000 give every alert they carry', () => {
  expect(parse(truncated.request.body).alerts).toHaveLength(10)
  const storm = parse(stormGroup(1_000, RECEIVED))
  expect(storm.undecodable).toBeNull()
  expect(new Set(storm.alerts.map((alert) => alert.fingerprint)).size).toBe(1_000)
})

test('[IN1] fields of newer and other senders are left alone', () => {
  const more = {
    orgId: 1,
    title: 't',
    state: 'alerting',
    message: 'm',
    version: '1',
    notification_reason: 'x',
    routeLabels: {},
  }
  const alerts = down.request.body.alerts.map((item) => ({
    ...item,
    silenceURL: 'http://g/s',
    values: { B: 1 },
    orgId: 1,
  }))
  expect(parse({ ...down.request.body, ...more, alerts })).toEqual(parse(down.request.body))
})

test('[IN2] without a fingerprint the sorted label set is the identity', () => {
  const labels = { alertname: 'A', service: 's', zone: 'z' }
  const turned = { zone: 'z', service: 's', alertname: 'A' }
  const [a, b, c] = parse({
    alerts: [
      { status: 'firing', labels },
      { status: 'firing', labels: turned, fingerprint: '' },
      { status: 'firing', labels: { ...labels, zone: 'y' } },
    ],
  }).alerts
  expect(a?.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  expect(b?.fingerprint).toBe(a?.fingerprint)
  expect(c?.fingerprint).not.toBe(a?.fingerprint)
})

test('[IN9] a body that is no webhook message is undecodable, and says why', () => {
  for (const body of [null, 1, 'text', [], {}, { alerts: {} }, { alerts: null }])
    expect(parse(body)).toEqual({ alerts: [], undecodable: 'not-an-alert-message' })
  expect(parse({ alerts: [] })).toEqual({ alerts: [], undecodable: null })
})

test('[IN9] of a half-understood body the good alerts are taken and the rest is said', () => {
  const good = { status: 'firing', labels: { alertname: 'A' } }
  const bad = [null, 'x', {}, { status: 'firing', labels: {} }, { status: 'maybe', labels: { a: 'b' } }]
  for (const one of bad) {
    const post = parse({ alerts: [good, one] })
    expect(post.alerts).toHaveLength(1)
    expect(post.undecodable).toBe('some-alerts-undecodable')
  }
})

test('[LM3] more than ten thousand alerts in one post are kept as a body, not taken apart', () => {
  const alerts = Array.from({ length: 10_001 }, () => ({ status: 'firing', labels: { alertname: 'A' } }))
  expect(parse({ alerts })).toEqual({ alerts: [], undecodable: 'too-many-alerts' })
})

test('[IN10] any body at all is parsed or refused, never thrown at', () => {
  fc.assert(
    fc.property(hostile, (body) => {
      for (const post of [
        parse(body),
        parse({ alerts: body }),
        parse({ alerts: [body] }),
        parse({ alerts: [{ status: 'firing', labels: body }] }),
      ])
        for (const alert of post.alerts) expect(alert.fingerprint.length).toBeGreaterThan(0)
    }),
    { numRuns: 1_000 },
  )
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
