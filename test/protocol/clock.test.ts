import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockAt, pauseClock, resumeClock, wallOf } from '../../durable/protocol/clock.ts'
import type { DrillClock } from '../../durable/protocol/domain.ts'

const clock: DrillClock = { startedAt: 1_000_000, startedWall: 500, speed: 60, pausedMs: 0, pausedSinceWall: null }

describe("a namespace's clock", () => {
  it('[PV40] is the wall in live rooms and runs `speed` times as fast in a drill', () => {
    expect(clockAt(null, 42)).toBe(42)
    expect(wallOf(null, 42)).toBe(42)
    expect(clockAt(clock, 500)).toBe(1_000_000)
    expect(clockAt(clock, 1_500)).toBe(1_060_000)
    expect(clockAt(clock, 0)).toBe(1_000_000)
  })

  it('[PV41] stands while it is paused and goes on from where it stood', () => {
    const paused = pauseClock(clock, 1_500)
    expect(clockAt(paused, 99_999)).toBe(1_060_000)
    expect(wallOf(paused, 1_060_001)).toBeNull()
    expect(pauseClock(paused, 5_000)).toEqual(paused)
    const resumed = resumeClock(paused, 11_500)
    expect(clockAt(resumed, 11_500)).toBe(1_060_000)
    expect(clockAt(resumed, 12_500)).toBe(1_120_000)
    expect(resumeClock(resumed, 20_000)).toEqual(resumed)
  })

  it('[PV42] the wall time of an instant is when the clock first shows it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.nat(3_600_000), fc.nat(100_000), (speed, ahead, pausedMs) => {
        const running = { ...clock, speed, pausedMs }
        const wall = wallOf(running, clock.startedAt + ahead)
        if (wall === null) throw new Error('it runs')
        expect(clockAt(running, wall)).toBeGreaterThanOrEqual(clock.startedAt + ahead)
        expect(clockAt(running, wall - 1)).toBeLessThanOrEqual(clock.startedAt + ahead)
      }),
    )
  })

  it('[PV43] never goes back, whatever is paused and resumed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(10_000)), { maxLength: 30 }), (turns) => {
        let turned = clock
        let wall = clock.startedWall
        let shown = clockAt(turned, wall)
        for (const [pause, ms] of turns) {
          wall += ms
          turned = pause ? pauseClock(turned, wall) : resumeClock(turned, wall)
          const now = clockAt(turned, wall)
          expect(now).toBeGreaterThanOrEqual(shown)
          shown = now
        }
      }),
    )
  })
})
