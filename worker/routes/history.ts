import type { Context } from 'hono'
import * as z from 'zod/mini'
import { maySee } from '../../durable/protocol/crew.ts'
import type { AppEnv } from '../env.ts'
import { linked } from '../middleware/link.ts'
import { queryOf } from '../validate.ts'
import { cursor, drillFlag, incidentOf, limit, noSuchIncident, realm, realmOfNamespace } from './params.ts'

/** `GET /api/v1/history?drill=&cursor=&limit=`: what is archived, newest first, `{items, next}`. */
export async function listHistory(c: Context<AppEnv>): Promise<Response> {
  const query = queryOf(c, z.strictObject({ drill: drillFlag, cursor, limit }))
  const memory = c.env.MEMORY.getByName(realm(query.drill))
  const { name, role } = c.get('person')
  const page = {
    drill: query.drill === 'true',
    cursor: query.cursor ?? null,
    limit: query.limit,
    reader: { name, role },
  }
  return linked(c, await memory.history(page))
}

/** `GET /api/v1/history/{id}`: the archived incident with its whole log, 404 when it is not archived. */
export async function getHistory(c: Context<AppEnv>): Promise<Response> {
  queryOf(c, z.strictObject({}))
  const { id, namespace } = incidentOf(c)
  const archived = await c.env.MEMORY.getByName(realmOfNamespace(namespace)).get(id)
  if (archived === null || !maySee(archived.detail.private ?? null, c.get('person'))) throw noSuchIncident()
  return c.json(archived)
}
