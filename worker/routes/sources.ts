import type { Context } from 'hono'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'

/** `GET /api/v1/sources`: each source of the catalogue, when it was last heard of, its heartbeat and its pull. */
export async function listSources(c: Context<AppEnv>): Promise<Response> {
  return c.json({ items: await c.env.KEEPER.getByName(LIVE).watches(), next: null })
}
