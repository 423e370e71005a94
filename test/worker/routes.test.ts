import { createExecutionContext } from 'cloudflare:test'
import { expect, test } from 'vitest'
import wrangler from '../../wrangler.toml?raw'
import worker from '../../worker/index.ts'
import { SECURITY_HEADERS } from '../../worker/headers.ts'
import { addresses, KEYS, PAGE } from './addresses.ts'
import { api, problem } from './api.ts'

/** The patterns of `run_worker_first`: what is not among them is answered by the assets layer with a page. */
function workerFirst(): string[] {
  const list = /run_worker_first = \[([^\]]*)\]/.exec(wrangler)?.[1] ?? ''
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string)
}

function covered(path: string): boolean {
  return workerFirst().some((pattern) =>
    pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  )
}

test('[SE15] every address of the app is one that the Worker is asked first for', () => {
  expect(addresses().length).toBeGreaterThan(30)
  for (const { path } of addresses()) expect([path, covered(path)]).toEqual([path, true])
})

test('[SE15] no address answers with a page or a redirect, whoever asks', async () => {
  for (const { method, path } of addresses())
    for (const token of ['dev', null]) {
      const answer = await api(path, { method, token })
      const isPage = answer.headers.get('content-type')?.includes('html') ?? false
      expect([path, isPage]).toEqual([path, path === PAGE])
      expect([301, 302, 303, 307, 308, 500]).not.toContain(answer.status)
      await answer.text()
    }
})

test('[SE15] what is not there is a 404 problem under every prefix of the Worker', async () => {
  const nowhere = workerFirst().map((pattern) => pattern.replace('*', 'no/such/place'))
  const missing = nowhere.filter((path) => !addresses().some((address) => address.path === path))
  expect(missing.length).toBeGreaterThan(6)
  for (const path of [
    ...missing,
    '/api',
    '/api/',
    '/api/v1/incidents/',
    '/api/v1/INCIDENTS',
    '/api/v1/incidents/x/y/z',
  ])
    for (const method of ['GET', 'POST', 'DELETE']) await problem(await api(path, { method }), 404, 'no-such-address')
})

test('[SE16] a method that an address does not take is 405 and says which it takes', async () => {
  for (const [path, method, allow] of [
    ['/api/v1/incidents', 'DELETE', 'GET, HEAD, POST'],
    ['/api/v1/ingest/alertmanager', 'GET', 'POST'],
    ['/api/v1/kill-switch', 'POST', 'GET, HEAD, PUT'],
    ['/livez', 'PUT', 'GET, HEAD'],
  ] as const) {
    const answer = await api(path, { method })
    await problem(answer, 405, 'method-not-allowed')
    expect(answer.headers.get('allow')).toBe(allow)
  }
})

test('[SE10] every answer carries its request id and the security headers', async () => {
  for (const { method, path } of [
    ...addresses(),
    { method: 'GET', path: '/api/nowhere' },
    { method: 'PUT', path: '/livez' },
  ])
    for (const token of ['dev', null]) {
      const answer = await api(path, { method, token })
      expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{8,64}$/)
      // The page has a policy of its own, and what is published for anybody may be kept.
      for (const [name, value] of Object.entries(SECURITY_HEADERS))
        if ((path !== PAGE || name !== 'content-security-policy') && (path !== KEYS || name !== 'cache-control'))
          expect([path, answer.headers.get(name)]).toEqual([path, value])
      await answer.text()
    }
})

test('[SE10] a request id that is plain is kept, any other is replaced', async () => {
  const given = async (id: string) =>
    (await api('/livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
  expect(await given('trace-0123456789')).toBe('trace-0123456789')
  for (const id of ['a b', '<x>', 'x'.repeat(65)]) expect(await given(id)).not.toBe(id)
})

test('[SE17] names and values that a query does not know are 400, each named', async () => {
  const bad = [
    '/api/v1/incidents?state=open',
    '/api/v1/incidents?drill=yes',
    '/api/v1/incidents?limit=0',
    '/api/v1/incidents?limit=201',
    '/api/v1/incidents?limit=ten',
    '/api/v1/incidents?limit=1&limit=2',
    '/api/v1/incidents?stat=triggered',
    '/api/v1/incidents?__proto__=1',
    '/api/v1/incidents?cursor=',
    '/api/v1/incidents/inc_aaaaaaaaaaaa/events?after=-1',
    '/api/v1/incidents/inc_aaaaaaaaaaaa/events?limit=1001',
    '/api/v1/incidents/inc_aaaaaaaaaaaa/room?after=x',
    '/api/v1/history?drill=maybe',
    '/api/v1/drills?limit=1',
    '/api/v1/lobby?drill=1',
  ]
  for (const path of bad) expect((await problem(await api(path), 400, 'invalid-query')).errors).not.toHaveLength(0)
})

test('[SE18] what is no id of ours is 404 before any object is asked, whatever it looks like', async () => {
  const asked = { getByName: () => expect.unreachable('an object was asked') }
  const alone = { IC_MODE: 'development', DIRECTORY: asked, ROOM: asked, MEMORY: asked, STAGE: asked }
  const ask = (path: string, method: string) => {
    const init = { method, headers: { authorization: 'Bearer dev' }, ...(method === 'POST' && { body: '{}' }) }
    const request = new Request(`http://127.0.0.1${path}`, init)
    return worker.fetch(request, alone, createExecutionContext())
  }
  const ids = [
    'x',
    'inc_',
    'inc_AAAAAAAA',
    'inc_a/../b',
    'drl_aaaaaaaaaaaa',
    '%2e%2e',
    'inc_aaaaaaaaaaaa%00',
    'live',
    '%E0%A4%A',
    'x'.repeat(5_000),
  ]
  for (const id of ids) {
    for (const path of ['', '/events', '/room']) await problem(await ask(`/api/v1/incidents/${id}${path}`, 'GET'), 404)
    for (const path of ['/acknowledge', '/proposals/prp_a/approve'])
      await problem(await ask(`/api/v1/incidents/${id}${path}`, 'POST'), 404)
    await problem(await ask(`/api/v1/history/${id}`, 'GET'), 404)
  }
  for (const id of ['x', 'inc_aaaaaaaaaaaa', 'drl_A']) {
    await problem(await ask(`/api/v1/drills/${id}`, 'GET'), 404)
    await problem(await ask(`/api/v1/drills/${id}/stop`, 'POST'), 404)
  }
})

test('[SE19] sockets without an upgrade are 426', async () => {
  for (const path of ['/api/v1/lobby', '/api/v1/incidents/inc_aaaaaaaaaaaa/room'])
    await problem(await api(path), 426, 'websocket-only')
})
