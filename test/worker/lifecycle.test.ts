import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { LobbyMessage } from '../../durable/protocol/messages.ts'
import type { HistoryRow, Page, TargetRow } from '../../durable/protocol/objects.ts'
import type { OnCallRow } from '../../durable/protocol/oncall.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import type { Bindings } from '../../worker/env.ts'
import { type Ask, api, json, problem } from './api.ts'

const { DIRECTORY, ROOM } = env as unknown as Bindings
const EVE = 'dev:eve@viewer'
const RAY = 'dev:ray@responder'

async function declare(title: string): Promise<string> {
  const { id } = await json<{ id: string }>(
    await api('/api/v1/incidents', { body: { title, severity: 'SEV-3', service: 'checkout' } }),
    201,
  )
  await expect.poll(async () => (await api(`/api/v1/incidents/${id}`)).status, { timeout: 10_000 }).toBe(200)
  return id
}

const order = (id: string, what: string, body: unknown, ask: Ask = {}) =>
  api(`/api/v1/incidents/${id}/${what}`, { body, ...ask })
const read = async (id: string): Promise<IncidentDetail> => json<IncidentDetail>(await api(`/api/v1/incidents/${id}`))

test('[LC38] the life of an incident by its addresses, each answered with the row', async () => {
  const id = await declare('Checkout is slow')
  const done: [string, unknown][] = [
    ['severity', { severity: 'SEV-1', reason: 'all regions' }],
    ['roles', { role: 'incident-commander', person: 'ann' }],
    ['roles', { role: 'scribe', person: 'ben', reason: 'writes fast' }],
    ['roles/release', { role: 'scribe', person: 'ben' }],
    ['tasks', { text: 'call the owner', owner: 'ben', due: '2030-01-01T10:00:00+01:00' }],
    ['tasks/T-01', { state: 'done', owner: null }],
    ['tasks', { kind: 'action-item', text: 'raise the limit for good' }],
    ['fields', { name: 'region', value: 'eu-1' }],
    ['notes', { text: 'for all', visibility: 'public' }],
    ['resolve', { reason: 'done' }],
    ['reopen', { reason: 'it is back' }],
    ['cancel', { reason: 'it was the probe' }],
  ]
  for (const [what, body] of done) expect((await json<IncidentRow>(await order(id, what, body))).id).toBe(id)
  expect(await read(id)).toMatchObject({
    state: 'canceled',
    severity: 'SEV-1',
    crew: [{ role: 'incident-commander', person: 'ann' }],
    tasks: [
      { id: 'T-01', state: 'done', owner: null, dueWall: Date.UTC(2030, 0, 1, 9) },
      { id: 'T-02', kind: 'action-item' },
    ],
    fields: { region: 'eu-1' },
    notes: [{ text: 'for all', visibility: 'public' }],
  })
  await expect
    .poll(async () =>
      (await json<Page<IncidentRow>>(await api('/api/v1/incidents?state=canceled'))).items.map((row) => row.id),
    )
    .toContain(id)
  await expect
    .poll(
      async () =>
        (await json<Page<HistoryRow>>(await api('/api/v1/history'))).items.find((row) => row.id === id)?.outcome,
    )
    .toBe('false-alarm')
})

