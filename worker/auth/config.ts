import type { Role } from '../../durable/protocol/domain.ts'
import type { Bindings } from '../env.ts'

/** One identity provider, as the environment names it. */
export interface Provider {
  via: 'access' | 'oidc'
  issuer: string
  audience: string
  keysUrl: string
  /** the claim that roles are read from: a name, or a JSON pointer into the claims. */
  roleClaim: string
  /** which value of that claim gives which role; `*` is every value and none. */
  roles: readonly { role: Role; value: string }[]
}

export interface AuthConfig {
  /** Cloudflare Access, whose token comes in `Cf-Access-Jwt-Assertion`. */
  access: Provider | null
  /** a generic OIDC provider, whose token comes as a bearer. */
  oidc: Provider | null
  /** exact origins of the pages that may ask; empty: the origin that was asked. */
  origins: readonly string[]
  /** what is wrong with the settings, by their names; never their values. */
  faults: readonly string[]
}

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']

/** Settings do not change while an isolate lives. */
const read = new WeakMap<Bindings, AuthConfig>()

/** The ways to sign in that the environment configures. A half-set provider is a fault and signs nobody in. */
export function authConfig(env: Bindings): AuthConfig {
  const known = read.get(env)
  if (known) return known
  const faults: string[] = []
  const team = env.IC_ACCESS_TEAM?.trim() ?? ''
  const access = provider(faults, 'IC_ACCESS', team !== '' || Boolean(env.IC_ACCESS_AUD), {
    via: 'access',
    issuer: ['TEAM', team === '' ? '' : accessIssuer(team)],
    audience: ['AUD', env.IC_ACCESS_AUD],
    keysUrl: ['TEAM', team === '' ? '' : `${accessIssuer(team)}/cdn-cgi/access/certs`],
    roleClaim: env.IC_ACCESS_ROLE_CLAIM ?? 'email',
    roles: env.IC_ACCESS_ROLES,
  })
  const oidc = provider(faults, 'IC_OIDC', Boolean(env.IC_OIDC_ISSUER) || Boolean(env.IC_OIDC_AUDIENCE), {
    via: 'oidc',
    issuer: ['ISSUER', env.IC_OIDC_ISSUER],
    audience: ['AUDIENCE', env.IC_OIDC_AUDIENCE],
    keysUrl: ['JWKS', env.IC_OIDC_JWKS],
    roleClaim: env.IC_OIDC_ROLE_CLAIM ?? 'groups',
    roles: env.IC_OIDC_ROLES,
  })
  const origins = listOf(env.IC_ORIGINS)
  for (const origin of origins) if (!isOrigin(origin)) faults.push('IC_ORIGINS')
  const config = { access, oidc, origins: origins.filter(isOrigin), faults: [...new Set(faults)] }
  read.set(env, config)
  return config
}

interface Written {
  via: Provider['via']
  issuer: [string, string | undefined]
  audience: [string, string | undefined]
  keysUrl: [string, string | undefined]
  roleClaim: string
  roles: string | undefined
}

function provider(faults: string[], prefix: string, wanted: boolean, written: Written): Provider | null {
  if (!wanted) return null
  const before = faults.length
  const need = ([name, value]: [string, string | undefined], isFit: (text: string) => boolean): string => {
    const text = value?.trim() ?? ''
    if (!isFit(text)) faults.push(`${prefix}_${name}`)
    return text
  }
  const found = {
    via: written.via,
    issuer: need(written.issuer, isHttps),
    audience: need(written.audience, (text) => text !== ''),
    keysUrl: need(written.keysUrl, isHttps),
    roleClaim: written.roleClaim.trim(),
    roles: rolesOf(written.roles),
  }
  if (found.roles === null) faults.push(`${prefix}_ROLES`)
  return faults.length === before && found.roles !== null ? { ...found, roles: found.roles } : null
}

/** `admin=ic-admins, viewer=*` as pairs, in that order; null for what is no such list or an empty one. */
function rolesOf(text: string | undefined): Provider['roles'] | null {
  const pairs = listOf(text).map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return { role: ROLES.find((role) => role === name.trim()), value: value.join('=').trim() }
  })
  const good = pairs.flatMap(({ role, value }) => (role !== undefined && value !== '' ? [{ role, value }] : []))
  return good.length > 0 && good.length === pairs.length ? good : null
}

/** `team` or `team.cloudflareaccess.com` or the whole address: the issuer of its tokens. */
function accessIssuer(team: string): string {
  const host = team.replace(/^https:\/\//, '').replace(/\/+$/, '')
  return `https://${host.includes('.') ? host : `${host}.cloudflareaccess.com`}`
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).username === ''
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}
