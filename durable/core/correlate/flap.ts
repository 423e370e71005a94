import type { Instant } from '../../protocol/domain.ts'

/** Changes of state remembered of one alert: Nagios looks at its last 21 results too. */
export const FLAP_TURNS_MAX = 21
/** Older changes do not count, in ms: Alertmanager's default group_interval lets at most twelve an hour through. */
export const FLAP_WINDOW_MS = 3_600_000
/** An alert flaps from the first share on and until it is down to the second, as Nagios has it. */
const FLAP_HIGH = 0.5
const FLAP_LOW = 0.2
/** A flapping alert's end is told when it lasted so long, in ms. */
export const FLAP_HOLD_MS = 300_000

/** An alert's changes between firing and not firing, oldest first, and whether it flaps. */
export interface Flapping {
  turns: Instant[]
  flapping: boolean
}

export const STEADY: Flapping = { turns: [], flapping: false }

/** The share of the looked-at changes that happened within the window. */
export function flapShare(turns: readonly Instant[], now: Instant): number {
  return turns.filter((at) => at > now - FLAP_WINDOW_MS).length / FLAP_TURNS_MAX
}

/** What is known after a look at `now`; `turned`: the state changed with it. Two thresholds, so that it does not flap itself. */
export function flapped(before: Flapping, turned: boolean, now: Instant): Flapping {
  if (!turned && !before.flapping) return before
  const turns = turned ? [...before.turns, now].slice(-FLAP_TURNS_MAX) : before.turns
  const share = flapShare(turns, now)
  return { turns, flapping: before.flapping ? share > FLAP_LOW : share >= FLAP_HIGH }
}

/** For people: `11 of 21 changes`. */
export function flapWords({ turns }: Flapping, now: Instant): string {
  return `${turns.filter((at) => at > now - FLAP_WINDOW_MS).length} of ${FLAP_TURNS_MAX} changes`
}
