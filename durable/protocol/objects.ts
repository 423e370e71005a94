/**
 * What the Durable Objects say to one another and to the Worker (RPC). Shapes are plain data. Object names: rooms
 * `<namespace>/<incident>`, monitors `<namespace>/<service>`, directories `live`, `drill/<id>` and `drills` (the index of
 * all drills), stages `<drill id>`, memories `live` and `drills`.
 */
import type { Privacy } from './crew.ts'
import type { PersonCommand, RefusalReason } from './commands.ts'
import type { Alert, Catalogue, DrillClock, Instant, IntakeName, Role, Severity, SignalRole } from './domain.ts'
import type { Move } from './effects.ts'
import type { Fault } from './faults.ts'
import type { RoomEvent } from './events.ts'
import type { NotifyTarget, Rotation } from './oncall.ts'
import type { IncidentDetail, IncidentRow } from './rows.ts'

/** A list page; `next` is the cursor to ask on with, null at the end. */
export interface Page<T> {
  items: T[]
  next: string | null
}

// ---------------------------------------------------------------------------------------------- directory

/** One POST of alerts as a parser understood it. `service` is the label's text; the directory looks it up. */
export interface AlertIntake {
  intake: Exclude<IntakeName, 'changes' | 'telemetry'>
  source: string
  raw: string
  alerts: Omit<Alert, 'catalogued'>[]
}

export interface QuarantineIntake {
  intake: string
  source: string
  contentType: string
  raw: string
  reason: string
}

/** A body that nobody could read, as it is listed; `raw` may be cut, and says so. */
export interface QuarantineRow {
  id: string
  at: string
  intake: string
  source: string
  contentType: string
  reason: string
  raw: string
  cut: boolean
}

/** Answered only after the journal row is durable. */
export type IntakeReceipt =
  /** `quarantined`: why the whole post is kept unread instead. */
  | { ok: true; journal: number; received: number; deduplicated: number; quarantined?: string }
  | { ok: false; reason: 'overloaded' | 'storage'; retryAfterS: number }

/** received = attached + deduplicated + suppressed + quarantined + pending, always. */
export interface IntakeCounters {
  received: number
  attached: number
  deduplicated: number
  suppressed: number
  quarantined: number
  pending: number
}

export interface KillSwitch {
  on: boolean
  by: string
  reason: string
  at: Instant
}

export interface DeclareRequest {
  title: string
  severity: Severity
  service: string
  by: string
  role: Role
}

/** Moves alerts of `incident`; the same key is answered with the first answer. */
export interface MoveRequest {
  key: string
  incident: string
  move: Move
}

/** Whom an instance can notify now. `off`: names of targets that answered that they want nothing. */
export interface Reach {
  targets: NotifyTarget[]
  rotations: Rotation[]
  off: string[]
}

/** A target as it is listed; never its secret. */
export interface TargetRow {
  name: string
  kind: NotifyTarget['kind']
  url: string
  secret: string
  state: 'on' | 'off'
  reason: string
  since: string | null
}

export interface DrillNamespace {
  drill: string
  catalogue: Catalogue
  clock: DrillClock
  /** SHA-256 hex of each ingest token -> its source. */
  tokens: Record<string, string>
}

export interface DrillRow {
  id: string
  scenario: string
  title: string
  seed: number
  speed: number
  state: 'running' | 'ended' | 'stopped'
  startedAt: string
  endsAt: string
  clock: DrillClock
  incidents: string[]
  /** what goes wrong in it on purpose; absent: nothing. */
  faults?: Fault[]
}

// ---------------------------------------------------------------------------------------------- monitor

export interface TelemetrySeries {
  service: string
  name: string
  peer: string | null
  role: SignalRole
  unit: string
  limit: number | null
  breach: 'above' | 'below'
  /** [epoch ms, value]; values are finite. */
  samples: [number, number][]
}

export interface TelemetryReceipt {
  accepted: number
  /** reason -> samples not kept: `too-old`, `too-many-series`, `in-future`. */
  dropped: Record<string, number>
}

export interface WindowRequest {
  from: Instant
  to: Instant
  /** regular grid step; samples within a step are averaged. */
  stepMs: number
}

// ---------------------------------------------------------------------------------------------- room

export interface PersonOrder {
  cmd: string
  name: string
  role: Role
  command: PersonCommand
  /** what people decide on must not have changed since this seq. */
  expectSeq?: number
}

export type OrderAnswer =
  | { ok: true; seq: number; row: IncidentRow }
  | { ok: false; reason: RefusalReason | 'not-found'; detail: string; seq: number }

/** What a message came to that was said without a socket. */
export type SaidAnswer = OrderAnswer | { ok: false; reason: 'unknown-message'; detail: string; seq: number }

/** A page of a room's log as REST shows it; `next` is the seq to ask on after. */
export interface EventsPage extends Page<RoomEvent> {
  epoch: string
  head: number
}

/** A page of a room's log as the room answers it. */
export interface LogPage {
  epoch: string
  events: RoomEvent[]
  /** the last seq of the log, so that a reader knows whether more follows. */
  head: number
}

/** An effect that the room gave up after its tries: shown until somebody has it tried again. */
export interface ParkedEffect {
  key: string
  attempts: number
  reason: string
}

export type DetailAnswer = { found: true; detail: IncidentDetail; parked: ParkedEffect[] } | { found: false }

// ---------------------------------------------------------------------------------------------- stage

export interface DrillRequest {
  drill: string
  scenario: string
  variant: string | null
  seed: number
  speed: number
  by: string
  /** what goes wrong on purpose; absent: nothing. */
  faults?: Fault[]
}

// ---------------------------------------------------------------------------------------------- memory

export interface HistoryRow {
  id: string
  title: string
  severity: Severity
  service: string
  drill: string | null
  openedAt: string
  resolvedAt: string | null
  closedAt: string
  outcome: string
  chainHead: string
  seq: number
  /** it came as a file from another instance, or from this one's past. */
  imported?: { at: string; by: string }
  /** only where it was private when it ended: who sees it beside commanders. */
  private?: NonNullable<Privacy>
}

// ---------------------------------------------------------------------------------------------- export and import

export type ExportFormat = 'json' | 'markdown' | 'csv'

/** Asks for one part of an export; `next` is null for the first one. */
export interface ExportAsk {
  format: ExportFormat
  next: { after: number; upTo: number } | null
  reader: { name: string; role: Role }
}

export interface ExportPart {
  text: string
  next: { after: number; upTo: number } | null
  /** of the hash chain. */
  head: string
}

export type ImportReason =
  | 'not-an-export'
  | 'chain-broken'
  | 'newer-version'
  | 'unreadable-event'
  | 'not-this-incident'
  | 'never-opened'
  | 'count-differs'
  | 'another-log'
  | 'lives-here'

export type ImportAnswer =
  /** `already`: nothing changed. `stateHash` is SHA-256 of the canonical JSON of what the log folds to. */
  | { ok: true; already: boolean; row: HistoryRow; stateHash: string }
  /** `seq`: of the first event that is not as it was; 0 where it is no event's. */
  | { ok: false; reason: ImportReason; detail: string; seq: number; problems: { at: string; says: string }[] }
