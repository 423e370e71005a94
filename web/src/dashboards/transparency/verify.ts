import type { AgentKey } from '../../../../durable/protocol/domain.ts'
import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import { type LogVerdict, verifyLog, webCrypto } from '../../../../durable/protocol/verify.ts'
import { call } from '../../room/http.ts'
import type { Origin } from './load.ts'

const KEYS_PATH = '/.well-known/incident-commander-keys.json'

/** The public halves that a log's own are compared with, and where they come from. */
export interface Published {
  /** null: nobody gave any; those that the log names are believed. */
  keys: readonly AgentKey[] | null
  source: string
}

/** What was checked; or why it could not be, which says nothing of the log. */
export type Report =
  | { ok: true; verdict: LogVerdict; published: Published; signed: number; tookMs: number }
  | { ok: false; why: string }

/** Chain, digests, signatures and certificates of a whole log, by the browser's own WebCrypto. Never throws. */
export async function verifyAll(events: readonly RoomEvent[], published: Published): Promise<Report> {
  const from = performance.now()
  try {
    const verdict = await verifyLog(events, published.keys, webCrypto(globalThis))
    const signed = events.filter(({ body }) => body.type === 'vote-cast' && body.vote.signature !== undefined).length
    return { ok: true, verdict, published, signed, tookMs: performance.now() - from }
  } catch (error) {
    return {
      ok: false,
      why: `This browser could not check it: ${error instanceof Error ? error.message : String(error)}.`,
    }
  }
}

/**
 * The keys that a log's own are compared with: those that this instance publishes. A log that was brought here from another
 * instance names keys that this one never had; they are believed, and so they are where nobody answers, and both is said.
 */
export async function publishedFor(events: readonly RoomEvent[], origin: Origin): Promise<Published> {
  const reply = await call<{ instance?: unknown; keys?: unknown } | null>('GET', KEYS_PATH)
  const { instance, keys } = (reply.ok ? reply.data : null) ?? {}
  if (!Array.isArray(keys))
    return { keys: null, source: 'the log itself: this instance published none that could be read' }
  const [opening] = events
  const from = opening?.body.type === 'incident-opened' ? opening.body.head.instance : ''
  if (origin !== 'room' && from !== instance) return { keys: null, source: `the log itself: it is of instance ${from}` }
  return { keys: keys as AgentKey[], source: 'this instance' }
}
