import type { Context } from 'hono'
import * as z from 'zod/mini'
import { PROTOCOL_VERSION } from '../../durable/protocol/version.ts'
import { doorHeaders } from '../auth/session.ts'
import { protocolsOf } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError, unavailable } from '../errors.ts'
import { SECURITY_HEADERS } from '../headers.ts'
import { queryOf } from '../validate.ts'
import { drillFlag, incidentOf, realm } from './params.ts'

/** The protocol spoken on both sockets; what else a client offers beside it is its token, which stays here. */
const PROTOCOL = `ic.v${PROTOCOL_VERSION}`
const VERSION = /^ic\.v\d{1,6}$/
const EPOCH_CHARS_MAX = 64

/** Used up at the door; it is no business of the object. */
const ticket = z.optional(z.string())

export const roomQuery = z.strictObject({
  after: z.optional(z.string().check(z.regex(/^\d{1,15}$/, 'a seq'))),
  epoch: z.optional(z.string().check(z.maxLength(EPOCH_CHARS_MAX))),
  ticket,
})

/** `GET /api/v1/incidents/{id}/room?after=&epoch=`: the room's WebSocket; 426 without an upgrade. */
export async function room(c: Context<AppEnv>): Promise<Response> {
  const { id, namespace } = incidentOf(c)
  const { ticket: _, ...resume } = queryOf(c, roomQuery)
  const query = new URLSearchParams(resume as Record<string, string>)
  return upgrade(c, { kind: 'room', name: `${namespace}/${id}` }, `/room?${query.toString()}`)
}

/** `GET /api/v1/lobby?drill=`: the list's WebSocket; 426 without an upgrade. */
export async function lobby(c: Context<AppEnv>): Promise<Response> {
  const { drill } = queryOf(c, z.strictObject({ drill: drillFlag, ticket }))
  return upgrade(c, { kind: 'lobby', name: realm(drill) }, '/lobby')
}

/** Passes an upgrade on; who is there is said in headers made here. */
async function upgrade(
  c: Context<AppEnv>,
  object: { kind: 'room' | 'lobby'; name: string },
  path: string,
): Promise<Response> {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new ProblemError(426, 'websocket-only', 'This address speaks WebSocket.', {
      headers: { upgrade: 'websocket', connection: 'Upgrade' },
    })
  const versions = protocolsOf(c.req.raw).filter((protocol) => VERSION.test(protocol))
  const headersIn = await doorHeaders(c, object)
  if (versions.length > 0) headersIn.set('sec-websocket-protocol', versions.join(', '))
  const target = (object.kind === 'room' ? c.env.ROOM : c.env.DIRECTORY).getByName(object.name)
  const answer = await target.fetch(new Request(`http://object${path}`, { headers: headersIn }))
  if (answer.webSocket === null) throw unavailable('no-socket', 'The object did not open a socket.')
  // A browser drops a socket whose answer selects none of what it offered, and then cannot read why it was closed.
  const selected = versions.includes(PROTOCOL) ? PROTOCOL : versions[0]
  const headersOut = new Headers({ ...SECURITY_HEADERS, 'x-request-id': c.get('requestId') })
  if (selected !== undefined) headersOut.set('sec-websocket-protocol', selected)
  return new Response(null, { status: 101, webSocket: answer.webSocket, headers: headersOut })
}
