/**
 * One action as it goes over HTTP, shared by the driver that sends it and the stage that receives it:
 * `POST <endpoint>` carries one out, `GET <endpoint>/<key>` asks what became of it. The POST's body is the canonical JSON
 * of the proposal's body, so that its SHA-256 is the digest that people approved.
 */
export const ACTION_HEADER = {
  /** the same key is carried out once and always answered with the first answer. */
  key: 'idempotency-key',
  /** seq of the event that started the execution; a lower one than the incident's last is refused. Empty on GET. */
  token: 'ic-fencing-token',
  digest: 'ic-digest',
  /** epoch ms of the attempt, wall time. */
  timestamp: 'ic-timestamp',
  /** hex HMAC-SHA256 over `signedText`. */
  signature: 'ic-signature',
} as const

/** A key is one path segment and one header value: nothing in it needs escaping. */
const KEY = /^[A-Za-z0-9_.:-]{1,200}$/

export function isActionKey(key: string): boolean {
  return KEY.test(key)
}

/** How the key of a rollback ends: the same signed body, of which the plan's rollback is asked for. */
const UNDO_END = ':undo'

/** The key under which the rollback of an execution is sent, once. */
export function undoKeyOf(key: string): string {
  return `${key}${UNDO_END}`
}

/** Whether a key asks for the plan's rollback. The key is signed, so nobody on the way can turn one into the other. */
export function isUndoKey(key: string): boolean {
  return key.endsWith(UNDO_END)
}

export interface SignedParts {
  method: 'GET' | 'POST'
  /** the URL's path as sent, without query. */
  path: string
  timestamp: string
  key: string
  token: string
  body: string
}

/** What the signature covers. Only the last part may hold a line break, so no two requests share one text. */
export function signedText({ method, path, timestamp, key, token, body }: SignedParts): string {
  return [method, path, timestamp, key, token, body].join('\n')
}

/** 2xx answers `ran`; a 4xx with `refused` says that it was surely not done. Anything else settles nothing. */
export type ActionAnswer =
  | { outcome: 'ran'; detail: string }
  | { outcome: 'refused'; reason: ActionRefusal; detail: string }

export type ActionRefusal =
  | 'bad-request'
  | 'bad-signature'
  | 'stale-timestamp'
  | 'wrong-digest'
  | 'wrong-namespace'
  | 'stale-token'
  | 'not-applied'
  | 'barred'

/** 200 to a status question. `pending`: it was received and is not decided yet. */
export interface ActionStatus {
  status: 'it-ran' | 'it-did-not' | 'pending'
  detail: string
}
