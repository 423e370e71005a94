import { canonical } from './canonical.ts'
import type { RoomEvent } from './events.ts'

/** Hash before the first event. */
export const CHAIN_START = '0'.repeat(64)

/** The bytes an event's hash covers. */
export function chainInput(previousHash: string, event: Omit<RoomEvent, 'hash'>): string {
  const { v, seq, at, by, body } = event
  return `${previousHash}\n${canonical({ v, seq, at, by, body })}`
}

export type ChainVerdict =
  | { ok: true; head: string; count: number }
  | { ok: false; seq: number; reason: 'gap' | 'hash-differs' }

/**
 * Walks a log from its start. `sha256Hex` is WebCrypto in browsers and the CLI, node:crypto in the room; it may be
 * synchronous or not.
 */
export async function verifyChain(
  events: Iterable<RoomEvent>,
  sha256Hex: (text: string) => string | Promise<string>,
): Promise<ChainVerdict> {
  let head = CHAIN_START
  let count = 0
  for (const event of events) {
    if (event.seq !== count + 1) return { ok: false, seq: event.seq, reason: 'gap' }
    const hash = await sha256Hex(chainInput(head, event))
    if (hash !== event.hash) return { ok: false, seq: event.seq, reason: 'hash-differs' }
    head = hash
    count += 1
  }
  return { ok: true, head, count }
}
