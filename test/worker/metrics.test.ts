import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { expect, test, vi } from 'vitest'
import type { IncidentDirectory } from '../../durable/index.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { emptyView, type View } from '../../durable/protocol/view.ts'
import { tallyOf } from '../../durable/room/measure.ts'
import { series } from '../../worker/middleware/measure.ts'
import { api, json, problem } from './api.ts'

const ALERT = { labels: { alertname: 'Down', service: 'checkout', severity: 'critical' } }
const directory = () => env.DIRECTORY.getByName(LIVE) as DurableObjectStub<IncidentDirectory>

async function scrape(accept = 'text/plain'): Promise<{ text: string; type: string; at: Map<string, number> }> {
  const answer = await api('/metrics', { headers: { accept } })
  const text = await answer.text()
  expect([answer.status, text]).toEqual([200, text])
  const samples = text.split('\n').flatMap((line) => {
    const match = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line)
    return match?.[1] === undefined ? [] : [[match[1], Number(match[2])] as const]
  })
  return { text, type: answer.headers.get('content-type') ?? '', at: new Map(samples) }
}

test('[ME1] what came in and where it ended is counted by the directory and adds up', async () => {
  const before = (await scrape()).at
  await (await api('/api/v2/alerts', { body: [ALERT] })).text()
  await (await api('/api/v2/alerts', { body: [ALERT] })).text()
  await (await api('/api/v1/ingest/alertmanager', { body: 'no json' })).text()
  const { at } = await scrape()
  const grown = (name: string) => (at.get(name) ?? 0) - (before.get(name) ?? 0)
  expect(grown('ic_ingest_alerts_total')).toBe(3)
  expect(grown('ic_ingest_quarantined_total')).toBe(1)
  const ends = ['attached', 'deduplicated', 'suppressed', 'quarantined'].map((end) =>
    grown(series('ic_ingest_ended_total', { end })),
  )
  expect(ends.reduce((sum, n) => sum + n, grown('ic_ingest_pending'))).toBe(3)
  expect(grown(series('ic_ingest_reasons_total', { end: 'deduplicated', reason: 're-sent' }))).toBe(1)
})

test('[ME2] requests are counted by route and status, never by path; posts by source, with the time they waited', async () => {
  const before = (await scrape()).at
  for (const id of ['inc_aaaaaaaaaaaa', 'inc_bbbbbbbbbbbb']) await problem(await api(`/api/v1/incidents/${id}`), 404)
  await problem(await api('/no/such/"place"', { method: 'PATCH' }), 404)
  await (await api('/api/v2/alerts', { body: [ALERT] })).text()
  await problem(await api('/api/v2/alerts', { body: [ALERT], token: 'nobody' }), 401)
  const { at, text } = await scrape()
  const grown = (name: string) => (at.get(name) ?? 0) - (before.get(name) ?? 0)
  const route = '/api/v1/incidents/:id'
  expect(grown(series('ic_http_requests_total', { code: '404', method: 'GET', route }))).toBe(2)
  expect(grown(series('ic_http_requests_total', { code: '404', method: 'PATCH', route: 'none' }))).toBe(1)
  expect(grown(series('ic_ingest_requests_total', { code: '200', source: 'prometheus' }))).toBe(1)
  expect(grown(series('ic_ingest_requests_total', { code: '401', source: 'unknown' }))).toBe(1)
  expect(grown('ic_ingest_ack_seconds_count')).toBe(1)
  expect(grown(series('ic_ingest_ack_seconds_bucket', { le: '+Inf' }))).toBe(1)
  expect(text).not.toContain('aaaaaaaa')
})

test('[ME3] the text is one family after the other, each with help and type, and no sample twice', async () => {
  const { text, type, at } = await scrape()
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = text.trimEnd().split('\n')
  expect(at.size).toBe(lines.filter((line) => !line.startsWith('#')).length)
  let family = ''
  for (const line of lines) {
    const head = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line)
    if (head?.[1] === 'HELP') family = head[2] ?? ''
    else if (head) expect([line, head[2]]).toEqual([line, family])
    else expect([line, line.startsWith(family)]).toEqual([line, true])
  }
})

