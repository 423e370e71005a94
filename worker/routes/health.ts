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

/** How long an isolate remembers that everything was ready, in ms: whoever asks without a token writes no row each time. */
const READY_MS = 1_000

let readyUntil = 0

/** `GET /readyz`: the live directory takes a write and gives it back; 503 `not-ready` while it does not. */
export async function readyz(c: Context<AppEnv>): Promise<Response> {
  if (Date.now() >= readyUntil) {
    if (!(await holds(c)))
      throw unavailable('not-ready', 'The directory could not write to its storage and read it back.')
    readyUntil = Date.now() + READY_MS
  }
  return c.json({ ok: true, version })
}

async function holds(c: Context<AppEnv>): Promise<boolean> {
  try {
    return await c.env.DIRECTORY.getByName(LIVE).probe()
  } catch (error) {
    log(c, error)
    return false
  }
}

/** `GET /version`: what runs, and its clock, which `ic doctor` compares with its own. */
export function versions(c: Context<AppEnv>): Response {
  return c.json({ version, protocol: PROTOCOL_VERSION, time: new Date().toISOString() })
}
