import type { Context } from 'hono'
import { type IssuerKey, discovery, isIssuer, publicKeys, readKeys } from '../../bridge/issuer.ts'
import { type AppEnv, type Bindings } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { isLocal } from '../auth/gate.ts'

/** How long anybody may keep these, s. A key is published a day before it signs, so an hour late is early enough. */
const KEEP_S = 3600

interface Issuer {
  name: string
  keys: IssuerKey[]
}

/** Settings do not change while an isolate lives. */
const read = new WeakMap<Bindings, Issuer | 'none' | 'faulty'>()

/** `GET /.well-known/openid-configuration`: what AWS reads before it trusts a token of ours. */
export function openidConfiguration(c: Context<AppEnv>): Response {
  const { name } = issuerOf(c)
  c.header('cache-control', `public, max-age=${KEEP_S}`)
  return c.json(discovery(name))
}

/** `GET /.well-known/jwks.json`: the public halves of the keys that sign now, signed last or sign next. */
export function issuerKeys(c: Context<AppEnv>): Response {
  const { keys } = issuerOf(c)
  c.header('cache-control', `public, max-age=${KEEP_S}`)
  return c.json(publicKeys(keys, Date.now()))
}

function issuerOf(c: Context<AppEnv>): Issuer {
  const known = read.get(c.env) ?? settingsOf(c.env, isLocal(c))
  read.set(c.env, known)
  if (known === 'none')
    throw new ProblemError(404, 'issuer-not-configured', 'This instance issues no tokens: IC_ISSUER is not set.')
  if (known === 'faulty')
    throw new ProblemError(
      503,
      'issuer-misconfigured',
      'IC_ISSUER must be https with a host and nothing else, and IC_ISSUER_KEYS what npm run oidc:key prints.',
    )
  return known
}

function settingsOf({ IC_ISSUER, IC_ISSUER_KEYS }: Bindings, local: boolean): Issuer | 'none' | 'faulty' {
  const name = IC_ISSUER?.trim() ?? ''
  if (name === '') return 'none'
  const keys = readKeys(IC_ISSUER_KEYS ?? '')
  return keys && isIssuer(name, local) ? { name, keys } : 'faulty'
}
