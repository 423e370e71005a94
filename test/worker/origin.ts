import type { AlertMapping } from '../../durable/protocol/domain.ts'
import type { Origin } from '../../worker/ingest/origin.ts'
import { at } from './bodies.ts'

export const RECEIVED = at('2026-11-22T08:00:00Z')

/** A source without settings that posts at RECEIVED. */
export function origin(
  more: { ignoreLabels?: string[]; mapping?: AlertMapping; headers?: Record<string, string>; receivedAt?: number } = {},
): Origin {
  return {
    source: 'tested',
    receivedAt: more.receivedAt ?? RECEIVED,
    ignoreLabels: more.ignoreLabels ?? [],
    mapping: more.mapping ?? null,
    header: (name) => more.headers?.[name] ?? null,
  }
}
