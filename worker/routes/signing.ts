import type { Context } from 'hono'
import { registry } from '../auth/known.ts'
import type { AppEnv } from '../env.ts'

/** `GET /api/v1/signing`: `{state}`, whether the agents can sign their votes; while they cannot, no ballot carries. */
export async function signing(c: Context<AppEnv>): Promise<Response> {
  return c.json({ state: await registry(c, (one) => one.signing()) })
}
