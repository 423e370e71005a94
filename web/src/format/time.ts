import type { Instant } from '../../../durable/protocol/domain.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const two = (n: number) => String(n).padStart(2, '0')

/** `14:02:32` in the viewer's zone. */
export function clockTime(at: Instant): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `03:40`, above an hour `1:03:40`; never negative. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS))
  const hours = Math.floor(seconds / 3_600)
  const rest = `${two(Math.floor((seconds % 3_600) / 60))}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** The largest unit alone: `< 1 s`, `4 s`, `3 m`, `5 h`, `2 d`. */
export function age(ms: number): string {
  const past = Math.max(0, ms)
  if (past < SECOND_MS) return '< 1 s'
  if (past < MINUTE_MS) return `${Math.floor(past / SECOND_MS)} s`
  if (past < HOUR_MS) return `${Math.floor(past / MINUTE_MS)} m`
  if (past < DAY_MS) return `${Math.floor(past / HOUR_MS)} h`
  return `${Math.floor(past / DAY_MS)} d`
}

/** `1.2 s` below ten seconds, then whole seconds. */
export function took(ms: number): string {
  if (ms < 1) return '< 1 ms'
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  return ms < 10 * SECOND_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : `${Math.round(ms / SECOND_MS)} s`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** `Tue 20.10. 14:02`: a moment that may lie days away, in the viewer's zone. */
export function dayTime(at: Instant): string {
  const date = new Date(at)
  return `${DAYS[date.getDay()] ?? ''} ${date.getDate()}.${date.getMonth() + 1}. ${two(date.getHours())}:${two(date.getMinutes())}`
}
