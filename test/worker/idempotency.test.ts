import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { RequestLedger } from '../../durable/index.ts'
import { api, json, problem } from './api.ts'
import { adminToken, ask, auditLines, deployed, makeToken } from './deployed.ts'

const BODY = { title: 'slow checkout', severity: 'SEV-3', service: 'checkout' }

function declare(key: string, more: { token?: string; body?: unknown } = {}): Promise<Response> {
  const { token = 'dev', body = BODY } = more
  return api('/api/v1/incidents', { token, body, headers: { 'idempotency-key': key } })
}

test('[AP10] a request repeated under its key is done once and gets the first answer, headers and all', async () => {
  const first = await declare('first')
  expect(first.headers.get('idempotency-replayed')).toBeNull()
  const place = first.headers.get('location')
  const { id } = await json<{ id: string }>(first, 201)
  const again = await declare('first')
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect([again.headers.get('location'), again.headers.get('content-type')]).toEqual([place, 'application/json'])
  expect(await json(again, 201)).toEqual({ id })
  expect((await json<{ id: string }>(await declare('second'), 201)).id).not.toBe(id)
})

test('[AP10] an answer without a body comes again without one', async () => {
  const endsAt = new Date(Date.now() + 60_000).toISOString()
  const body = { matchers: [{ name: 'service', value: 'x' }], comment: 'x', endsAt }
  const { id } = await json<{ id: string }>(await api('/api/v1/silences', { body }), 201)
  const end = () => api(`/api/v1/silences/${id}`, { method: 'DELETE', headers: { 'idempotency-key': 'end' } })
  for (const replayed of [null, 'true']) {
    const answer = await end()
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect(answer.headers.get('idempotency-replayed')).toBe(replayed)
  }
  await problem(await api(`/api/v1/silences/${id}`, { method: 'DELETE' }), 404)
})

test('[AP10] a refusal is an answer too; what may go well the next time is asked again', async () => {
  const bad = { ...BODY, severity: 'SEV-9' }
  await problem(await declare('refused', { body: bad }), 400, 'invalid-body')
  const again = await declare('refused', { body: bad })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(again.headers.get('content-type')).toBe('application/problem+json')
  await again.text()
  await problem(await declare('role', { token: 'dev:ada@viewer' }), 403, 'role-too-low')
  await json(await declare('role', { token: 'dev:ada@commander' }), 201)
})

test('[AP11] the same key with another body, query or If-Match is 422 and does nothing', async () => {
  await json(await declare('once'), 201)
  await problem(await declare('once', { body: { ...BODY, title: 'other' } }), 422, 'idempotency-mismatch')
  const put = (headers: Record<string, string>) =>
    api('/api/v1/catalogue', { method: 'PUT', token: 'dev@admin', body: '{}', headers })
  await problem(await put({ 'idempotency-key': 'put' }), 422, 'invalid-catalogue')
  await problem(await put({ 'idempotency-key': 'put', 'if-match': '"x"' }), 422, 'idempotency-mismatch')
})

test('[AP11] what is no key is 400, and without a key everything is as it was', async () => {
  for (const key of ['', 'a b', 'x'.repeat(129)]) {
    const answer = await declare(key)
    await problem(answer, 400, 'invalid-idempotency-key')
  }
  await json(await api('/api/v1/incidents', { body: BODY }), 201)
})

test('[AP12] of two at once one runs and the other is told to wait, or gets its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => declare('race')))
  const said = await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()] as const))
  const done = new Set(said.filter(([status]) => status === 201).map(([, body]) => body))
  expect(done.size).toBe(1)
  for (const [status, body] of said) if (status !== 201) expect(body).toContain('idempotency-running')
})

test('[AP13] keys are a person’s own and an address’s own', async () => {
  const { id } = await json<{ id: string }>(await declare('mine'), 201)
  expect((await json<{ id: string }>(await declare('mine', { token: 'dev:bob' }), 201)).id).not.toBe(id)
  const note = (incident: string) =>
    api(`/api/v1/incidents/${incident}/notes`, { body: { text: 'seen' }, headers: { 'idempotency-key': 'mine' } })
  await json(await note(id))
  const ids = []
  for (const name of ['same a', 'same b']) {
    const { token } = await makeToken({ role: 'commander' }, { name })
    const answer = await ask(deployed(), '/api/v1/incidents', {
      token,
      body: BODY,
      headers: { 'idempotency-key': 'k' },
    })
    ids.push((await json<{ id: string }>(answer, 201)).id)
  }
  expect(new Set(ids).size).toBe(2)
})

test('[AP14] what is shown once is not kept: repeated it is done once and 409; a secret’s value leaves no trace', async () => {
  const token = await adminToken()
  const headers = { 'idempotency-key': 'make' }
  const body = { kind: 'api', role: 'viewer', name: 'made once' }
  await json(await ask(deployed(), '/api/v1/tokens', { token, body, headers }), 201)
  await problem(await ask(deployed(), '/api/v1/tokens', { token, body, headers }), 409, 'answer-not-kept')
  const made = (await auditLines()).filter(
    ({ action, outcome }) => action === 'POST /api/v1/tokens' && outcome === 'ok',
  )
  expect(made.length).toBeGreaterThan(0)
  const { items } = await json<{ items: { name: string }[] }>(await ask(deployed(), '/api/v1/tokens', { token }))
  expect(items.filter(({ name }) => name === 'made once')).toHaveLength(1)
})

const ledger = () => env.LEDGER.getByName('a person') as DurableObjectStub<RequestLedger>
const CLAIM = { route: 'POST /x', key: 'k', fingerprint: 'f' }
const ANSWER = { status: 200, headers: {}, body: '{}' }

function age(ms: number): Promise<void> {
  return runInDurableObject(ledger(), (_, { storage }) => {
    storage.sql.exec('UPDATE request SET wall = wall - ?', ms)
  })
}

test('[AP15] an answer is kept for a day; a request that died with its Worker may be made again after a minute', async () => {
  const first = await ledger().claim(CLAIM)
  expect(first).toMatchObject({ is: 'new' })
  expect(await ledger().claim(CLAIM)).toEqual({ is: 'running' })
  await age(60_001)
  const second = await ledger().claim(CLAIM)
  expect(second).toMatchObject({ is: 'new' })
  // The dead one's answer, come late, is not taken for that of the living.
  if (first.is === 'new') await ledger().settle(first.claim, ANSWER)
  expect(await ledger().claim(CLAIM)).toEqual({ is: 'running' })
  if (second.is === 'new') await ledger().settle(second.claim, ANSWER)
  await age(86_000_000)
  expect(await ledger().claim(CLAIM)).toEqual({ is: 'answered', answer: ANSWER })
  expect(await ledger().claim({ ...CLAIM, fingerprint: 'g' })).toEqual({ is: 'mismatch' })
  await age(400_001)
  expect(await ledger().claim(CLAIM)).toMatchObject({ is: 'new' })
})

test('[AP15] the ledger sweeps what is over by its alarm and then sleeps', async () => {
  await ledger().claim({ ...CLAIM, key: 'swept' })
  await age(86_400_001)
  await runInDurableObject(ledger(), async (object, { storage }) => {
    expect(await storage.getAlarm()).not.toBeNull()
    await storage.deleteAlarm()
    await object.alarm()
    expect(storage.sql.exec('SELECT * FROM request').toArray()).toEqual([])
    expect(await storage.getAlarm()).toBeNull()
  })
})
