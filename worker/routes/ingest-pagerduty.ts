import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { senderOf } from '../auth/sender.ts'
import { unauthenticated } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { ProblemError } from '../errors.ts'
import { sha256 } from '../ingest/alert.ts'
import { type Body, readBody } from '../ingest/body.ts'
import { identityOf } from '../ingest/fingerprint.ts'
import { sameBytes } from '../ingest/hmac.ts'
import { parseChangeEvent } from '../ingest/pagerduty/change.ts'
import { parsePagerDuty } from '../ingest/pagerduty/parse.ts'
import { isRecord } from '../ingest/record.ts'
import { secretOf } from '../ingest/secret.ts'
import { liveSources } from '../ingest/sources.ts'
import { asked, durable, originOf, quarantine, takePost } from './ingest-take.ts'

/** PagerDuty's own limit for an event, in bytes; its clients cut theirs to it. */
const EVENT_BYTES_MAX = 512_000
const PROCESSED = { status: 'success', message: 'Event processed' }

/**
 * `POST /v2/enqueue`, as PagerDuty's Events API v2 answers: 202 with the `dedup_key`, 400 with its sentences (the body is
 * kept in quarantine all the same), 429 + Retry-After where others are answered 503, for its clients repeat nothing else.
 */
export function enqueue(c: Context<AppEnv>): Promise<Response> {
  return pagerDuty(c, async (body) => {
    const event = parsePagerDuty(body.value, await originOf(c), sha256(body.raw))
    if (!event.ok) return invalid(c, body, event.errors)
    if (event.alert) await takePost(c, 'pagerduty', body, { alerts: [event.alert], undecodable: null })
    else await acknowledged(c, identityOf(event.dedupKey))
    return c.json({ ...PROCESSED, dedup_key: event.dedupKey }, 202)
  })
}

/** `POST /v2/change/enqueue`: a change, never an incident. */
export function enqueueChange(c: Context<AppEnv>): Promise<Response> {
  return pagerDuty(c, async (body) => {
    const event = parseChangeEvent(body.value, await originOf(c))
    if (!event.ok) return invalid(c, body, event.errors)
    const { source } = c.get('sender')
    await durable(c, (directory) => directory.intakeChanges({ source, changes: [event.change] }))
    return c.json({ status: 'success', message: 'Change event processed' }, 202)
  })
}

/** Somebody took it over there: the incident of that alert is acknowledged, where there is one that nobody has yet. */
async function acknowledged(c: Context<AppEnv>, fingerprint: string): Promise<void> {
  const { namespace, source } = c.get('sender')
  const incident = await durable(c, (directory) => directory.incidentOf(source, fingerprint))
  if (incident === null) return
  await asked(c, c.env.ROOM.getByName(`${namespace}/${incident}`).acknowledgedAt({ cmd: crypto.randomUUID(), source }))
}

async function pagerDuty(
  c: Context<AppEnv>,
  take: (body: Extract<Body, { ok: true }>) => Promise<Response>,
): Promise<Response> {
  const body = await readBody(c.req.raw, EVENT_BYTES_MAX)
  const key = body.ok && isRecord(body.value) ? body.value['routing_key'] : null
  if (!body.ok || typeof key !== 'string') throw unauthenticated('An event carries its routing_key.')
  try {
    await knowSender(c, key)
    return await take(withoutKey(body, key))
  } catch (error) {
    if (error instanceof ProblemError && error.status === 503) return throttled(c, error)
    throw error
  }
}

/** The source that the routing key speaks for: by a secret that the catalogue names, else the key is a token. */
async function knowSender(c: Context<AppEnv>, key: string): Promise<void> {
  for (const { name, intakes, routingKeys } of await liveSources(c)) {
    if (!intakes.includes('pagerduty')) continue
    for (const secret of routingKeys ?? []) {
      const value = await secretOf(c, secret, `routing key of ${name}`)
      if (value === null || !sameBytes(digest(value), digest(key))) continue
      return c.set('sender', { namespace: LIVE, source: name, receivedAt: Date.now() })
    }
  }
  c.set('sender', await senderOf(c, key, 'pagerduty'))
}

// Digests have one length, so that comparing them tells nothing of the secret's.
function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

const KEY = /("routing_key"\s*:\s*)"(?:[^"\\]|\\.)*"/g
/** Characters from which a key is looked for by itself as well; a shorter one is a word that may stand anywhere. */
const KEY_CHARS_MIN = 16

/** The key opens a door: it is kept neither in the journal nor in quarantine, however the body spells its name. */
function withoutKey(body: Extract<Body, { ok: true }>, key: string): Extract<Body, { ok: true }> {
  const raw = body.raw.replaceAll(KEY, '$1"[redacted]"')
  return { ...body, raw: key.length < KEY_CHARS_MIN ? raw : raw.replaceAll(key, '[redacted]') }
}

async function invalid(c: Context<AppEnv>, body: Body, errors: string[]): Promise<Response> {
  await quarantine(c, 'pagerduty', body, 'not-an-alert-message')
  return c.json({ status: 'invalid event', message: 'Event object is invalid', errors, code: 'invalid-event' }, 400)
}

function throttled(c: Context<AppEnv>, { code, headers }: ProblemError): Response {
  return c.json({ status: 'throttle exceeded', message: 'Send it again.', code }, 429, { ...headers })
}
