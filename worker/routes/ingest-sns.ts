import type { Context, Handler } from 'hono'
import { LIVE } from '../../durable/protocol/namespace.ts'
import { unauthenticated } from '../auth/token.ts'
import type { AppEnv } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'
import { readBody } from '../ingest/body.ts'
import { Certificates, type Fetch } from '../ingest/sns/certificate.ts'
import { confirmSubscription } from '../ingest/sns/confirm.ts'
import { type SnsMessage, snsMessage } from '../ingest/sns/message.ts'
import { parseSns } from '../ingest/sns/parse.ts'
import { type SnsFault, verifySns } from '../ingest/sns/verify.ts'
import { liveSources } from '../ingest/sources.ts'
import { originOf, quarantine, takePost } from './ingest-take.ts'

const SAYS: Record<SnsFault, string> = {
  'sns-topic-not-allowed': 'No source of the catalogue names this topic.',
  'sns-signature-version': 'Only SignatureVersion 2 is believed; set it on the topic.',
  'sns-timestamp': 'The message is more than an hour away from now.',
  'sns-certificate-address': "The signing certificate does not lie at the topic's own region.",
  'sns-certificate': 'The signing certificate is none, or not valid now.',
  'sns-signature': 'The signature does not fit the message.',
}

/**
 * `POST /api/v1/ingest/sns`, for SNS's own HTTPS subscription: no token, the signature says who it is and the topic
 * which source. 401 with the reason for what is not believed. A confirmation is answered by calling ConfirmSubscription
 * at the topic's region; no address that came with a message is ever asked, but the certificate's, once it is exactly
 * what it must be.
 */
export function snsWith(fetch: Fetch): Handler<AppEnv> {
  const certificates = new Certificates(fetch)
  return async (c) => {
    const body = await readBody(c.req.raw)
    const message = body.ok ? snsMessage(body.value) : null
    if (!message) throw unauthenticated('This is no signed SNS message; raw delivery must be off.')
    const source = (await liveSources(c)).find(
      ({ intakes, topics }) => intakes.includes('sns') && topics?.includes(message.topic),
    )
    const now = Date.now()
    const fault = await outside(c, verifySns(message, source?.topics ?? [], certificates, now))
    if (fault !== null || !source) throw refused(fault ?? 'sns-topic-not-allowed')
    c.set('sender', { namespace: LIVE, source: source.name, receivedAt: now })
    if (message.type === 'SubscriptionConfirmation') return confirm(c, message, fetch)
    // Somebody ended the subscription: kept where people look, for from now on this topic is silent.
    if (message.type === 'UnsubscribeConfirmation')
      return c.json(await quarantine(c, 'sns', body, 'sns-unsubscribed'), 202)
    const taken = await takePost(c, 'sns', body, parseSns(message.said, await originOf(c)))
    return c.json(taken, taken.quarantined ? 202 : 200)
  }
}

export const sns = snsWith((url, init) => fetch(url, init))

async function confirm(c: Context<AppEnv>, message: SnsMessage, fetch: Fetch): Promise<Response> {
  const confirmed = await outside(c, confirmSubscription(message, fetch))
  if (!confirmed) throw new ProblemError(422, 'sns-not-confirmed', 'SNS did not accept the confirmation.')
  return c.json({ received: 0, deduplicated: 0, quarantined: false, confirmed: true })
}

// AWS not answering is no verdict: SNS sends it again.
async function outside<T>(c: Context<AppEnv>, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    log(c, error)
    throw unavailable('sns-unreachable', 'SNS could not be asked; send it again.')
  }
}

function refused(fault: SnsFault): ProblemError {
  return new ProblemError(401, fault, SAYS[fault], { headers: { 'www-authenticate': 'Signature' } })
}
