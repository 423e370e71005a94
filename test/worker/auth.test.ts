import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { localPerson, requireRole } from '../../worker/auth/person.ts'
import { drillOfToken, tokenOf } from '../../worker/auth/token.ts'
import type { Bindings } from '../../worker/env.ts'
import worker from '../../worker/index.ts'
import { api, json, problem } from './api.ts'
import { addresses, ISSUER, isIntake, PUBLIC } from './addresses.ts'

const STRANGER = `ict_abcdef123456_metrics_${'0'.repeat(32)}`

test('[SE1] every address but the public ones asks for a token: none and an unknown one are 401', async () => {
  for (const { method, path } of addresses().filter((one) => !PUBLIC.includes(one.path))) {
    for (const token of [null, 'nobody', 'DEV', 'dev:', 'dev:<b>', ''])
      await problem(await api(path, { method, token }), 401, 'unauthenticated')
    const basic = await api(path, { method, token: null, headers: { authorization: 'Basic ZGV2OmRldg==' } })
    expect((await problem(basic, 401)).code).toBe('unauthenticated')
    expect(basic.headers.get('www-authenticate')).toBe('Bearer')
  }
})

test('[SE1] public addresses answer without a token', async () => {
  for (const path of PUBLIC.filter((one) => !ISSUER.includes(one)))
    expect((await api(path, { token: null })).status).toBe(200)
})

test('[SE2] local tokens are people: dev, and dev:<name> another one, all commanders', async () => {
  expect(await json(await api('/api/v1/me'))).toEqual({
    name: 'dev',
    role: 'commander',
    via: 'local',
    expiresAt: null,
    mode: 'development',
  })
  expect(await json(await api('/api/v1/me', { token: 'dev:Ada L' }))).toMatchObject({
    name: 'Ada L',
    role: 'commander',
  })
  for (const token of [
    'dev:',
    'dev:<script>',
    'dev: ',
    `dev:${'x'.repeat(41)}`,
    'dev:a\tb',
    'Dev',
    'developer',
    'dev:ä',
  ])
    expect(localPerson(token)).toBeNull()
})

test('[SE3] an ingest token may post to intakes and nothing else', async () => {
  for (const { method, path } of addresses().filter((one) => !PUBLIC.includes(one.path)))
    if (isIntake(path, method))
      await problem(await api(path, { method, token: STRANGER, body: '{}' }), 401, 'unauthenticated')
    else await problem(await api(path, { method, token: STRANGER }), 403, 'token-not-allowed')
})

test('[SE3] a token names its drill by its form alone; what is not of that form names none', () => {
  expect(drillOfToken(STRANGER)).toBe('drl_abcdef123456')
  const bad = ['ict_', 'ict_live_metrics_00', `ict_../live_metrics_${'0'.repeat(32)}`, `ict_ABCDEF_m_${'0'.repeat(32)}`]
  for (const token of bad) expect(drillOfToken(token)).toBeNull()
})

test('[SE4] local mode answers on loopback names only, whatever the port', async () => {
  for (const host of ['127.0.0.1', '127.0.0.1:8787', 'localhost:1', '[::1]:65535', 'LOCALHOST'])
    expect((await api('/api/v1/me', { host: `http://${host}` })).status).toBe(200)
  const foreign = [
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'xlocalhost',
    '127.0.0.2',
    '10.0.0.1',
    '[::2]',
    'localhost.',
  ]
  for (const host of foreign)
    for (const path of ['/api/v1/me', '/readyz', '/version'])
      await problem(await api(path, { host: `http://${host}` }), 403, 'host-not-local')
})

test('[SE5] local mode answers its own pages only: Origin is absent or the same', async () => {
  const host = 'http://127.0.0.1:8787'
  expect((await api('/api/v1/me', { host, headers: { origin: host } })).status).toBe(200)
  const foreign = [
    'null',
    'http://evil.example',
    'http://127.0.0.1:8788',
    'https://127.0.0.1:8787',
    'http://localhost:8787',
    `${host}.evil.example`,
    'file://',
  ]
  for (const origin of foreign)
    await problem(await api('/api/v1/me', { host, headers: { origin } }), 403, 'origin-not-same')
})

test('[SE6] without local mode nothing but /livez answers, until a way to sign in is configured', async () => {
  for (const mode of [undefined, '', 'production', 'Development']) {
    const other = { ...(env as unknown as Bindings), IC_MODE: mode } as Bindings
    for (const { method, path } of [...addresses(), { method: 'GET', path: '/nowhere' }]) {
      const headers = { authorization: 'Bearer dev' }
      const request = new Request(`http://127.0.0.1${path}`, { method, headers })
      const answer = await worker.fetch(request, other, createExecutionContext())
      if (path === '/livez') expect(answer.status).toBe(200)
      else await problem(answer, 503, 'auth-not-configured')
    }
  }
})

test('[SE12] on a WebSocket the token may ride as a subprotocol; elsewhere it may not', () => {
  const carried = { 'sec-websocket-protocol': `ic.v1, ic.token.${btoa('dev:Ada').replaceAll('=', '')}` }
  const request = (headers: Record<string, string>) => new Request('http://127.0.0.1/', { headers })
  expect(tokenOf(request({ upgrade: 'websocket', ...carried }))).toBe('dev:Ada')
  expect(tokenOf(request(carried))).toBeNull()
  expect(tokenOf(request({ upgrade: 'websocket', 'sec-websocket-protocol': 'ic.token.!!' }))).toBeNull()
  expect(tokenOf(request({ authorization: `Bearer ${'x'.repeat(513)}` }))).toBeNull()
})

test('[SE13] what needs a role says which: 403 role-too-low below it', () => {
  const roles = ['viewer', 'responder', 'commander', 'admin'] as const
  for (const [rank, role] of roles.entries())
    for (const [needed, least] of roles.entries()) {
      const attempt = () => requireRole({ role }, least)
      if (rank >= needed) expect(attempt).not.toThrow()
      else expect(attempt).toThrow(expect.objectContaining({ status: 403, code: 'role-too-low' }))
    }
})
