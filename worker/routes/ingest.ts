import type { Context, Handler } from 'hono'
import type { AlertIntake } from '../../durable/protocol/objects.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { senderOf } from '../auth/sender.ts'
import { tokenOf } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { readBody } from '../ingest/body.ts'
import { changesOf, changesSchema } from '../ingest/changes/parse.ts'
import { PARSERS } from '../ingest/parsers.ts'
import { type SignedIntake, demandSignature } from '../ingest/signed.ts'
import { signingSource } from '../ingest/sources.ts'
import { checked } from '../validate.ts'
import { type Taken, durable, originOf, quarantine, takePost } from './ingest-take.ts'

/** `POST /api/v1/ingest/<intake>`, optionally `/<source>`: 200 `{received, deduplicated}`, 202 where something is in quarantine. */
export function ingest(intake: AlertIntake['intake']): Handler<AppEnv> {
  return async (c) => answered(c, await takeBody(c, intake))
}

/** `POST /api/v2/alerts`. 200 with no body, as Alertmanager's own server answers. */
export async function alerts(c: Context<AppEnv>): Promise<Response> {
  const taken = await takeBody(c, 'alerts')
  return taken.quarantined ? c.json(taken, 202) : c.body(null, 200)
}

/**
 * The same for senders that can sign: where the catalogue names a secret for the source, the signature must hold and no
 * token is asked for; where it names none, the token counts.
 */
export function signed(intake: SignedIntake): Handler<AppEnv> {
  return async (c) => {
    const source = await signingSource(c, intake)
    if (!source) {
      c.set('sender', await senderOf(c, tokenOf(c.req.raw), intake))
      return answered(c, await takeBody(c, intake))
    }
    const now = Date.now()
    c.set('sender', { namespace: LIVE, source: source.name, receivedAt: now })
    const body = await readBody(c.req.raw)
    const header = (name: string) => c.req.header(name) ?? null
    await demandSignature(c, intake, source.signature, { bytes: body.bytes, header, now })
    if (!body.ok) return answered(c, await quarantine(c, intake, body, body.reason))
    return answered(c, await takePost(c, intake, body, PARSERS[intake](body.value, await originOf(c))))
  }
}

async function takeBody(c: Context<AppEnv>, intake: AlertIntake['intake']): Promise<Taken> {
  const body = await readBody(c.req.raw)
  if (!body.ok) return quarantine(c, intake, body, body.reason)
  return takePost(c, intake, body, PARSERS[intake](body.value, await originOf(c)))
}

function answered(c: Context<AppEnv>, taken: Taken): Response {
  return c.json(taken, taken.quarantined ? 202 : 200)
}

/** `POST /api/v1/changes`. 200 `{stored, deduplicated}`; what is not a list of changes is 400, nothing is kept of it. */
export async function changes(c: Context<AppEnv>): Promise<Response> {
  const { source, receivedAt } = c.get('sender')
  const body = await readBody(c.req.raw)
  if (!body.ok) throw new ProblemError(400, 'undecodable', `The body could not be read: ${body.reason}.`)
  const sent = changesOf(checked(changesSchema, body.value, 'undecodable'), receivedAt)
  return c.json(await durable(c, (directory) => directory.intakeChanges({ source, changes: sent })))
}
