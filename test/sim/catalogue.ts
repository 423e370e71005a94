import type { Catalogue, Runbook, RunbookStep } from '../../durable/protocol/domain.ts'
import { CATALOGUE } from '../core/incident/shop.ts'

/** What some shops want done before the pool is touched: by hand and waiting, or looking first. */
const STEPS: readonly (RunbookStep[] | null)[] = [
  [
    { kind: 'manual', id: 'drain', says: 'drain the proxy' },
    { kind: 'wait', id: 'pause', ms: 20_000 },
    { kind: 'http', id: 'act' },
    { kind: 'manual', id: 'tell', says: 'tell the owner' },
  ],
  [
    {
      kind: 'branch',
      id: 'fork',
      when: { of: 'symptom', signal: 'errors', is: 'above', value: 5 },
      then: 'seen',
      otherwise: 'agree',
    },
    { kind: 'approval', id: 'agree', says: 'the symptom is gone: still?' },
    {
      kind: 'verify',
      id: 'seen',
      when: { of: 'target', signal: 'pool_in_use', is: 'above', value: 15 },
      withinMs: 60_000,
    },
    { kind: 'http', id: 'act' },
  ],
  null,
  null,
  null,
]

/** The little shop as one seed has it: with steps before the action or without, undone when nothing got better or not. */
export function catalogueOf(seed: number): Catalogue {
  const steps = STEPS[seed % STEPS.length] ?? null
  const runbooks = CATALOGUE.runbooks.map((runbook) => ({
    ...runbook,
    ...(steps && runbook.id === 'raise-pool-limit' && { steps }),
    rollback: runbook.rollback && { ...runbook.rollback, onNoBetter: seed % 2 === 0 },
  }))
  return { ...CATALOGUE, runbooks: isStubborn(seed) ? [...runbooks, ...others(runbooks)] : runbooks }
}

/** Shops in which the first fix does not help, and others fit as well: there the system would go on trying. */
export function isStubborn(seed: number): boolean {
  return seed % 7 === 0
}

/** Two more that fit what the pool shows, and hurt. */
function others(runbooks: Runbook[]): Runbook[] {
  return runbooks
    .filter(({ id }) => id === 'scale-out')
    .flatMap((runbook) =>
      ['restart-pool', 'flush-pool'].map(
        (id): Runbook => ({
          ...runbook,
          id,
          action: id,
          title: id,
          match: { causeKinds: ['saturation', 'configuration'], signalTokens: ['pool'] },
          risk: 'reversible',
          rollback: { action: id, parameters: 'previous' },
        }),
      ),
    )
}
