import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { difference } from '../../../durable/core/correlate/difference.ts'
import { type AlertState, alertOf, isFiring, join, stateOf } from '../../../durable/core/correlate/identity.ts'
import type { Alert } from '../../../durable/protocol/domain.ts'
import { alert, firing, resolved } from './alerts.ts'

const fold = (messages: Alert[]): AlertState => messages.map(stateOf).reduce(join)
const id = { source: 'prometheus', fingerprint: 'f1' }

// Few distinct times and words, so that ties and equal messages are common.
const message: fc.Arbitrary<Alert> = fc
  .record({
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    startsAt: fc.integer({ min: 1, max: 8 }),
    length: fc.integer({ min: 0, max: 4 }),
    validUntil: fc.option(fc.integer({ min: 1, max: 12 })),
    severity: fc.constantFrom('critical' as const, 'warning' as const),
    summary: fc.constantFrom('a', 'b'),
  })
  .map(({ status, startsAt, length, validUntil, severity, summary }) =>
    alert({
      status,
      startsAt,
      endsAt: status === 'resolved' ? startsAt + length : null,
      validUntil: status === 'firing' ? validUntil : null,
      severity,
      annotations: { summary },
    }),
  )

describe('the merge of an alert', () => {
  test('[IN20] replayed, shuffled and doubled messages leave the same state', () => {
    const storms = fc
      .array(message, { minLength: 1, maxLength: 12 })
      .chain((messages) =>
        fc.tuple(
          fc.constant(messages),
          fc.shuffledSubarray([...messages, ...messages], { minLength: messages.length * 2 }),
        ),
      )
    fc.assert(
      fc.property(storms, ([messages, shuffled]) => {
        expect(fold(shuffled)).toEqual(fold(messages))
      }),
      { numRuns: 500 },
    )
  })

  test('[IN20] join is associative: batches may be merged before they are stored', () => {
    fc.assert(
      fc.property(message, message, message, (a, b, c) => {
        const [x, y, z] = [stateOf(a), stateOf(b), stateOf(c)]
        expect(join(join(x, y), z)).toEqual(join(x, join(y, z)))
      }),
    )
  })

  test('[IN21] an end at or after the newest start resolves; a later start fires again', () => {
    expect(isFiring(fold([firing(100)]), 500)).toBe(true)
    expect(isFiring(fold([firing(100), resolved(100, 150)]), 500)).toBe(false)
    expect(isFiring(fold([resolved(90, 100), firing(100)]), 500)).toBe(false)
    expect(isFiring(fold([firing(100), resolved(100, 150), firing(151)]), 500)).toBe(true)
  })

  test('[IN21] a resolve whose start differs from the firing message still resolves', () => {
    expect(isFiring(fold([firing(100), resolved(122, 150)]), 500)).toBe(false)
  })

  test('[IN22] firing expires when it is not said again, and a re-send revives it', () => {
    const once = fold([firing(100, 400)])
    expect(isFiring(once, 399)).toBe(true)
    expect(isFiring(once, 400)).toBe(false)
    expect(alertOf(id, once, 450)).toMatchObject({ status: 'resolved', startsAt: 100, endsAt: 400, validUntil: null })
    const again = join(once, stateOf(firing(100, 700)))
    expect(isFiring(again, 450)).toBe(true)
  })

  test('[IN22] of two replicas with other starts the longest validity counts', () => {
    expect(isFiring(fold([firing(122, 400), firing(100, 700)]), 500)).toBe(true)
  })

  test('[IN22] said once without an expiry it fires until an end is said', () => {
    expect(isFiring(fold([firing(100, 400), firing(100, null)]), 1_000_000)).toBe(true)
  })

  test('[IN23] the words are those of the newest message, whichever came first', () => {
    const old = firing(100, null, { severity: 'warning' })
    const young = firing(200, null, { severity: 'critical' })
    expect(fold([young, old]).text.severity).toBe('critical')
    expect(fold([old, young]).text.severity).toBe('critical')
  })
})

describe('what a message changed', () => {
  test('[IN24] firing is news once; a repeat and a longer validity are not', () => {
    const state = fold([firing(100, 400)])
    expect(difference(null, state, 200)).toEqual({ change: 'fired' })
    const told = alertOf(id, state, 200)
    expect(difference(told, state, 210)).toEqual({ change: 'none', reason: 're-sent' })
    expect(difference(told, join(state, stateOf(firing(100, 700))), 210)).toEqual({ change: 'none', reason: 're-sent' })
  })

  test('[IN24] other words of a firing alert are news', () => {
    const state = fold([firing(100)])
    const louder = join(state, stateOf(firing(101, null, { severity: 'critical' })))
    expect(difference(alertOf(id, state, 200), louder, 210)).toEqual({ change: 'reworded' })
  })

  test('[IN25] an end is news once, and none where nobody was told of a beginning', () => {
    const ended = fold([firing(100), resolved(100, 150)])
    expect(difference(alertOf(id, fold([firing(100)]), 120), ended, 160)).toEqual({ change: 'resolved' })
    expect(difference(alertOf(id, ended, 160), ended, 170)).toEqual({ change: 'none', reason: 'already-resolved' })
    expect(difference(null, ended, 160)).toEqual({ change: 'none', reason: 'already-over' })
    expect(difference(null, fold([resolved(100, 150)]), 160)).toEqual({ change: 'none', reason: 'nothing-to-resolve' })
  })
})
