import { isActionKey } from '../../../durable/protocol/action-request.ts'
import type { KubernetesTarget } from '../../../durable/protocol/domain.ts'
import type { ActionOrder, CallAnswer, RemediationPort, StatusAnswer } from '../../../durable/protocol/ports.ts'
import type { ReadAnswer } from '../answer.ts'
import { CALL_TIMEOUT_MS, type Send } from '../exchange.ts'
import { actionText, askedOf, shownBody } from '../order.ts'
import { type ReadToken, tokenOf, withoutToken } from '../token.ts'
import { type Api, READ_TIMEOUT_MS, patch, patchUrl } from './api.ts'
import { workloadOf } from './objects.ts'
import { type Operation, isDoneUnder, prepare, workloadAt } from './operate.ts'

const DETAIL_CHARS_MAX = 300

export interface KubernetesDriverOptions {
  fetch: Send
  /** the API server: `https://cluster.example:6443`. */
  endpointUrl: string
  target: KubernetesTarget
  token: ReadToken
  timeoutMs?: number
}

/**
 * Restarts, scales and rolls back workloads of one namespace. Each action reads what stands and is then one PATCH, which
 * the server refuses when the object has changed meanwhile; the execution's key stands in the object from then on, so
 * that the same key acts once and what became of it can be read.
 */
export function kubernetesDriver(options: KubernetesDriverOptions): RemediationPort {
  const { target } = options
  return {
    driver: 'kubernetes',
    can: { dryRun: true, status: true, honoursKeys: true },
    async call(order): Promise<CallAnswer> {
      const ready = await readyFor(options, order)
      if (!ready.ok) return { outcome: 'failed', detail: ready.reason }
      const { api, operation, effect } = ready
      if (!operation) return { outcome: 'ran', detail: effect }
      const answer = await patch(api, operation.path, operation.patch, false)
      const { outcome, detail } = judge(answer, operation, order.key)
      return { outcome, detail: withoutToken(detail, api.token) }
    },
    async status({ key, body }): Promise<StatusAnswer> {
      const found = await tokenOf(options.token)
      if ('reason' in found) return { outcome: 'unknown', detail: found.reason }
      const asked = body ? askedOf({ key, body }) : null
      const place = asked && Object.hasOwn(target.workloads, asked.target) ? target.workloads[asked.target] : undefined
      if (!place) return { outcome: 'unknown', detail: 'no workload is named to look at' }
      const workload = await workloadAt(apiOf(options, found.token), place)
      if (typeof workload === 'string') return { outcome: 'unknown', detail: withoutToken(workload, found.token) }
      // Without the key it may still come, or a later action may have written its own over it.
      return isDoneUnder(workload, key)
        ? { outcome: 'it-ran', detail: `${place.kind} ${place.name} carries this key` }
        : { outcome: 'unknown', detail: `${place.kind} ${place.name} does not carry this key` }
    },
    async dryRun(order) {
      const asked = askedOf(order)
      const says = asked
        ? `One PATCH for ${actionText(asked)}, asked of the server as a dry run.`
        : 'There is nothing to undo.'
      const ready = await readyFor(options, order)
      if (!ready.ok)
        return { driver: 'kubernetes', says, calls: [], effect: `refused: ${ready.reason}`, canCheck: false }
      const { api, operation, effect } = ready
      if (!operation) return { driver: 'kubernetes', says, calls: [], effect, canCheck: true }
      const answer = await patch(api, operation.path, operation.patch, true)
      const { outcome, detail } = judge(answer, operation, order.key)
      const [url, body] = [patchUrl(api, operation.path, false), shownBody(operation.patch.body)]
      return {
        driver: 'kubernetes',
        says,
        calls: [{ method: 'PATCH', url, body }],
        effect: outcome === 'ran' ? effect : withoutToken(`not accepted: ${detail}`, api.token),
        canCheck: outcome !== 'unknown',
      }
    },
  }
}

type Ready =
  | { ok: true; api: Api; operation: Operation | null; effect: string }
  /** nothing was written. */
  | { ok: false; reason: string }

async function readyFor(options: KubernetesDriverOptions, order: ActionOrder): Promise<Ready> {
  if (!isActionKey(order.key)) return { ok: false, reason: 'the idempotency key cannot be sent' }
  const asked = askedOf(order)
  if (!asked) return { ok: false, reason: 'nothing-to-undo' }
  const found = await tokenOf(options.token)
  if ('reason' in found) return { ok: false, reason: found.reason }
  const api = apiOf(options, found.token)
  const prepared = await prepare(api, options.target, asked, order.key)
  if (!prepared.ok) return { ok: false, reason: withoutToken(prepared.reason, found.token).slice(0, DETAIL_CHARS_MAX) }
  const { operation } = prepared
  return operation === null
    ? { ok: true, api, operation, effect: prepared.effect }
    : { ok: true, api, operation, effect: operation.effect }
}

function apiOf(options: KubernetesDriverOptions, token: string): Api {
  const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS
  const { fetch, endpointUrl, target } = options
  const readTimeoutMs = Math.min(READ_TIMEOUT_MS, timeoutMs)
  return { fetch, endpointUrl, namespace: target.namespace, token, timeoutMs, readTimeoutMs }
}

/** 200 with the object that carries the key ran; a 4xx in the API's own form is surely not done; the rest settles nothing. */
function judge(answer: ReadAnswer | string, { kind, effect }: Operation, key: string): CallAnswer {
  if (typeof answer === 'string') return { outcome: 'unknown', detail: answer }
  const { status, json } = answer
  if (status === 200 && json?.['kind'] === kind) {
    const workload = workloadOf(json)
    if (workload && isDoneUnder(workload, key)) return { outcome: 'ran', detail: effect }
  }
  if (status >= 400 && status < 500 && json?.['kind'] === 'Status' && json['status'] === 'Failure') {
    const message = typeof json['message'] === 'string' ? json['message'] : 'refused'
    return { outcome: 'failed', detail: `answered ${status}: ${message}`.slice(0, DETAIL_CHARS_MAX) }
  }
  return { outcome: 'unknown', detail: `answered ${status} without a definite outcome` }
}
