import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv, Bindings } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { authConfig } from './config.ts'
import { registry } from './known.ts'
import { isLocalUrl, requireLocal } from './local.ts'
import { requireOrigin } from './origin.ts'

/** The one address that sets a fresh deployment up. */
export const INIT_PATH = '/api/v1/init'

/** True once and for all in this isolate: what was set up stays set up. */
let setUp = false

/**
 * The gate before everything but `/livez`. Local mode answers its own machine and pages. Any other mode answers its own
 * pages, and nothing at all until there is a way to sign in: 503 that says what to do.
 */
export const gate: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.path === '/livez') return next()
  if (isLocal(c)) requireLocal(c)
  else await requireConfigured(c)
  return next()
}

/** Local mode: the token `dev` is somebody. Said on the command line alone; nothing else turns it on. */
export function isLocal(c: Context<AppEnv>): boolean {
  return c.env.IC_MODE === 'development'
}

/**
 * Whether the gate would let through what no page sends (nothing with an Origin), as far as this isolate knows without
 * asking anybody.
 */
export function isOpenTo(request: Request, env: Bindings): boolean {
  if (request.headers.has('origin')) return false
  if (env.IC_MODE === 'development') return isLocalUrl(request.url)
  const { access, oidc, faults } = authConfig(env)
  return faults.length === 0 && (access !== null || oidc !== null || setUp)
}

async function requireConfigured(c: Context<AppEnv>): Promise<void> {
  const config = authConfig(c.env)
  if (config.faults.length > 0) throw notConfigured(`These settings are not understood: ${config.faults.join(', ')}.`)
  requireOrigin(c, config)
  if (config.access || config.oidc) return
  const mayInit = Boolean(c.env.IC_INIT_TOKEN)
  if (mayInit && c.req.path === INIT_PATH) return
  setUp = setUp || (await registry(c, (one) => one.initialised()))
  if (setUp) return
  throw notConfigured(
    mayInit
      ? 'No way to sign in is configured yet. Run ic init, which makes the first admin token.'
      : 'No way to sign in is configured, and nothing is served. Set the Worker secret IC_INIT_TOKEN and run ic init, or configure Cloudflare Access (IC_ACCESS_TEAM, IC_ACCESS_AUD, IC_ACCESS_ROLES) or OIDC (IC_OIDC_ISSUER, IC_OIDC_AUDIENCE, IC_OIDC_JWKS, IC_OIDC_ROLES).',
  )
}

function notConfigured(detail: string): ProblemError {
  return new ProblemError(503, 'auth-not-configured', detail)
}
