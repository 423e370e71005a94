import { flapped } from '../core/correlate/flap.ts'
import { isFiring, join, stateOf } from '../core/correlate/identity.ts'
import type { Alert, Instant } from '../protocol/domain.ts'
import type { AlertIntake } from '../protocol/objects.ts'
import { type PackedPost, packed, unpacked } from '../protocol/packed.ts'
import { type AlertEntry, UNKNOWN, readAlert, writeAlert } from './alerts.ts'
import { type Name, countAll } from './counters.ts'
import { type End, deliver } from './deliver.ts'
import type { Desk } from './desk.ts'
import { writeJournals } from './journal.ts'
import { Mailing } from './mailing.ts'

/** What became of one post. */
export interface Taken {
  journal: number
  received: number
  deduplicated: number
}

/**
 * Posts of alerts, in the caller's transaction: each kept as it came, each alert merged and given its incident, the rooms'
 * messages put into the outbox, every unit counted once. Rooms' messages and counters are written once for all of them.
 */
export function takeAll(desk: Desk, posts: readonly PackedPost[], wall: Instant, now: Instant): Taken[] {
  const journals = writeJournals(desk.sql, posts, wall)
  const alerts = unpacked(posts.flatMap(({ pieces }) => pieces))
  const ends = takeAlerts(desk, alerts, wall, now, false)
  let at = 0
  return posts.map(({ units }, index) => {
    const own = ends.slice(at, (at += units))
    const deduplicated = own.filter((end) => end.as === 'deduplicated').length
    return { journal: journals[index] ?? 0, received: units, deduplicated }
  })
}

/** Alerts, in the caller's transaction; `counted`: they were counted received and pending when they were stored. */
export function takeAlerts(
  desk: Desk,
  alerts: AlertIntake['alerts'],
  wall: Instant,
  now: Instant,
  counted: boolean,
): End[] {
  const mailing = new Mailing(desk, wall, now)
  const sums = new Map<Name, number>()
  const add = (name: Name, n: number) => sums.set(name, (sums.get(name) ?? 0) + n)
  const ends = alerts.map((parsed) => {
    const alert = { ...parsed, catalogued: desk.knows(parsed.service) }
    const end = takeAlert(desk, mailing, alert, wall, now)
    add(end.as, 1)
    if (end.as !== 'pending') add(`${end.as}:${end.reason}`, 1)
    return end
  })
  add(counted ? 'pending' : 'received', counted ? -alerts.length : alerts.length)
  mailing.post()
  desk.incidents.save()
  countAll(desk.sql, sums)
  return ends
}

/** One post of alerts, in the caller's transaction. */
export function take(desk: Desk, post: AlertIntake, wall: Instant, now: Instant): Taken {
  return takeAll(desk, [packed(post)], wall, now)[0] ?? { journal: 0, received: 0, deduplicated: 0 }
}

function takeAlert(desk: Desk, mailing: Mailing, said: Alert, wall: Instant, now: Instant): End {
  const known = readAlert(desk.sql, said.source, said.fingerprint)
  const spoken = stateOf(said)
  const entry: AlertEntry = {
    ...(known ?? UNKNOWN),
    source: said.source,
    fingerprint: said.fingerprint,
    state: known ? join(known.state, spoken) : spoken,
  }
  if (known) {
    const turned = isFiring(known.state, now) !== isFiring(entry.state, now)
    entry.flap = flapped(known.flap, turned, now)
  }
  const end = deliver(desk, mailing, entry, now, 1)
  writeAlert(desk.sql, entry, wall, known?.held ?? null)
  return end
}
