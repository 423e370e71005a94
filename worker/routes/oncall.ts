import type { Context } from 'hono'
import * as z from 'zod/mini'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { queryOf } from '../validate.ts'

export const onCallQuery = z.strictObject({ at: z.optional(z.iso.datetime({ offset: true })) })

/** `GET /api/v1/oncall?at=`: who is on call in each rotation, now unless an instant (RFC 3339) is given. */
export async function onCall(c: Context<AppEnv>): Promise<Response> {
  const { at } = queryOf(c, onCallQuery)
  const items = await c.env.DIRECTORY.getByName(LIVE).onCall(at === undefined ? null : Date.parse(at))
  return c.json({ items, next: null })
}

/** `GET /api/v1/targets`: where notifications go, and which of them want none any more. The secret is named. */
export async function listTargets(c: Context<AppEnv>): Promise<Response> {
  queryOf(c, z.strictObject({}))
  return c.json({ items: await c.env.DIRECTORY.getByName(LIVE).targets(), next: null })
}

/** `POST /api/v1/targets/{name}/enable`: 204; a target that was off is notified again from its next page on. */
export async function enableTarget(c: Context<AppEnv>): Promise<Response> {
  const enabled = await c.env.DIRECTORY.getByName(LIVE).enableTarget(c.req.param('name') ?? '')
  if (!enabled) throw new ProblemError(404, 'not-found', 'No target of this name is off.')
  return c.body(null, 204)
}
