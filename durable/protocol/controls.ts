import type { ActionRecord, Instant } from './domain.ts'

/** What people hold back actions with, beside approving or not: switches, dry run, freezes, limits; and what they let go. */

/** How far a kill switch reaches: every action, those on one service, those of one incident. */
export type StopScope = 'global' | 'service' | 'incident'

/** A kill switch as it stands for one target. */
export interface Stop {
  on: boolean
  scope: StopScope
  reason: string
}

/** A span in which nothing is changed, unless a commander decides so by name. `until` null: until somebody ends it. */
export interface Freeze {
  id: string
  until: Instant | null
  reason: string
}

/** How an action of any incident ended, as far as it has. */
export type RecentEnd = ActionRecord['end'] | 'undone'

/** An action that another incident of the same namespace started. */
export interface RecentAction {
  incident: string
  /** its proposal's number. */
  proposal: number
  type: string
  target: string
  at: Instant
  end: RecentEnd
}

/**
 * What the directory knows for one target at one moment, read again where an action starts. A room that cannot read it has
 * null in its place, which refuses like a switch that is on.
 */
export interface Controls {
  /** the widest switch that is on; null: none is. */
  killSwitch: Stop | null
  /** nothing is called: what would be is shown. */
  dryRun: boolean
  freezes: Freeze[]
  /** maintenance windows that the target is in, by id. */
  maintenance: string[]
  recent: RecentAction[]
  /** autonomy clauses that stand now: catalogued and not revoked. Absent: none. */
  autonomy?: string[]
}

/** What a driver would do, told without doing it. It holds no secret. */
export interface DryRunReport {
  driver: string
  /** one sentence. */
  says: string
  calls: { method: string; url: string; body: string }[]
  /** what would change. */
  effect: string
  /** the target itself was asked whether it would take it. */
  canCheck: boolean
}

// ---------------------------------------------------------------------------------------------- in the catalogue

/** Bounds on what actions may touch, how often; what is left out has the policy's figure. */
export interface ActionLimits {
  /** actions on one target in an hour, over all incidents. */
  actionsPerTargetPerHour?: number
  /** services of a tier that may stand on what one action touches (the target counts), by tier; absent: any number. */
  servicesTouchedMax?: Partial<Record<'1' | '2' | '3' | '4', number>>
  /** the same action on the same target so often within that time is no fix any more. */
  recurrence?: { times: number; withinMs: number }
}

/** A change freeze that is planned. Times are RFC 3339. */
export interface FreezeWindow {
  id: string
  services: string[] | '*'
  from: string
  until: string
  reason: string
}

/** Lets one kind of action run on a service without a person's approval, once its record earned it. */
export interface AutonomyClause {
  id: string
  /** the action's type. */
  action: string
  /** a service's id, or `*`. */
  service: string
  /** verified recoveries of this action on that service, with nothing made worse or undone. */
  minSuccesses: number
  note: string
}

/** What an action came to on one service, in live incidents that are over. */
export interface AutonomyRecord {
  /** verified recoveries. */
  n: number
  /** ends that were worse, or undone. */
  regressions: number
}

/** Why a proposal needed nobody's approval. */
export interface Autonomy {
  clause: string
  record: AutonomyRecord
}

// ---------------------------------------------------------------------------------------------- as people see them

/** A switch, or dry run, as it was last set. */
export interface ControlSet {
  on: boolean
  by: string
  reason: string
  at: Instant
}

export interface ServiceSwitch extends ControlSet {
  service: string
}

/** A freeze as it is listed; times are RFC 3339. `from` a catalogue, or set by somebody. */
export interface FreezeRow {
  id: string
  services: string[] | '*'
  from: string
  until: string | null
  reason: string
  by: string
  /** `catalogue`: it ends where it is written. */
  origin: 'catalogue' | 'api'
  state: 'pending' | 'active'
}

export interface NewFreeze {
  services: string[] | '*'
  from: Instant
  until: Instant | null
  reason: string
}

export type FreezeAnswer =
  | { ok: true; freeze: FreezeRow }
  | { ok: false; reason: 'too-many-freezes' | 'no-such-service'; detail: string }

/** An autonomy clause and whether it stands. `since`: only what ended after it counts, RFC 3339. */
export interface AutonomyRow extends AutonomyClause {
  on: boolean
  by: string
  reason: string
  since: string | null
}

/** Everything that holds actions back here, and what lets them go. */
export interface ControlsRow {
  killSwitch: ControlSet
  services: ServiceSwitch[]
  dryRun: ControlSet
  freezes: FreezeRow[]
  maintenance: string[]
  autonomy: AutonomyRow[]
  recent: RecentAction[]
}
