import { randomBytes } from 'node:crypto'
import {
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
} from 'jose'
import { type Fields, isFields } from './model.ts'
import type { Iam } from './script.ts'
import type { Credentials } from './sigv4.ts'
import { trusts } from './trust.ts'

export type Said = { output: Fields } | { error: string; message: string }

/** What IAM takes as a web identity's signature (IAM user guide, OIDC providers); EdDSA is not among them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
/** IAM allows this much between its clock and the issuer's. */
const SKEW_S = 300
const SESSION_S_DEFAULT = 3600
const FETCH_MS_MAX = 2000

/** Discovery's members that IAM requires of an issuer. */
const DISCOVERY = [
  'issuer',
  'jwks_uri',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'claims_supported',
]

/**
 * AssumeRoleWithWebIdentity as IAM does it: the issuer is a provider of the account, its discovery and keys are fetched
 * anew, the token is verified with `jose`, the audience is one of the provider's, and the role's trust policy allows the
 * claims. Minted credentials sign from then on until they expire.
 */
export async function assumeRoleWithWebIdentity(
  input: Fields,
  iam: Iam,
  now: number,
  keep: (credentials: Credentials) => void,
): Promise<Said> {
  const [arn, token, name] = [input['RoleArn'], input['WebIdentityToken'], input['RoleSessionName']].map(String)
  const no = (error: string, message: string): Said => ({ error, message })
  const identity = await identify(token ?? '', iam, now)
  if ('error' in identity) return identity
  const { claims, issuer, audience } = identity
  const account = /^arn:aws:iam::(\d{12}):role\//.exec(arn ?? '')?.[1] ?? ''
  const host = issuer.replace(/^https:\/\//, '')
  const provider = `arn:aws:iam::${account}:oidc-provider/${host}`
  const role = iam.roles[arn ?? '']
  const context: Record<string, string> = { [`${host}:aud`]: audience, [`${host}:sub`]: claims.sub ?? '' }
  const asked = { provider, action: 'sts:AssumeRoleWithWebIdentity', context }
  // A role that is not there and one that does not trust are told alike.
  if (!role || !trusts(role.trust, asked)) return no('AccessDenied', `Not authorized to perform ${asked.action}`)
  const seconds = Number(input['DurationSeconds'] ?? SESSION_S_DEFAULT)
  if (seconds > (role.sessionSecondsMax ?? SESSION_S_DEFAULT))
    return no('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  const expiresAt = now + seconds * 1000
  const minted = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(90).toString('base64'),
  }
  keep({ ...minted, expiresAt, role: arn ?? '' })
  const session = `${(arn ?? '').replace('arn:aws:iam:', 'arn:aws:sts:').replace(':role/', ':assumed-role/')}/${name}`
  return {
    output: {
      Credentials: {
        AccessKeyId: minted.accessKeyId,
        SecretAccessKey: minted.secretAccessKey,
        SessionToken: minted.sessionToken,
        Expiration: new Date(expiresAt).toISOString(),
      },
      SubjectFromWebIdentityToken: (claims.sub ?? '').padEnd(6, ' '),
      AssumedRoleUser: { AssumedRoleId: `AROA${'0'.repeat(16)}:${name}`, Arn: session },
      Provider: provider,
      Audience: audience,
    },
  }
}

type Identity = { claims: JWTPayload; issuer: string; audience: string } | { error: string; message: string }

async function identify(token: string, iam: Iam, now: number): Promise<Identity> {
  const invalid = (message: string): Identity => ({ error: 'InvalidIdentityTokenException', message })
  let issuer: string
  try {
    issuer = decodeJwt(token).iss ?? ''
  } catch {
    return invalid('The ID Token provided is not a valid JWT.')
  }
  const provider = iam.providers[issuer]
  if (!provider || !/^https:\/\/[^:?#]+$/.test(issuer)) return invalid(`No OpenIDConnect provider found for ${issuer}`)
  const keys = await keysOf(issuer, provider.at)
  if ('error' in keys) return keys
  try {
    const { payload } = await jwtVerify(token, keys.find, {
      issuer,
      algorithms: ALGORITHMS,
      audience: provider.audiences,
      clockTolerance: SKEW_S,
      currentDate: new Date(now),
      requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
    })
    const audience = [payload.aud ?? []].flat().find((one) => provider.audiences.includes(one)) ?? ''
    return { claims: payload, issuer, audience }
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) return { error: 'ExpiredTokenException', message: 'Token expired' }
    if (cause instanceof errors.JWTClaimValidationFailed && cause.claim === 'aud')
      return invalid('Incorrect token audience')
    return invalid(cause instanceof Error ? cause.message : 'not verified')
  }
}

type Keys = { find: JWTVerifyGetKey } | { error: string; message: string }

async function keysOf(issuer: string, at: Iam['providers'][string]['at']): Promise<Keys> {
  const unreachable = (detail: string): Keys => ({
    error: 'IDPCommunicationErrorException',
    message: `Couldn't retrieve verification key from your identity provider: ${detail}`,
  })
  const invalid = (message: string): Keys => ({ error: 'InvalidIdentityTokenException', message })
  try {
    const discovery: unknown =
      typeof at === 'string' ? await fetched(`${at}/.well-known/openid-configuration`) : at.discovery
    if (!isFields(discovery)) return unreachable('no discovery document')
    const missing = DISCOVERY.find((name) => discovery[name] === undefined)
    if (missing !== undefined) return invalid(`the discovery document has no ${missing}`)
    if (discovery['issuer'] !== issuer) return invalid('the discovery document names another issuer')
    const address = String(discovery['jwks_uri'])
    if (!address.startsWith('https://')) return invalid('jwks_uri is not https')
    if (typeof at !== 'string') return { find: createLocalJWKSet(at.jwks as JSONWebKeySet) }
    // The issuer's public name is not reachable from a test: its documents are asked for where they really lie.
    const real = new URL(new URL(address).pathname, at)
    const remote = createRemoteJWKSet(real, { timeoutDuration: FETCH_MS_MAX, cooldownDuration: 0 })
    await remote.reload()
    return { find: remote }
  } catch (cause) {
    return unreachable(cause instanceof Error ? cause.message : 'not reached')
  }
}

async function fetched(address: string): Promise<unknown> {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS_MAX), redirect: 'error' })
  if (!response.ok) throw new Error(`${response.status} for the discovery document`)
  return response.json()
}
