import type { Context } from 'hono'
import { registry } from '../auth/known.ts'
import { makeToken, sha256Hex } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { unavailable } from '../errors.ts'

/**
 * `POST /api/v1/tickets`: 201 `{ticket, expiresAt}`. Opens one socket, once, within 30 s, as `?ticket=`: a browser can set
 * no header on a socket, and a token in an address would stay in logs.
 */
export async function createTicket(c: Context<AppEnv>): Promise<Response> {
  const ticket = makeToken('ticket')
  const made = await registry(c, (one) => one.createTicket(sha256Hex(ticket), c.get('person')))
  if (!made) throw unavailable('too-many-tickets', 'Too many tickets wait to be used.')
  // A page that comes back asks for one each time: no line of audit for that.
  c.set('noted', true)
  return c.json({ ticket, expiresAt: new Date(made.expiresAt).toISOString() }, 201)
}
