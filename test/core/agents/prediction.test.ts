import { expect, test } from 'vitest'
import { predict } from '../../../durable/core/agents/prediction/index.ts'
import { storySituation, withSeries } from './story.ts'

test('[AG26] of all series on their way to a bound the one that reaches it first is forecast, and cited', () => {
  const situation = storySituation()
  const backlog = predict(situation)
  expect(backlog.detail.forecast).toMatchObject({ service: 'checkout', name: 'retry_backlog', limit: 4_000 })
  expect(backlog.cites).toEqual([backlog.detail.forecast?.evidence])
  // Now the database fills up faster than the backlog: half a connection a second, 20 s before its limit of 100.
  const faster = withSeries(
    situation,
    ({ service, name }) => service === 'orders-db' && name === 'connections',
    (values) => values.map((_, at) => Math.max(40, 90 - 0.5 * (values.length - 1 - at))),
  )
  const { forecast } = predict(faster).detail
  expect(forecast).toMatchObject({ service: 'orders-db', name: 'connections', limit: 100 })
  expect(Math.abs((forecast?.minutes.median ?? 9) - 20 / 60)).toBeLessThan(0.05)
})

test('[AG26] a promise of the service is a bound too, and stale series are not forecast', () => {
  const situation = storySituation()
  const rising = withSeries(
    situation,
    ({ service, name, peer }) => service === 'search-api' && name === 'errors' && peer === null,
    (values) => values.map((_, at) => Math.max(0.001, 0.045 - 0.0005 * (values.length - 1 - at))),
  )
  expect(predict(rising).detail.forecast).toMatchObject({ service: 'search-api', name: 'errors', limit: 0.05 })
  expect(predict({ ...rising, at: rising.at + 120_000 })).toMatchObject({ outcome: 'abstained', cites: [] })
})
