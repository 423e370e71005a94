import { createRemoteJWKSet, jwtVerify } from 'jose'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { staticCredentials, webIdentityCredentials } from '../../../bridge/aws/sts/index.ts'
import { readStsAnswer } from '../../../bridge/aws/sts/answer.ts'
import { awsDrivers } from '../../../bridge/aws/index.ts'
import { awsSettings, type CredentialsWay } from '../../../bridge/aws-config.ts'
import { cachedCredentials } from '../../../bridge/credentials.ts'
import {
  type IssuerKey,
  KEY_OVERLAP_MS,
  discovery,
  newKey,
  publicKeys,
  rotated,
  signToken,
  signingKey,
} from '../../../bridge/issuer.ts'
import type { CloudFunction, CredentialsAnswer, CredentialsPort } from '../../../durable/protocol/ports.ts'
import { type Fake, startFake } from '../../contract/aws/server.ts'
import { CAUSE, MATERIAL, answer, causes, tool } from './asks.ts'

const ISSUER = 'https://ic.example.com'
const arn = (purpose: CloudFunction) => `arn:aws:iam::123456789012:role/IncidentCommander-prod-${purpose}`
const ROLES = { ai: arn('ai'), archive: arn('archive'), remediate: arn('remediate') }
const KEY = newKey(0)

const ended: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(ended.splice(0).map((end) => end()))
})

/** The Worker's two documents on a server of their own. */
async function issuerServer(keys: () => IssuerKey[]): Promise<string> {
  const server: Server = createServer((request, response) => {
    const document = request.url === '/.well-known/jwks.json' ? publicKeys(keys(), Date.now()) : discovery(ISSUER)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ended.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A role's trust: only our issuer's token for this one function. */
function trust(purpose: string) {
  return {
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/ic.example.com' },
          Condition: {
            StringEquals: {
              'ic.example.com:aud': 'sts.amazonaws.com',
              'ic.example.com:sub': `incident-commander:prod:${purpose}`,
            },
          },
        },
      ],
    },
  }
}

async function account(at: unknown, more: { rules?: unknown[]; audiences?: string[] } = {}): Promise<Fake> {
  const fake = await startFake()
  ended.push(() => fake.stop())
  const roles = Object.fromEntries((Object.keys(ROLES) as CloudFunction[]).map((one) => [ROLES[one], trust(one)]))
  fake.script({
    rules: [
      { operation: 'AssumeRoleWithWebIdentity', replies: [{ through: true }] },
      { operation: 'Converse', replies: [answer([tool(causes(CAUSE))])] },
      ...(more.rules ?? []),
    ],
    iam: { providers: { [ISSUER]: { at, audiences: more.audiences ?? ['sts.amazonaws.com'] } }, roles },
  })
  return fake
}

type Way = Extract<CredentialsWay, { by: 'web-identity' }>

function port(fake: Fake, more: Partial<Way> = {}, now?: () => number): CredentialsPort {
  const way: Way = { by: 'web-identity', issuer: ISSUER, keys: [KEY], stage: 'prod', roles: ROLES, ...more }
  return webIdentityCredentials({ region: fake.region, endpoint: fake.url }, way, now)
}

