import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'

const LOCAL_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The gate before everything but `/livez`. Local mode answers loopback names only (a page that rebinds its own name to
 * 127.0.0.1 still says its own Host) and only its own pages (Origin absent or the same). Any other mode has no sign-in
 * configured yet, and says so rather than letting anybody in.
 */
export const localOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.path === '/livez') return next()
  if (c.env.IC_MODE !== 'development')
    throw new ProblemError(
      503,
      'auth-not-configured',
      'No way to sign in is configured for this mode; nothing is served.',
    )
  const url = new URL(c.req.url)
  // The runtime makes the URL's host from the Host header.
  if (!LOCAL_HOSTS.includes(url.hostname))
    throw new ProblemError(403, 'host-not-local', 'Local mode answers on 127.0.0.1, localhost and [::1] only.')
  const origin = c.req.header('origin')
  if (origin !== undefined && origin !== url.origin)
    throw new ProblemError(403, 'origin-not-same', 'Local mode answers its own pages only.')
  return next()
}
