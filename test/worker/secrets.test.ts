import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { afterEach, expect, test, vi } from 'vitest'
import { secretNamed } from '../../worker/auth/secret.ts'
import { json, problem } from './api.ts'
import { addresses, isIntake } from './addresses.ts'
import { adminToken, ask, auditLines, deployed, makeToken } from './deployed.ts'

const CANARY = 'canary-8c1f7e-do-not-tell'
const registry = () => env.REGISTRY.getByName('instance')

interface Row {
  name: string
  version: number
  setBy: string
  ageDays: number
  lastUsedAt: string | null
  sealed: string
}

async function set(name: string, value: string): Promise<Row> {
  const answer = await ask(deployed(), `/api/v1/secrets/${name}`, {
    method: 'PUT',
    token: await adminToken(),
    body: { value },
  })
  return await json<Row>(answer)
}

async function listed(): Promise<{ items: Row[]; key: string }> {
  return await json(await ask(deployed(), '/api/v1/secrets', { token: await adminToken() }))
}

/** Runs with the registry's own settings changed, as a deployment would have them. */
async function withSettings<T>(settings: object, work: () => Promise<T>): Promise<T> {
  const swap = (next: object) =>
    runInDurableObject(registry(), (instance) => {
      const holder = instance as unknown as { env: object }
      const before = holder.env
      holder.env = next
      return before
    })
  const before = await swap({ ...env, IC_MODE: 'production', ...settings })
  try {
    return await work()
  } finally {
    await swap(before)
  }
}

afterEach(() => vi.restoreAllMocks())

test('[SE44] a secret is set and never read back: the list says name, age and last use', async () => {
  expect(await set('pager.key', 'one')).toMatchObject({ name: 'pager.key', version: 1, lastUsedAt: null })
  expect(await set('pager.key', 'two')).toMatchObject({ version: 2, setBy: 'first admin', ageDays: 0 })
  const { items } = await listed()
  expect(items.map(({ name }) => name)).toEqual(['pager.key'])
  expect(JSON.stringify(items)).not.toMatch(/one|two|value/)
  expect(await secretNamed(deployed(), 'pager.key', 'a test')).toBe('two')
  expect((await listed()).items[0]?.lastUsedAt).toMatch(/^20/)
  await problem(await ask(deployed(), '/api/v1/secrets/pager.key', { token: await adminToken() }), 405)
  const forget = () => ask(deployed(), '/api/v1/secrets/pager.key', { method: 'DELETE' })
  await problem(await forget(), 401)
  const gone = await ask(deployed(), '/api/v1/secrets/pager.key', { method: 'DELETE', token: await adminToken() })
  expect(gone.status).toBe(204)
  await problem(
    await ask(deployed(), '/api/v1/secrets/pager.key', { method: 'DELETE', token: await adminToken() }),
    404,
    'not-found',
  )
  expect(await secretNamed(deployed(), 'pager.key', 'a test')).toBeNull()
})

test('[SE44] names are plain and values have bounds', async () => {
  const token = await adminToken()
  for (const name of ['A', '-x', 'x-', 'a b', 'x'.repeat(65), '__proto__', 'a%2fb'])
    await problem(
      await ask(deployed(), `/api/v1/secrets/${name}`, { method: 'PUT', token, body: { value: 'v' } }),
      404,
      'not-found',
    )
  for (const body of [{}, { value: '' }, { value: 7 }, { value: 'x'.repeat(10_001) }, { value: 'v', more: 1 }])
    await problem(await ask(deployed(), '/api/v1/secrets/a', { method: 'PUT', token, body }), 400, 'invalid-body')
})

test('[SE45] without a master key no secret can be set: 503 says what to do; a malformed one is said too', async () => {
  const put = async () =>
    ask(deployed(), '/api/v1/secrets/a', { method: 'PUT', token: await adminToken(), body: { value: CANARY } })
  await withSettings({}, async () => {
    const { detail } = await problem(await put(), 503, 'master-key-missing')
    expect(detail).toContain('wrangler secret put IC_MASTER_KEY')
    expect((await listed()).key).toBe('master-key-missing')
  })
  for (const IC_MASTER_KEY of ['short', btoa('x'.repeat(31)), 'not base64!'])
    await withSettings({ IC_MASTER_KEY }, async () => problem(await put(), 503, 'master-key-invalid'))
  await withSettings({ IC_MASTER_KEY: btoa('k'.repeat(32)) }, async () => {
    await json(await put())
    expect((await listed()).key).toBe('ready')
  })
})

test('[AC243] an instance says whether its agents can sign, and what keeps them from it', async () => {
  const state = async () =>
    (await json<{ state: string }>(await ask(deployed(), '/api/v1/signing', { token: await adminToken() }))).state
  await withSettings({}, async () => expect(await state()).toBe('master-key-missing'))
  await withSettings({ IC_MASTER_KEY: 'short' }, async () => expect(await state()).toBe('master-key-invalid'))
  await withSettings({ IC_MASTER_KEY: btoa('k'.repeat(32)) }, async () => expect(await state()).toBe('ready'))
})