test('[SE113] each function gets credentials of its own role, and AWS takes what they sign', async () => {
  const fake = await account(await issuerServer(() => [KEY]))
  for (const purpose of ['ai', 'archive', 'remediate'] as const) {
    const said = await port(fake).credentials(purpose)
    expect(said).toMatchObject({ ok: true, warning: null })
    const until = said.ok ? (said.credentials.expiresAt ?? 0) : 0
    expect(Math.round((until - Date.now()) / 60_000)).toBe(purpose === 'remediate' ? 15 : 60)
  }
  const { config } = awsSettings({
    IC_AWS_REGION: fake.region,
    IC_AWS_ENDPOINT: fake.url,
    IC_ALLOW_ENDPOINT_OVERRIDE: '1',
    IC_AWS_ROLE_AI: ROLES.ai,
    IC_ISSUER: ISSUER,
    IC_ISSUER_KEYS: JSON.stringify({ keys: [KEY] }),
    IC_GUARDRAIL_ID: 'abc123',
    IC_GUARDRAIL_VERSION: '1',
  })
  if (!config) throw new Error('these settings are whole')
  fake.forget()
  const { model } = awsDrivers(config)
  const many = await Promise.all([1, 2, 3].map(() => model.analyse(MATERIAL)))
  expect(many.map(({ ok }) => ok)).toEqual([true, true, true])
  const calls = fake.calls()
  expect(calls.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity')).toHaveLength(1)
  expect(calls.filter(({ operation }) => operation === 'Converse').map(({ signature, by }) => [signature, by])).toEqual(
    Array.from({ length: 3 }, () => ['verified', ROLES.ai]),
  )
  expect(calls.flatMap(({ problems }) => problems)).toEqual([])
})

test('[SE113] the token of another function, another audience, an expired one, an unknown key, an issuer that is gone', async () => {
  const at = await issuerServer(() => [KEY])
  const fake = await account(at)
  const cases: [CredentialsPort, string, boolean][] = [
    // The archive's role is asked for with the token of the ai function.
    [port(fake, { roles: { ai: ROLES.archive } }), 'AccessDenied', false],
    [port(fake, { stage: 'test' }), 'AccessDenied', false],
    [port(fake, {}, () => Date.now() - 3_600_000), 'ExpiredToken', true],
    [port(fake, { keys: [newKey(0)] }), 'InvalidIdentityToken', true],
    [port(fake, { issuer: 'https://other.example.com' }), 'InvalidIdentityToken', true],
    [port(await account(at, { audiences: ['elsewhere'] })), 'InvalidIdentityToken', true],
    [port(await account('http://127.0.0.1:9')), 'IDPCommunicationError', true],
    [port(fake, { roles: {} }), 'no-role', false],
  ]
  for (const [one, reason, again] of cases) {
    const said = await one.credentials('ai')
    expect(said.ok ? 'credentials' : [said.reason.startsWith(reason), said.reason, said.again]).toEqual([
      true,
      expect.stringContaining(reason),
      again,
    ])
  }
})

test('[SE113] what is no answer of STS, and nobody there, are reasons too', async () => {
  for (const [raw, reason] of [
    [{ status: 200, contentType: 'text/html', body: '<html>login</html>' }, 'not-understood'],
    [{ status: 502, contentType: 'text/html', body: '<html>bad gateway</html>' }, 'not-understood'],
    [
      { status: 200, contentType: 'text/xml', body: '<Credentials><AccessKeyId>A</AccessKeyId></Credentials>' },
      'not-understood',
    ],
  ] as const) {
    const fake = await startFake()
    ended.push(() => fake.stop())
    fake.script({ rules: [{ operation: 'AssumeRoleWithWebIdentity', replies: [{ raw }] }] })
    expect(await port(fake).credentials('ai')).toMatchObject({ ok: false, reason, again: true })
  }
  const gone = { url: 'http://127.0.0.1:9', region: 'us-east-1' } as Fake
  expect(await port(gone).credentials('ai')).toMatchObject({ ok: false, reason: 'unreachable', again: true })
  expect(readStsAnswer(200, '<SessionToken>a&amp;b&#43;&#x2f;</SessionToken>')).toEqual({
    kind: 'not-understood',
    status: 200,
  })
})

test('[SE111] a token is RS256, good for five minutes, and says function and stage alone', async () => {
  const at = await issuerServer(() => [KEY])
  const now = Date.now()
  const token = await signToken(KEY, { issuer: ISSUER, subject: 'incident-commander:prod:ai', now, jti: 'j-1' })
  const { payload, protectedHeader } = await jwtVerify(
    token,
    createRemoteJWKSet(new URL('/.well-known/jwks.json', at)),
    {
      issuer: ISSUER,
      audience: 'sts.amazonaws.com',
      algorithms: ['RS256'],
    },
  )
  const iat = Math.floor(now / 1000)
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: KEY.kid })
  expect(payload).toEqual({
    iss: ISSUER,
    aud: 'sts.amazonaws.com',
    sub: 'incident-commander:prod:ai',
    iat,
    nbf: iat,
    exp: iat + 300,
    jti: 'j-1',
  })
})

