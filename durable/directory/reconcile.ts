import { alertOf, isFiring } from '../core/correlate/identity.ts'
import type { AlertState } from '../core/correlate/identity.ts'
import type { Instant } from '../protocol/domain.ts'
import type { PulledAlerts } from '../protocol/keeper.ts'
import type { AlertIntake } from '../protocol/objects.ts'
import type { Desk } from './desk.ts'

/** Alertmanager's own fingerprint: 64 bits in hex. Another identity came another way, and its answer says nothing of it. */
const ITS_FINGERPRINT = /^[0-9a-f]{16}$/

export interface Differences {
  fired: number
  resolved: number
  /** what must be taken in to agree with the source; null: both agree. */
  post: AlertIntake | null
}

/**
 * Compares what an Alertmanager says now with what is known of it: what it calls active and is not known to fire, fires;
 * what is known to fire and it no longer knows, has resolved. What was said since it was asked is left alone.
 */
export function differences(desk: Desk, pulled: PulledAlerts, now: Instant): Differences {
  const known = new Map(
    desk.sql
      .exec<{ fingerprint: string; state: string; wall: number }>(
        'SELECT fingerprint, state, wall FROM alert WHERE source = ?',
        pulled.source,
      )
      .toArray()
      .map(({ fingerprint, state, wall }) => [fingerprint, { state: JSON.parse(state) as AlertState, wall }]),
  )
  const there = new Set([...pulled.heldBack, ...pulled.active.map(({ fingerprint }) => fingerprint)])
  const firing = pulled.active.flatMap((alert) => {
    const entry = known.get(alert.fingerprint)
    if (entry && isFiring(entry.state, now)) return []
    // What was believed to be over fires again, whatever start its source remembers.
    return [{ ...alert, startsAt: Math.max(alert.startsAt, (entry?.state.resolvedAt ?? -1) + 1) }]
  })
  const gone: AlertIntake['alerts'] = []
  for (const [fingerprint, { state, wall }] of known) {
    if (there.has(fingerprint) || wall >= pulled.askedAt || !isFiring(state, now) || !ITS_FINGERPRINT.test(fingerprint))
      continue
    const { catalogued: _, ...alert } = alertOf({ source: pulled.source, fingerprint }, state, now)
    gone.push({ ...alert, status: 'resolved', endsAt: Math.max(now, alert.startsAt), validUntil: null })
  }
  const alerts = [...firing, ...gone]
  if (alerts.length === 0) return { fired: 0, resolved: 0, post: null }
  const post: AlertIntake = { intake: 'alertmanager', source: pulled.source, raw: JSON.stringify(alerts), alerts }
  return { fired: firing.length, resolved: gone.length, post }
}
