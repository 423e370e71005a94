import { expect, test } from 'vitest'
import type { ActionPlan, Catalogue } from '../../../durable/protocol/domain.ts'
import { ANN, type Room, carried, found, looked, opened, proposed } from './room.ts'
import { CATALOGUE, poolPlan } from './shop.ts'

/** The shop whose pool may also get more instances. */
const SHOP: Catalogue = {
  ...CATALOGUE,
  runbooks: CATALOGUE.runbooks.map((runbook) =>
    runbook.id === 'raise-pool-limit'
      ? {
          ...runbook,
          parameters: [
            ...runbook.parameters,
            { name: 'instances', unit: 'x', min: 1, max: 3, from: { kind: 'constant', value: 1 } },
          ],
        }
      : runbook,
  ),
}
const bare = poolPlan()
const PLAN: ActionPlan = {
  ...bare,
  action: { ...bare.action, parameters: { ...bare.action.parameters, instances: 1 } },
  rollback: bare.rollback && { ...bare.rollback, parameters: { ...bare.previous, instances: 1 } },
}
const room = (): Room => found(PLAN, looked(opened({ catalogue: SHOP })))
const rollback = ({ proposal }: Room) => proposal.body.plan.rollback

test('[AC147] an own decision is taken back as it was decided: what was added, and the limit that Resolution saw', () => {
  const decided = room()
  decided.say(
    {
      type: 'decide-myself',
      runbook: 'raise-pool-limit',
      target: 'db-proxy',
      parameters: { pool_limit: 50, instances: 3 },
      confirm: 'db-proxy',
      passed: [],
      reason: 'I know this one',
    },
    ANN,
  )
  expect(rollback(decided)).toMatchObject({ parameters: { ...bare.previous, instances: 3 } })
})

test('[AC147] what a commander asked for is taken back as asked', () => {
  const first = carried(PLAN, proposed(PLAN, room()))
  const { id, digest } = first.proposal
  first.say({ type: 'request-changes', proposal: id, digest, wants: { instances: 2 }, reason: 'two are better' }, ANN)
  const second = proposed(PLAN, found(PLAN, looked(first.pass(20_000), 2)))
  expect(second.proposal.body.plan.action.parameters['instances']).toBe(2)
  expect(rollback(second)).toMatchObject({ parameters: { ...bare.previous, instances: 2 } })
})
