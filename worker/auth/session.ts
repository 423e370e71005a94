import type { Context } from 'hono'
import { PERSON_HEADER, ROLE_HEADER, SESSION_HEADER } from '../../durable/protocol/door.ts'
import type { AppEnv } from '../env.ts'
import { registry } from './known.ts'
import { unauthenticated } from './token.ts'

/**
 * The headers that tell an object who the socket is for, made here: nothing that came from outside, and no token, travels
 * further. The registry is told which object holds a socket of which sign-in, so that it can end it; it also has the last
 * word on whether that sign-in still stands, whatever this isolate remembers.
 */
export async function doorHeaders(
  c: Context<AppEnv>,
  object: { kind: 'room' | 'lobby'; name: string },
): Promise<Headers> {
  const { name, role, via, session, until } = c.get('person')
  const headers = new Headers({ upgrade: 'websocket', [PERSON_HEADER]: name, [ROLE_HEADER]: role })
  if (session === null) return headers
  const stands = await registry(c, (one) => one.openSocket({ via, session, until }, `${object.kind} ${object.name}`))
  if (!stands) throw unauthenticated('This sign-in is over.')
  headers.set(SESSION_HEADER, session)
  return headers
}
