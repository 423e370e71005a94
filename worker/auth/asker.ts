import type { Context } from 'hono'
import { routePath } from 'hono/route'
import type { AppEnv, Asker } from '../env.ts'

/** Who asks for this change and by which address, for the audit line that is stored with it. */
export function askerOf(c: Context<AppEnv>): Asker {
  const { name, role, via } = c.get('person')
  return { visitor: { name, role, via }, action: `${c.req.method} ${routePath(c)}`, requestId: c.get('requestId') }
}
