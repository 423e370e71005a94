import type { Context } from 'hono'
import { version } from '../../package.json'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { PROTOCOL_VERSION } from '../../durable/protocol/version.ts'
import type { AppEnv } from '../env.ts'
import { log, unavailable } from '../errors.ts'

/** `GET /livez`: this process answers. The one address that answers in every mode. */
export function livez(c: Context<AppEnv>): Response {
  return c.json({ ok: true, version })
}

/** `GET /readyz`: the live directory answers from its storage; 503 while it does not. */
export async function readyz(c: Context<AppEnv>): Promise<Response> {
  try {
    await c.env.DIRECTORY.getByName(LIVE).counters()
  } catch (error) {
    log(c, error)
    throw unavailable('not-ready', 'The directory could not read its storage.')
  }
  return c.json({ ok: true, version })
}

/** `GET /version`. */
export function versions(c: Context<AppEnv>): Response {
  return c.json({ version, protocol: PROTOCOL_VERSION })
}
