import type { Context } from 'hono'
import * as z from 'zod/mini'
import { registry } from '../auth/known.ts'
import type { AppEnv } from '../env.ts'
import { nextLink } from '../middleware/link.ts'
import { queryOf } from '../validate.ts'
import { limit, wholeNumber } from './params.ts'

export const auditQuery = z.strictObject({ after: wholeNumber(0, Number.MAX_SAFE_INTEGER, 0), limit })

/**
 * `GET /api/v1/audit?after=&limit=` by an admin: `{items, next, head, anchor}`, oldest first. Whoever walks from `anchor`
 * to `head` can verify the chain with what is answered here; `next` is the `after` to go on with.
 */
export async function listAudit(c: Context<AppEnv>): Promise<Response> {
  const { after, limit: count } = queryOf(c, auditQuery)
  const page = await registry(c, (one) => one.audit(after, count))
  if (page.next !== null) c.header('link', nextLink(c, 'after', page.next))
  return c.json(page)
}

/** `GET /api/v1/audit/verify` by an admin: what is stored, walked here and now: `{ok, head, count}` or where it breaks. */
export async function verifyAudit(c: Context<AppEnv>): Promise<Response> {
  queryOf(c, z.strictObject({}))
  return c.json(await registry(c, (one) => one.verifyAudit()))
}
