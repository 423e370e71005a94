import type { Context } from 'hono'
import type { AgentKey } from '../../durable/protocol/domain.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { registry } from '../auth/known.ts'
import type { AppEnv } from '../env.ts'

/** How long anybody may keep the list, in s: keys change when the master key does. */
const KEEP_S = 300
/** And how long an isolate does, in ms: whoever asks without a token wakes no object each time. */
const KNOWN_MS = 60_000

let known: { instance: string; keys: AgentKey[]; until: number } | null = null

/**
 * `GET /.well-known/incident-commander-keys.json`: `{instance, keys}`, the public halves of the agents' keys, those that were
 * replaced too. Public: whoever holds an export checks its signatures with them.
 */
export async function agentKeys(c: Context<AppEnv>): Promise<Response> {
  if (known === null || known.until <= Date.now()) {
    const instance = await c.env.DIRECTORY.getByName(LIVE).instance()
    const keys = await registry(c, (one) => one.agentKeys(instance))
    // An instance that cannot seal keys yet is asked again at once.
    known = { instance, keys, until: keys.length > 0 ? Date.now() + KNOWN_MS : 0 }
  }
  const { instance, keys } = known
  c.header('cache-control', keys.length > 0 ? `public, max-age=${KEEP_S}` : 'no-store')
  return c.json({ instance, keys })
}
