import { SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Bindings } from '../../worker/env.ts'
import { api, json, problem } from './api.ts'
import { AUDIENCE, ISSUER, type Key, newKey, publish, signed, withProvider } from './auth-provider.ts'
import { adminToken, ask, deployed } from './deployed.ts'

let rsa: Key
let ec: Key
let strange: Key

beforeAll(async () => {
  ;[rsa, ec, strange] = await Promise.all([newKey('rsa-1'), newKey('ec-1', 'ES256'), newKey('rsa-1')])
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const me = (bindings: Bindings, token: string) => ask(bindings, '/api/v1/me', { token })

test('[SE34] a token that the provider signed for us is a person: RS256 and ES256, with two keys at once', async () => {
  const provider = withProvider(publish(rsa, ec))
  for (const key of [rsa, ec])
    expect(await json(await me(provider, await signed(key)))).toMatchObject({
      name: 'ada@example.com',
      role: 'commander',
      via: 'oidc',
      expiresAt: expect.stringMatching(/^20/) as string,
    })
})

test('[SE34] anything that is not exactly right is 401: signature, algorithm, key, issuer, audience, times', async () => {
  const published = publish(rsa)
  const provider = withProvider(published)
  const good = await signed(rsa)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const claims = { email: 'ada@example.com', groups: ['ic-admins'] }
  const base = (jwt: SignJWT) => jwt.setIssuer(ISSUER).setAudience(AUDIENCE).setSubject('x').setExpirationTime('1h')
  const asShared = (secret: string) =>
    base(new SignJWT(claims)).setProtectedHeader({ alg: 'HS256', kid: 'rsa-1' }).sign(new TextEncoder().encode(secret))
  const unsigned = new UnsecuredJWT(claims)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('x')
    .setExpirationTime('1h')
  const bad: Record<string, string> = {
    'alg none': unsigned.encode(),
    'alg none with a signature': `${unsigned.encode()}${signature}`,
    'HS256 under the public key': await asShared(rsa.spki),
    'HS256 under nothing': await asShared('0'),
    'another key of that id': await signed(strange),
    'an unknown key id': await signed({ ...rsa, kid: 'other' }),
    'no key id': await signed(rsa, {}, { header: { kid: undefined } }),
    'another issuer': await signed(rsa, {}, { issuer: 'https://idp.example/realms/other' }),
    'the issuer with a slash': await signed(rsa, {}, { issuer: `${ISSUER}/` }),
    'another audience': await signed(rsa, {}, { audience: 'another-app' }),
    expired: await signed(rsa, {}, { expiresInS: -60 }),
    'no expiry': await signed(rsa, {}, { expiresInS: null }),
    'not yet': await signed(rsa, {}, { notBeforeInS: 120 }),
    'no subject': await signed(rsa, { sub: null }),
    'another payload': `${header}.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'half a signature': `${header}.${payload}.${signature.slice(0, 20)}`,
    'a critical extension': await signed(rsa, {}, { header: { crit: ['exp'], exp: 1 } }).catch(() => `${header}.x.y`),
  }
  for (const [what, token] of Object.entries(bad)) {
    const answer = await me(provider, token)
    expect([what, answer.status]).toEqual([what, 401])
    expect(await answer.text()).not.toContain(token)
  }
  expect((await me(provider, good)).status).toBe(200)
  expect(new Set(published.asked)).toEqual(new Set([published.url]))
})

test('[SE35] keys come from the address of the settings alone: jku, x5u and jwk in a token are not read', async () => {
  const published = publish(rsa)
  const provider = withProvider(published)
  const evil = 'https://evil.example/keys'
  for (const header of [{ jku: evil }, { x5u: evil }, { jwk: strange.published }, { jku: evil, kid: 'evil-1' }])
    await problem(await me(provider, await signed(strange, {}, { header })), 401, 'unauthenticated')
  expect(new Set(published.asked)).toEqual(new Set([published.url]))
  const moved = publish(rsa)
  moved.movedTo = evil
  await problem(await me(withProvider(moved), await signed(rsa)), 503, 'identity-provider-unavailable')
  expect(moved.asked).toEqual([moved.url])
})

test('[SE36] keys are kept: a provider that does not answer signs nobody out, and a new key is found', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const published = publish(rsa)
  const provider = withProvider(published)
  for (let request = 0; request < 20; request += 1) expect((await me(provider, await signed(rsa))).status).toBe(200)
  expect(published.asked).toHaveLength(1)
  published.answers = false
  vi.setSystemTime(Date.now() + 3_600_000)
  for (let request = 0; request < 20; request += 1) expect((await me(provider, await signed(rsa))).status).toBe(200)
  expect(published.asked).toHaveLength(2)
  // Unknown key ids are free to invent: they do not become as many requests.
  for (let request = 0; request < 20; request += 1)
    await problem(await me(provider, await signed({ ...rsa, kid: `k-${request}` })), 401)
  expect(published.asked).toHaveLength(2)
  published.answers = true
  published.keys = [ec]
  vi.setSystemTime(Date.now() + 60_000)
  expect((await me(provider, await signed(ec))).status).toBe(200)
  expect((await me(provider, await signed(rsa))).status).toBe(401)
})

test('[SE36] keys that could not be read for a day, or never, are 503 and not 401', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const published = publish(rsa)
  const provider = withProvider(published)
  published.answers = false
  const answer = await me(provider, await signed(rsa))
  await problem(answer, 503, 'identity-provider-unavailable')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  published.answers = true
  vi.setSystemTime(Date.now() + 5_000)
  expect((await me(provider, await signed(rsa))).status).toBe(200)
  published.answers = false
  vi.setSystemTime(Date.now() + 25 * 3_600_000)
  await problem(await me(provider, await signed(rsa)), 503, 'identity-provider-unavailable')
})

test('[SE37] the highest role that the claim gives counts; who is given none is 403 no-role', async () => {
  const provider = withProvider(publish(rsa))
  const roleFor = async (claims: object, bindings = provider) => {
    const answer = await me(bindings, await signed(rsa, { ...claims }))
    return answer.status === 200 ? (await json<{ role: string }>(answer)).role : (await problem(answer, 403)).code
  }
  expect(await roleFor({ groups: ['staff', 'ic-admins', 'oncall'] })).toBe('admin')
  expect(await roleFor({ groups: 'oncall' })).toBe('responder')
  for (const groups of [[], ['other'], ['*'], null, 7, { staff: true }, ['Staff'], undefined])
    expect(await roleFor({ groups })).toBe('no-role')
  const published = publish(rsa)
  const nested = withProvider(published, {
    IC_OIDC_ROLE_CLAIM: '/realm_access/roles',
    IC_OIDC_ROLES: 'admin=boss,viewer=*',
  })
  expect(await roleFor({ realm_access: { roles: ['boss'] } }, nested)).toBe('admin')
  expect(await roleFor({ realm_access: null }, nested)).toBe('viewer')
  const byMail = withProvider(publish(rsa), { IC_OIDC_ROLE_CLAIM: 'email', IC_OIDC_ROLES: 'admin=ada@example.com' })
  expect(await roleFor({ email_verified: true }, byMail)).toBe('admin')
  expect(await roleFor({ email_verified: false }, byMail)).toBe('no-role')
})

test('[SE37] the name in records always has an @, so that no token and no user name passes for a mail address', async () => {
  const provider = withProvider(publish(rsa))
  const nameFor = async (claims: object) =>
    (await json<{ name: string }>(await me(provider, await signed(rsa, { ...claims })))).name
  expect(await nameFor({})).toBe('ada@example.com')
  expect(await nameFor({ email: undefined })).toBe('ada-id@idp.example')
  expect(await nameFor({ email: undefined, preferred_username: 'bob' })).toBe('ada-id@idp.example')
  expect(await nameFor({ email: undefined, sub: 'bob@example.com' })).toBe('bob_example.com@idp.example')
  expect(await nameFor({ email: 'ada@example.com', email_verified: false })).toBe('ada-id@idp.example')
  expect(await nameFor({ email: undefined, sub: '', common_name: 'deploy.access' })).toBe('deploy.access@idp.example')
  expect(await nameFor({ email: undefined, sub: 'x'.repeat(300) })).toBe(`${'x'.repeat(60)}@idp.example`)
  await problem(await me(provider, await signed(rsa, { email: '', sub: '' })), 401, 'unauthenticated')
  expect(await nameFor({ email: undefined, sub: 'Zoë\r\nic-role: admin' })).toBe('Zo___ic-role:_admin@idp.example')
})

test('[SE38] settings that are half set sign nobody in: 503 names them and never their values', async () => {
  const token = await adminToken()
  const whole = {
    IC_OIDC_ISSUER: ISSUER,
    IC_OIDC_AUDIENCE: AUDIENCE,
    IC_OIDC_JWKS: 'https://idp.example/keys',
    IC_OIDC_ROLES: 'viewer=*',
  }
  const broken: [Partial<Bindings>, string][] = [
    [{ ...whole, IC_OIDC_AUDIENCE: '' }, 'IC_OIDC_AUDIENCE'],
    [{ ...whole, IC_OIDC_JWKS: 'http://idp.example/keys' }, 'IC_OIDC_JWKS'],
    [{ ...whole, IC_OIDC_JWKS: 'https://user@idp.example/keys' }, 'IC_OIDC_JWKS'],
    [{ ...whole, IC_OIDC_ISSUER: 'idp' }, 'IC_OIDC_ISSUER'],
    [{ ...whole, IC_OIDC_ROLES: '' }, 'IC_OIDC_ROLES'],
    [{ ...whole, IC_OIDC_ROLES: 'root=x' }, 'IC_OIDC_ROLES'],
    [{ ...whole, IC_OIDC_ROLES: 'viewer=' }, 'IC_OIDC_ROLES'],
    [{ IC_ACCESS_TEAM: 'acme' }, 'IC_ACCESS_AUD'],
    [{ IC_ACCESS_TEAM: 'acme', IC_ACCESS_AUD: 'tag' }, 'IC_ACCESS_ROLES'],
    [{ ...whole, IC_ORIGINS: 'https://ic.example/' }, 'IC_ORIGINS'],
  ]
  for (const [settings, name] of broken) {
    const { detail } = await problem(await ask(deployed(settings), '/api/v1/me', { token }), 503, 'auth-not-configured')
    expect(detail).toContain(name)
    expect(detail).not.toMatch(/idp|acme|tag|root/)
  }
})

test('[SE39] Cloudflare Access: its assertion is a person, by the same verifier', async () => {
  const published = publish(rsa)
  published.url = 'https://acme.cloudflareaccess.com/cdn-cgi/access/certs'
  const access = deployed({
    IC_ACCESS_TEAM: 'acme',
    IC_ACCESS_AUD: 'app-tag',
    IC_ACCESS_ROLES: 'commander=ada@example.com',
  })
  const how = { issuer: 'https://acme.cloudflareaccess.com', audience: 'app-tag' }
  const assertion = await signed(rsa, { groups: undefined }, how)
  const asked = (headers: Record<string, string>, more: object = {}) =>
    ask(access, '/api/v1/me', { headers: { 'cf-access-jwt-assertion': assertion, ...headers }, ...more })
  expect(await json(await asked({}))).toMatchObject({ name: 'ada@example.com', role: 'commander', via: 'access' })
  await problem(await asked({ 'cf-access-jwt-assertion': `${assertion}x` }), 401, 'unauthenticated')
  await problem(await asked({ 'cf-access-jwt-assertion': await signed(rsa) }), 401, 'unauthenticated')
  // A bearer that was sent is judged, not passed over.
  await problem(await asked({ authorization: 'Bearer nobody' }), 401, 'unauthenticated')
  // Where Access is not configured, or in local mode, anybody could send the header.
  await adminToken()
  const header = { 'cf-access-jwt-assertion': assertion }
  await problem(await ask(deployed(), '/api/v1/me', { headers: header }), 401, 'unauthenticated')
  await problem(await api('/api/v1/me', { token: null, headers: header }), 401, 'unauthenticated')
  const local = { ...access, IC_MODE: 'development' }
  await problem(await ask(local, '/api/v1/me', { site: 'http://127.0.0.1', headers: header }), 401, 'unauthenticated')
})

test('[SE39] a sign-in that the browser adds by itself may change something only for a page that names its origin', async () => {
  const published = publish(rsa)
  published.url = 'https://acme2.cloudflareaccess.com/cdn-cgi/access/certs'
  const access = deployed({ IC_ACCESS_TEAM: 'acme2', IC_ACCESS_AUD: 'app-tag', IC_ACCESS_ROLES: 'commander=*' })
  const assertion = await signed(rsa, {}, { issuer: 'https://acme2.cloudflareaccess.com', audience: 'app-tag' })
  const header = { 'cf-access-jwt-assertion': assertion }
  const post = (headers: object) =>
    ask(access, '/api/v1/tickets', { method: 'POST', headers: { ...header, ...headers } })
  await problem(await post({}), 403, 'origin-not-allowed')
  await problem(await post({ origin: 'https://evil.example' }), 403, 'origin-not-allowed')
  await problem(await post({ origin: 'null' }), 403, 'origin-not-allowed')
  expect((await post({ origin: 'https://ic.example' })).status).toBe(201)
  const socket = { ...header, upgrade: 'websocket' }
  await problem(await ask(access, '/api/v1/lobby', { headers: socket }), 403, 'origin-not-allowed')
  expect((await ask(access, '/api/v1/lobby', { headers: { ...socket, origin: 'https://ic.example' } })).status).toBe(
    101,
  )
})
