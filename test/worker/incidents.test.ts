import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { EventsPage, KillSwitch, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import type { Bindings } from '../../worker/env.ts'
import { api, HOST, json, problem } from './api.ts'

async function declare(title: string): Promise<string> {
  const answer = await api('/api/v1/incidents', { body: { title, severity: 'SEV-2', service: 'checkout' } })
  const { id } = await json<{ id: string }>(answer, 201)
  expect(answer.headers.get('location')).toBe(`/api/v1/incidents/${id}`)
  await expect.poll(async () => (await api(`/api/v1/incidents/${id}`)).status, { timeout: 10_000 }).toBe(200)
  return id
}

test('[IN17] a declared incident is 201 with its place, and can be read there and in the list', async () => {
  const id = await declare('Checkout is slow')
  const detail = await json<IncidentDetail>(await api(`/api/v1/incidents/${id}`))
  expect(detail).toMatchObject({ id, title: 'Checkout is slow', severity: 'SEV-2', state: 'triggered', drill: null })
  const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents'))
  expect(items.map((row) => row.id)).toContain(id)
  const page = await json<EventsPage>(await api(`/api/v1/incidents/${id}/events`))
  expect(page.items[0]?.body.type).toBe('incident-opened')
  expect(page.items.map((event) => event.seq)).toEqual(page.items.map((_, index) => index + 1))
  const rest = await json<EventsPage>(await api(`/api/v1/incidents/${id}/events?after=${page.head}`))
  expect(rest.items.every((event) => event.seq > page.head)).toBe(true)
})

test('[IN17] a declaration that is no declaration is 400 and names the fields', async () => {
  const good = { title: 't', severity: 'SEV-2', service: 's' }
  for (const [field, value] of [
    ['title', ' '],
    ['severity', 'SEV-9'],
    ['service', 1],
    ['id', 'inc_aaaaaaaa'],
  ] as const) {
    const said = await problem(
      await api('/api/v1/incidents', { body: { ...good, [field]: value } }),
      400,
      'invalid-body',
    )
    expect(JSON.stringify(said.errors)).toContain(field)
  }
  await problem(await api('/api/v1/incidents', { method: 'POST', body: '{' }), 400, 'invalid-body')
})

test('[LM7] a body of our own API has 65,536 bytes at most; a note has 4,000 characters', async () => {
  const id = await declare('Long words')
  await problem(
    await api(`/api/v1/incidents/${id}/notes`, { body: { text: 'x'.repeat(65_536) } }),
    413,
    'body-too-large',
  )
  await problem(await api(`/api/v1/incidents/${id}/notes`, { body: { text: 'x'.repeat(4_001) } }), 400, 'invalid-body')
  expect((await api(`/api/v1/incidents/${id}/notes`, { body: { text: 'x'.repeat(4_000) } })).status).toBe(200)
})

test('[IN18] a person acknowledges, notes, resolves and closes by POST; each answer is the row as it now stands', async () => {
  const id = await declare('A walk through the states')
  const steps = [
    ['acknowledge', {}, 'acknowledged'],
    ['notes', { text: 'looking' }, 'acknowledged'],
    ['mitigate', { reason: 'traffic moved' }, 'mitigated'],
    ['resolve', { reason: 'fixed' }, 'resolved'],
    ['close', { reason: 'reviewed' }, 'closed'],
  ] as const
  for (const [action, body, state] of steps)
    expect(await json(await api(`/api/v1/incidents/${id}/${action}`, { body }))).toMatchObject({ id, state })
  await expect.poll(async () => (await api(`/api/v1/history/${id}`)).status, { timeout: 10_000 }).toBe(200)
  const { items } = await json<Page<{ id: string }>>(await api('/api/v1/history'))
  expect(items.map((row) => row.id)).toContain(id)
  const open = await json<Page<IncidentRow>>(await api('/api/v1/incidents?limit=200'))
  expect(open.items.map((row) => row.id)).not.toContain(id)
})

test('[IN18] an acknowledge needs no body at all', async () => {
  const id = await declare('No body')
  expect(await json(await api(`/api/v1/incidents/${id}/acknowledge`, { method: 'POST' }))).toMatchObject({
    state: 'acknowledged',
  })
})

test('[IN18] the same Idempotency-Key is answered with the first answer and does nothing twice', async () => {
  const id = await declare('Twice')
  const headers = { 'idempotency-key': 'note-1' }
  const first = await json<IncidentRow>(await api(`/api/v1/incidents/${id}/notes`, { body: { text: 'once' }, headers }))
  await json<IncidentRow>(await api(`/api/v1/incidents/${id}/notes`, { body: { text: 'once' }, headers }))
  const detail = await json<IncidentDetail>(await api(`/api/v1/incidents/${id}`))
  expect(detail.notes).toHaveLength(1)
  expect(first.id).toBe(id)
  const bad = await api(`/api/v1/incidents/${id}/notes`, { body: { text: 'x' }, headers: { 'idempotency-key': 'a b' } })
  await problem(bad, 400, 'invalid-idempotency-key')
})

test('[IN19] a refusal is a problem whose code is the reason word of the room', async () => {
  const id = await declare('Refusals')
  const digest = 'a'.repeat(64)
  await problem(await api('/api/v1/incidents/inc_aaaaaaaaaaaa'), 404, 'not-found')
  await problem(await api('/api/v1/incidents/inc_aaaaaaaaaaaa/events'), 404, 'not-found')
  await problem(await api('/api/v1/history/inc_aaaaaaaaaaaa'), 404, 'not-found')
  await problem(await api('/api/v1/incidents/inc_aaaaaaaaaaaa/acknowledge', { body: {} }), 404, 'not-found')
  const path = `/api/v1/incidents/${id}`
  await problem(await api(`${path}/close`, { body: { reason: 'too early' } }), 409, 'invalid-transition')
  await problem(await api(`${path}/notes`, { body: { text: ' ' } }), 400, 'empty-text')
  await problem(
    await api(`${path}/proposals/prp_none/approve`, { body: { digest, reason: '' } }),
    404,
    'no-such-proposal',
  )
  await problem(
    await api(`${path}/proposals/prp_none/reject`, { body: { digest: 'x', reason: 'no' } }),
    400,
    'invalid-body',
  )
  await problem(await api(`${path}/proposals/none/approve`, { body: { digest, reason: '' } }), 404, 'no-such-proposal')
  const outcome = { proposal: 'prp_none', outcome: 'it-ran', reason: 'saw it' }
  await problem(await api(`${path}/outcome`, { body: outcome }), 409, 'nothing-to-settle')
  const own = { runbook: 'no-such', target: 'checkout', parameters: {}, confirm: 'checkout', passed: [], reason: 'now' }
  await problem(await api(`${path}/own-decision`, { body: own }), 422, 'no-such-runbook')
  await problem(
    await api(`${path}/own-decision`, { body: { ...own, parameters: { zone: 'zone-a' } } }),
    422,
    'no-such-runbook',
  )
  for (const value of [true, null, ['a'], 'x'.repeat(101)])
    await problem(
      await api(`${path}/own-decision`, { body: { ...own, parameters: { limit: value } } }),
      400,
      'invalid-body',
    )
})

test('[SE11] the room is told who is there by the Worker alone, whatever headers come from outside', async () => {
  const id = await declare('Who is it')
  const headers = { upgrade: 'websocket', 'ic-person': 'mallory', 'ic-role': 'admin' }
  const answer = await api(`/api/v1/incidents/${id}/room`, { token: 'dev:Ada', headers })
  expect(answer.status).toBe(101)
  expect((await firstMessage(answer)).you).toEqual({ name: 'Ada', role: 'commander' })
})

test('[SE12] a browser opens the room with its token as a subprotocol; the answer selects ic.v1 and no token', async () => {
  const id = await declare('By browser')
  const protocols = `ic.v1, ic.token.${btoa('dev').replaceAll('=', '')}`
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': protocols, origin: HOST }
  const answer = await api(`/api/v1/incidents/${id}/room`, { token: null, headers })
  expect([answer.status, answer.headers.get('sec-websocket-protocol')]).toEqual([101, 'ic.v1'])
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{8,64}$/)
  expect((await firstMessage(answer)).type).toBe('hello')
  const lobby = await api('/api/v1/lobby', { token: null, headers })
  expect((await firstMessage(lobby)).type).toBe('hello')
  await problem(
    await api(`/api/v1/incidents/${id}/room`, { token: null, headers: { ...headers, origin: 'http://evil.example' } }),
    403,
  )
  const none = { upgrade: 'websocket', 'sec-websocket-protocol': 'ic.v1' }
  await problem(await api(`/api/v1/incidents/${id}/room`, { token: null, headers: none }), 401)
})

