import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type SignedParts, signedText } from '../protocol/action-request.ts'

/** A signature counts for so long, wall ms: clocks of two machines differ by less. */
export const TIMESTAMP_TOLERANCE_MS = 5 * 60_000

const HEX = /^[0-9a-f]{64}$/

/** Whether `claimed` is the hex HMAC-SHA256 of the request's signed text; compared in constant time. */
export function signatureHolds(secret: string, parts: SignedParts, claimed: string): boolean {
  if (!HEX.test(claimed)) return false
  const expected = createHmac('sha256', secret).update(signedText(parts)).digest()
  return timingSafeEqual(expected, Buffer.from(claimed, 'hex'))
}
