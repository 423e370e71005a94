import type { Context } from 'hono'
import { refusedAddress } from '../../bridge/notify/webhook/address.ts'
import { wayTo } from '../../bridge/way.ts'
import type { ReachRow } from '../../durable/protocol/catalogue.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv, Bindings } from '../env.ts'

/** `GET /api/v1/reach`: each address that the catalogue names, and the way to it from this Worker. Nothing is asked. */
export async function listReach(c: Context<AppEnv>): Promise<Response> {
  const catalogue = await c.env.DIRECTORY.getByName(LIVE).catalogue()
  return c.json({ items: reachOf(catalogue, c.env), next: null })
}

function reachOf({ endpoints, targets = [], sources }: Catalogue, env: Bindings): ReachRow[] {
  const local = env.IC_MODE === 'development'
  const bindings = { ...env }
  const asked = [
    // A manual one calls nothing.
    ...endpoints.filter(({ url }) => url !== '').map((endpoint) => ({ kind: 'endpoint' as const, ...endpoint })),
    ...sources.flatMap(({ name, url, binding }) =>
      url === undefined ? [] : [{ kind: 'pull' as const, name, url, binding }],
    ),
  ].map(({ kind, name, url, binding }): ReachRow => {
    const way = wayTo({ url, binding }, { bindings, local })
    const row = { kind, name, url, ...(binding !== undefined && { binding }) }
    return way.ok ? { ...row, way: way.by, reason: '' } : { ...row, way: 'refused', reason: way.reason }
  })
  const notified = targets.map(({ name, url }): ReachRow => {
    const refused = refusedAddress(url, { loopback: local })
    if (refused !== null) return { kind: 'target', name, url, way: 'refused', reason: refused }
    const isPublic = refusedAddress(url, { loopback: false }) === null
    return { kind: 'target', name, url, way: isPublic ? 'public' : 'local', reason: '' }
  })
  return [...asked, ...notified]
}
