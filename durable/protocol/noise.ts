/** What is kept from people for a while, and why: silences, maintenance windows, and the alerts that they hold back. */
import type { Instant, SourceSeverity } from './domain.ts'

export type MatchOp = '=' | '!=' | '=~' | '!~'

/** One condition on an alert's labels; a label that is not there is the empty text, as Alertmanager has it. */
export interface Matcher {
  name: string
  op: MatchOp
  /** for `=~` and `!~` a pattern that must match the whole value. */
  value: string
}

/** What somebody asks to be kept from people. All matchers must hold. */
export interface NewSilence {
  /** a maintenance window is a silence for planned work; the reason word differs. */
  kind: 'silence' | 'maintenance'
  matchers: Matcher[]
  comment: string
  startsAt: Instant
  endsAt: Instant
}

export interface Silence extends NewSilence {
  id: string
  by: string
  createdAt: Instant
}

/** Days of a week, as ISO 8601 counts them. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Planned work as the catalogue has it: once, or each week. It keeps alerts from people as a silence does. */
export interface MaintenanceWindow {
  name: string
  /** all must hold; `=` where no operator is said. */
  matchers: (Omit<Matcher, 'op'> & { op?: MatchOp })[]
  comment: string
  /** once: RFC 3339. */
  from?: string
  until?: string
  /** each week on these days, local `HH:MM`; an end that is not after the start is on the next day. */
  weekly?: { days: Weekday[]; from: string; until: string; zone: string }
}

/** What became of a wish for silence. */
export type SilenceAnswer =
  | { ok: true; silence: SilenceRow }
  | { ok: false; reason: 'too-many-silences' }
  | { ok: false; reason: 'invalid-matchers'; problems: { at: string; says: string }[] }

/** Why units ended as they did, by reason word, and what waits parked. */
export interface IntakeReasons {
  deduplicated: Record<string, number>
  suppressed: Record<string, number>
  parked: { reason: string; target: string; units: number }[]
}

/** As it is listed, with how it stands now. */
export interface SilenceRow extends Omit<Silence, 'startsAt' | 'endsAt' | 'createdAt'> {
  state: 'pending' | 'active'
  /** it stands in the catalogue and ends there; absent: a person made it. */
  from?: 'catalogue'
  startsAt: string
  endsAt: string
  /** absent for a window of the catalogue. */
  createdAt?: string
}

/** Why an alert is held back from people. */
export type HeldReason = 'silenced' | 'in-maintenance' | 'below-threshold' | 'flapping'

/** An alert that is stored and not told. */
export interface SuppressedRow {
  source: string
  fingerprint: string
  status: 'firing' | 'resolved'
  severity: SourceSeverity
  service: string
  title: string
  labels: Record<string, string>
  startsAt: string
  /** why it is held back, since when, and by what: a silence's id, or the threshold in words. */
  reason: HeldReason
  by: string
  heldSince: string
  /** the incident that knows it, for one whose end is held back. */
  incident: string | null
}

/** A storm as it stands: since when, and the incident that gathers what belongs nowhere else. */
export interface StormRow {
  since: string
  incident: string | null
  /** new alerts of the last minute. */
  perMinute: number
}
