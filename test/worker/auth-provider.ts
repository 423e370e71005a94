import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { vi } from 'vitest'
import type { Bindings } from '../../worker/env.ts'
import { deployed } from './deployed.ts'

export const ISSUER = 'https://idp.example/realms/ops'
export const AUDIENCE = 'incident-commander'

/** A signing key of a provider that we do not own: what it publishes and what it signs with. */
export interface Key {
  kid: string
  alg: 'RS256' | 'ES256'
  signs: CryptoKey
  published: JWK
  spki: string
}

export async function newKey(kid: string, alg: Key['alg'] = 'RS256'): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const published = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { kid, alg, signs: privateKey, published, spki: await exportSPKI(publicKey) }
}

interface Claims {
  sub?: string | null
  email?: string
  groups?: unknown
  [claim: string]: unknown
}

interface Signing {
  issuer?: string
  audience?: string
  expiresInS?: number | null
  notBeforeInS?: number
  header?: Record<string, unknown>
}

const nowS = () => Math.floor(Date.now() / 1_000)

/** A token as the provider signs it: Ada of the commanders, an hour long, unless said otherwise. */
export async function signed(key: Key, claims: Claims = {}, how: Signing = {}): Promise<string> {
  const { sub = 'ada-id', ...rest } = claims
  const jwt = new SignJWT({ email: 'ada@example.com', groups: ['commanders'], ...rest })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...how.header })
    .setIssuer(how.issuer ?? ISSUER)
    .setAudience(how.audience ?? AUDIENCE)
    .setIssuedAt()
  if (sub !== null) jwt.setSubject(sub)
  if (how.expiresInS !== null) jwt.setExpirationTime(nowS() + (how.expiresInS ?? 3_600))
  if (how.notBeforeInS !== undefined) jwt.setNotBefore(nowS() + how.notBeforeInS)
  return await jwt.sign(key.signs)
}

/** What the provider's address answers, and what was asked of any address. */
export interface Published {
  url: string
  keys: Key[]
  answers: boolean
  /** where it redirects to. */
  movedTo: string | null
  asked: string[]
}

let providers = 0

/** A provider whose keys can be read at an address of its own. It answers whatever leaves; nothing else does. */
export function publish(...keys: Key[]): Published {
  providers += 1
  const published: Published = {
    url: `https://idp.example/keys/${providers}`,
    keys,
    answers: true,
    movedTo: null,
    asked: [],
  }
  vi.stubGlobal('fetch', async (input: string, init: RequestInit) => {
    // The platform's own checks of what is asked for.
    const request = new Request(input, init)
    published.asked.push(input)
    if (published.movedTo !== null && request.redirect === 'manual')
      return new Response(null, { status: 302, headers: { location: published.movedTo } })
    if (input !== published.url || !published.answers) throw new TypeError('no such host')
    return Response.json({ keys: published.keys.map((key) => key.published) })
  })
  return published
}

/** A deployment that takes this provider's tokens. */
export function withProvider({ url }: Published, more: Partial<Bindings> = {}): Bindings {
  return deployed({
    IC_OIDC_ISSUER: ISSUER,
    IC_OIDC_AUDIENCE: AUDIENCE,
    IC_OIDC_JWKS: url,
    IC_OIDC_ROLES: 'viewer=staff, responder=oncall, commander=commanders, admin=ic-admins',
    ...more,
  })
}
