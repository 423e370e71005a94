import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import type { AuthConfig } from './config.ts'

/** Methods that change nothing. */
const SAFE = ['GET', 'HEAD', 'OPTIONS']

/**
 * Whether a page of this origin may ask: exactly one of the list, or exactly the origin that was asked where there is no
 * list. No spelling is made equal to another one: browsers have one spelling, and others are somebody trying.
 */
export function isAllowedOrigin(origin: string, asked: string, allowed: readonly string[]): boolean {
  return allowed.length > 0 ? allowed.includes(origin) : origin === asked
}

/** Refuses pages of other origins: 403 `origin-not-allowed`. Who is no page sends no Origin and is judged by its token. */
export function requireOrigin(c: Context<AppEnv>, { origins }: AuthConfig): void {
  const origin = c.req.header('origin')
  if (origin !== undefined && !isAllowedOrigin(origin, new URL(c.req.url).origin, origins)) throw notAllowed()
}

/**
 * A sign-in that the browser adds by itself (Access keeps it in a cookie) says nothing of who made the browser ask: such a
 * request may only change something, or open a socket, when it names an origin, and that has been checked.
 */
export function requireNamedOrigin(c: Context<AppEnv>): void {
  const changes = !SAFE.includes(c.req.method) || c.req.header('upgrade') !== undefined
  if (changes && c.req.header('origin') === undefined) throw notAllowed()
}

function notAllowed(): ProblemError {
  return new ProblemError(403, 'origin-not-allowed', 'Only our own pages may ask; see IC_ORIGINS.')
}
