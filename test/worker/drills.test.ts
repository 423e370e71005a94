import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { BACKLOG_ROWS_MAX } from '../../durable/directory/outbox.ts'
import { openDrill, tokenFor } from './drill.ts'
import type { DrillRow, EventsPage, IntakeCounters, Page } from '../../durable/protocol/objects.ts'
import type { ArchivePort } from '../../durable/protocol/ports.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import type { Bindings } from '../../worker/env.ts'
import { api, json, problem } from './api.ts'

const WEBHOOK = '/api/v1/ingest/alertmanager'
const bindings = env as unknown as Bindings
const START = { scenario: 'database-cascade', seed: 7, speed: 60 }

function alert(service: string, more: object = {}): object {
  return { alerts: [{ status: 'firing', labels: { alertname: 'A', service }, ...more }] }
}

test('[SE21] a drill token reaches its own drill and leaves the live namespace as it was', async () => {
  const live = await json<IntakeCounters>(await api('/api/v1/intake'))
  const token = await openDrill('drl_tokens000001', 'metrics')
  expect(await json(await api(WEBHOOK, { token, body: alert('checkout') }))).toMatchObject({ received: 1 })
  expect(await json(await api('/api/v1/intake'))).toEqual(live)
  expect((await bindings.DIRECTORY.getByName('drill/drl_tokens000001').counters()).received).toBe(1)
  await expect
    .poll(async () => (await json<Page<IncidentRow>>(await api('/api/v1/incidents?drill=true'))).items.length, {
      timeout: 10_000,
    })
    .toBe(1)
  const row = (await json<Page<IncidentRow>>(await api('/api/v1/incidents?drill=true'))).items[0]
  expect(row).toMatchObject({ drill: 'drl_tokens000001', service: 'checkout' })
  const detail = await json<{ alerts: { source: string }[] }>(await api(`/api/v1/incidents/${row?.id}`))
  expect(detail.alerts[0]?.source).toBe('metrics')
})

test('[SE21] a token is worth what its own drill says: another drill, another source or another end is 401', async () => {
  const token = await openDrill('drl_tokens000002', 'metrics')
  await openDrill('drl_tokens000003', 'metrics')
  const forged = [
    token.replace('tokens000002', 'tokens000003'),
    token.replace('metrics', 'deploys'),
    `${token}0`,
    tokenFor('drl_nosuchdrill1', 'metrics'),
  ]
  for (const one of forged)
    await problem(await api(WEBHOOK, { token: one, body: alert('checkout') }), 401, 'unauthenticated')
})

test('[IN16] in a drill times are judged by its own clock', async () => {
  const startedAt = Date.parse('2031-01-01T00:00:00Z')
  const token = await openDrill('drl_clock0000001', 'metrics', startedAt)
  await json(await api(WEBHOOK, { token, body: alert('checkout', { startsAt: '2031-01-01T00:01:00Z' }) }))
  await expect
    .poll(
      async () => {
        const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents?drill=true'))
        const row = items.find((item) => item.drill === 'drl_clock0000001')
        if (!row) return null
        const detail = await json<{ alerts: { startsAt: number }[] }>(await api(`/api/v1/incidents/${row.id}`))
        return detail.alerts[0]?.startsAt ?? null
      },
      { timeout: 10_000 },
    )
    .toBe(Date.parse('2031-01-01T00:01:00Z'))
})

test('[IN18] a drill is started, listed, read and stopped by HTTP', async () => {
  const answer = await api('/api/v1/drills', { body: START })
  const row = await json<DrillRow>(answer, 201)
  expect(answer.headers.get('location')).toBe(`/api/v1/drills/${row.id}`)
  expect(row).toMatchObject({ ...START, state: 'running' })
  const { items } = await json<Page<DrillRow>>(await api('/api/v1/drills'))
  expect(items.map((item) => item.id)).toContain(row.id)
  expect(await json(await api(`/api/v1/drills/${row.id}`))).toMatchObject({ id: row.id, seed: 7 })
  expect(await json(await api(`/api/v1/drills/${row.id}/stop`, { method: 'POST' }))).toMatchObject({ state: 'stopped' })
})

test('[IN18] scenarios are listed with their variants', async () => {
  const { items } = await json<Page<{ name: string; variants: { name: string }[] }>>(await api('/api/v1/scenarios'))
  expect(items.map((item) => item.name)).toContain('database-cascade')
  expect(items[0]?.variants.map((variant) => variant.name)).toContain('healthy')
})

test('[IN19] a drill that cannot be is refused before anything of it exists', async () => {
  const before = await json<Page<DrillRow>>(await api('/api/v1/drills'))
  await problem(await api('/api/v1/drills', { body: { ...START, scenario: '__proto__' } }), 422, 'no-such-scenario')
  await problem(await api('/api/v1/drills', { body: { ...START, variant: 'constructor' } }), 422, 'no-such-variant')
  for (const wrong of [{ speed: 0.5 }, { speed: 121 }, { seed: -1 }, { seed: 1.5 }, { seed: 2 ** 32 }, { token: 'x' }])
    await problem(await api('/api/v1/drills', { body: { ...START, ...wrong } }), 400, 'invalid-body')
  await problem(await api('/api/v1/drills/drl_aaaaaaaaaaaa'), 404, 'not-found')
  await problem(await api('/api/v1/drills/drl_aaaaaaaaaaaa/stop', { method: 'POST' }), 404, 'not-found')
  expect(await json(await api('/api/v1/drills'))).toEqual(before)
})

