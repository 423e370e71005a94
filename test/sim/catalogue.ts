import type { Catalogue, RiskClass, Runbook, RunbookStep } from '../../durable/protocol/domain.ts'
import { CATALOGUE } from '../core/incident/shop.ts'
import { type Story, storyOf } from './stories.ts'

/** What some shops want done before anything is touched: by hand and waiting, or looking first. */
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
      when: { of: 'symptom', signal: 'latency', is: 'above', value: 15 },
      withinMs: 60_000,
    },
    { kind: 'http', id: 'act' },
  ],
  null,
  null,
  null,
]

/** How much harm the cure can do, by shop. */
const RISKS: readonly RiskClass[] = ['reversible', 'reversible', 'wider', 'irreversible', 'reversible', 'reversible']

/** What a world is about. */
export interface Plot {
  story: Story
  /** nothing heals it. */
  stubborn: boolean
  catalogue: Catalogue
  /** no faults, a driver that answers, one careful commander. */
  calm: boolean
}

export const plotOf = (seed: number): Plot => ({
  story: storyOf(seed),
  stubborn: isStubborn(seed),
  catalogue: catalogueOf(seed),
  calm: false,
})

/**
 * The little shop as one seed has it: with steps before the action or without, undone when nothing got better or not, its
 * cure reversible or not. Where it is not, nothing of the first tier stands on the target, or no voter would agree.
 */
function catalogueOf(seed: number): Catalogue {
  const story = storyOf(seed)
  const steps = STEPS[seed % STEPS.length] ?? null
  const risk = RISKS[Math.floor(seed / 3) % RISKS.length] ?? 'reversible'
  const runbooks = [...CATALOGUE.runbooks, ...story.runbooks].map((runbook): Runbook => {
    const isCure = runbook.id === story.cure
    const rollback = runbook.rollback && { ...runbook.rollback, onNoBetter: seed % 2 === 0 }
    return {
      ...runbook,
      ...(steps && isCure && { steps }),
      ...(isCure && { risk }),
      rollback: isCure && risk === 'irreversible' ? null : rollback,
    }
  })
  const services = CATALOGUE.services.map((service) =>
    risk === 'irreversible' ? { ...service, tier: 3 as const } : service,
  )
  return { ...CATALOGUE, services, runbooks: isStubborn(seed) ? [...runbooks, ...others(runbooks)] : runbooks }
}

/** Shops in which the first fix does not help, and others fit as well: there the system would go on trying. */
function isStubborn(seed: number): boolean {
  return seed % 4 === 1
}

/** Two more that fit what the shop shows, and hurt. */
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
          match: {
            causeKinds: ['saturation', 'configuration', 'deployment', 'memory'],
            signalTokens: ['pool', 'errors', 'heap'],
          },
          risk: 'reversible',
          rollback: { action: id, parameters: 'previous' },
        }),
      ),
    )
}
