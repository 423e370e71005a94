import type { MoveReason } from './commands.ts'
import type { AutonomyRecord, DryRunReport, StopScope } from './controls.ts'
import type { CrewRole, Relation, Task, TaskChange } from './crew.ts'
import type {
  Actor,
  AgentKey,
  AgentName,
  Alert,
  Catalogue,
  ClerkWord,
  Evidence,
  Finding,
  GateVerdict,
  GuardVerdict,
  HumanDecision,
  IncidentHead,
  Instant,
  Ballot,
  Note,
  Proposal,
  ProposalStatus,
  Severity,
  SignalReading,
  UndoWhy,
  VerificationEnd,
  Verification,
  Vote,
  VoterName,
  Certificate,
} from './domain.ts'
import type { Page, SlaBreach } from './oncall.ts'

/** What happened in a room. Events never change meaning; see `upgrade.ts`. */
export type EventBody =
  /** `stopped`: services whose kill switch is on; `dryRun`: why nothing is called. Both absent: none was known. */
  | {
      type: 'incident-opened'
      head: IncidentHead
      catalogue: Catalogue
      policy: string
      killSwitch: boolean
      /** public halves of the agents' keys; absent: votes were not signed yet, or the keys came later. */
      keys?: AgentKey[]
      stopped?: Record<string, string>
      dryRun?: string
    }
  | { type: 'keys-recorded'; keys: AgentKey[] }
  /** `matched`: what the reason found, e.g. the neighbour, the change, the share of labels. */
  | { type: 'alert-attached'; alert: Alert; reason: string; matched?: string }
  /** `reason` where there is a new one, e.g. `flapping`. */
  | { type: 'alert-updated'; alert: Alert; reason?: string; matched?: string }
  | { type: 'alerts-cleared' }
  | { type: 'severity-raised'; from: Severity; to: Severity; reason: string }
  | { type: 'incident-acknowledged' }
  | { type: 'incident-mitigated'; reason: string }
  | { type: 'incident-resolved'; how: 'by-alerts' | 'by-person' | 'by-recovery'; reason: string }
  | { type: 'incident-reopened'; reason: string }
  | { type: 'incident-closed'; reason: string }
  | { type: 'incident-archived'; store: string; reference: string }
  | { type: 'note-added'; note: Note }
  | { type: 'evidence-recorded'; run: number; evidence: Evidence[]; gaps: { what: string; reason: string }[] }
  | { type: 'agent-started'; agent: AgentName; run: number; deadlineWall: Instant }
  | { type: 'finding-reported'; finding: Finding }
  | { type: 'agent-stopped'; agent: AgentName; run: number; state: 'late' | 'failed'; reason: string }
  | { type: 'proposal-made'; proposal: Proposal }
  | { type: 'ballot-opened'; proposal: string; ballot: Ballot }
  | { type: 'vote-cast'; proposal: string; vote: Vote }
  /** a seat that could not sign said nothing: it counts as silent, and why is said. */
  | { type: 'vote-withheld'; proposal: string; agent: AgentName; reason: string }
  | {
      type: 'voter-quarantined'
      voter: VoterName
      reason: 'equivocation'
      proposal: string
      proof: [Vote, Vote]
    }
  | { type: 'clerk-spoke'; proposal: string; word: ClerkWord; approvalsNeeded: number }
  | {
      type: 'ballot-closed'
      proposal: string
      outcome: 'carried' | 'not-carried'
      reason: string
      certificate: Certificate | null
    }
  /** the question goes to people: nothing was proposed, nothing carried, or what ran did not help. */
  | { type: 'human-asked'; proposal: string | null; reason: string; wouldDecide: string }
  | { type: 'decision-recorded'; proposal: string; decision: HumanDecision }
  | { type: 'proposal-moved'; proposal: string; status: ProposalStatus; reason: string }
  | {
      type: 'execution-started'
      proposal: string
      digest: string
      key: string
      token: number
      guard: GuardVerdict
      gate: GateVerdict | null
    }
  | { type: 'execution-answered'; proposal: string; key: string; outcome: 'ran' | 'failed' | 'unknown'; detail: string }
  | { type: 'outcome-settled'; proposal: string; key: string; outcome: 'it-ran' | 'it-did-not'; detail: string }
  | { type: 'verification-started'; proposal: string; verification: Verification }
  | { type: 'verification-sampled'; proposal: string; readings: SignalReading[] }
  | { type: 'verification-ended'; proposal: string; end: VerificationEnd; readings: SignalReading[] }
  /** a person orders the approved rollback. */
  | { type: 'undo-ordered'; proposal: string; reason: string }
  /** the rollback of the approved digest is sent, once; `token` is this event's seq. */
  | { type: 'undo-started'; proposal: string; key: string; token: number; why: UndoWhy }
  | { type: 'undo-answered'; proposal: string; key: string; outcome: 'ran' | 'failed' | 'unknown'; detail: string }
  | { type: 'undo-settled'; proposal: string; key: string; outcome: 'it-ran' | 'it-did-not'; detail: string }
  | { type: 'step-started'; proposal: string; step: string }
  | { type: 'step-ended'; proposal: string; step: string; end: 'done' | 'failed' | 'skipped'; detail: string }
  | { type: 'escalated'; reason: string }
  /** `scope` absent: global. `service`: the one whose switch it is. */
  | { type: 'kill-switch-set'; on: boolean; reason: string; scope?: StopScope; service?: string }
  | { type: 'dry-run-set'; on: boolean; scope: 'global' | 'incident'; reason: string }
  /** every check held as for a start; the driver is asked what it would do, and nothing is called. */
  | {
      type: 'dry-run-started'
      proposal: string
      digest: string
      key: string
      guard: GuardVerdict
      gate: GateVerdict | null
    }
  | { type: 'dry-run-reported'; proposal: string; key: string; report: DryRunReport }
  /** a clause of the catalogue stood in for the one approval; the record is what earned it. */
  | { type: 'autonomy-used'; proposal: string; clause: string; record: AutonomyRecord }
  /** nobody did anything for as long as the policy allows. */
  | { type: 'incident-unacknowledged'; reason: string }
  | { type: 'incident-canceled'; reason: string }
  /** by a person, either way. */
  | { type: 'severity-set'; from: Severity; to: Severity; reason: string }
  /** `from`: who handed it over. */
  | { type: 'role-assigned'; role: CrewRole; person: string; from: string | null; reason: string }
  | { type: 'role-released'; role: CrewRole; person: string; reason: string }
  | { type: 'task-added'; task: Task }
  | { type: 'task-changed'; task: string; change: TaskChange }
  | { type: 'field-set'; name: string; value: string | null; was: string | null }
  | { type: 'privacy-set'; private: boolean; reason: string }
  | { type: 'access-set'; person: string; allowed: boolean }
  | { type: 'merge-requested'; into: string; reason: string }
  | { type: 'unmerge-requested'; from: string; reason: string }
  | { type: 'split-requested'; alerts: { source: string; fingerprint: string }[]; title: string; reason: string }
  | { type: 'move-refused'; kind: 'merge' | 'unmerge' | 'split'; reason: MoveReason }
  | { type: 'incident-merged'; into: string; reason: string }
  | { type: 'incident-unmerged'; from: string; reason: string }
  | {
      type: 'alerts-detached'
      alerts: { source: string; fingerprint: string }[]
      to: string
      why: 'split' | 'unmerged'
    }
  | { type: 'incident-linked'; relation: Relation; incident: string }
  | { type: 'incident-unlinked'; relation: Relation; incident: string; reason: string }
  | { type: 'escalation-started'; policy: string; reason: string }
  /** `waitMs`: how long it has before the next step; null leaves the escalation's own time as it is. */
  | { type: 'paged'; page: Page; waitMs: number | null }
  | { type: 'escalation-ended'; reason: string }
  | {
      type: 'notification-sent'
      page: string
      to: number
      attempt: number
      target: string
      person: string | null
      detail: string
    }
  /** tried again at `retryWall`. */
  | {
      type: 'notification-failed'
      page: string
      to: number
      attempt: number
      target: string
      person: string | null
      reason: string
      waitMs: number
      retryWall: Instant
    }
  /** not tried again, and why. */
  | {
      type: 'notification-parked'
      page: string
      to: number
      attempt: number
      target: string
      person: string | null
      reason: string
    }
  | { type: 'sla-breached'; breach: SlaBreach }

export type EventType = EventBody['type']

/**
 * One row of a room's log. `seq` is gapless from 1; `hash` is SHA-256 over the previous hash and the canonical JSON of
 * the rest, so that a changed byte anywhere breaks the chain from there on.
 */
export interface RoomEvent {
  v: number
  seq: number
  at: Instant
  by: Actor
  body: EventBody
  hash: string
}

/** What `decide` answers with: the shell adds seq and hash. */
export interface Decided {
  at: Instant
  by: Actor
  body: EventBody
}
