import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { Visitor } from '../../durable/protocol/access.ts'
import type { Role } from '../../durable/protocol/domain.ts'
import { ProblemError, unavailable } from '../errors.ts'
import type { Provider } from './config.ts'
import { KeysUnavailable, ProviderKeys } from './keys.ts'
import { sha256Hex, unauthenticated } from './token.ts'

/** Signatures that are taken: RSA and ECDSA with public keys. `none` and shared secrets are not among them. */
const ALGORITHMS = ['RS256', 'ES256']
/** How far a provider's clock may be off, in s. */
const CLOCK_TOLERANCE_S = 30
const NAME_CHARS_MAX = 100
/** Of a user's own name, so that the issuer's host still follows it. */
const USER_CHARS_MAX = 60
const RANK: Record<Role, number> = { viewer: 0, responder: 1, commander: 2, admin: 3 }

/** One set of keys for each address of the settings. */
const keys = new Map<string, ProviderKeys>()

/**
 * The person that a signed token of this provider speaks for. 401 for anything that is not exactly right (signature, key
 * id, issuer, audience, times); 403 `no-role` for somebody whom the settings give no role; 503 while the provider's keys
 * cannot be read and none are known.
 */
export async function signedVisitor(provider: Provider, token: string): Promise<Visitor> {
  const payload = await verified(provider, token)
  const role = roleOf(provider, payload)
  if (role === null) throw new ProblemError(403, 'no-role', 'You are signed in, but no role is given to you here.')
  return {
    name: nameOf(provider, payload),
    role,
    via: provider.via,
    session: `jwt_${sha256Hex(token).slice(0, 32)}`,
    until: (payload.exp ?? 0) * 1_000,
  }
}

async function verified(provider: Provider, token: string): Promise<JWTPayload> {
  const known = keys.get(provider.keysUrl) ?? new ProviderKeys(provider.keysUrl)
  keys.set(provider.keysUrl, known)
  try {
    const { payload, protectedHeader } = await jwtVerify(token, known.find, {
      issuer: provider.issuer,
      audience: provider.audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'sub'],
    })
    // A set of one key would serve a token that names none; providers always name theirs.
    if (protectedHeader.kid === undefined) throw new errors.JWTInvalid('no key id')
    return payload
  } catch (error) {
    if (error instanceof KeysUnavailable)
      throw unavailable(
        'identity-provider-unavailable',
        'The identity provider does not answer; nobody can sign in now.',
      )
    if (error instanceof errors.JOSEError)
      throw unauthenticated(`This sign-in is not accepted: ${error.code.toLowerCase().replaceAll('_', '-')}.`)
    throw error
  }
}

/** The highest role that the settings give to any value of the claim. */
function roleOf({ roleClaim, roles }: Provider, payload: JWTPayload): Role | null {
  const claimed = roleClaim === 'email' && payload['email_verified'] === false ? null : claimAt(payload, roleClaim)
  const values = new Set(['*', ...textsOf(claimed)])
  const given = roles.filter(({ value }) => values.has(value)).map(({ role }) => role)
  return given.sort((a, b) => RANK[b] - RANK[a])[0] ?? null
}

/** A claim by its name, or by JSON pointer (RFC 6901) where the setting begins with a slash. */
function claimAt(payload: JWTPayload, claim: string): unknown {
  if (!claim.startsWith('/')) return own(payload, claim)
  const steps = claim.slice(1).split('/')
  return steps.reduce<unknown>((at, step) => own(at, step.replaceAll('~1', '/').replaceAll('~0', '~')), payload)
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string' && one !== '*') as string[]
}

/**
 * The name that stands in records: the address of mail, else the subject at the issuer's host. A user name is not taken:
 * whoever can change theirs would be a second person whenever one is needed. It always has an `@` and a token's name
 * never has one, so that neither can pass for the other.
 */
function nameOf({ issuer }: Provider, payload: JWTPayload): string {
  const email = plain(payload['email'])
  if (payload['email_verified'] !== false && /^[^@\s]+@[^@\s]+$/.test(email)) return email
  // A service that Access lets in has a common name, and a subject that is empty.
  const named = plain(payload.sub) || plain(payload['common_name'])
  const user = named.replaceAll('@', '_').slice(0, USER_CHARS_MAX)
  if (user === '') throw unauthenticated('This sign-in names nobody.')
  return `${user}@${new URL(issuer).host}`.slice(0, NAME_CHARS_MAX)
}

/** Names travel in a header and stand in logs: visible ASCII, anything else is `_`. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, NAME_CHARS_MAX) : ''
}
