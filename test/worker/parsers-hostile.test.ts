import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AlertMapping } from '../../durable/protocol/domain.ts'
import { parseChangeEvent } from '../../worker/ingest/pagerduty/change.ts'
import { PARSERS } from '../../worker/ingest/parsers.ts'
import { hostile } from './bodies.ts'
import { origin } from './origin.ts'

/** Bodies per parser; IC_FUZZ raises it. */
const RUNS = Number((env as unknown as { IC_FUZZ?: string }).IC_FUZZ ?? '') || 500

const mapping: AlertMapping = {
  identity: ['/id', '/labels/alertname'],
  title: '/title',
  status: { at: '/status', firing: ['firing'], resolved: ['resolved'] },
  severity: '/severity',
  startsAt: '/startsAt',
  labels: { x: '/labels/x' },
}

/** Well-formed outsides, by intake, so that the hostile part is read and not refused at the door. */
const WRAPS: Record<string, (value: unknown) => unknown> = {
  pagerduty: (value) => ({
    event_action: 'trigger',
    dedup_key: 'k',
    payload: { summary: 's', custom_details: value, ...own(value) },
    links: value,
  }),
  sns: (value) => ({
    Type: 'Notification',
    Message: JSON.stringify({
      AlarmArn: 'arn:x',
      AlarmName: 'n',
      NewStateValue: 'ALARM',
      Trigger: { Dimensions: value },
      ...own(value),
    }),
    MessageId: '1',
    Timestamp: '2026-11-22T07:31:07.449Z',
    TopicArn: 't',
    SignatureVersion: '2',
    Signature: 's',
    SigningCertURL: 'u',
  }),
  eventbridge: (value) => ({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:x'],
    detail: { alarmName: 'n', state: { value: 'ALARM', timestamp: value }, configuration: { metrics: value } },
  }),
  'standard-webhooks': (value) => ({ type: 'alert.firing', data: { title: 't', labels: value, ...own(value) } }),
  cloudevents: (value) => ({
    specversion: '1.0',
    id: '1',
    source: 's',
    type: 'alert.firing',
    data: { title: 't', ...own(value) },
    time: value,
  }),
  datadog: (value) => ({ cycle: 'c', title: 't', transition: 'Triggered', tags: 'a:b', date: value, scope: value }),
  sentry: (value) => ({ action: 'created', data: { issue: { id: '1', title: 't', ...own(value) } } }),
  syslog: (value) => [{ MESSAGE: 'm 1', PRIORITY: 'err', HOST: value, ISODATE: value }, value],
  collectd: (value) => [{ labels: { alertname: 'a', x: value }, startsAt: value }, value],
  webhook: (value) => ({ title: 't', labels: value, timestamp: value, ...own(value) }),
  alertmanager: (value) => ({ alerts: [{ status: 'firing', labels: { alertname: 'a', x: value } }, value] }),
  grafana: (value) => ({ alerts: [{ status: 'firing', labels: { alertname: 'a' }, dashboardURL: value }, value] }),
  alerts: (value) => [{ labels: { alertname: 'a', x: value }, endsAt: value }, value],
}

function own(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

const headers = { 'sentry-hook-resource': 'issue' }

test.each(Object.entries(PARSERS))(
  '[IN10] %s: no body makes it throw, its alerts are whole and well-formed',
  (intake, parse) => {
    const wrap = WRAPS[intake] ?? ((value) => value)
    let understood = 0
    fc.assert(
      fc.property(hostile, fc.boolean(), fc.boolean(), (value, wrapped, mapped) => {
        const post = parse(wrapped ? wrap(value) : value, origin(mapped ? { mapping, headers } : { headers }))
        understood += post.alerts.length
        for (const alert of post.alerts) {
          expect(alert.title === '' || alert.service === '' || alert.fingerprint === '').toBe(false)
          expect(Number.isSafeInteger(alert.startsAt)).toBe(true)
          expect(alert.status === 'resolved').toBe(alert.endsAt !== null)
          const text = JSON.stringify(alert)
          expect(text.isWellFormed()).toBe(true)
          expect(JSON.parse(text)).toEqual(alert)
        }
      }),
      { numRuns: RUNS },
    )
    expect(understood).toBeGreaterThan(0)
    expect(({} as Record<string, unknown>)['alertname']).toBeUndefined()
  },
)

test('[IN10] no change event throws either', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      for (const body of [value, { payload: { summary: 's', custom_details: value, timestamp: value } }]) {
        const read = parseChangeEvent(body, origin())
        if (read.ok) expect(JSON.stringify(read.change).isWellFormed()).toBe(true)
      }
    }),
    { numRuns: RUNS },
  )
})

test('[IN10] nesting of ten thousand levels and ten thousand labels are read without falling over', () => {
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`l${index}`, 'v']))
  for (const [intake, parse] of Object.entries(PARSERS))
    for (const value of [deep, many]) {
      const wrap = intake === 'sns' ? (inside: unknown) => inside : (WRAPS[intake] ?? ((inside: unknown) => inside))
      for (const alert of parse(wrap(value), origin({ mapping })).alerts)
        expect(Object.keys(alert.labels).length).toBeLessThan(70)
    }
  expect(parseChangeEvent({ payload: { summary: 's', custom_details: deep } }, origin()).ok).toBe(true)
})
