import { expect, test } from 'vitest'
import { parseCollectd } from '../../worker/ingest/collectd/parse.ts'
import { DATADOG_TEMPLATE, parseDatadog } from '../../worker/ingest/datadog/parse.ts'
import { parseGrafana } from '../../worker/ingest/grafana/parse.ts'
import { parseSentry } from '../../worker/ingest/sentry/parse.ts'
import { LINE_HOLDS_MS, parseSyslog, templateOf } from '../../worker/ingest/syslog/parse.ts'
import down from '../captures/am-webhook-instancedown-firing.json'
import collectd from '../captures/collectd-notification.json'
import syslog from '../captures/syslog-ng-http.json'
import { at, only } from './bodies.ts'
import { origin, RECEIVED } from './origin.ts'

test('[IN64] Grafana speaks as Alertmanager does, and its addresses are kept', () => {
  const [alert] = down.request.body.alerts
  const more = {
    silenceURL: 'https://g.example/s',
    dashboardURL: 'https://g.example/d',
    panelURL: 'javascript:alert(1)',
    values: { A: 1 },
    orgId: 1,
  }
  const body = { ...down.request.body, version: '1', state: 'alerting', alerts: [{ ...alert, ...more }] }
  const read = only(parseGrafana(body, origin()).alerts)
  expect(read).toMatchObject({
    fingerprint: alert?.fingerprint,
    status: 'firing',
    groupKey: down.request.body.groupKey,
  })
  expect(read.links.map(({ title }) => title)).toEqual(['source', 'dashboard', 'silence'])
})

const DOCUMENTS = import.meta.glob<string>('../../docs/sources.md', { query: '?raw', import: 'default', eager: true })

/** What Datadog makes of the template. */
function datadog(values: Record<string, string>): unknown {
  return JSON.parse(DATADOG_TEMPLATE.replace(/\$([A-Z_]+)/g, (all, name: string) => values[name] ?? all))
}
const MONITOR = {
  ID: '1',
  ALERT_CYCLE_KEY: '6502487293',
  AGGREG_KEY: 'aggregate',
  ALERT_TRANSITION: 'Triggered',
  ALERT_PRIORITY: 'P2',
  ALERT_TITLE: '[Triggered on {host:web1}] High latency',
  TAGS: 'env:prod,service:checkout,urgent',
  LINK: 'https://app.datadoghq.com/monitors/1',
  DATE_POSIX: '1795330000',
  ALERT_SCOPE: 'host:web1',
}

test('[IN70] a Datadog monitor is known by its alert cycle from trigger to recovery', () => {
  const fired = only(parseDatadog(datadog(MONITOR), origin()).alerts)
  expect(fired).toMatchObject({
    fingerprint: '6502487293',
    status: 'firing',
    title: 'High latency',
    service: 'checkout',
    severity: 'error',
    severityInferred: false,
    startsAt: 1_795_330_000_000,
    labels: { env: 'prod', urgent: 'true', scope: 'host:web1' },
  })
  for (const ALERT_TRANSITION of ['Re-Triggered', 'No Data', 'Re-No Data', 'Warn', 'Renotify'])
    expect(only(parseDatadog(datadog({ ...MONITOR, ALERT_TRANSITION }), origin()).alerts).status).toBe('firing')
  const over = {
    ...MONITOR,
    ALERT_TRANSITION: 'Recovered',
    ALERT_TITLE: '[Recovered on {host:web1}] High latency',
    DATE_POSIX: '1795330300',
  }
  expect(only(parseDatadog(datadog(over), origin()).alerts)).toMatchObject({
    fingerprint: '6502487293',
    status: 'resolved',
    title: 'High latency',
    endsAt: 1_795_330_300_000,
  })
})

test('[IN70] the template that the documents show is the one that is read', () => {
  const [sources] = Object.values(DOCUMENTS)
  expect(sources).toContain(DATADOG_TEMPLATE)
})

test('[IN70] without a priority a warning is one, else the severity is inferred; a test is skipped', () => {
  const { ALERT_PRIORITY: _none, ...rest } = MONITOR
  expect(only(parseDatadog(datadog({ ...rest, ALERT_TRANSITION: 'Warn' }), origin()).alerts).severity).toBe('warning')
  expect(only(parseDatadog(datadog(rest), origin()).alerts)).toMatchObject({
    severity: 'error',
    severityInferred: true,
  })
  expect(parseDatadog(datadog({ ...MONITOR, ALERT_TRANSITION: 'Test' }), origin()).skipped).toEqual({ test: 1 })
  expect(parseDatadog(datadog({ ...MONITOR, ALERT_TRANSITION: 'Other' }), origin()).undecodable).not.toBeNull()
  expect(parseDatadog(datadog({}), origin()).undecodable).not.toBeNull()
})

const sentry = (resource: string, body: unknown, headers: Record<string, string> = {}) =>
  parseSentry(body, origin({ headers: { 'sentry-hook-resource': resource, ...headers } }))
const ISSUE = {
  id: '1170820242',
  title: 'ReferenceError: heck is not defined',
  culprit: 'index.js',
  level: 'fatal',
  project: { slug: 'storefront' },
  firstSeen: '2026-11-22T07:00:00Z',
  lastSeen: '2026-11-22T07:30:00Z',
  permalink: 'https://sentry.example/issues/1',
}

