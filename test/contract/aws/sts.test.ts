import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { clientsOf } from './clients.ts'
import type { Fields } from './model.ts'
import { rig } from './rig.ts'
import type { Fake } from './server.ts'
import { type Template, iamOf } from './template.ts'

const ISSUER = 'https://commander.example/oidc'
const HOST = 'commander.example/oidc'
const AUDIENCE = 'sts.amazonaws.com'
const ROLE = 'arn:aws:iam::123456789012:role/incident-commander-ai'
const SUBJECT = 'incident-commander:test:ai'

interface Key {
  kid: string
  sign: CryptoKey
  jwk: JWK
}

async function keyOf(kid: string, alg = 'RS256'): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  return { kid, sign: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** An issuer whose documents lie on loopback; `keys` may be changed while it runs. */
async function issuer(keys: JWK[], discovery: Fields = {}): Promise<{ at: string; keys: JWK[] }> {
  const held = { at: '', keys }
  const server = createServer((request, response) => {
    const wellKnown = {
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['iss', 'aud', 'sub', 'iat', 'exp'],
      ...discovery,
    }
    const known: Record<string, unknown> = {
      '/oidc/.well-known/openid-configuration': wellKnown,
      '/oidc/.well-known/jwks.json': { keys: held.keys },
    }
    const body = known[request.url ?? '']
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  held.at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidc`
  return held
}

function iam(at: string, more: { condition?: Fields; audiences?: string[]; deny?: Fields } = {}): Fields {
  const principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` }
  const allow = {
    Effect: 'Allow',
    Principal: principal,
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: more.condition ?? { StringEquals: { [`${HOST}:aud`]: AUDIENCE, [`${HOST}:sub`]: SUBJECT } },
  }
  const deny = more.deny && { ...allow, Effect: 'Deny', Condition: more.deny }
  return {
    providers: { [ISSUER]: { at, audiences: more.audiences ?? [AUDIENCE] } },
    roles: { [ROLE]: { trust: { Version: '2012-10-17', Statement: [allow, ...(deny ? [deny] : [])] } } },
  }
}

async function token(key: Key, claims: Fields = {}, alg = 'RS256'): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: SUBJECT, iat: now, exp: now + 300, jti: 'one', ...claims })
    .setProtectedHeader({ alg, kid: key.kid })
    .sign(key.sign)
}

async function assume(fake: Fake, jwt: string, more: { role?: string; seconds?: number } = {}) {
  return clientsOf(fake).sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: more.role ?? ROLE,
      RoleSessionName: 'inc_1',
      WebIdentityToken: jwt,
      ...(more.seconds !== undefined && { DurationSeconds: more.seconds }),
    }),
  )
}

async function refusal(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'given'
  } catch (cause) {
    return cause instanceof Error ? cause.name : 'unknown'
  }
}

test('[BD15] a token that its issuer signed and the role trusts is given credentials, and they sign from then on as that role', async () => {
  const { fake, clients } = await rig()
  const own = await clients.sts.send(new GetCallerIdentityCommand({}))
  expect(own.Arn).toBe('arn:aws:iam::123456789012:user/contract-fake')
  fake.forget()
  const key = await keyOf('k1')
  const { at } = await issuer([key.jwk])
  fake.script({ rules: [], iam: iam(at) })
  const { Credentials, AssumedRoleUser, Provider, Audience } = await assume(fake, await token(key), { seconds: 900 })
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/incident-commander-ai/inc_1')
  expect(Provider).toBe(`arn:aws:iam::123456789012:oidc-provider/${HOST}`)
  expect(Audience).toBe(AUDIENCE)
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  const { Arn } = await clientsOf({ ...fake, credentials }).sts.send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe(ROLE)
  expect(fake.calls().map(({ signature, by, problems }) => ({ signature, by, problems }))).toEqual([
    { signature: 'not-asked', by: null, problems: [] },
    { signature: 'verified', by: ROLE, problems: [] },
  ])
})

test('[BD15] credentials are worth nothing once they are over', async () => {
  let now = Date.now()
  const { fake } = await rig({ now: () => now })
  const key = await keyOf('k1')
  const { at } = await issuer([key.jwk])
  fake.script({ rules: [], iam: iam(at) })
  const { Credentials } = await assume(fake, await token(key), { seconds: 900 })
  now += 900_000
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  expect(await refusal(clientsOf({ ...fake, credentials }).sts.send(new GetCallerIdentityCommand({})))).toBe(
    'ExpiredTokenException',
  )
  expect(fake.calls().at(-1)?.signature).toBe('expired')
})

test("[BD16] the role's own policy decides: another function, another audience, another provider, a deny or an operator nobody knows is denied", async () => {
  const { fake } = await rig()
  const key = await keyOf('k1')
  const { at } = await issuer([key.jwk])
  const asks = async (rules: Fields, claims: Fields = {}, role = ROLE) => {
    fake.script({ rules: [], iam: rules })
    return refusal(assume(fake, await token(key, claims), { role }))
  }
  const subject = (operator: string, value: unknown) => ({ condition: { [operator]: { [`${HOST}:sub`]: value } } })
  expect(await asks(iam(at))).toBe('given')
  expect(await asks(iam(at), { sub: 'incident-commander:test:remediate' })).toBe('AccessDenied')
  expect(await asks(iam(at), {}, `${ROLE}-of-nobody`)).toBe('AccessDenied')
  expect(await asks(iam(at, { condition: { StringEquals: { [`${HOST}:aud`]: 'another' } } }))).toBe('AccessDenied')
  expect(await asks(iam(at, subject('StringLike', 'incident-commander:*:ai')))).toBe('given')
  expect(await asks(iam(at, subject('StringLike', 'incident-commander:*:archive')))).toBe('AccessDenied')
  expect(await asks(iam(at, subject('StringEquals', ['x', SUBJECT])))).toBe('given')
  expect(await asks(iam(at, subject('SoundsLike', SUBJECT)))).toBe('AccessDenied')
  expect(await asks(iam(at, { condition: { StringEquals: { [`${HOST}:amr`]: 'x' } } }))).toBe('AccessDenied')
  expect(await asks(iam(at, { deny: { StringEquals: { [`${HOST}:sub`]: SUBJECT } } }))).toBe('AccessDenied')
})

