import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAlerts, RESOLVE_TIMEOUT_MS } from '../../worker/ingest/alerts/parse.ts'
import collectd from '../captures/collectd-notification.json'
import firing from '../captures/prom-api-v2-alerts-firing.json'
import resolved from '../captures/prom-api-v2-alerts-resolved.json'
import { at, hostile, only } from './bodies.ts'

const RECEIVED = at('2026-11-22T07:14:00Z')
const parse = (body: unknown, receivedAt = RECEIVED) => parseAlerts(body, 'prometheus', receivedAt)

test('[IN3] a Prometheus alert fires until its endsAt has come, under the identity of its labels', () => {
  const { alerts } = parse(firing.request.body)
  expect(alerts).toHaveLength(firing.request.body.length)
  expect(alerts.every((alert) => alert.status === 'firing' && alert.groupKey === null)).toBe(true)
  expect(alerts[0]?.validUntil).toBe(at('2026-11-22T07:15:56.904Z'))
  const ended = only(parse(resolved.request.body).alerts)
  expect(ended).toMatchObject({ status: 'resolved', endsAt: at('2026-11-22T07:13:19.904Z'), validUntil: null })
  expect(alerts.map((alert) => alert.fingerprint)).toContain(ended.fingerprint)
})

test('[IN3] resolved means that endsAt is not later than the receipt', () => {
  const ends = at('2026-11-22T07:15:56.904Z')
  expect(parse(firing.request.body, ends - 1).alerts[0]?.status).toBe('firing')
  expect(parse(firing.request.body, ends).alerts[0]?.status).toBe('resolved')
})

test('[IN3] without endsAt an alert holds for five minutes, without startsAt it began when it came', () => {
  const unset = '0001-01-01T00:00:00Z'
  for (const times of [{}, { startsAt: unset, endsAt: unset }]) {
    const alert = only(parse([{ labels: { alertname: 'A' }, ...times }]).alerts)
    expect(alert).toMatchObject({ startsAt: RECEIVED, endsAt: null, validUntil: RECEIVED + RESOLVE_TIMEOUT_MS })
  }
})

test('[IN3] collectd posts the same form: times with nine decimals, a severity of its own', () => {
  const alert = only(parse(collectd.request.body, at('2026-11-22T07:34:40Z')).alerts)
  expect(alert).toMatchObject({
    startsAt: at('2026-11-22T07:34:37.473Z'),
    severity: 'error',
    severityInferred: true,
    service: 'collectd',
    title: 'collectd_load on collectd',
  })
})

test('[IN3] the identity does not depend on the order of labels, nor on annotations, nor on empty labels', () => {
  const alerts = parse([
    { labels: { alertname: 'A', zone: 'z' } },
    { labels: { zone: 'z', alertname: 'A', empty: '' }, annotations: { summary: 'x' } },
    { labels: { alertname: 'A', zone: 'y' } },
  ]).alerts
  expect(alerts[1]?.fingerprint).toBe(alerts[0]?.fingerprint)
  expect(alerts[2]?.fingerprint).not.toBe(alerts[0]?.fingerprint)
})

test('[IN9] a body that is no list of alerts is undecodable', () => {
  for (const body of [null, 1, {}, 'x'])
    expect(parse(body)).toEqual({ alerts: [], undecodable: 'not-an-alert-message' })
  expect(parse([{ labels: { a: 'b' } }, { labels: {} }])).toMatchObject({ undecodable: 'some-alerts-undecodable' })
})

test('[LM3] more than ten thousand alerts in one list are kept as a body', () => {
  const body = Array.from({ length: 10_001 }, () => ({ labels: { alertname: 'A' } }))
  expect(parse(body)).toEqual({ alerts: [], undecodable: 'too-many-alerts' })
})

test('[IN10] any list at all is parsed or refused, never thrown at', () => {
  fc.assert(
    fc.property(hostile, (body) => {
      for (const post of [parse(body), parse([body]), parse([{ labels: body, annotations: body }])])
        for (const alert of post.alerts) expect(alert.endsAt === null || alert.endsAt >= alert.startsAt).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
