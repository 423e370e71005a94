import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'

const LOCAL_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Local mode answers loopback names only (a page that rebinds its own name to 127.0.0.1 still says its own Host) and only
 * its own pages (Origin absent or the same).
 */
export function requireLocal(c: Context<AppEnv>): void {
  const url = new URL(c.req.url)
  // The runtime makes the URL's host from the Host header.
  if (!LOCAL_HOSTS.includes(url.hostname))
    throw new ProblemError(403, 'host-not-local', 'Local mode answers on 127.0.0.1, localhost and [::1] only.')
  const origin = c.req.header('origin')
  if (origin !== undefined && origin !== url.origin)
    throw new ProblemError(403, 'origin-not-same', 'Local mode answers its own pages only.')
}

/** Whether an address is one of this machine. The last one's beginning is remembered: a storm comes to one address. */
export function isLocalUrl(url: string): boolean {
  const site = url.slice(0, url.indexOf('/', url.indexOf('//') + 2))
  if (site !== last.site) last = { site, isLocal: LOCAL_HOSTS.includes(new URL(url).hostname) }
  return last.isLocal
}

let last = { site: '', isLocal: false }
