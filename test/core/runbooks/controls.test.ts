import { describe, expect, test } from 'vitest'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import { CATALOGUE } from '../incident/shop.ts'

const freeze = (said: object = {}) => ({
  id: 'quarter',
  services: ['checkout'],
  from: '2026-12-20T00:00:00Z',
  until: '2027-01-02T00:00:00Z',
  reason: 'books close',
  ...said,
})
const clause = (said: object = {}) => ({
  id: 'pool',
  action: 'raise-pool-limit',
  service: 'db-proxy',
  minSuccesses: 5,
  note: 'asked for by the team',
  ...said,
})

function problemsOf(said: object): string[] {
  const checked = checkCatalogue({ ...CATALOGUE, ...said })
  return checked.ok ? [] : checked.problems.map(({ at, says }) => `${at}: ${says}`)
}

describe('limits, freezes and autonomy in the catalogue', () => {
  test('[AC114] what is sound passes', () => {
    expect(
      problemsOf({
        limits: {
          actionsPerTargetPerHour: 3,
          servicesTouchedMax: { '1': 2, '3': 0 },
          recurrence: { times: 2, withinMs: 86_400_000 },
        },
        freezes: [freeze(), freeze({ id: 'all', services: '*' })],
        autonomy: [clause(), clause({ id: 'any', service: '*' })],
      }),
    ).toEqual([])
  })

  test.each<[string, object, string]>([
    [
      'a rate of nothing',
      { limits: { actionsPerTargetPerHour: 0 } },
      'limits.actionsPerTargetPerHour: must be at least 1',
    ],
    [
      'half an action',
      { limits: { actionsPerTargetPerHour: 1.5 } },
      'limits.actionsPerTargetPerHour: must be a whole number',
    ],
    ['a tier that is none', { limits: { servicesTouchedMax: { '5': 1 } } }, 'is not known here'],
    [
      'a recurrence that nobody remembers',
      { limits: { recurrence: { times: 3, withinMs: 8 * 86_400_000 } } },
      'limits.recurrence.withinMs: must be at most',
    ],
    [
      'once is no recurrence',
      { limits: { recurrence: { times: 1, withinMs: 1 } } },
      'limits.recurrence.times: must be at least 2',
    ],
    [
      'a freeze that ends first',
      { freezes: [freeze({ until: '2026-12-19T00:00:00Z' })] },
      'freezes[0]: ends before it starts',
    ],
    [
      'a freeze without a time',
      { freezes: [freeze({ from: 'soon' })] },
      'freezes[0].from: must be an RFC 3339 instant',
    ],
    ['a freeze of nothing', { freezes: [freeze({ services: [] })] }, 'freezes[0].services: names no service'],
    [
      'a freeze of nobody',
      { freezes: [freeze({ services: ['payroll'] })] },
      'freezes[0].services[0]: payroll is no service',
    ],
    ['a freeze twice', { freezes: [freeze(), freeze()] }, 'freezes[1].id: quarter stands there twice'],
    ['a clause twice', { autonomy: [clause(), clause()] }, 'autonomy[1].id: pool stands there twice'],
    [
      'a clause for nobody',
      { autonomy: [clause({ service: 'payroll' })] },
      'autonomy[0].service: payroll is no service',
    ],
    ['a clause for no action', { autonomy: [clause({ action: 'dance' })] }, 'autonomy[0].action: no runbook'],
    [
      'a clause for what cannot be undone',
      { autonomy: [clause({ action: 'drop-sessions' })] },
      'autonomy[0].action: drop-sessions is not reversible',
    ],
    [
      'a clause that nothing earns',
      { autonomy: [clause({ minSuccesses: 0 })] },
      'autonomy[0].minSuccesses: must be at least 1',
    ],
    ['a name with a slash', { autonomy: [clause({ id: 'a/b' })] }, 'autonomy[0].id: must be a name'],
  ])('[AC114] refused by its place: %s', (_says, said, problem) => {
    expect(problemsOf(said).join('\n')).toContain(problem)
  })
})
