import type { Instant } from '../../protocol/domain.ts'

const MINUTE_MS = 60_000

/** Whether the runtime knows a time zone of this name. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}

/**
 * What a wall clock in the zone shows at an instant, as if its reading were UTC: arithmetic with it is arithmetic with
 * calendars, whatever daylight saving does.
 */
export function localOf(zone: string, at: Instant): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
}

/**
 * When a wall clock in the zone shows that reading first. A reading that daylight saving leaves out is taken as the
 * instant of the leap.
 */
export function instantOf(zone: string, local: number): Instant {
  // Zones differ from UTC by less than a day: the answer lies between, and clocks only move forward in between jumps.
  const guesses = [local - localOf(zone, local) + local, local]
  const around = guesses.map((guess) => local - (localOf(zone, guess) - guess)).toSorted((a, b) => a - b)
  const exact = around.find((at) => localOf(zone, at) === local)
  if (exact !== undefined) return earlier(zone, exact, local)
  return leap(zone, around[0] ?? local, local)
}

/** Of a reading that comes twice, the first time. */
function earlier(zone: string, at: Instant, local: number): Instant {
  // Daylight saving moves clocks by two hours at most.
  for (const minutes of [120, 60, 30])
    if (localOf(zone, at - minutes * MINUTE_MS) === local) return at - minutes * MINUTE_MS
  return at
}

/** The first minute at which the clock shows more than a reading that it never shows. */
function leap(zone: string, from: Instant, local: number): Instant {
  let low = from - 180 * MINUTE_MS
  let high = from + 180 * MINUTE_MS
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS
    if (localOf(zone, middle) > local) high = middle
    else low = middle
  }
  return high
}
