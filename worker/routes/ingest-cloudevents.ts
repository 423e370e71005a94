import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { readBody } from '../ingest/body.ts'
import { parseCloudEvents } from '../ingest/cloudevents/parse.ts'
import { readCloudEvents } from '../ingest/cloudevents/read.ts'
import { originOf, takePost } from './ingest-take.ts'

/** Events a minute that the handshake allows: what one directory takes without pushing back. */
const RATE_PER_MINUTE = 60_000

/** `OPTIONS /api/v1/ingest/cloudevents`: the webhook handshake. Whoever holds the token may send. */
export function cloudEventsHandshake(c: Context<AppEnv>): Response {
  const origin = c.req.header('webhook-request-origin')
  if (origin === undefined || !/^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/.test(origin))
    throw new ProblemError(400, 'no-request-origin', 'The handshake names its sender in WebHook-Request-Origin.')
  return c.body(null, 200, {
    allow: 'POST',
    'webhook-allowed-origin': origin,
    'webhook-allowed-rate': String(RATE_PER_MINUTE),
  })
}

/** `POST /api/v1/ingest/cloudevents`: binary, structured or batch. 415 for another content type, 400 for what is no event. */
export async function cloudEvents(c: Context<AppEnv>): Promise<Response> {
  const body = await readBody(c.req.raw)
  // A binary event may have no data; a structured one without a body is none.
  if (!body.ok && (body.reason !== 'empty-body' || c.req.header('ce-specversion') === undefined))
    throw new ProblemError(400, 'undecodable', `The body could not be read: ${body.reason}.`)
  const read = readCloudEvents(body.ok ? body.value : null, c.req.raw.headers)
  if (!read.ok && read.reason === 'unknown-type')
    throw new ProblemError(415, 'unknown-event-type', `Not a CloudEvent over HTTP: ${read.says}.`)
  if (!read.ok) throw new ProblemError(400, 'undecodable', `Not a CloudEvent: ${read.says}.`)
  const taken = await takePost(c, 'cloudevents', body, parseCloudEvents(read.events, await originOf(c)))
  return c.json(taken, taken.quarantined ? 202 : 200)
}
