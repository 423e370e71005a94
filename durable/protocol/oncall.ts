/**
 * Who is called, in which order, and what became of each call. Delays and time limits run on the incident's own clock;
 * overrides and hand-overs are real instants.
 */
import type { Instant, Severity } from './domain.ts'

// ---------------------------------------------------------------------------------------------- in the catalogue

/** Where notifications go. The secret is named, never written down. */
export interface NotifyTarget {
  name: string
  /** Standard Webhooks: signed JSON by POST. */
  kind: 'webhook'
  url: string
  /** the name of a secret whose value is `whsec_…`. */
  secret: string
}

/** People who take turns of whole weeks. The hand-over is at the same local time all year. */
export interface Rotation {
  name: string
  /** IANA name, e.g. `Europe/Berlin`. */
  zone: string
  /** in turn; the first one's turn begins at `startsOn`. */
  people: string[]
  /** local date of a hand-over, `YYYY-MM-DD`: its weekday is that of all. */
  startsOn: string
  /** local time of the hand-over, `HH:MM`. */
  handover: string
  /** weeks of one turn; one unless said. */
  weeks?: number
  /** somebody else between two instants (RFC 3339); of several the last one in the list counts. */
  overrides?: { person: string; from: string; until: string }[]
  /** the target through which its people are reached. */
  target: string
}

/** One of a step's addressees: a target, or whoever is on call in a rotation. */
export type PageTo = { target: string } | { rotation: string }

export interface EscalationStep {
  to: PageTo[]
  /** how long it has before the next step is paged, in ms. */
  waitMs: number
}

export interface EscalationPolicy {
  name: string
  /** ids of services; `*` for every service without a policy of its own. */
  services: string[]
  /** less severe incidents page nobody; every severity pages unless said. */
  severity?: Severity
  steps: EscalationStep[]
  /** how often the steps are gone through again when nobody acknowledged. */
  repeat: number
  /** an acknowledged incident in which nobody does anything for so long is triggered again; never unless said. */
  ackTimeoutMs?: number
}

/** How soon people promise to acknowledge and to resolve an incident of a severity. */
export interface SlaTarget {
  severity: Severity
  ackMs?: number
  resolveMs?: number
}

// ---------------------------------------------------------------------------------------------- in a room

/** Why people are called. */
export type PageReason =
  | 'opened'
  | 'escalated'
  | 'escalated-by-person'
  | 'severity-raised'
  | 'reopened'
  | 'ack-timeout'
  | 'unmerged'

/** One call to one step's addressees: one notification to each. */
export interface Page {
  /** `P-01`, `P-02`, … */
  id: string
  reason: PageReason
  policy: string
  round: number
  step: number
  to: PageTo[]
  at: Instant
}

/** Where an escalation stands. */
export interface Paging {
  policy: string
  round: number
  step: number
  startedAt: Instant
  /** when the next step is paged; null once it has stopped. */
  nextAt: Instant | null
  /** why nobody else is called: `acknowledged`, `exhausted`, …; empty while it goes on. */
  stopped: string
}

/** What became of one notification: one row for each addressee of a page. */
export interface Notification {
  page: string
  /** place in the page's addressees. */
  to: number
  /** empty where no target could be found. */
  target: string
  /** who was on call; null where a target is no person's. */
  person: string | null
  state: 'waiting' | 'sent' | 'failed' | 'parked'
  attempt: number
  reason: string
  /** wall time of the next try; null when there is none. */
  retryWall: Instant | null
  at: Instant
}

export type SlaClock = 'acknowledge' | 'resolve'

export interface SlaBreach {
  clock: SlaClock
  severity: Severity
  due: Instant
  at: Instant
}

/** Who is on call in a rotation at an instant, as the API says it. */
export interface OnCallRow {
  rotation: string
  zone: string
  target: string
  person: string
  since: string
  until: string
  /** an override speaks, not the turn. */
  override: boolean
  next: string
}
