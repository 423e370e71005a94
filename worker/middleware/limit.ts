import type { Context, MiddlewareHandler } from 'hono'
import { isLocal } from '../auth/gate.ts'
import { sha256Hex, tokenOf } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { isIntake } from './intakes.ts'

const WINDOW_S = 60
/** Requests that one token may make in a window: twenty a second is a busy script, not a person. */
const QUOTA = 1_200
/** In local mode everything on the machine shares one token. */
const QUOTA_LOCAL = 60_000
/** Tokens counted at once; past it the one that was idle longest starts anew. */
const TOKENS_MAX = 10_000
/** Answered before anybody is asked for a token. */
const OPEN = ['/livez', '/readyz', '/version', '/openapi.json', '/docs', '/docs/style.css']

interface Window {
  endsAt: number
  used: number
}

/**
 * Counts what each token asks in this isolate, and says so in every answer (`RateLimit-Policy`, `RateLimit`, draft-ietf-
 * httpapi-ratelimit-headers): beyond the quota 429 with Retry-After. Whoever has no token is counted by address. A token
 * that is used all over the world meets several isolates, each with a count of its own: this bounds what one client
 * costs one of them, it is no meter. Intakes are exempt: a storm is when they are needed, and Alertmanager forgets what
 * is answered 429.
 */
export const limited: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { method, path } = c.req
  if (isIntake(method, path) || OPEN.includes(path)) return next()
  const quota = quotaOf(c)
  const { used, endsAt } = counted(keyOf(c), Date.now())
  const leftS = Math.max(1, Math.ceil((endsAt - Date.now()) / 1_000))
  c.header('ratelimit-policy', `"default";q=${quota};w=${WINDOW_S}`)
  c.header('ratelimit', `"default";r=${Math.max(0, quota - used)};t=${leftS}`)
  if (used > quota)
    throw new ProblemError(429, 'rate-limited', `This token may ask ${quota} times in ${WINDOW_S} s.`, {
      headers: { 'retry-after': String(leftS) },
    })
  return next()
}

function quotaOf(c: Context<AppEnv>): number {
  const set = Number(c.env.IC_RATE_PER_MINUTE ?? '')
  if (Number.isSafeInteger(set) && set > 0) return set
  return isLocal(c) ? QUOTA_LOCAL : QUOTA
}

// Insertion order is order of last use: the first key was idle longest.
const windows = new Map<string, Window>()

function counted(key: string, now: number): Window {
  const known = windows.get(key)
  const window = known && known.endsAt > now ? known : { endsAt: now + WINDOW_S * 1_000, used: 0 }
  window.used += 1
  windows.delete(key)
  windows.set(key, window)
  const idlest = windows.keys().next().value
  if (windows.size > TOKENS_MAX && idlest !== undefined) windows.delete(idlest)
  return window
}

function keyOf(c: Context<AppEnv>): string {
  const token = tokenOf(c.req.raw) ?? c.req.header('cf-access-jwt-assertion') ?? null
  return token === null ? `from ${c.req.header('cf-connecting-ip') ?? ''}` : sha256Hex(token)
}