test('[BD17] a token over its time, for another audience, by another key or issuer, or of a kind that IAM does not take is refused by its reason', async () => {
  const { fake } = await rig()
  const [key, other, edwards] = await Promise.all([keyOf('k1'), keyOf('k1'), keyOf('k2', 'EdDSA')])
  const { at } = await issuer([key.jwk, edwards.jwk])
  fake.script({ rules: [], iam: iam(at) })
  const now = Math.floor(Date.now() / 1000)
  const asks = async (jwt: string | Promise<string>, more = {}) => refusal(assume(fake, await jwt, more))
  expect(await asks(token(key, { iat: now - 900, exp: now - 301 }))).toBe('ExpiredTokenException')
  expect(await asks(token(key, { exp: now - 200 }))).toBe('given')
  expect(await asks(token(key, { aud: 'somebody' }))).toBe('InvalidIdentityTokenException')
  expect(await asks(token(other))).toBe('InvalidIdentityTokenException')
  expect(await asks(token(key, { iss: 'https://elsewhere.example' }))).toBe('InvalidIdentityTokenException')
  expect(await asks(token(edwards, {}, 'EdDSA'))).toBe('InvalidIdentityTokenException')
  expect(await asks(token(key, { sub: undefined }))).toBe('InvalidIdentityTokenException')
  expect(await asks('no-token-at-all')).toBe('InvalidIdentityTokenException')
  expect(await asks(token(key), { seconds: 43_200 })).toBe('ValidationError')
})

test('[BD18] keys are read anew for each token: a rotated one serves at once, a missing one never, an issuer out of reach is said to be', async () => {
  const { fake } = await rig()
  const [old, next] = await Promise.all([keyOf('k1'), keyOf('k2')])
  const held = await issuer([old.jwk])
  fake.script({ rules: [], iam: iam(held.at) })
  const asks = async (key: Key) => refusal(assume(fake, await token(key)))
  expect(await asks(old)).toBe('given')
  expect(await asks(next)).toBe('InvalidIdentityTokenException')
  held.keys = [old.jwk, next.jwk]
  expect([await asks(old), await asks(next)]).toEqual(['given', 'given'])
  held.keys = [next.jwk]
  expect([await asks(old), await asks(next)]).toEqual(['InvalidIdentityTokenException', 'given'])
  fake.script({ rules: [], iam: iam('http://127.0.0.1:1') })
  expect(await asks(next)).toBe('IDPCommunicationErrorException')
  const plain = await issuer([old.jwk], { jwks_uri: 'http://commander.example/keys' })
  fake.script({ rules: [], iam: iam(plain.at) })
  expect(await asks(old)).toBe('InvalidIdentityTokenException')
  const foreign = await issuer([old.jwk], { issuer: 'https://commander.example' })
  fake.script({ rules: [], iam: iam(foreign.at) })
  expect(await asks(old)).toBe('InvalidIdentityTokenException')
})

test("[BD16] the trust policies of a synthesized template are the ones that decide: each function's token opens its own role alone", async () => {
  const { fake } = await rig()
  const key = await keyOf('k1')
  const { at } = await issuer([key.jwk])
  const functions = ['ai', 'archive', 'remediate']
  const trust = (name: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      MaxSessionDuration: 3600,
      RoleName: { 'Fn::Join': ['-', ['incident-commander', name]] },
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRoleWithWebIdentity',
            Principal: { Federated: { Ref: 'Issuer' } },
            Condition: {
              StringEquals: { [`${HOST}:aud`]: AUDIENCE, [`${HOST}:sub`]: `incident-commander:test:${name}` },
            },
          },
        ],
      },
    },
  })
  const template: Template = {
    Resources: {
      Issuer: { Type: 'AWS::IAM::OIDCProvider', Properties: { Url: ISSUER, ClientIdList: [AUDIENCE] } },
      ...Object.fromEntries(functions.map((name) => [`Role${name}`, trust(name)])),
      Automation: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ssm.amazonaws.com' } }],
          },
        },
      },
    },
  }
  fake.script({ rules: [], iam: iamOf(template, { [ISSUER]: at }) })
  const table = await Promise.all(
    functions.map(async (holder) => {
      const jwt = await token(key, { sub: `incident-commander:test:${holder}` })
      return Promise.all(
        functions.map(async (name) => {
          const role = `arn:aws:iam::123456789012:role/incident-commander-${name}`
          return refusal(assume(fake, jwt, { role }))
        }),
      )
    }),
  )
  const [yes, no] = ['given', 'AccessDenied']
  expect(table).toEqual([
    [yes, no, no],
    [no, yes, no],
    [no, no, yes],
  ])
})