test('[LC38] what is refused is a problem with the room’s word', async () => {
  const id = await declare('Checkout is slow')
  const refused: [string, unknown, number, string][] = [
    ['reopen', { reason: 'x' }, 409, 'invalid-transition'],
    ['cancel', {}, 400, 'reason-needed'],
    ['severity', { severity: 'SEV-3', reason: 'x' }, 409, 'nothing-changed'],
    ['severity', { severity: 'SEV-9', reason: 'x' }, 400, 'invalid-body'],
    ['roles', { role: 'king', person: 'ann' }, 400, 'invalid-body'],
    ['roles/release', { role: 'scribe', person: 'ann' }, 409, 'not-held'],
    ['tasks', { text: ' ' }, 400, 'invalid-body'],
    ['tasks', { text: 'x', due: 'tomorrow' }, 400, 'invalid-body'],
    ['tasks/T-09', { state: 'done' }, 404, 'no-such-task'],
    ['fields', { name: 'Region', value: 'x' }, 400, 'bad-name'],
    ['fields', { name: 'region', value: null }, 404, 'no-such-field'],
    ['access', { person: 'eve', allowed: true }, 409, 'invalid-transition'],
    ['merge', { into: id }, 422, 'same-incident'],
    ['merge', { into: 'x' }, 422, 'no-such-incident'],
    ['merge', { into: 'inc_abcdef-abcdef' }, 422, 'other-namespace'],
    ['unmerge', {}, 409, 'invalid-transition'],
    ['split', { alerts: [{ source: 'a', fingerprint: 'b' }], title: 'x' }, 422, 'no-such-alert'],
    ['split', { alerts: [], title: 'x' }, 400, 'invalid-body'],
    ['parent', { parent: id }, 422, 'same-incident'],
    ['escalate', {}, 422, 'nobody-to-page'],
  ]
  for (const [what, body, status, code] of refused) await problem(await order(id, what, body), status, code)
})

test('[LC34] If-Match with the seq that was looked at: one order wins, the other is 412 and told what changed', async () => {
  const id = await declare('Checkout is slow')
  const looked = await api(`/api/v1/incidents/${id}`)
  const ifMatch = looked.headers.get('etag') ?? ''
  const first = await order(id, 'acknowledge', {}, { headers: { 'if-match': ifMatch }, token: RAY })
  expect([first.status, first.headers.get('etag')]).toEqual([200, `"${(await read(id)).seq}"`])
  const late = await order(id, 'mitigate', { reason: 'x' }, { headers: { 'if-match': ifMatch } })
  expect((await problem(late, 412, 'seq-moved')).detail).toContain('incident-acknowledged by ray')
  await problem(await order(id, 'mitigate', { reason: 'x' }, { headers: { 'if-match': '"else"' } }), 412, 'seq-moved')
  await problem(await order(id, 'mitigate', { reason: 'x' }, { headers: { 'if-match': 'x' } }), 400, 'invalid-if-match')
})

async function lobby(token: string): Promise<LobbyMessage[]> {
  const answer = await api('/api/v1/lobby', { token, headers: { upgrade: 'websocket' } })
  const said: LobbyMessage[] = []
  answer.webSocket?.addEventListener('message', ({ data }) => {
    said.push(JSON.parse(String(data)) as LobbyMessage)
  })
  answer.webSocket?.accept()
  return said
}

test('[LC28] to whom it is private it is as if it were not there, at every address below it', async () => {
  const id = await declare('A breach')
  const [eve, boss] = [await lobby(EVE), await lobby('dev')]
  const rows = (said: LobbyMessage[]) =>
    said.flatMap((one) => (one.type === 'row' && one.row.id === id ? [one.row] : []))
  await expect.poll(() => [eve.length, boss.length].every((n) => n > 0)).toBe(true)
  const socket = (await api(`/api/v1/incidents/${id}/room`, { token: EVE, headers: { upgrade: 'websocket' } }))
    .webSocket
  const closed = new Promise<number>((resolve) => socket?.addEventListener('close', ({ code }) => resolve(code)))
  socket?.accept()
  await json(await order(id, 'privacy', { private: true, reason: 'customer data' }))
  expect(await closed).toBe(4003)
  await expect.poll(() => rows(boss).some((row) => row.private !== undefined)).toBe(true)
  await expect.poll(() => eve.some((one) => one.type === 'gone' && one.id === id)).toBe(true)
  expect(rows(eve).every((row) => row.private === undefined)).toBe(true)

  const below: [string, Ask][] = [
    ['', {}],
    ['/events', {}],
    ['/events', { headers: { accept: 'text/event-stream' } }],
    ['/export', {}],
    ['/room', { headers: { upgrade: 'websocket' } }],
    ['/commands', { body: { cmd: 'x', command: { type: 'acknowledge' } } }],
    ['/acknowledge', { body: {} }],
    ['/notes', { body: { text: 'x' } }],
    ['/tasks/T-01', { body: { state: 'done' } }],
  ]
  for (const [path, ask] of below)
    await problem(await api(`/api/v1/incidents/${id}${path}`, { ...ask, token: RAY }), 404, 'not-found')
  const listed = async (token: string, path: string) =>
    (await json<Page<{ id: string }>>(await api(path, { token }))).items.map((row) => row.id)
  await expect.poll(() => listed(EVE, '/api/v1/incidents')).not.toContain(id)
  expect(await listed('dev', '/api/v1/incidents')).toContain(id)

  await json(await order(id, 'access', { person: 'ray', allowed: true }))
  expect((await api(`/api/v1/incidents/${id}`, { token: RAY })).status).toBe(200)
  await expect.poll(() => listed(RAY, '/api/v1/incidents')).toContain(id)
  await json(await order(id, 'cancel', { reason: 'a test' }))
  await expect.poll(() => listed(RAY, '/api/v1/history'), { timeout: 10_000 }).toContain(id)
  expect(await listed(EVE, '/api/v1/history')).not.toContain(id)
  await problem(await api(`/api/v1/history/${id}`, { token: EVE }), 404, 'not-found')
  expect((await api(`/api/v1/history/${id}`, { token: RAY })).status).toBe(200)
  await json(await order(id, 'privacy', { private: false, reason: 'told to all' }))
  expect((await api(`/api/v1/incidents/${id}`, { token: EVE })).status).toBe(200)
})

