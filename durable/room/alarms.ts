import { type State, timers } from '../core/incident/index.ts'
import { wallOf } from '../protocol/clock.ts'
import type { DrillClock, Instant } from '../protocol/domain.ts'
import { type OutboxRow, startable } from './outbox.ts'

/** How soon an effect in the making is looked at again, in ms: what a crash costs before the room goes on. */
export const LEASE_MS = 5_000
/** A timer that rang and is still due rings again so much later, in ms: a room never spins. */
export const RING_AGAIN_MS = 1_000

/** Is a timer of the state due? All timers are derived from the state, so none can be lost. */
export function timerIsDue(state: State, clock: DrillClock | null, wall: Instant): boolean {
  return timerWalls(state, clock).some((due) => due <= wall)
}

/**
 * When the one alarm must ring: the earliest timer or effect, in wall time; null when nothing waits. An effect that is being
 * performed counts with its lease, so that a room that dies in the middle wakes by itself.
 */
export function nextAlarm(
  state: State,
  rows: OutboxRow[],
  inFlight: ReadonlySet<string>,
  clock: DrillClock | null,
  wall: Instant,
): Instant | null {
  const rings = timerWalls(state, clock).map((due) => (due <= wall ? wall + RING_AGAIN_MS : due))
  for (const { key, parked } of rows) if (parked === null && inFlight.has(key)) rings.push(wall + LEASE_MS)
  // What is held back by another row has no alarm of its own: when that one is settled the alarm is set anew.
  for (const row of startable(rows, inFlight)) {
    const due = row.clock === 'room' ? wallOf(clock, row.due) : row.due
    if (due !== null) rings.push(Math.max(due, wall))
  }
  return rings.length === 0 ? null : Math.min(...rings)
}

function timerWalls(state: State, clock: DrillClock | null): Instant[] {
  return timers(state).flatMap(({ due }) => {
    const wall = due.clock === 'room' ? wallOf(clock, due.at) : due.at
    return wall === null ? [] : [wall]
  })
}
