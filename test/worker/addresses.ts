import worker from '../../worker/index.ts'

/** The one answer that anybody may keep. */
export const KEYS = '/.well-known/incident-commander-keys.json'

/** This instance as an OIDC issuer: nothing is there until one is configured. */
export const ISSUER: readonly string[] = ['/.well-known/openid-configuration', '/.well-known/jwks.json']

/** Addresses that answer without a token. */
export const PUBLIC: readonly string[] = [
  '/livez',
  '/readyz',
  '/version',
  KEYS,
  ...ISSUER,
  '/openapi.json',
  '/docs',
  '/docs/style.css',
]
/** The one address that answers with a page, under a policy of its own. */
export const PAGE = '/docs'

export interface Address {
  method: string
  /** with ids in place of parameters. */
  path: string
  /** as the map writes it. */
  route: string
}

/** The route table, as the app has it: each method and path once, middleware left out. */
export function addresses(): Address[] {
  const seen = new Map<string, Address>()
  for (const { method, path } of worker.routes) {
    if (method === 'ALL') continue
    const filled = path
      .replace(/^(\/api\/v1\/drills)\/:id/, '$1/drl_aaaaaaaaaaaa')
      .replace(/^(\/api\/v1\/tokens)\/:id/, '$1/tok_0123456789abcdef01')
      .replace(':name', 'a-name')
      .replace(':task', 'T-01')
      .replace(':revision', '1')
      .replace(':id', 'inc_aaaaaaaaaaaa')
      .replace(':proposal', 'prp_aaaaaaaaaaaa')
    seen.set(`${method} ${filled}`, { method, path: filled, route: path })
  }
  return [...seen.values()]
}

/** Posts of sources, which an ingest token may make. */
export function isIntake(path: string, method = 'POST'): boolean {
  if (method === 'GET' || path === '/api/v1/ingest/dry-run') return false
  return path.startsWith('/api/v1/ingest/') || INTAKES.includes(path)
}

const INTAKES: readonly string[] = [
  '/api/v2/alerts',
  '/api/v1/changes',
  '/api/v1/telemetry',
  '/v2/enqueue',
  '/v2/change/enqueue',
]
