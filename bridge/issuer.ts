import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { assert } from '../durable/core/assert.ts'

/**
 * The Worker as its own OpenID Connect issuer: AWS asks it for its keys and trusts the tokens that they sign, so that no AWS
 * key is stored anywhere. RS256, for IAM takes RSA or ECDSA and refuses EdDSA.
 */

export const TOKEN_AUDIENCE = 'sts.amazonaws.com'
/** How long a token is good for, s: it is used at once. */
export const TOKEN_S = 300
/**
 * How long a key is published before it signs and after it signed last, ms. AWS keeps key sets for a time it does not
 * publish; a day is what its documents' examples wait.
 */
export const KEY_OVERLAP_MS = 86_400_000

/** Public half of one key, as a JWK set holds it. */
export interface PublicKey {
  kty: 'RSA'
  use: 'sig'
  alg: 'RS256'
  kid: string
  n: string
  e: string
}

/** One key with its private half. It signs from `from` (epoch ms) until a later key does. */
export interface IssuerKey extends PublicKey {
  from: number
  d: string
  p: string
  q: string
  dp: string
  dq: string
  qi: string
}

const PARTS = ['kid', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** The keys of a secret's text, oldest first; null: it is no set of RSA keys with private halves. */
export function readKeys(text: string): IssuerKey[] | null {
  let set: unknown
  try {
    set = JSON.parse(text)
  } catch {
    return null
  }
  const keys = isRecord(set) && Array.isArray(set['keys']) ? set['keys'] : null
  if (!keys || keys.length === 0) return null
  const read = keys.map(keyOf)
  const good = read.filter((key) => key !== null)
  const kids = new Set(good.map(({ kid }) => kid))
  return good.length === keys.length && kids.size === keys.length ? good.sort((a, b) => a.from - b.from) : null
}

function keyOf(value: unknown): IssuerKey | null {
  if (!isRecord(value) || value['kty'] !== 'RSA') return null
  const from = value['from']
  if (typeof from !== 'number' || !Number.isFinite(from)) return null
  const part = (name: (typeof PARTS)[number]): string => {
    const text = value[name]
    return typeof text === 'string' ? text : ''
  }
  if (PARTS.some((name) => !/^[\w-]+$/.test(part(name)))) return null
  const [kid, n, e, d, p, q, dp, dq, qi] = PARTS.map(part)
  return { kty: 'RSA', use: 'sig', alg: 'RS256', from, kid, n, e, d, p, q, dp, dq, qi } as IssuerKey
}

/** The key that signs at `now` (epoch ms): the newest whose time has come. The first one signs when none has. */
export function signingKey(keys: readonly IssuerKey[], now: number): IssuerKey | null {
  return keys.findLast(({ from }) => from <= now) ?? keys[0] ?? null
}

/** What is published: every key but those replaced longer than the overlap ago. Public halves alone. */
export function publicKeys(keys: readonly IssuerKey[], now: number): { keys: PublicKey[] } {
  return {
    keys: standing(keys, now).map(({ kid, n, e }) => ({ kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e })),
  }
}

/** The keys without those replaced longer than the overlap ago. */
export function standing(keys: readonly IssuerKey[], now: number): IssuerKey[] {
  return keys.filter((_, index) => {
    const next = keys[index + 1]
    return !next || next.from + KEY_OVERLAP_MS > now
  })
}

/** `/.well-known/openid-configuration`: what IAM reads. It asks for no more than these members. */
export function discovery(issuer: string): Record<string, string | string[]> {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['iss', 'aud', 'sub', 'iat', 'exp', 'jti'],
  }
}

/** Whether IAM takes it as an issuer: https, a host, no port, no query. `local`: plain http on loopback as well. */
export function isIssuer(text: string, local: boolean): boolean {
  const url = URL.parse(text)
  if (!url || url.search !== '' || url.hash !== '' || url.username !== '' || text.endsWith('/')) return false
  if (url.protocol === 'https:') return url.port === '' && url.origin === text
  return local && url.protocol === 'http:' && url.hostname === '127.0.0.1' && url.origin === text
}

export interface TokenClaims {
  issuer: string
  /** e.g. `incident-commander:prod:ai`; CloudTrail shows it, so it names nobody. */
  subject: string
  now: number
  jti: string
}

/** A signed token (RFC 7519, RS256). Throws where the key's parts do not belong together. */
export async function signToken(key: IssuerKey, { issuer, subject, now, jti }: TokenClaims): Promise<string> {
  const iat = Math.floor(now / 1000)
  const head = { alg: 'RS256', typ: 'JWT', kid: key.kid }
  const claims = { iss: issuer, aud: TOKEN_AUDIENCE, sub: subject, iat, nbf: iat, exp: iat + TOKEN_S, jti }
  const text = `${part(head)}.${part(claims)}`
  const { from: _, use: _use, alg: _alg, kid: _kid, ...jwk } = key
  const signer = await crypto.subtle.importKey('jwk', jwk, RS256, false, ['sign'])
  const signature = await crypto.subtle.sign(RS256, signer, new TextEncoder().encode(text))
  return `${text}.${Buffer.from(signature).toString('base64url')}`
}

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** RSA modulus, bits: the OIDC baseline. */
const MODULUS_BITS = 2048

/** A fresh key that signs from `from` on (epoch ms). */
export function newKey(from: number): IssuerKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS })
  const key = keyOf({ ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), from })
  assert(key, 'the generated key has both halves')
  return key
}

/**
 * A set with one more key, which signs a day from now while the others go on until then; keys replaced longer ago leave. With
 * no set yet the key signs at once.
 */
export function rotated(keys: readonly IssuerKey[], now: number): IssuerKey[] {
  const next = newKey(keys.length === 0 ? now : now + KEY_OVERLAP_MS)
  return [...standing(keys, now), next]
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
