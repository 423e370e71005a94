import type { Instant } from '../../protocol/domain.ts'
import { type MaintenanceWindow, type Silence, WEEKDAYS } from '../../protocol/noise.ts'
import { instantOf, localOf } from '../oncall/zone.ts'

const PREFIX = 'win_'
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** Days that are looked through for the next span: a week, and another for a night that daylight saving swallows whole. */
const DAYS_AHEAD = 14

/** From when until when planned work goes on. */
export interface Span {
  startsAt: Instant
  endsAt: Instant
}

/**
 * The span of a window that goes on at an instant, else its next one; null once it is over for good. Weekly ones keep to
 * the wall clock of their zone: on days of daylight saving a night is an hour longer or shorter, as it is for people.
 */
export function spanAt({ from, until, weekly }: MaintenanceWindow, at: Instant): Span | null {
  if (!weekly) return past({ startsAt: Date.parse(from ?? ''), endsAt: Date.parse(until ?? '') }, at)
  const { days, zone } = weekly
  const [starts, ends] = [minutesOf(weekly.from) * MINUTE_MS, minutesOf(weekly.until) * MINUTE_MS]
  const midnight = Math.floor(localOf(zone, at) / DAY_MS) * DAY_MS
  // From yesterday on, whose night may go on.
  for (let day = -1; day <= DAYS_AHEAD; day += 1) {
    const date = midnight + day * DAY_MS
    const weekday = WEEKDAYS[(new Date(date).getUTCDay() + 6) % 7]
    if (weekday === undefined || !days.includes(weekday)) continue
    const span = past(
      {
        startsAt: instantOf(zone, date + starts),
        endsAt: instantOf(zone, date + ends + (ends <= starts ? DAY_MS : 0)),
      },
      at,
    )
    if (span) return span
  }
  return null
}

/** A window as a silence of planned work, as it is asked for alerts; null once it is over for good. */
export function plannedSilence(window: MaintenanceWindow, at: Instant): Silence | null {
  const span = spanAt(window, at)
  if (!span) return null
  const matchers = window.matchers.map(({ name, op = '=', value }) => ({ name, op, value }))
  const { comment } = window
  return { id: windowId(window), kind: 'maintenance', matchers, comment, ...span, by: 'catalogue', createdAt: 0 }
}

/** The id that a window is listed under, and that what it holds back names. */
export function windowId({ name }: Pick<MaintenanceWindow, 'name'>): string {
  return PREFIX + name
}

/** Whether a silence is a window of the catalogue. */
export function isPlanned({ id }: Pick<Silence, 'id'>): boolean {
  return id.startsWith(PREFIX)
}

function past(span: Span, at: Instant): Span | null {
  return span.endsAt > at && span.endsAt > span.startsAt ? span : null
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
