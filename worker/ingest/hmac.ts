import { createHmac, timingSafeEqual } from 'node:crypto'
import { withinReplayWindow } from '../auth/replay.ts'

/** HMAC-SHA256 over the pieces in a row. */
export function hmac(key: Uint8Array | string, ...pieces: readonly (Uint8Array | string)[]): Buffer {
  const made = createHmac('sha256', key)
  for (const piece of pieces) made.update(piece)
  return made.digest()
}

/** Whether two digests are the same, in a time that does not tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/** A hex digest as bytes, null for what is none. */
export function fromHex(text: string): Uint8Array | null {
  return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : null
}

/** Whether a signed time of seconds since 1970 is near enough to now to be no replay. */
export function isRecent(seconds: string | null, now: number): boolean {
  return seconds !== null && /^\d{9,11}$/.test(seconds) && withinReplayWindow(Number(seconds) * 1_000, now)
}
