import type { Context } from 'hono'
import * as z from 'zod/mini'
import { protocolsOf } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { queryOf } from '../validate.ts'
import { drillFlag, incidentOf, realm } from './params.ts'

/** The protocol spoken on both sockets; the answer selects it where a client offers protocols at all. */
const PROTOCOL = 'ic.v1'
const EPOCH_CHARS_MAX = 64

const roomQuery = z.strictObject({
  after: z.optional(z.string().check(z.regex(/^\d{1,15}$/, 'a seq'))),
  epoch: z.optional(z.string().check(z.maxLength(EPOCH_CHARS_MAX))),
})

/** `GET /api/v1/incidents/{id}/room?after=&epoch=`: the room's WebSocket; 426 without an upgrade. */
export async function room(c: Context<AppEnv>): Promise<Response> {
  const { id, namespace } = incidentOf(c)
  const query = new URLSearchParams(queryOf(c, roomQuery) as Record<string, string>)
  return upgrade(c, c.env.ROOM.getByName(`${namespace}/${id}`), `/room?${query.toString()}`)
}

/** `GET /api/v1/lobby?drill=`: the list's WebSocket; 426 without an upgrade. */
export async function lobby(c: Context<AppEnv>): Promise<Response> {
  const { drill } = queryOf(c, z.strictObject({ drill: drillFlag }))
  return upgrade(c, c.env.DIRECTORY.getByName(realm(drill)), '/lobby')
}

/**
 * Passes an upgrade on. The object is told who is there by `ic-person` and `ic-role`, set on headers made here: nothing
 * that came from outside, and no token, travels further.
 */
async function upgrade(
  c: Context<AppEnv>,
  target: { fetch(request: Request): Promise<Response> },
  path: string,
): Promise<Response> {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new ProblemError(426, 'websocket-only', 'This address speaks WebSocket.', {
      headers: { upgrade: 'websocket', connection: 'Upgrade' },
    })
  const offered = protocolsOf(c.req.raw)
  if (offered.length > 0 && !offered.includes(PROTOCOL))
    throw new ProblemError(400, 'wrong-version', `Offer the subprotocol ${PROTOCOL}.`)
  const { name, role } = c.get('person')
  const headers = new Headers({ upgrade: 'websocket', 'ic-person': name, 'ic-role': role })
  const answer = await target.fetch(new Request(`http://object${path}`, { headers }))
  if (answer.status === 404) throw new ProblemError(404, 'not-found', 'There is no such room.')
  if (answer.webSocket === null)
    throw new ProblemError(503, 'no-socket', 'The object did not open a socket.', { headers: { 'retry-after': '1' } })
  const selected: HeadersInit = offered.length > 0 ? { 'sec-websocket-protocol': PROTOCOL } : {}
  return new Response(null, { status: 101, webSocket: answer.webSocket, headers: selected })
}