test('[LC28] an object that is asked past the Worker shows nobody in particular only what everybody sees', async () => {
  const id = await declare('Another breach')
  await json(await order(id, 'privacy', { private: true, reason: 'customer data' }))
  const page = { state: null, cursor: null, limit: 200 }
  const directory = DIRECTORY.getByName('live')
  await expect.poll(async () => (await directory.incidents(page)).items.some((row) => row.id === id)).toBe(false)
  expect(await ROOM.getByName(`live/${id}`).admits({ name: 'eve', role: 'viewer' })).toBe(false)
  expect(await ROOM.getByName(`live/${id}`).admits({ name: 'dev', role: 'viewer' })).toBe(true)
})

test('[ES14] who is on call and where notifications go, by the catalogue that stands', async () => {
  const stands = await api('/api/v1/catalogue')
  const catalogue = await json<Record<string, unknown>>(stands.clone())
  const rotation = {
    name: 'first-line',
    zone: 'Europe/Berlin',
    people: ['ann', 'bob'],
    startsOn: '2026-01-05',
    handover: '09:00',
    target: 'pager',
  }
  const target = { name: 'pager', kind: 'webhook', url: 'https://pager.shop.net/hook', secret: 'pager' }
  const put = await api('/api/v1/catalogue', {
    method: 'PUT',
    token: 'dev:root@admin',
    body: { ...catalogue, version: 'oncall-1', targets: [target], rotations: [rotation] },
    headers: { 'if-match': stands.headers.get('etag') ?? '', 'content-type': 'application/json' },
  })
  expect([put.status, put.ok ? '' : await put.text()]).toEqual([put.status, ''])
  const onCall = await json<Page<OnCallRow>>(await api('/api/v1/oncall?at=2026-01-13T12:00:00Z', { token: EVE }))
  expect(onCall.items).toEqual([
    {
      rotation: 'first-line',
      zone: 'Europe/Berlin',
      target: 'pager',
      person: 'bob',
      since: '2026-01-12T08:00:00.000Z',
      until: '2026-01-19T08:00:00.000Z',
      override: false,
      next: 'ann',
    },
  ])
  await problem(await api('/api/v1/oncall?at=now'), 400, 'invalid-query')
  const targets = await json<Page<TargetRow>>(await api('/api/v1/targets'))
  expect(targets.items).toEqual([{ ...target, state: 'on', reason: '', since: null }])
  const enable = '/api/v1/targets/pager/enable'
  await problem(await api(enable, { method: 'POST', token: 'dev:root@admin' }), 404, 'not-found')
  await problem(await api(enable, { method: 'POST', token: RAY }), 403, 'role-too-low')
})
