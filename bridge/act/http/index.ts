import { ACTION_HEADER, isActionKey, type SignedParts } from '../../../durable/protocol/action-request.ts'
import { canonical } from '../../../durable/protocol/canonical.ts'
import type { CallAnswer, RemediationPort, StatusAnswer } from '../../../durable/protocol/ports.ts'
import { type ReadAnswer, detailOf } from '../answer.ts'
import { CALL_TIMEOUT_MS, type Send, exchange } from '../exchange.ts'
import { actionText, askedOf, shownBody } from '../order.ts'
import { signature } from './sign.ts'

export interface HttpDriverOptions {
  /** the transport: global fetch for real targets, the stage's stub in a drill. */
  fetch: Send
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
    // Whether it would take an action is asked by taking it: the contract has no such question.
    can: { dryRun: false, status: true, honoursKeys: true },
    async call({ key, token, digest, body }): Promise<CallAnswer> {
      if (!isActionKey(key)) return { outcome: 'failed', detail: 'the idempotency key cannot be sent' }
      const text = canonical(body)
      const answer = await send(options, { method: 'POST', key, token: String(token), digest, body: text })
      return typeof answer === 'string' ? { outcome: 'unknown', detail: answer } : judgeCall(answer)
    },
    async status({ key }): Promise<StatusAnswer> {
      if (!isActionKey(key)) return { outcome: 'unknown', detail: 'the idempotency key cannot be sent' }
      const answer = await send(options, { method: 'GET', key, token: '', digest: '', body: '' })
      return typeof answer === 'string' ? { outcome: 'unknown', detail: answer } : judgeStatus(answer)
    },
    dryRun(order) {
      const asked = askedOf(order)
      return Promise.resolve({
        driver,
        says: asked ? `One signed POST asks ${order.endpoint} for ${actionText(asked)}.` : 'There is nothing to undo.',
        calls: asked ? [{ method: 'POST', url: options.endpointUrl, body: shownBody(order.body) }] : [],
        effect: asked ? `${actionText(asked)}, as ${order.endpoint} carries it out` : 'nothing',
        canCheck: false,
      })
    },
  }
}

type Signed = Pick<SignedParts, 'method' | 'key' | 'token' | 'body'> & { digest: string }

function send(options: HttpDriverOptions, order: Signed): Promise<ReadAnswer | string> {
  const { timeoutMs = CALL_TIMEOUT_MS } = options
  return exchange(options.fetch, { timeoutMs }, (init) => signedRequest(options, order, init))
}

async function signedRequest(
  options: HttpDriverOptions,
  order: Signed,
  init: Pick<RequestInit, 'signal' | 'redirect'>,
): Promise<Request> {
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
  return new Request(url, { method: order.method, headers, ...init, ...body })
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
