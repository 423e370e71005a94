/** The ceiling of the first wait. */
export const BACKOFF_FIRST_MS = 500
/** The ceiling of every later wait while somebody looks. */
export const BACKOFF_MAX_MS = 30_000
/** The ceiling while the page is hidden: nobody waits for it. */
export const BACKOFF_HIDDEN_MAX_MS = 300_000
/** A connection that stood this long was a good one: the next failure starts again at the first wait. */
export const STABLE_MS = 60_000

/**
 * Full jitter: uniform between nothing and a ceiling that doubles, so that a thousand viewers who lost one server do
 * not return in step. `random` is uniform in [0, 1).
 */
export function backoffMs(tries: number, random: number, hidden: boolean): number {
  const max = hidden ? BACKOFF_HIDDEN_MAX_MS : BACKOFF_MAX_MS
  return Math.round(random * Math.min(max, BACKOFF_FIRST_MS * 2 ** Math.min(tries, 20)))
}

/** Uniform in [0, 1) from the browser's own generator. */
export function chance(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
