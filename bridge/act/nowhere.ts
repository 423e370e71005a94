import type { RemediationPort } from '../../durable/protocol/ports.ts'

/** An endpoint that there is no way to, with the reason word: nothing is sent, so nothing ran, and that is a definite answer. */
export function nowhere(reason: string): RemediationPort {
  return {
    driver: 'none',
    can: { dryRun: false, status: false, honoursKeys: false },
    call: () => Promise.resolve({ outcome: 'failed', detail: reason }),
    status: () => Promise.resolve({ outcome: 'unknown', detail: reason }),
    dryRun: () =>
      Promise.resolve({
        driver: 'none',
        says: `Nothing would be sent: ${reason}.`,
        calls: [],
        effect: 'nothing',
        canCheck: false,
      }),
  }
}
