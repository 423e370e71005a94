import { expect, test } from 'vitest'
import type { AlertMapping } from '../../durable/protocol/domain.ts'
import { parseGeneric } from '../../worker/ingest/generic/parse.ts'
import { at as pointed } from '../../worker/ingest/pointer.ts'
import { levelInType } from '../../worker/ingest/status.ts'
import { anyInstantOf } from '../../worker/ingest/time.ts'
import { at, only } from './bodies.ts'
import { origin, RECEIVED } from './origin.ts'

const plain = (body: unknown) => parseGeneric(body, origin())
const mapped = (body: unknown, mapping: AlertMapping) => parseGeneric(body, origin({ mapping }))

test('[IN74] without a mapping the names that most senders use are read', () => {
  const said = {
    title: 'Disk full',
    severity: 'P1',
    service: 'db',
    key: 'disk/db',
    timestamp: 1_795_330_000,
    url: 'https://x.example/1',
    description: 'words',
    labels: { disk: '/dev/sda', n: 3 },
  }
  expect(only(plain(said).alerts)).toMatchObject({
    fingerprint: 'disk/db',
    status: 'firing',
    title: 'Disk full',
    service: 'db',
    severity: 'critical',
    startsAt: 1_795_330_000_000,
    labels: { disk: '/dev/sda', n: '3' },
    annotations: { summary: 'words' },
    links: [{ title: 'source', href: 'https://x.example/1' }],
  })
  const over = only(plain({ ...said, status: 'Resolved', timestamp: 1_795_330_060 }).alerts)
  expect(over).toMatchObject({ fingerprint: 'disk/db', status: 'resolved', endsAt: 1_795_330_060_000 })
})

test('[IN74] without a key of its own an alert is known by service and title; a status that nobody knows is undecodable', () => {
  const [a, b, c] = ['firing', 'ok', 'firing'].map((status, index) => {
    const service = index === 2 ? 'y' : 'x'
    return only(plain({ title: 't', status, service }).alerts)
  })
  expect(b?.fingerprint).toBe(a?.fingerprint)
  expect(c?.fingerprint).not.toBe(a?.fingerprint)
  expect(plain({ title: 't', status: 'maybe' }).undecodable).toBe('some-alerts-undecodable')
  expect(plain([{ title: 't' }, { nothing: 1 }])).toMatchObject({ undecodable: 'some-alerts-undecodable' })
  expect(plain({ alerts: [{ title: 'a' }, { title: 'b' }] }).alerts).toHaveLength(2)
})

const mapping: AlertMapping = {
  items: '/data/events',
  identity: ['/host/name', '/check'],
  title: '/output',
  status: { at: '/state', firing: ['2', 'BAD'], resolved: ['0'] },
  service: '/host/name',
  severity: '/level',
  severities: { schlimm: 'critical' },
  startsAt: '/since',
  endsAt: '/until',
  summary: '/text',
  link: '/ref',
  group: '/host/rack',
  labels: { rack: '/host/rack', 'a/b': '/a~1b', constant: 'yes', absent: '/no/where' },
}
const item = {
  host: { name: 'db1', rack: 'r7' },
  check: 'disk',
  output: 'DISK CRITICAL',
  state: 2,
  level: 'schlimm',
  since: '2026-11-22T07:00:00Z',
  text: 'full',
  ref: 'https://x.example/',
  'a/b': 'slash',
}

test('[IN75] a declared mapping says which member is what, by JSON pointers; other texts stand for themselves', () => {
  const alert = only(mapped({ data: { events: [item] } }, mapping).alerts)
  expect(alert).toMatchObject({
    status: 'firing',
    title: 'DISK CRITICAL',
    service: 'db1',
    severity: 'critical',
    severityInferred: false,
    groupKey: 'r7',
    startsAt: at('2026-11-22T07:00:00Z'),
    labels: { rack: 'r7', 'a/b': 'slash', constant: 'yes' },
    annotations: { summary: 'full' },
  })
  const ended = { ...item, state: '0', until: 1_795_333_000_000 }
  const over = only(mapped({ data: { events: [ended] } }, mapping).alerts)
  expect(over).toMatchObject({ fingerprint: alert.fingerprint, status: 'resolved', endsAt: 1_795_333_000_000 })
})

test('[IN75] an item without title, identity or a declared status is undecodable; so is a body without the list', () => {
  const { output: _title, ...untitled } = item
  const bad = [untitled, { ...item, state: 3 }, { ...item, host: null, check: null }]
  for (const one of bad)
    expect(mapped({ data: { events: [one, item] } }, mapping)).toMatchObject({
      undecodable: 'some-alerts-undecodable',
      alerts: [{ title: 'DISK CRITICAL' }],
    })
  expect(mapped({ data: {} }, mapping)).toEqual({ alerts: [], undecodable: 'not-an-alert-message' })
  const simple: AlertMapping = { identity: ['/id'], title: '/t' }
  expect(
    mapped(
      [
        { id: 1, t: 'x' },
        { id: 2, t: 'y' },
      ],
      simple,
    ).alerts.map(({ fingerprint }) => fingerprint),
  ).toEqual(['1', '2'])
  expect(only(mapped({ id: 1, t: 'x' }, simple).alerts).startsAt).toBe(RECEIVED)
})

test('[SE68] a pointer reaches own members and list items only', () => {
  expect(pointed({ a: [{ 'b/c~d': 1 }] }, '/a/0/b~1c~0d')).toBe(1)
  expect(pointed({ '': 2 }, '/')).toBe(2)
  expect(pointed(5, '')).toBe(5)
  for (const path of ['/__proto__', '/constructor/name', '/a/length', '/a/-1', '/a/01', '/a/1', 'a', '/a'.repeat(40)])
    expect(pointed({ a: [0] }, path)).toBeUndefined()
  const nested: unknown = JSON.parse('{"__proto__":{"x":1}}')
  expect(pointed(nested, '/__proto__/x')).toBe(1)
})

test('[IN85] a time may be RFC 3339, with an offset without a colon, or seconds or milliseconds since 1970', () => {
  const when = at('2026-11-22T07:04:40Z')
  for (const form of [
    '2026-11-22T07:04:40Z',
    '2026-11-22T08:04:40.000+0100',
    when,
    when / 1_000,
    String(when),
    String(when / 1_000),
  ])
    expect(anyInstantOf(form)).toBe(when)
  expect(anyInstantOf(1_795_331_080.9896)).toBe(1_795_331_080_989)
  for (const none of ['', 'now', null, 0, -5, NaN, Infinity, 1e308, '12', {}, [], '0001-01-01T00:00:00Z'])
    expect(anyInstantOf(none)).toBeNull()
})

test('[IN67] the level of an event stands in its type; the rest is what both levels share', () => {
  expect(levelInType('dev.ic.alert.firing.v1')).toEqual({ level: 'firing', rest: 'dev.ic.alert.v1' })
  expect(levelInType('dev.ic.alert.resolved.v1')).toEqual({ level: 'resolved', rest: 'dev.ic.alert.v1' })
  expect(levelInType('problem.closed')).toEqual({ level: 'resolved', rest: 'problem' })
  expect(levelInType('monitor/alert')).toEqual({ level: 'firing', rest: 'monitor' })
  for (const type of ['invoice.paid', 'constructor', '']) expect(levelInType(type)).toEqual({ level: null, rest: type })
})
