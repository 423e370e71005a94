import type { Fields, Problem } from './model.ts'

/** What is wrong with a signature; the first of them that is. */
export type Refusal =
  | 'unsigned'
  | 'malformed'
  | 'unknown-key'
  | 'expired'
  | 'wrong-session-token'
  | 'wrong-scope'
  | 'wrong-time'
  | 'header-unsigned'
  | 'wrong-body-digest'
  | 'wrong-signature'

/** One call as the fake saw it, plain JSON. */
export interface Call {
  number: number
  service: string | null
  operation: string | null
  method: string
  target: string
  input: Fields
  problems: Problem[]
  /** what a table behind the fake answered against the model; the caller never saw it. */
  leftOut: Problem[]
  /** `not-asked` where the operation takes no signature. */
  signature: 'verified' | 'not-asked' | Refusal
  /** whose credentials signed it: a role's ARN, or the fake's own keys. */
  by: string | null
  /** the client's own count of tries, from 1; null where it sends none. */
  attempt: number | null
  status: number | null
  ended: 'open' | 'answered' | 'caller-left' | 'cut' | 'reset'
}
