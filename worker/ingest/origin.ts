import type { AlertMapping, Instant } from '../../durable/protocol/domain.ts'

/** Who sent a body and when it came, with what the catalogue says of the source. */
export interface Origin {
  source: string
  receivedAt: Instant
  ignoreLabels: readonly string[]
  mapping: AlertMapping | null
  /** a header of the request; null where it was not sent. */
  header: (name: string) => string | null
}