test('[IN71] a Sentry issue and its events are one alert by the issue id; resolved and ignored end it', () => {
  const created = only(sentry('issue', { action: 'created', data: { issue: ISSUE } }).alerts)
  expect(created).toMatchObject({
    fingerprint: 'issue/1170820242',
    status: 'firing',
    service: 'storefront',
    severity: 'critical',
    startsAt: at('2026-11-22T07:00:00Z'),
    links: [{ title: 'source', href: 'https://sentry.example/issues/1' }],
  })
  const event = {
    issue_id: ISSUE.id,
    title: ISSUE.title,
    level: 'error',
    project_slug: 'storefront',
    datetime: '2026-11-22T07:01:00Z',
    tags: [
      ['service', 'web'],
      ['x', 1],
    ],
  }
  expect(only(sentry('event_alert', { action: 'triggered', data: { event } }).alerts)).toMatchObject({
    fingerprint: created.fingerprint,
    service: 'web',
    labels: { project: 'storefront', x: '1' },
  })
  expect(only(sentry('error', { action: 'created', data: { error: event } }).alerts).fingerprint).toBe(
    created.fingerprint,
  )
  for (const action of ['resolved', 'ignored', 'archived'])
    expect(
      only(sentry('issue', { action, data: { issue: ISSUE } }, { 'sentry-hook-timestamp': '1795333000' }).alerts),
    ).toMatchObject({
      fingerprint: created.fingerprint,
      status: 'resolved',
      endsAt: 1_795_333_000_000,
    })
  const again = only(sentry('issue', { action: 'unresolved', data: { issue: ISSUE } }).alerts)
  expect(again).toMatchObject({ status: 'firing', startsAt: at('2026-11-22T07:30:00Z') })
})

test('[IN71] a metric alert is critical, warning or resolved; what is no alert is skipped', () => {
  const metric_alert = {
    id: '7',
    title: 'Apdex',
    projects: ['storefront'],
    date_started: '2026-11-22T07:00:00Z',
    date_closed: '2026-11-22T07:20:00Z',
  }
  const data = { metric_alert, description_text: 'low', web_url: 'https://sentry.example/a/7' }
  const of = (action: string) => sentry('metric_alert', { action, data })
  expect(only(of('critical').alerts)).toMatchObject({
    fingerprint: 'metric/7',
    status: 'firing',
    severity: 'critical',
    service: 'storefront',
  })
  expect(only(of('warning').alerts).severity).toBe('warning')
  expect(only(of('resolved').alerts)).toMatchObject({ status: 'resolved', endsAt: at('2026-11-22T07:20:00Z') })
  expect(sentry('comment', { action: 'created', data: {} }).skipped).toEqual({ comment: 1 })
  expect(sentry('installation', { action: 'created', data: {} }).undecodable).toBeNull()
  expect(sentry('issue', { action: 'assigned', data: { issue: ISSUE } }).skipped).toEqual({ 'issue-assigned': 1 })
  expect(sentry('', { action: 'created', data: { issue: ISSUE } }).undecodable).not.toBeNull()
})

test('[IN72] lines that differ in numbers are one alert, which lasts while such lines come', () => {
  const { alerts, undecodable } = parseSyslog(syslog.request.body, origin())
  expect(undecodable).toBeNull()
  expect(alerts).toHaveLength(3)
  expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(1)
  expect(alerts[0]).toMatchObject({
    status: 'firing',
    title: 'payments: connection pool exhausted attempt=#',
    service: 'payments',
    severity: 'error',
    startsAt: at('2026-11-22T07:00:01Z'),
    validUntil: at('2026-11-22T07:00:01Z') + LINE_HOLDS_MS,
    labels: { host: 'localhost', program: 'payments', facility: 'user', severity: 'err' },
  })
  expect(templateOf('user 42 of 10.0.0.1 took 1.5s, request 0xdeadbeef 3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toBe(
    'user # of # took #s, request <id> <id>',
  )
})

test('[IN72] a line milder than a warning is skipped, and one without message or priority is undecodable', () => {
  const line = { PROGRAM: 'p', HOST: 'h', MESSAGE: 'm' }
  for (const PRIORITY of ['notice', 'info', 'debug'])
    expect(parseSyslog([{ ...line, PRIORITY }], origin())).toMatchObject({
      alerts: [],
      undecodable: null,
      skipped: { 'below-warning': 1 },
    })
  for (const PRIORITY of ['warning', 'err', 'crit', 'alert', 'emerg'])
    expect(parseSyslog([{ ...line, PRIORITY }], origin()).alerts).toHaveLength(1)
  expect(parseSyslog([line], origin()).undecodable).not.toBeNull()
  expect(only(parseSyslog({ ...line, PRIORITY: 'err' }, origin()).alerts).startsAt).toBe(RECEIVED)
})

test('[IN73] a collectd notification is known without its severity, and OKAY ends it', () => {
  const [said] = collectd.request.body
  const fired = only(parseCollectd([said], origin()).alerts)
  expect(fired).toMatchObject({
    status: 'firing',
    severity: 'critical',
    severityInferred: false,
    service: 'edge-test',
    validUntil: null,
  })
  const worse = only(parseCollectd([{ ...said, labels: { ...said?.labels, severity: 'WARNING' } }], origin()).alerts)
  expect(worse).toMatchObject({ fingerprint: fired.fingerprint, severity: 'warning' })
  const okay = only(
    parseCollectd(
      [{ ...said, labels: { ...said?.labels, severity: 'OKAY' }, startsAt: '2026-11-22T07:40:00Z' }],
      origin(),
    ).alerts,
  )
  expect(okay).toMatchObject({ fingerprint: fired.fingerprint, status: 'resolved', endsAt: at('2026-11-22T07:40:00Z') })
  expect(parseCollectd({}, origin()).undecodable).toBe('not-an-alert-message')
  expect(parseCollectd([{ labels: {} }], origin()).undecodable).toBe('some-alerts-undecodable')
})
