import { silencing } from '../core/correlate/silence.ts'
import type {
  AutonomyRow,
  Controls,
  ControlSet,
  ControlsRow,
  RecentAction,
  ServiceSwitch,
  Stop,
} from '../protocol/controls.ts'
import type { Instant } from '../protocol/domain.ts'
import { LIVE } from '../protocol/namespace.ts'
import type { Desk } from './desk.ts'
import { endedDrills } from './drills.ts'
import { freezesOver, listFreezes } from './freezes.ts'
import { openIds } from './incidents.ts'
import { readMeta, writeMeta } from './migrations.ts'
import { enqueue } from './outbox.ts'
import { DRILLS } from './peers.ts'
import { recentActions } from './recent.ts'
import { readSwitch } from './switch.ts'

const OFF: ControlSet = { on: false, by: '', reason: '', at: 0 }
/** Actions listed for people. */
const RECENT_LISTED_MAX = 50

/** The kill switches that are on, as rooms are told of them. */
export interface Stops {
  killSwitch: ControlSet
  /** service id -> why. */
  services: Record<string, string>
}

/** What is known for one target now. `stops` are the live directory's: the switches are one, for drills too. */
export function controlsFor(
  desk: Desk,
  { incident, target }: { incident: string; target: string },
  stops: Stops,
): Controls {
  const now = desk.now()
  return {
    killSwitch: stopFor(stops, target),
    dryRun: readDryRun(desk.sql).on,
    freezes: freezesOver(desk, target, now),
    maintenance: maintenanceOf(desk, target, now),
    recent: recentActions(desk.sql, { incident, target, now }),
    autonomy: autonomyRows(desk).flatMap(({ id, on }) => (on ? [id] : [])),
  }
}

function stopFor({ killSwitch, services }: Stops, target: string): Stop | null {
  if (killSwitch.on) return { on: true, scope: 'global', reason: killSwitch.reason }
  const reason = Object.hasOwn(services, target) ? services[target] : undefined
  return reason === undefined ? null : { on: true, scope: 'service', reason }
}

/** Maintenance windows over the service as a whole: those whose matchers ask for nothing but the service. */
function maintenanceOf({ silences }: Desk, service: string, now: Instant): string[] {
  const whole = { labels: { service }, service, source: '', severity: 'info' as const }
  const window = silencing(
    silences.ready(now).filter(({ silence }) => silence.kind === 'maintenance'),
    whole,
    now,
  )
  return window ? [window.id] : []
}

// ---------------------------------------------------------------------------------------------- switches

export function readStops({ sql }: Desk): Stops {
  const services = serviceSwitches(sql).map(({ service, reason }) => [service, reason] as const)
  return { killSwitch: readSwitch(sql), services: Object.fromEntries(services) }
}

/** The kill switches of services that are on. */
export function serviceSwitches(sql: SqlStorage): ServiceSwitch[] {
  return sql
    .exec<{ json: string }>('SELECT json FROM service_switch ORDER BY service')
    .toArray()
    .map(({ json }) => JSON.parse(json) as ServiceSwitch)
}

/** Turns a service's switch, in the caller's transaction, and mails it to the open rooms, those of drills too. */
export function turnServiceSwitch(
  desk: Desk,
  service: string,
  change: Omit<ControlSet, 'at'>,
  wall: Instant,
): ServiceSwitch {
  const set: ServiceSwitch = { ...change, service, at: wall }
  if (set.on)
    desk.sql.exec('INSERT OR REPLACE INTO service_switch (service, json) VALUES (?, ?)', service, JSON.stringify(set))
  else desk.sql.exec('DELETE FROM service_switch WHERE service = ?', service)
  mailServiceSwitch(desk, set, wall)
  if (desk.namespace === LIVE) enqueue(desk.sql, DRILLS, { kind: 'service-switch', set }, 0, wall)
  return set
}

export function mailServiceSwitch(desk: Desk, set: ServiceSwitch, wall: Instant): void {
  for (const id of openIds(desk.sql, endedDrills(desk.sql)))
    enqueue(desk.sql, id, { kind: 'service-switch', set }, 0, wall)
}

/** Dry run of this namespace: off until somebody turned it. */
export function readDryRun(sql: SqlStorage): ControlSet {
  const stored = readMeta(sql, 'dry-run')
  return stored === null ? OFF : (JSON.parse(stored) as ControlSet)
}

/** Turns it and mails it to the open rooms of this namespace: a drill calls nothing real and keeps its own. */
export function turnDryRun(desk: Desk, change: Omit<ControlSet, 'at'>, wall: Instant): ControlSet {
  const set: ControlSet = { ...change, at: wall }
  writeMeta(desk.sql, 'dry-run', JSON.stringify(set))
  for (const id of openIds(desk.sql)) enqueue(desk.sql, id, { kind: 'dry-run', set }, 0, wall)
  return set
}

// ---------------------------------------------------------------------------------------------- autonomy

interface Revocation {
  on: boolean
  by: string
  reason: string
  /** of the last revocation: what ended before it no longer counts. */
  since: Instant | null
}

/** The catalogue's clauses and whether each stands. One that the catalogue no longer has is none. */
export function autonomyRows(desk: Desk): AutonomyRow[] {
  return (desk.catalogue().autonomy ?? []).map((clause) => {
    const { on, by, reason, since } = readAutonomy(desk.sql, clause.id)
    return { ...clause, on, by, reason, since: since === null ? null : new Date(since).toISOString() }
  })
}

function readAutonomy(sql: SqlStorage, clause: string): Revocation {
  const row = sql.exec<{ json: string }>('SELECT json FROM autonomy WHERE clause = ?', clause).toArray()[0]
  return row ? (JSON.parse(row.json) as Revocation) : { on: true, by: '', reason: '', since: null }
}

/** Revokes a clause, or lets it stand again with a record that begins anew; null: the catalogue has no such clause. */
export function turnAutonomy(
  desk: Desk,
  clause: string,
  change: Omit<ControlSet, 'at'>,
  wall: Instant,
): AutonomyRow | null {
  if (!autonomyRows(desk).some(({ id }) => id === clause)) return null
  const { since } = readAutonomy(desk.sql, clause)
  const next: Revocation = { ...change, since: change.on ? since : wall }
  desk.sql.exec('INSERT OR REPLACE INTO autonomy (clause, json) VALUES (?, ?)', clause, JSON.stringify(next))
  return autonomyRows(desk).find(({ id }) => id === clause) ?? null
}

// ---------------------------------------------------------------------------------------------- all of it

export function controlsRow(desk: Desk): ControlsRow {
  const now = desk.now()
  return {
    killSwitch: readSwitch(desk.sql),
    services: serviceSwitches(desk.sql),
    dryRun: readDryRun(desk.sql),
    freezes: listFreezes(desk, now),
    maintenance: desk.silences
      .list(now)
      .flatMap(({ id, kind, state }) => (kind === 'maintenance' && state === 'active' ? [id] : [])),
    autonomy: autonomyRows(desk),
    recent: recentActions(desk.sql, { incident: '', target: null, now }).slice(
      0,
      RECENT_LISTED_MAX,
    ) satisfies RecentAction[],
  }
}
