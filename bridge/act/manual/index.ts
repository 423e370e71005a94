import type { RemediationPort } from '../../../durable/protocol/ports.ts'
import { actionText, askedOf } from '../order.ts'

const NOT_TOLD = 'a person carries it out and says so'

/**
 * Nothing is wired and nothing is called: a person does it. Whether it was done is unknown until that person says so, and
 * until then nothing else touches the target.
 */
export function manualDriver(): RemediationPort {
  return {
    driver: 'manual',
    can: { dryRun: false, status: false, honoursKeys: false },
    call: () => Promise.resolve({ outcome: 'unknown', detail: NOT_TOLD }),
    status: () => Promise.resolve({ outcome: 'unknown', detail: NOT_TOLD }),
    dryRun(order) {
      const asked = askedOf(order)
      const effect = asked ? `${actionText(asked)}, by hand` : 'nothing'
      const says = asked ? 'Nothing is called: a person is asked to do it.' : 'There is nothing to undo.'
      return Promise.resolve({ driver: 'manual', says, calls: [], effect, canCheck: false })
    },
  }
}
