import type { RemediationPort } from '../../durable/protocol/ports.ts'
import type { NoWay } from '../way.ts'

/** An endpoint that there is no way to: nothing is sent, so nothing ran, and that is a definite answer. */
export function nowhere(reason: NoWay): RemediationPort {
  return {
    driver: 'none',
    call: () => Promise.resolve({ outcome: 'failed', detail: reason }),
    status: () => Promise.resolve({ outcome: 'unknown', detail: reason }),
  }
}
