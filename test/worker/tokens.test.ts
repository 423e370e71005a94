import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import type { Bindings } from '../../worker/env.ts'
import { isToken, makeToken as newToken, type TokenKind } from '../../worker/auth/token.ts'
import { json, problem } from './api.ts'
import { addresses, isIntake, PUBLIC } from './addresses.ts'
import { adminToken, ask, deployed, makeToken } from './deployed.ts'

const WEBHOOK = '/api/v1/ingest/alertmanager'
const ALERT = { alerts: [{ status: 'firing', labels: { alertname: 'A', service: 'checkout' } }] }
const registry = () => env.REGISTRY.getByName('instance')

/** Bindings whose registry counts what it is asked. */
function counting(): { bindings: Bindings; asked: string[] } {
  const asked: string[] = []
  const bindings = deployed()
  const real = bindings.REGISTRY
  bindings.REGISTRY = {
    getByName: (name) =>
      new Proxy(real.getByName(name), {
        get(target, key) {
          if (typeof key === 'string') asked.push(key)
          return Reflect.get(target, key) as unknown
        },
      }),
  }
  return { bindings, asked }
}

test('[SE26] a token is prefix, chance and check: what is mistyped or invented is refused without asking anybody', async () => {
  for (const kind of ['api', 'ingest', 'ticket'] satisfies TokenKind[]) {
    const token = newToken(kind)
    expect(isToken(kind, token)).toBe(true)
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'x' ? 'y' : 'x'
      expect(isToken(kind, token.slice(0, at) + other + token.slice(at + 1))).toBe(false)
    }
    for (const wrong of [token.slice(0, -1), `${token}0`, token.toUpperCase(), ` ${token}`])
      expect(isToken(kind, wrong)).toBe(false)
  }
  expect(newToken('ingest')).toHaveLength(32)
  expect(new Set(Array.from({ length: 1_000 }, () => newToken('api'))).size).toBe(1_000)
  await adminToken()
  const { bindings, asked } = counting()
  const invented = `ic_${'a'.repeat(28)}`
  await problem(await ask(bindings, '/api/v1/me', { token: invented }), 401, 'unauthenticated')
  expect(asked).not.toContain('worth')
})

test('[SE27] an API token speaks as its name with its role; it is stored as a digest and shown once', async () => {
  const { id, token } = await makeToken({ role: 'responder' })
  expect(await json(await ask(deployed(), '/api/v1/me', { token }))).toEqual({
    name: 'the responder',
    role: 'responder',
    via: 'token',
    expiresAt: null,
    mode: 'deployed',
  })
  const list = await (await ask(deployed(), '/api/v1/tokens', { token: await adminToken() })).text()
  expect(list).toContain(id)
  const row = (JSON.parse(list) as { items: { id: string; lastUsedAt: string | null }[] }).items.find(
    (one) => one.id === id,
  )
  expect(row?.lastUsedAt).toMatch(/^20/)
  const stored = await runInDurableObject(registry(), (_, { storage }) =>
    JSON.stringify([
      storage.sql.exec('SELECT * FROM tokens').toArray(),
      storage.sql.exec('SELECT * FROM audit').toArray(),
    ]),
  )
  for (const text of [list, stored]) expect(text).not.toContain(token.slice(3))
  expect(stored).toContain(id)
})

test('[SE27] a token that is over or revoked is 401, here after what the isolate remembers of it at most', async () => {
  const { id, token } = await makeToken({ role: 'viewer' }, { expiresInDays: 1 })
  // Not asked for yet, so nothing is remembered of it.
  await runInDurableObject(registry(), (_, { storage }) =>
    storage.sql.exec('UPDATE tokens SET expires = ? WHERE id = ?', Date.now() - 1, id).toArray(),
  )
  await problem(await ask(deployed(), '/api/v1/me', { token }), 401, 'unauthenticated')
  const second = await makeToken({ role: 'viewer' })
  // This isolate remembers it now.
  await json(await ask(deployed(), '/api/v1/me', { token: second.token }))
  const gone = await ask(deployed(), `/api/v1/tokens/${second.id}`, { method: 'DELETE', token: await adminToken() })
  expect(await json(gone)).toMatchObject({ id: second.id, revokedAt: expect.stringMatching(/^20/) as string })
  await problem(await ask(deployed(), '/api/v1/me', { token: second.token }), 401, 'unauthenticated')
  const again = await ask(deployed(), `/api/v1/tokens/${second.id}`, { method: 'DELETE', token: await adminToken() })
  expect(await json(again)).toMatchObject({ id: second.id })
  for (const id of ['tok_000000000000000000', 'tok_x', '..%2f'])
    await problem(await ask(deployed(), `/api/v1/tokens/${id}`, { method: 'DELETE', token: await adminToken() }), 404)
})