interface Hello {
  type: string
  you: { name: string; role: string }
}

function firstMessage(answer: Response): Promise<Hello> {
  const socket = answer.webSocket
  expect(socket).not.toBeNull()
  socket?.accept()
  return new Promise((resolve) => {
    socket?.addEventListener(
      'message',
      (event) => {
        resolve(JSON.parse(String(event.data)) as Hello)
        socket.close(1000)
      },
      { once: true },
    )
  })
}

test('[SE13] the kill switch is set by a commander with a reason, and read back', async () => {
  const on = await json<KillSwitch>(
    await api('/api/v1/kill-switch', { method: 'PUT', body: { on: true, reason: 'drill of the switch' } }),
  )
  expect(on).toMatchObject({ on: true, by: 'dev', reason: 'drill of the switch' })
  expect(await json(await api('/api/v1/kill-switch'))).toMatchObject({ on: true })
  await problem(
    await api('/api/v1/kill-switch', { method: 'PUT', body: { on: false, reason: ' ' } }),
    400,
    'invalid-body',
  )
  await json(await api('/api/v1/kill-switch', { method: 'PUT', body: { on: false, reason: 'over' } }))
  await problem(
    await api('/api/v1/kill-switch', { method: 'PUT', token: 'nobody', body: { on: true, reason: 'x' } }),
    401,
  )
})

test('[SE20] an incident id of a drill names a room of that drill, never a real one', async () => {
  const bindings = env as unknown as Bindings
  const id = await declare('Real')
  const twin = id.replace('inc_', 'inc_aaaaaaaaaaaa-')
  await problem(await api(`/api/v1/incidents/${twin}`), 404, 'not-found')
  expect(await bindings.ROOM.getByName(`live/${id}`).detail()).toMatchObject({ found: true })
})
