import type { DrillClock, Instant } from './domain.ts'

/** What a namespace's clock shows at a wall time. Live rooms pass null: their clock is the wall. */
export function clockAt(clock: DrillClock | null, wall: Instant): Instant {
  if (clock === null) return wall
  const until = clock.pausedSinceWall ?? wall
  return Math.round(clock.startedAt + Math.max(0, until - clock.startedWall - clock.pausedMs) * clock.speed)
}

/** The wall time at which the clock will show `at`; null while it stands. Converted once, when an alarm is set. */
export function wallOf(clock: DrillClock | null, at: Instant): Instant | null {
  if (clock === null) return at
  if (clock.pausedSinceWall !== null) return null
  return Math.ceil(clock.startedWall + clock.pausedMs + (at - clock.startedAt) / clock.speed)
}

/** Stops the clock; a clock that stands stays as it is. */
export function pauseClock(clock: DrillClock, wall: Instant): DrillClock {
  return clock.pausedSinceWall === null ? { ...clock, pausedSinceWall: wall } : clock
}

/** Lets it go on from where it stood. */
export function resumeClock(clock: DrillClock, wall: Instant): DrillClock {
  if (clock.pausedSinceWall === null) return clock
  return { ...clock, pausedMs: clock.pausedMs + Math.max(0, wall - clock.pausedSinceWall), pausedSinceWall: null }
}
