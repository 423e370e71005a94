import type { Context } from 'hono'
import * as z from 'zod/mini'
import type { ServerMessage } from '../../durable/protocol/messages.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { bodyOf } from '../validate.ts'
import { STATUS } from './orders.ts'
import { incidentOf } from './params.ts'

/** The form of the socket's message; the room judges the command itself, as it does on its sockets. */
export const commandBody = z.strictObject({ cmd: z.string(), command: z.looseObject({ type: z.string() }) })

type Result = Extract<ServerMessage, { type: 'result' }>

/**
 * `POST /api/v1/incidents/{id}/commands {cmd, command}`: what a client says that reads by event stream and cannot send on it.
 * The same message as on the room's socket with the same answer, `cmd` makes it repeatable; a refusal is a problem whose
 * `code` is the room's reason word.
 */
export async function command(c: Context<AppEnv>): Promise<Response> {
  const { id, namespace } = incidentOf(c)
  const { cmd, command: said } = await bodyOf(c, commandBody)
  c.set('asked', said.type)
  const { name, role } = c.get('person')
  const text = JSON.stringify({ type: 'command', cmd, command: said })
  const answer = await c.env.ROOM.getByName(`${namespace}/${id}`).say({ name, role, text })
  if (!answer.ok) {
    const { reason, detail } = answer
    throw new ProblemError(reason === 'unknown-message' ? 400 : STATUS[reason], reason, detail)
  }
  return c.json({ type: 'result', cmd, ok: true, seq: answer.seq } satisfies Result)
}
