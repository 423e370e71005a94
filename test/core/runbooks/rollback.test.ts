import { expect, it } from 'vitest'
import { rollbackFor } from '../../../durable/core/runbooks/rollback.ts'
import type { Action, Runbook } from '../../../durable/protocol/domain.ts'
import { CATALOGUE } from '../incident/shop.ts'

const base = CATALOGUE.runbooks[0] as Runbook
const runbook: Runbook = {
  ...base,
  rollback: { action: 'take-back', parameters: 'previous' },
  parameters: [
    { name: 'limit', unit: 'x', min: 1, max: 100, from: { kind: 'limit-times', factor: 2 } },
    { name: 'instances', unit: 'x', min: 1, max: 5, from: { kind: 'constant', value: 1 } },
    { name: 'zone', type: 'choice', values: ['a', 'b'], from: { kind: 'person' } },
  ],
}
const action: Action = {
  runbook: runbook.id,
  type: runbook.action,
  target: 'checkout',
  parameters: { limit: 40, instances: 2, zone: 'b' },
}

it('[AC147] a rollback sets a limit back to what it was and says again what else was said', () => {
  expect(rollbackFor(runbook, action, { limit: 20 })).toEqual({
    runbook: runbook.id,
    type: 'take-back',
    target: 'checkout',
    parameters: { limit: 20, instances: 2, zone: 'b' },
  })
})

it('[AC147] a limit of which nobody knows what it was is left out, and what has no rollback gets none', () => {
  expect(rollbackFor(runbook, action, {})?.parameters).toEqual({ instances: 2, zone: 'b' })
  expect(rollbackFor({ ...runbook, rollback: null }, action, { limit: 20 })).toBeNull()
})
