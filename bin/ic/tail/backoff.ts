import { randomInt } from 'node:crypto'

/** The ceiling of the first wait, and of every later one. */
const FIRST_MS = 500
const LONGEST_MS = 30_000

/** Full jitter: uniform between nothing and a ceiling that doubles, as the pages wait. */
export function waitMs(tries: number): number {
  return randomInt(1 + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 20)))
}
