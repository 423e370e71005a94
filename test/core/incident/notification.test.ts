import { describe, expect, test } from 'vitest'
import { RETRY_WAITS_MS } from '../../../durable/core/oncall/retry.ts'
import type { NotifyOutcome } from '../../../durable/protocol/commands.ts'
import { onCall } from './life.ts'
import { type Room, types } from './room.ts'

const failed: NotifyOutcome = { outcome: 'failed', reason: 'answered-500', retryAfterMs: null }
const told = (answer: NotifyOutcome, attempt = 1, to = 0) =>
  ({ type: 'record-notification', page: 'P-01', to, attempt, target: 'pager', person: 'ann', answer }) as const
const first = (room: Room) => room.state.view.notifications[0]

describe('a notification', () => {
  test('[NT9] waits until it is tried, and its receipt names target, person and try', () => {
    const room = onCall()
    expect(first(room)).toMatchObject({ state: 'waiting', attempt: 0, target: '', person: null })
    expect(types(room.say(told({ outcome: 'sent', detail: 'answered 204' })))).toEqual(['notification-sent'])
    expect(first(room)).toMatchObject({
      state: 'sent',
      attempt: 1,
      target: 'pager',
      person: 'ann',
      reason: 'answered 204',
    })
  })

  test('[NT9] that failed is tried again by the schedule, at least as late as the target asks', () => {
    const room = onCall()
    room.say(told(failed))
    const wait = first(room)?.retryWall ?? 0
    expect(wait - room.wall).toBeGreaterThanOrEqual(RETRY_WAITS_MS[0] ?? 0)
    expect(room.named('notify').at(-1)).toEqual({
      type: 'notify',
      page: 'P-01',
      to: 0,
      attempt: 2,
      after: { ms: wait - room.wall, clock: 'wall' },
    })
    room.say(told({ ...failed, retryAfterMs: 900_000 }, 2))
    expect(room.named('notify').at(-1)?.after).toEqual({ ms: 900_000, clock: 'wall' })
  })

  test('[NT9] that was never taken is given up after the last try, with the reason', () => {
    const room = onCall()
    for (let attempt = 1; attempt <= RETRY_WAITS_MS.length; attempt += 1) room.say(told(failed, attempt))
    const tries = room.named('notify').length
    expect(tries).toBe(RETRY_WAITS_MS.length + 1)
    expect(types(room.say(told(failed, tries)))).toEqual(['notification-parked'])
    expect(first(room)).toMatchObject({ state: 'parked', reason: 'gave-up: answered-500', retryWall: null })
    expect(room.named('notify')).toHaveLength(tries)
  })

  test('[NT3] a target that is gone, or none at all, is not tried again', () => {
    for (const answer of [
      { outcome: 'gone', reason: 'target-gone' },
      { outcome: 'parked', reason: 'no-such-target' },
    ] as const) {
      const room = onCall()
      room.say(told(answer))
      expect(first(room)).toMatchObject({ state: 'parked', reason: answer.reason })
      expect(room.named('notify')).toHaveLength(1)
    }
  })

  test('[NT10] one try is answered once: a repeat, an earlier try and one of no page change nothing', () => {
    const room = onCall()
    room.say(told(failed))
    expect(room.refused(told({ outcome: 'sent', detail: '' }))).toBe('nothing-changed')
    room.say(told({ outcome: 'sent', detail: '' }, 2))
    expect(room.refused(told(failed, 3))).toBe('nothing-changed')
    expect(room.refused(told(failed, 1, 7))).toBe('no-such-notification')
  })
})
