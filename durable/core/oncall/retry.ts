import { prng } from '../prng.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * Waits between the tries of one notification, in ms: the schedule that the Standard Webhooks specification suggests,
 * ten tries in about three days.
 */
export const RETRY_WAITS_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]
/** A target that asks for longer is asked again after this. */
export const RETRY_AFTER_MS_MAX = 24 * HOUR
/** Each wait is longer by up to this share, so that targets of one outage are not called all at once. */
const JITTER = 0.2

/**
 * How long after a failed try, in ms of wall time; null after the last one. The jitter follows from `seed` and the try
 * alone. What the target asks for is the least it gets.
 */
export function retryWait(attempt: number, seed: string, retryAfterMs: number | null): number | null {
  const wait = RETRY_WAITS_MS[attempt - 1]
  if (wait === undefined) return null
  const jittered = Math.round(wait * (1 + JITTER * prng(hashOf(`${seed}/${attempt}`)).next()))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX))
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo): spreads names well enough for a jitter. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
