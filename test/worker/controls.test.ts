import { expect, test } from 'vitest'
import type { ControlsRow, FreezeRow } from '../../durable/protocol/controls.ts'
import type { IncidentDetail } from '../../durable/protocol/rows.ts'
import { api, json, problem } from './api.ts'

const because = (on: boolean) => ({ on, reason: 'week one' })
const later = (ms: number) => new Date(Date.now() + ms).toISOString()
const HOUR_MS = 3_600_000

const CHANGES: [method: string, path: string, body: unknown][] = [
  ['PUT', '/api/v1/kill-switch', because(true)],
  ['PUT', '/api/v1/kill-switch/services/checkout', because(true)],
  ['PUT', '/api/v1/dry-run', because(true)],
  ['POST', '/api/v1/freezes', { services: '*', reason: 'x' }],
  ['DELETE', '/api/v1/freezes/frz_aaaaaaaaaaaa', undefined],
  ['PUT', '/api/v1/autonomy/pool', because(false)],
  ['POST', '/api/v1/incidents/inc_aaaaaaaaaaaa/kill-switch', because(true)],
  ['POST', '/api/v1/incidents/inc_aaaaaaaaaaaa/dry-run-mode', because(true)],
]

test('[SE70] everybody sees what is held back, a commander alone sets it', async () => {
  for (const [method, path, body] of CHANGES)
    await problem(
      await api(path, { method, token: 'dev:ray@responder', ...(body !== undefined && { body }) }),
      403,
      'role-too-low',
    )
  for (const path of ['/api/v1/controls', '/api/v1/freezes', '/api/v1/kill-switch'])
    expect((await api(path, { token: 'dev:vic@viewer' })).status).toBe(200)
})

test('[SE70] nothing is set without a reason, or with a word that is not known', async () => {
  for (const [method, path, body] of CHANGES) {
    if (body === undefined) continue
    const without = { ...(body as object), reason: ' ' }
    await problem(await api(path, { method, body: without }), 400, 'invalid-body')
    await problem(await api(path, { method, body: { ...(body as object), forever: true } }), 400, 'invalid-body')
  }
  await problem(
    await api('/api/v1/kill-switch/services/payroll', { method: 'PUT', body: because(true) }),
    404,
    'not-found',
  )
  await problem(await api('/api/v1/autonomy/none', { method: 'PUT', body: because(false) }), 404, 'not-found')
})

test('[AC113] a freeze is set, listed and ended; one of no span or of nobody is refused', async () => {
  const until = later(HOUR_MS)
  const kept = await json<FreezeRow>(
    await api('/api/v1/freezes', { body: { services: ['checkout'], until, reason: 'books close' } }),
    201,
  )
  expect(kept).toMatchObject({ services: ['checkout'], until, by: 'dev', origin: 'api', state: 'active' })
  const { items } = await json<{ items: FreezeRow[] }>(await api('/api/v1/freezes'))
  expect(items).toContainEqual(kept)
  const controls = await json<ControlsRow>(await api('/api/v1/controls'))
  expect(controls.freezes).toContainEqual(kept)
  for (const body of [
    { services: '*', until: later(-1), reason: 'x' },
    { services: '*', from: later(2 * HOUR_MS), until: later(HOUR_MS), reason: 'x' },
    { services: '*', until: later(400 * 24 * HOUR_MS), reason: 'x' },
    { services: [], reason: 'x' },
    { services: '*', until: 'soon', reason: 'x' },
  ])
    await problem(await api('/api/v1/freezes', { body }), 400, 'invalid-body')
  await problem(await api('/api/v1/freezes', { body: { services: ['payroll'], reason: 'x' } }), 422, 'no-such-service')
  expect((await api(`/api/v1/freezes/${kept.id}`, { method: 'DELETE' })).status).toBe(204)
  await problem(await api(`/api/v1/freezes/${kept.id}`, { method: 'DELETE' }), 404, 'not-found')
})

test('[AC110] an incident’s own switch and dry run are ordered in its room and shown with it', async () => {
  const { id } = await json<{ id: string }>(
    await api('/api/v1/incidents', { body: { title: 'x', severity: 'SEV-3', service: 'checkout' } }),
    201,
  )
  const at = `/api/v1/incidents/${id}`
  await json(await api(`${at}/kill-switch`, { body: because(true) }))
  await json(await api(`${at}/dry-run-mode`, { body: because(true) }))
  expect(await json<IncidentDetail>(await api(at))).toMatchObject({
    killSwitch: false,
    stops: { incident: 'week one', services: {} },
    dryRun: { incident: 'week one', global: null },
  })
  await problem(await api(`${at}/kill-switch`, { body: because(true) }), 409, 'nothing-changed')
})