test('[ME3] OpenMetrics is answered to who accepts it: counters by their bare name, and an end', async () => {
  const { text, type } = await scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.5')
  expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  expect(text.endsWith('\n# EOF\n')).toBe(true)
  expect(text).toContain('# TYPE ic_ingest_alerts counter\nic_ingest_alerts_total ')
  expect(text).not.toMatch(/# TYPE \w+_total /)
})

test('[ME4] what waits and for how long, what is open and what is thrown is said as it stands', async () => {
  await json(await api('/api/v1/kill-switch', { method: 'PUT', body: { on: true, reason: 'x' } }))
  const waiting = `INSERT INTO outbox (target, kind, body, items, units, due, written) VALUES ('x', 'y', '{}', 1, 0, ?, ?)`
  await runInDurableObject(directory(), (_, { storage }) => {
    storage.sql.exec(waiting, Date.now() + 60_000, Date.now() - 5_000)
  })
  const { at } = await scrape()
  expect(at.get('ic_kill_switch')).toBe(1)
  expect(at.get('ic_inbox_oldest_seconds')).toBeGreaterThanOrEqual(5)
  expect(at.get('ic_inbox_rows')).toBeGreaterThanOrEqual(1)
  await runInDurableObject(directory(), (_, { storage }) => {
    const { sql } = storage
    sql.exec(
      "INSERT INTO journal (id, wall, intake, source, units, bytes) VALUES (9999, ?, 'alerts', 'x', 0, 0)",
      1_000,
    )
    sql.exec("INSERT INTO inbox (journal, units, alerts) VALUES (9999, 0, '[]')")
  })
  expect((await scrape()).at.get('ic_inbox_oldest_seconds')).toBeGreaterThan(1_000_000)
  const open = [...at].filter(([name]) => name.startsWith('ic_incidents{')).reduce((sum, [, n]) => sum + n, 0)
  const { items } = await json<{ items: unknown[] }>(await api('/api/v1/incidents'))
  expect(open).toBe(items.length)
})

test('[ME8] rooms tell how long agents took and whom they reached; drills tell nothing', async () => {
  const body = { title: 'slow', severity: 'SEV-2', service: 'checkout' }
  const { id } = await json<{ id: string }>(await api('/api/v1/incidents', { body }), 201)
  const ran = series('ic_agent_run_seconds_count', { agent: 'communication', engine: 'embedded' })
  await vi.waitFor(async () => expect((await scrape()).at.get(ran)).toBeGreaterThan(0), { timeout: 15_000 })
  const { text, at } = await scrape()
  const bucket = (le: string) => `ic_agent_run_seconds_bucket{agent="communication",engine="embedded",le="${le}"}`
  expect(at.get(bucket('+Inf'))).toBe(at.get(ran))
  expect(text.indexOf(bucket('0.005'))).toBeLessThan(text.indexOf(bucket('10')))
  expect(text.indexOf(bucket('10'))).toBeLessThan(text.indexOf(bucket('+Inf')))
  expect(text).not.toContain(id)
})

test('[ME8] a page that arrived is timed from the opening, once, and each outcome is counted', () => {
  const view = emptyView()
  view.head = { openedAt: 1_000 } as View['head']
  view.pages = [
    { id: 'P-01', reason: 'opened' },
    { id: 'P-02', reason: 'escalated' },
  ] as View['pages']
  const event = (type: string, page: string, to: number) => ({ at: 4_000, body: { type, page, to } }) as RoomEvent
  const tally = tallyOf(
    [
      event('notification-sent', 'P-01', 0),
      event('notification-sent', 'P-01', 1),
      event('notification-sent', 'P-02', 0),
      event('notification-failed', 'P-02', 1),
      event('notification-parked', 'P-02', 1),
    ],
    view,
  )
  expect(tally).toMatchObject({
    'ic_notifications_total{outcome="sent"}': 3,
    'ic_notifications_total{outcome="failed"}': 1,
    'ic_notifications_total{outcome="parked"}': 1,
    ic_alert_to_page_seconds_sum: 3,
    ic_alert_to_page_seconds_count: 1,
    'ic_alert_to_page_seconds_bucket{le="5"}': 1,
  })
  expect(tally).not.toHaveProperty('ic_alert_to_page_seconds_bucket{le="2.5"}')
})

test('[ME5] series are bounded: what finds no place is counted as that', async () => {
  const flood = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`ic_flood_total{n="${n}"}`, 1]))
  await directory().tally({ ...flood, [`ic_${'x'.repeat(400)}`]: 1, ic_bad: Number.NaN })
  await directory().tally(flood)
  const { tallies } = await directory().measures()
  expect(Object.keys(tallies).length).toBeLessThanOrEqual(3_001)
  expect(tallies['ic_series_beyond_limit_total']).toBeGreaterThan(1_000)
})

test('[ME6] ready means that storage takes a write and gives it back; figures are for viewers', async () => {
  expect(await json(await api('/readyz', { token: null }))).toMatchObject({ ok: true })
  expect(await directory().probe()).toBe(true)
  await problem(await api('/metrics', { token: null }), 401, 'unauthenticated')
  expect((await api('/metrics', { token: 'dev@viewer' })).status).toBe(200)
})