test('[SE46] a value opens under its own key, name and version alone; local mode makes a key and keeps it', async () => {
  const one = { IC_MASTER_KEY: btoa('1'.repeat(32)) }
  const read = (name: string) => deployed().REGISTRY.getByName('instance').secretNamed(name, 'a test')
  await withSettings(one, async () => {
    await set('moved', 'from')
    await set('other', 'to')
    expect(await read('moved')).toBe('from')
  })
  await withSettings({ IC_MASTER_KEY: btoa('2'.repeat(32)) }, async () => {
    expect(await read('moved')).toBeNull()
    expect((await listed()).items.find(({ name }) => name === 'moved')?.sealed).toBe('other-key')
  })
  const sealed = await runInDurableObject(registry(), (_, { storage }) => {
    const { sql } = storage
    const bytes = sql.exec<{ sealed: ArrayBuffer }>('SELECT sealed FROM secrets WHERE name = ?', 'moved').one().sealed
    sql.exec('UPDATE secrets SET sealed = ? WHERE name = ?', bytes, 'other')
    const changed = new Uint8Array(bytes)
    changed.set([(changed[20] ?? 0) ^ 1], 20)
    sql.exec('UPDATE secrets SET sealed = ? WHERE name = ?', changed, 'moved')
    return bytes.byteLength
  })
  // Nonce and tag beside the four letters; the same value never has the same bytes.
  expect(sealed).toBe(12 + 4 + 16)
  await withSettings(one, async () => {
    expect(await read('other')).toBeNull()
    expect(await read('moved')).toBeNull()
  })
  await set('local', 'here')
  expect(await read('local')).toBe('here')
})

test('[SE47] a secret goes into no answer, error, log, audit line or stored row, whoever asks and whatever goes wrong', async () => {
  const said: string[] = []
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => {
      said.push(words.map((word) => (word instanceof Error ? word.stack : JSON.stringify(word))).join(' '))
    })
  const token = await adminToken()
  await set('canary', CANARY)
  expect(await secretNamed(deployed(), 'canary', 'a signature')).toBe(CANARY)
  const put = (body: unknown, path = '/api/v1/secrets/canary') => ask(deployed(), path, { method: 'PUT', token, body })
  const answers = [
    await put({ value: CANARY, more: 1 }),
    await put({ value: [CANARY] }),
    await put(CANARY),
    await put({ value: CANARY }, '/api/v1/secrets/UPPER'),
    await ask(deployed(), '/api/v1/secrets/canary', { method: 'PUT', token: CANARY, body: { value: CANARY } }),
    await ask(deployed(), `/api/v1/me`, { token: CANARY }),
  ]
  const dead = deployed()
  dead.REGISTRY = {
    getByName: () => {
      throw new Error('gone')
    },
  }
  answers.push(await ask(dead, '/api/v1/secrets/canary', { method: 'PUT', token, body: { value: CANARY } }))
  const body = { title: 'Canary', severity: 'SEV-3', service: 'checkout' }
  const { id } = await json<{ id: string }>(await ask(deployed(), '/api/v1/incidents', { token, body }), 201)
  for (const { method, route } of addresses().filter((one) => one.method === 'GET' && !isIntake(one.path))) {
    const path = route.replace(':id', id).replace(':name', 'canary')
    answers.push(await ask(deployed(), path, { method, token }))
  }
  expect(answers.length).toBeGreaterThan(25)
  for (const answer of answers) {
    const text = `${JSON.stringify([...answer.headers])} ${await answer.text()}`
    expect(text).not.toContain(CANARY)
  }
  expect(said.join('\n')).not.toContain(CANARY)
  expect(JSON.stringify(await auditLines())).not.toContain(CANARY)
  const rows = await runInDurableObject(registry(), (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray()
    return tables
      .filter(({ name }) => !name.startsWith('_cf'))
      .flatMap(({ name }) => storage.sql.exec(`SELECT * FROM ${name}`).toArray())
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof ArrayBuffer ? new TextDecoder('latin1').decode(value) : String(value)))
  })
  expect(rows.join('\n')).toContain('canary')
  expect(rows.join('\n')).not.toContain(CANARY)
})

test('[SE48] an isolate keeps a secret for 20 s at most, so that a signed post asks nobody; setting one asks again', async () => {
  await set('signing', 'first')
  const asked: string[] = []
  const counting = deployed()
  const real = counting.REGISTRY
  counting.REGISTRY = {
    getByName: (name) => {
      asked.push(name)
      return real.getByName(name)
    },
  }
  for (let post = 0; post < 10; post += 1) expect(await secretNamed(counting, 'signing', 'posts')).toBe('first')
  expect(asked).toHaveLength(1)
  await set('signing', 'second')
  expect(await secretNamed(counting, 'signing', 'posts')).toBe('second')
  const { token } = await makeToken({ role: 'commander' })
  await problem(await ask(deployed(), '/api/v1/secrets', { token }), 403, 'role-too-low')
})
