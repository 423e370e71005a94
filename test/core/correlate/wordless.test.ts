import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertOf, join, stateOf } from '../../../durable/core/correlate/identity.ts'
import type { Alert } from '../../../durable/protocol/domain.ts'
import { alert } from './alerts.ts'

const over = (at: number): Alert => ({
  ...alert({ status: 'resolved', startsAt: at, endsAt: at, title: 'key' }),
  wordless: true,
})

test('[IN81] an end without words leaves the words that were said before, whichever came first', () => {
  const fired = alert({ status: 'firing', startsAt: 1_000, title: 'High error rate' })
  for (const [a, b] of [
    [fired, over(2_000)],
    [over(2_000), fired],
  ] as const)
    expect(alertOf(fired, join(stateOf(a), stateOf(b)), 3_000)).toMatchObject({
      status: 'resolved',
      title: 'High error rate',
    })
  const alone = alertOf(fired, stateOf(over(2_000)), 3_000)
  expect(alone).toMatchObject({ status: 'resolved', title: 'key' })
  expect(alone).not.toHaveProperty('wordless')
})

test('[IN81] the join stays one whatever the order and the repeats', () => {
  const said = fc.array(
    fc
      .record({ at: fc.nat(5_000), wordless: fc.boolean() })
      .map(({ at, wordless }) => (wordless ? over(at) : alert({ status: 'firing', startsAt: at, title: `t${at}` }))),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(said, fc.infiniteStream(fc.nat()), (messages, order) => {
      const fold = (list: Alert[]) => list.map(stateOf).reduce(join)
      const shuffled = [...messages, ...messages]
        .map((message) => ({ message, key: order.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ message }) => message)
      expect(fold(shuffled)).toEqual(fold(messages))
    }),
    { numRuns: 500 },
  )
})
