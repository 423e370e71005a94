/** What a client may repeat: a request under an `Idempotency-Key`, and the answer it was given. */

/** An answer as it is said again. */
export interface KeptAnswer {
  status: number
  /** the headers that belong to it: content-type, location, etag. */
  headers: Record<string, string>
  body: string
}

export interface Claim {
  /** method and path: the same key on another address is another request. */
  route: string
  key: string
  /** SHA-256 hex of what was asked. */
  fingerprint: string
}

export type Claimed =
  /** it is yours to do; `claim` is what to settle it with. */
  | { is: 'new'; claim: number }
  | { is: 'running' }
  /** the key stood for another request. */
  | { is: 'mismatch' }
  | { is: 'answered'; answer: KeptAnswer }
  /** it was done, and its answer is one that is not kept (it held a secret, or was too long). */
  | { is: 'done' }
  | { is: 'full' }

/** A longer answer is not kept, in characters: none of ours is. */
export const ANSWER_CHARS_MAX = 200_000
