import type { Instant } from '../../protocol/domain.ts'
import type { Rotation } from '../../protocol/oncall.ts'
import { instantOf, localOf } from './zone.ts'

const WEEK_MS = 7 * 86_400_000

/** Who is on call, since when and until when, and who comes next. */
export interface Watch {
  person: string
  since: Instant
  until: Instant
  override: boolean
  next: string
}

/**
 * Who is on call at an instant. Turns change at the same local time all year; before the first one the turns reach
 * backwards, for a page that finds nobody is worse than one that finds the wrong person. Null only where nobody is named.
 */
export function watchAt(rotation: Rotation, at: Instant): Watch | null {
  const turn = turnAt(rotation, at)
  if (!turn) return null
  const overrides = (rotation.overrides ?? []).map(({ person, from, until }) => ({
    person,
    from: Date.parse(from),
    until: Date.parse(until),
  }))
  const standing = overrides.findLast(({ from, until }) => from <= at && at < until)
  const edges = overrides.flatMap(({ from, until }) => [from, until])
  if (standing) {
    // Whoever has the turn when the override ends, or the override after it.
    const until = Math.min(standing.until, ...edges.filter((edge) => edge > at))
    return { person: standing.person, since: standing.from, until, override: true, next: personAt(rotation, until) }
  }
  const since = Math.max(turn.since, ...edges.filter((edge) => edge <= at))
  const until = Math.min(turn.until, ...edges.filter((edge) => edge > at))
  return { person: turn.person, since, until, override: false, next: personAt(rotation, until) }
}

function personAt(rotation: Rotation, at: Instant): string {
  const standing = (rotation.overrides ?? []).findLast(
    ({ from, until }) => Date.parse(from) <= at && at < Date.parse(until),
  )
  return standing?.person ?? turnAt(rotation, at)?.person ?? ''
}

function turnAt(
  { zone, people, startsOn, handover, weeks = 1 }: Rotation,
  at: Instant,
): { person: string; since: Instant; until: Instant } | null {
  const first = Date.parse(`${startsOn}T${handover}:00Z`)
  const turn = weeks * WEEK_MS
  const count = Math.floor((localOf(zone, at) - first) / turn)
  const person = people[((count % people.length) + people.length) % people.length]
  if (person === undefined) return null
  return {
    person,
    since: instantOf(zone, first + count * turn),
    until: instantOf(zone, first + (count + 1) * turn),
  }
}