test('[SE28] an ingest token posts for its source and does nothing else', async () => {
  const { token } = await makeToken({ source: 'prometheus' })
  expect(await json(await ask(deployed(), WEBHOOK, { token, body: ALERT }))).toMatchObject({ received: 1 })
  const admin = await adminToken()
  const sourceSeen = async () => {
    const { items } = await json<{ items: { id: string }[] }>(
      await ask(deployed(), '/api/v1/incidents', { token: admin }),
    )
    const answer = await ask(deployed(), `/api/v1/incidents/${items[0]?.id}`, { token: admin })
    return answer.status === 200 ? (await json<{ alerts: { source: string }[] }>(answer)).alerts[0]?.source : null
  }
  await expect.poll(sourceSeen, { timeout: 10_000 }).toBe('prometheus')
  for (const { method, path } of addresses().filter(
    (one) => !PUBLIC.includes(one.path) && !isIntake(one.path, one.method),
  ))
    await problem(await ask(deployed(), path, { method, token }), 403, 'token-not-allowed')
})

test('[SE28] an address that names another source than the token does is 403', async () => {
  const { token } = await makeToken({ source: 'webhooks' })
  for (const [source, status] of [
    ['another', 403],
    ['webhooks', 202],
  ] as const)
    expect((await ask(deployed(), `/api/v1/ingest/webhook/${source}`, { token, body: {} })).status).toBe(status)
})

test('[SE28] a token of a person has no place in a sender: 403 on every intake', async () => {
  const { token } = await makeToken({ role: 'commander' })
  await problem(await ask(deployed(), WEBHOOK, { token, body: ALERT }), 403, 'token-not-allowed')
})

test('[SE29] a source that posts on costs the registry one question, and each post one call to one object', async () => {
  const { token } = await makeToken({ source: 'prometheus' })
  const { bindings, asked } = counting()
  for (let post = 0; post < 20; post += 1)
    expect((await ask(bindings, WEBHOOK, { token, body: ALERT })).status).toBe(200)
  expect(asked).toEqual(['worth'])
})

test('[SE30] in every mode but local the tokens of local mode are nobody', async () => {
  await adminToken()
  for (const mode of [undefined, '', 'production', 'Development', 'development '])
    for (const token of ['dev', 'dev:Ada', 'dev@admin']) {
      const bindings = deployed(mode === undefined ? {} : { IC_MODE: mode })
      await problem(await ask(bindings, '/api/v1/me', { token }), 401, 'unauthenticated')
      await problem(await ask(bindings, WEBHOOK, { token, body: ALERT }), 401, 'unauthenticated')
    }
})

test('[SE31] while the registry does not answer nobody is turned away for good: 503 with Retry-After', async () => {
  const { token } = await makeToken({ source: 'prometheus' })
  const dead = deployed()
  dead.REGISTRY = {
    getByName: () => {
      throw new Error('the object is gone')
    },
  }
  const answer = await ask(dead, WEBHOOK, { token, body: ALERT })
  await problem(answer, 503, 'registry-unavailable')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('[SE32] a token asks for a name without @, a role or a source, and an end within ten years', async () => {
  const token = await adminToken()
  const bad = [
    {},
    { kind: 'api', name: 'x' },
    { kind: 'api', name: 'x', role: 'root' },
    { kind: 'api', name: 'ada@example.com', role: 'viewer' },
    { kind: 'api', name: '', role: 'viewer' },
    { kind: 'api', name: 'x'.repeat(61), role: 'viewer' },
    { kind: 'api', name: 'a\nb', role: 'viewer' },
    { kind: 'api', name: 'x', role: 'viewer', source: 'y' },
    { kind: 'ingest', name: 'x', source: '' },
    { kind: 'ingest', name: 'x', source: 'a/b' },
    { kind: 'ingest', name: 'x', source: 'y', role: 'admin' },
    { kind: 'api', name: 'x', role: 'viewer', expiresInDays: 0 },
    { kind: 'api', name: 'x', role: 'viewer', expiresInDays: 3_661 },
  ]
  for (const body of bad) await problem(await ask(deployed(), '/api/v1/tokens', { token, body }), 400, 'invalid-body')
})
