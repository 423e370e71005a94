import { expect, test } from 'vitest'
import { LABELS_MAX, LABEL_CHARS_MAX } from '../../durable/protocol/limits.ts'
import { parseAlertmanager } from '../../worker/ingest/alertmanager/parse.ts'
import { instantOf } from '../../worker/ingest/time.ts'
import { at, only } from './bodies.ts'

const RECEIVED = at('2026-11-22T08:00:00Z')
const parse = (alert: object) =>
  only(parseAlertmanager({ alerts: [{ status: 'firing', ...alert }] }, 'prometheus', RECEIVED).alerts)

test('[IN4] the service is the label service, else app, else job, else the alert name', () => {
  const labels = { service: 's', app: 'a', job: 'j', alertname: 'N' }
  expect(parse({ labels })).toMatchObject({ service: 's', title: 'N on s' })
  expect(parse({ labels: { ...labels, service: ' ' } }).service).toBe('a')
  expect(parse({ labels: { job: 'j', alertname: 'N' } }).service).toBe('j')
  expect(parse({ labels: { alertname: 'N' } })).toMatchObject({ service: 'N', title: 'N' })
  expect(parse({ labels: { other: 'x' } }).service).toBe('unknown')
})

test('[IN5] severity words of the field map to four; an unknown or missing word is error and said to be inferred', () => {
  const table = {
    critical: ['critical', 'fatal', 'disaster', 'p1', 'CRITICAL'],
    error: ['error', 'high', 'p2'],
    warning: ['warning', 'average', 'p3', ' Warning '],
    info: ['info', 'low', 'debug', 'p4', 'p5'],
  }
  for (const [severity, words] of Object.entries(table))
    for (const word of words)
      expect(parse({ labels: { alertname: 'A', severity: word } })).toMatchObject({ severity, severityInferred: false })
  for (const word of ['page', 'constructor', '__proto__'])
    expect(parse({ labels: { alertname: 'A', severity: word } })).toMatchObject({
      severity: 'error',
      severityInferred: true,
    })
  expect(parse({ labels: { alertname: 'A' } })).toMatchObject({ severity: 'error', severityInferred: true })
})

test('[IN6] a time more than five minutes ahead is the time of receipt', () => {
  const labels = { alertname: 'A' }
  expect(parse({ labels, startsAt: '2026-11-22T08:05:00Z' }).startsAt).toBe(at('2026-11-22T08:05:00Z'))
  expect(parse({ labels, startsAt: '2026-11-22T08:05:00.001Z' }).startsAt).toBe(RECEIVED)
  expect(parse({ labels, startsAt: '9999-12-31T23:59:59Z' }).startsAt).toBe(RECEIVED)
  expect(parse({ labels, status: 'resolved', endsAt: '9999-12-31T23:59:59Z' }).endsAt).toBe(RECEIVED)
})

test('[IN6] a resolve never precedes its start', () => {
  const times = { startsAt: '2026-11-22T07:30:00Z', endsAt: '2026-11-22T07:00:00Z' }
  const alert = parse({ labels: { alertname: 'A' }, status: 'resolved', ...times })
  expect(alert.endsAt).toBe(alert.startsAt)
})

test('[IN6] the zero time, times before 1970 and what is no time are no time', () => {
  for (const text of [
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    'yesterday',
    '2026-13-40T00:00:00Z',
    '',
    '2026-11-22',
    5,
    null,
  ])
    expect(instantOf(text)).toBeNull()
  expect(instantOf('2026-11-22T09:11:56.904123456+02:00')).toBe(at('2026-11-22T07:11:56.904Z'))
})

test('[LM4] labels and annotations are cut at their limits and the alert says so; what groups it is kept', () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`a${n}`, 'x'.repeat(5_000)]))
  const alert = parse({ labels: { ...many, service: 'checkout', alertname: 'A' }, annotations: many })
  expect(Object.keys(alert.labels)).toHaveLength(LABELS_MAX + 1)
  expect(Object.keys(alert.annotations)).toHaveLength(LABELS_MAX)
  expect(Math.max(...Object.values(alert.labels).map((value) => value.length))).toBe(LABEL_CHARS_MAX)
  expect(alert.labels['service']).toBe('checkout')
  expect(alert.labels['ic_cut']).toBe(
    `entries:${10_002 - LABELS_MAX + 10_000 - LABELS_MAX},values:${LABELS_MAX * 2 - 2}`,
  )
})

test('[LM4] a sender cannot say that something was cut', () => {
  expect(parse({ labels: { alertname: 'A', ic_cut: 'all' } }).labels).toEqual({ alertname: 'A' })
})

test('[LM4] alerts that differ only in what is cut are still two alerts', () => {
  const long = (end: string) => parse({ labels: { alertname: 'A', path: 'x'.repeat(LABEL_CHARS_MAX) + end } })
  expect(long('1').fingerprint).not.toBe(long('2').fingerprint)
})

test('[SE8] keys of the language are data: nothing is inherited, nothing polluted', () => {
  const body: unknown = JSON.parse('{"labels":{"alertname":"A","__proto__":"p","constructor":"c","toString":"t"}}')
  const { labels } = parse(body as object)
  expect(Object.keys(labels).sort()).toEqual(['__proto__', 'alertname', 'constructor', 'toString'])
  expect(Object.getPrototypeOf(labels)).toBe(Object.prototype)
  expect(JSON.stringify(labels)).toContain('"__proto__":"p"')
})

test('[SE9] only web addresses become links', () => {
  const annotations = { runbook_url: 'javascript:alert(1)', dashboard_url: 'https://d.example/x' }
  const alert = parse({
    labels: { alertname: 'A' },
    annotations,
    generatorURL: `http://p.example/${'x'.repeat(3_000)}`,
  })
  expect(alert.links).toEqual([{ title: 'dashboard', href: 'https://d.example/x' }])
})

test('[IN10] text is well-formed Unicode, also where a pair would be cut in two', () => {
  const { labels } = parse({ labels: { alertname: '\ud800', path: `${'x'.repeat(LABEL_CHARS_MAX - 1)}😀` } })
  expect(Object.values(labels).every((value) => value.isWellFormed())).toBe(true)
})
