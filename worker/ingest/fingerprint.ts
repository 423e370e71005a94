import { canonical } from '../../durable/protocol/canonical.ts'
import { sha256 } from './alert.ts'

/** Longest identity kept as its sender wrote it, in characters; ARNs and PagerDuty's keys are within. */
const IDENTITY_CHARS_MAX = 512

/** An identity as it came, or its SHA-256 where it is too long to be a key. */
export function identityOf(text: string): string {
  const formed = text.toWellFormed()
  return formed.length <= IDENTITY_CHARS_MAX ? formed : `sha256:${sha256(formed)}`
}

/** One identity made of several parts; null stands for a part that is not there. */
export function identityOfParts(parts: readonly (string | null)[]): string {
  return `sha256:${sha256(canonical(parts))}`
}
