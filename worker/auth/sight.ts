import type { Context } from 'hono'
import type { Visitor } from '../../durable/protocol/access.ts'
import { isIncidentId, namespaceOfIncident } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'

const INCIDENT = /^\/api\/v1\/incidents\/([^/]+)/

/**
 * Throws 404 where the address is of an incident that is private and not this person's to see: who may not see it does not
 * learn that it is there. Asked at every such address, for everybody below commander, so that no route can forget it.
 */
export async function requireSight(c: Context<AppEnv>, { name, role }: Pick<Visitor, 'name' | 'role'>): Promise<void> {
  if (role === 'commander' || role === 'admin') return
  const id = INCIDENT.exec(c.req.path)?.[1] ?? ''
  if (!isIncidentId(id)) return
  const room = c.env.ROOM.getByName(`${namespaceOfIncident(id)}/${id}`)
  if (!(await room.admits({ name, role }))) throw new ProblemError(404, 'not-found', 'There is no such incident.')
}