test('[DR62] a drill takes faults: of a voter by name, or for all; anything else is refused by place', async () => {
  const faults = [{ kind: 'equivocation', agent: 'diagnosis', from: 5_000 }, { kind: 'poisoned-metric' }]
  const row = await json<DrillRow>(await api('/api/v1/drills', { body: { ...START, faults } }), 201)
  expect(row.faults).toEqual(faults)
  expect(await json(await api(`/api/v1/drills/${row.id}`))).toMatchObject({ faults })
  for (const wrong of [
    [{ kind: 'equivocation' }],
    [{ kind: 'poisoned-metric', agent: 'diagnosis' }],
    [{ kind: 'silence', agent: 'communication' }],
    [{ kind: 'toString', agent: 'diagnosis' }],
    [{ kind: 'silence', agent: 'diagnosis', from: -1 }],
    [{ kind: 'silence', agent: 'diagnosis', when: 'now' }],
    Array.from({ length: 13 }, () => ({ kind: 'poisoned-metric' })),
    [],
    'all',
  ])
    await problem(await api('/api/v1/drills', { body: { ...START, faults: wrong } }), 400, 'invalid-body')
  await json(await api(`/api/v1/drills/${row.id}/stop`, { method: 'POST' }))
})

test('[DR62] nothing that belongs to a live incident takes faults', async () => {
  const faults = [{ kind: 'equivocation', agent: 'diagnosis' }]
  const body = { title: 'Real', severity: 'SEV-3', service: 'checkout' }
  await problem(await api('/api/v1/incidents', { body: { ...body, faults } }), 400, 'invalid-body')
  const { id } = await json<{ id: string }>(await api('/api/v1/incidents', { body }), 201)
  await expect.poll(async () => (await api(`/api/v1/incidents/${id}`)).status, { timeout: 10_000 }).toBe(200)
  for (const step of ['acknowledge', 'resolve', 'drills', 'faults']) {
    const { status } = await api(`/api/v1/incidents/${id}/${step}`, { body: { reason: 'x', faults } })
    expect([400, 404], step).toContain(status)
  }
})

test('[IN15] a directory with a full outbox says so: 503 until it has drained, and nothing is counted', async () => {
  const token = await openDrill('drl_overload0001', 'metrics')
  const directory = env.DIRECTORY.getByName('drill/drl_overload0001')
  const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${BACKLOG_ROWS_MAX})
    INSERT INTO outbox (target, kind, body, items, units, due)
    SELECT 'inc_overload0001-aaaaaaaa', 'alerts', '{"kind":"alerts","alerts":[]}', 0, 0, ${Date.now() + 86_400_000} FROM n`
  await runInDurableObject(directory, (_, state) => state.storage.sql.exec(fill).toArray())
  const answer = await api(WEBHOOK, { token, body: alert('checkout') })
  await problem(answer, 503, 'intake-overloaded')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await bindings.DIRECTORY.getByName('drill/drl_overload0001').counters()).received).toBe(0)
  await runInDurableObject(directory, (_, state) => state.storage.sql.exec('DELETE FROM outbox').toArray())
  expect((await api(WEBHOOK, { token, body: alert('checkout') })).status).toBe(200)
})

test('[SE20] the archive of drills answers for ids of drills, and the real archive for real ones', async () => {
  const body = { title: 'Archived', severity: 'SEV-3', service: 'checkout' }
  const { id } = await json<{ id: string }>(await api('/api/v1/incidents', { body }), 201)
  await expect.poll(async () => (await api(`/api/v1/incidents/${id}`)).status, { timeout: 10_000 }).toBe(200)
  for (const step of ['resolve', 'close'])
    await json(await api(`/api/v1/incidents/${id}/${step}`, { body: { reason: 'over' } }))
  const detail = await json<IncidentDetail>(await api(`/api/v1/incidents/${id}`))
  const { items: events } = await json<EventsPage>(await api(`/api/v1/incidents/${id}/events`))
  const twin = id.replace('inc_', 'inc_archived00001-')
  const drill = 'drl_archived00001'
  const archived = {
    id: twin,
    namespace: `drill/${drill}`,
    detail: { ...detail, id: twin, drill },
    chainHead: '0',
    events,
  }
  const memory = bindings.MEMORY.getByName('drills') as unknown as ArchivePort
  await memory.put(archived)
  expect(await json(await api(`/api/v1/history/${twin}`))).toMatchObject({ id: twin, detail: { drill } })
  const ids = async (query: string) =>
    (await json<Page<{ id: string }>>(await api(`/api/v1/history${query}`))).items.map((row) => row.id)
  expect(await ids('?drill=true')).toContain(twin)
  expect(await ids('')).not.toContain(twin)
  await expect.poll(async () => (await api(`/api/v1/history/${id}`)).status, { timeout: 10_000 }).toBe(200)
  expect(await ids('?drill=true')).not.toContain(id)
  expect(await ids('')).toContain(id)
})
