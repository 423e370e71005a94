import { ACTION_HEADER, type ActionRefusal, isActionKey, isUndoKey } from '../protocol/action-request.ts'
import type { Action, Instant } from '../protocol/domain.ts'
import { signatureHolds, TIMESTAMP_TOLERANCE_MS } from './signature.ts'
import { sha256Hex } from './tokens.ts'

/** A signed action is a proposal's body: some kilobytes. */
export const ORDER_CHARS_MAX = 65_536

/** What an authentic request asks for. */
export type Order =
  | { ask: 'call'; key: string; token: number; digest: string; incident: string; action: Action }
  | { ask: 'status'; key: string }

export interface Rejected {
  status: number
  reason: ActionRefusal
  detail: string
}

const rejected = (status: number, reason: ActionRefusal, detail: string): Rejected => ({ status, reason, detail })

/**
 * Reads one request to the action endpoint. Nothing in it is believed before the signature holds; then the body must
 * hash to the digest and speak of this drill.
 */
export function readOrder(
  request: { method: string; path: string; header(name: string): string },
  body: string,
  expect: { secret: string; drill: string; wall: Instant },
): Order | Rejected {
  const { method, path } = request
  if (method !== 'GET' && method !== 'POST') return rejected(405, 'bad-request', 'POST an action or GET its status')
  if (body.length > ORDER_CHARS_MAX) return rejected(413, 'bad-request', 'the body is too long')
  const key = request.header(ACTION_HEADER.key)
  const token = request.header(ACTION_HEADER.token)
  const timestamp = request.header(ACTION_HEADER.timestamp)
  const parts = { method, path, timestamp, key, token, body } as const
  if (!signatureHolds(expect.secret, parts, request.header(ACTION_HEADER.signature)))
    return rejected(401, 'bad-signature', 'the signature does not match')
  if (!(Math.abs(Number(timestamp) - expect.wall) <= TIMESTAMP_TOLERANCE_MS))
    return rejected(401, 'stale-timestamp', 'the timestamp is too far from now')
  if (!isActionKey(key)) return rejected(400, 'bad-request', 'no usable idempotency key')
  if (method === 'GET')
    return path.endsWith(`/actions/${key}`)
      ? { ask: 'status', key }
      : rejected(404, 'bad-request', 'ask for the status of the key that is signed')
  if (!path.endsWith('/actions')) return rejected(404, 'bad-request', 'there is nothing at this address')
  return readCall(key, token, request.header(ACTION_HEADER.digest), body, expect.drill)
}

function readCall(key: string, tokenText: string, digest: string, body: string, drill: string): Order | Rejected {
  const token = Number(tokenText)
  if (!Number.isSafeInteger(token) || token < 1) return rejected(400, 'bad-request', 'no usable fencing token')
  if (sha256Hex(body) !== digest) return rejected(400, 'wrong-digest', 'the body is not what the digest names')
  const proposal = objectOf(body)
  if (proposal?.['drill'] !== drill) return rejected(403, 'wrong-namespace', 'this order is for another namespace')
  const { incident } = proposal
  const action = actionOf(proposal, isUndoKey(key) ? 'rollback' : 'action')
  if (typeof incident !== 'string' || action === null) return rejected(400, 'bad-request', 'no action in the body')
  return { ask: 'call', key, token, digest, incident, action }
}

function actionOf(proposal: Record<string, unknown>, asked: 'action' | 'rollback'): Action | null {
  const plan = proposal['plan']
  const action = isObject(plan) ? plan[asked] : null
  if (!isObject(action)) return null
  const { runbook, type, target, parameters } = action
  if (typeof runbook !== 'string' || typeof type !== 'string' || typeof target !== 'string') return null
  if (!isObject(parameters) || !Object.values(parameters).every(isSetting)) return null
  return { runbook, type, target, parameters: parameters as Action['parameters'] }
}

function isSetting(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string'
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