test('[SE112] a rotated key is published a day before it signs, and the old one a day after; tokens verify all along', async () => {
  const start = 1_000_000_000_000
  const one = rotated([], start)
  const two = rotated(one, start + 1)
  const [first, second] = two
  if (!first || !second) throw new Error('two keys')
  const signs = (at: number) => signingKey(two, at)?.kid
  const shows = (at: number) => publicKeys(two, at).keys.map(({ kid }) => kid)
  expect([signs(start), shows(start)]).toEqual([first.kid, [first.kid, second.kid]])
  const takesOver = start + 1 + KEY_OVERLAP_MS
  expect([signs(takesOver - 1), signs(takesOver)]).toEqual([first.kid, second.kid])
  expect(shows(takesOver + KEY_OVERLAP_MS - 1)).toEqual([first.kid, second.kid])
  expect(shows(takesOver + KEY_OVERLAP_MS)).toEqual([second.kid])
  expect(rotated(two, takesOver + KEY_OVERLAP_MS).map(({ kid }) => kid)).toEqual([second.kid, expect.any(String)])
  for (const key of publicKeys(two, start).keys)
    expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])

  let keys = [KEY]
  const fake = await account(await issuerServer(() => keys))
  keys = rotated(keys, Date.now() - KEY_OVERLAP_MS)
  expect(signingKey(keys, Date.now())?.kid).not.toBe(KEY.kid)
  expect(await port(fake, { keys }).credentials('ai')).toMatchObject({ ok: true })
  // An isolate that still signs with the last one is trusted as well.
  expect(await port(fake, { keys: [KEY] }).credentials('ai')).toMatchObject({ ok: true })
})

test('[SE114] keys of a trial come as they were set, with a warning each time', async () => {
  const way = { by: 'static', accessKeyId: 'A', secretAccessKey: 'S', sessionToken: null } as const
  expect(await staticCredentials(way).credentials('archive')).toEqual({
    ok: true,
    credentials: { accessKeyId: 'A', secretAccessKey: 'S', expiresAt: null },
    warning: 'static-keys',
  })
})

const HOUR_MS = 3_600_000

test('[SE115] one question for however many; renewed in time, used until a minute before the end, asked less often while it fails', async () => {
  let [now, asked, fails] = [0, 0, false]
  const source: CredentialsPort = {
    driver: 'test',
    credentials: () => {
      asked += 1
      const made: CredentialsAnswer = fails
        ? { ok: false, reason: 'unreachable', detail: 'x', again: true }
        : {
            ok: true,
            credentials: { accessKeyId: `A${asked}`, secretAccessKey: 's', expiresAt: now + HOUR_MS },
            warning: null,
          }
      return Promise.resolve().then(() => made)
    },
  }
  const cache = cachedCredentials(source, () => now)
  const idOf = async (purpose: CloudFunction = 'ai') => {
    const said = await cache.credentials(purpose)
    return said.ok ? said.credentials.accessKeyId : said.reason
  }
  expect(await Promise.all([idOf(), idOf(), idOf()])).toEqual(['A1', 'A1', 'A1'])
  expect(await idOf('archive')).toBe('A2')
  now = 0.8 * HOUR_MS - 1
  expect(await idOf()).toBe('A1')
  now = 0.8 * HOUR_MS
  expect(await idOf()).toBe('A3')
  expect(asked).toBe(3)
  fails = true
  now += 0.9 * HOUR_MS
  expect(await Promise.all([idOf(), idOf()])).toEqual(['A3', 'A3'])
  expect(await idOf()).toBe('A3')
  expect(asked).toBe(4)
  now = 1.8 * HOUR_MS - 60_000
  expect(await idOf()).toBe('unreachable')
  expect(await idOf()).toBe('unreachable')
  expect(asked).toBe(5)
  fails = false
  now += 60_000
  expect(await idOf()).toBe('A6')
})

test('[SE116] no key, token or credential stands in what the bridge says of failures', async () => {
  const fake = await account('http://127.0.0.1:9')
  const said = [
    await port(fake).credentials('ai'),
    await port(fake, { roles: { ai: ROLES.archive } }).credentials('ai'),
  ]
  const { config } = awsSettings({
    IC_AWS_REGION: fake.region,
    IC_AWS_ENDPOINT: fake.url,
    IC_ALLOW_ENDPOINT_OVERRIDE: '1',
    IC_AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY0000',
    IC_AWS_SECRET_ACCESS_KEY: 'CANARYsecret',
    IC_GUARDRAIL_ID: 'abc123',
    IC_GUARDRAIL_VERSION: '1',
  })
  if (!config) throw new Error('these settings are whole')
  const refused = await awsDrivers(config).model.analyse(MATERIAL)
  expect(refused).toMatchObject({ ok: false, reason: 'credentials-unavailable', provenance: { attempts: 1 } })
  const text = JSON.stringify([said, refused])
  for (const secret of ['CANARY', 'eyJ', KEY.d, KEY.p, fake.credentials.secretAccessKey])
    expect(text).not.toContain(secret)
})
