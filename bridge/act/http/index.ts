import { ACTION_HEADER, isActionKey, type SignedParts } from '../../../durable/protocol/action-request.ts'
import { canonical } from '../../../durable/protocol/canonical.ts'
import type { CallAnswer, RemediationPort, StatusAnswer } from '../../../durable/protocol/ports.ts'
import { type ReadAnswer, detailOf, readAnswer } from './answer.ts'
import { signature } from './sign.ts'

/** An action endpoint answers within this wall time or its outcome is unknown, ms. */
export const CALL_TIMEOUT_MS = 10_000

export interface HttpDriverOptions {
  /** the transport: global fetch for real targets, the stage's stub in a drill. */
  fetch: (request: Request) => Promise<Response>
  /** where actions are posted; no query, no fragment. */
  endpointUrl: string
  secret: string
  /** the driver's name in records. */
  driver?: string
  timeoutMs?: number
  /** wall time in epoch ms, for the signature's timestamp. */
  now?: () => number
}

/**
 * Carries actions out by one signed POST each. It never throws, never repeats and never follows a redirect: a definite
 * `ran` (2xx) and a definite `refused` (4xx) are believed; timeout, reset, redirect, 5xx and unreadable bodies are
 * `unknown`, for the action may have happened.
 */
export function httpDriver(options: HttpDriverOptions): RemediationPort {
  const driver = options.driver ?? 'http'
  return {
    driver,
    async call({ key, token, digest, body }): Promise<CallAnswer> {
      if (!isActionKey(key)) return { outcome: 'failed', detail: 'the idempotency key cannot be sent' }
      const text = canonical(body)
      const answer = await exchange(options, { method: 'POST', key, token: String(token), digest, body: text })
      return typeof answer === 'string' ? { outcome: 'unknown', detail: answer } : judgeCall(answer)
    },
    async status({ key }): Promise<StatusAnswer> {
      if (!isActionKey(key)) return { outcome: 'unknown', detail: 'the idempotency key cannot be sent' }
      const answer = await exchange(options, { method: 'GET', key, token: '', digest: '', body: '' })
      return typeof answer === 'string' ? { outcome: 'unknown', detail: answer } : judgeStatus(answer)
    },
  }
}

interface Exchange extends Pick<SignedParts, 'method' | 'key' | 'token' | 'body'> {
  digest: string
}

/** One request and its answer, or in words why there is none. */
async function exchange(options: HttpDriverOptions, order: Exchange): Promise<ReadAnswer | string> {
  const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS
  const controller = new AbortController()
  const { signal } = controller
  const timer = setTimeout(() => controller.abort(), timeoutMs)
  try {
    const request = await signedRequest(options, order, signal)
    // The transport may be deaf to the signal (an RPC stub, a body that trickles), so the deadline is kept here too.
    return await Promise.race([options.fetch(request).then(readAnswer), expiry(signal)])
  } catch (failure) {
    if (signal.aborted) return `no answer within ${timeoutMs} ms`
    return `no answer: ${failure instanceof Error ? failure.message : 'the transport failed'}`.slice(0, 300)
  } finally {
    // A timer left behind would keep the calling object in memory.
    clearTimeout(timer)
  }
}

async function signedRequest(options: HttpDriverOptions, order: Exchange, signal: AbortSignal): Promise<Request> {
  const url = new URL(order.method === 'POST' ? options.endpointUrl : `${options.endpointUrl}/${order.key}`)
  const timestamp = String((options.now ?? Date.now)())
  const headers = new Headers({
    [ACTION_HEADER.key]: order.key,
    [ACTION_HEADER.token]: order.token,
    [ACTION_HEADER.digest]: order.digest,
    [ACTION_HEADER.timestamp]: timestamp,
    [ACTION_HEADER.signature]: await signature(options.secret, { ...order, path: url.pathname, timestamp }),
    accept: 'application/json',
  })
  if (order.method === 'POST') headers.set('content-type', 'application/json')
  const body = order.method === 'POST' ? { body: order.body } : {}
  return new Request(url, { method: order.method, headers, redirect: 'manual', signal, ...body })
}

function expiry(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const expire = (): void => reject(new Error('expired'))
    if (signal.aborted) expire()
    else signal.addEventListener('abort', expire, { once: true })
  })
}

function judgeCall({ status, json }: ReadAnswer): CallAnswer {
  const outcome = json?.['outcome']
  if (status >= 200 && status < 300 && outcome === 'ran')
    return { outcome: 'ran', detail: detailOf(json, `answered ${status}`) }
  if (status >= 400 && status < 500 && outcome === 'refused')
    return { outcome: 'failed', detail: detailOf(json, `refused with ${status}`) }
  return { outcome: 'unknown', detail: `answered ${status} without a definite outcome` }
}

function judgeStatus({ status, json }: ReadAnswer): StatusAnswer {
  const said = json?.['status']
  if (status === 200 && (said === 'it-ran' || said === 'it-did-not'))
    return { outcome: said, detail: detailOf(json, 'the endpoint says so') }
  const why = status === 200 && said === 'pending' ? 'not decided yet' : `answered ${status} without a definite status`
  return { outcome: 'unknown', detail: why }
}
