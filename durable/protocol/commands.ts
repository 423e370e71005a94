import type { AutonomyRecord, Controls, DryRunReport } from './controls.ts'
import type { CrewRole, NoteVisibility, Relation, TaskChange, TaskKind } from './crew.ts'
import type {
  Actor,
  AgentKey,
  AgentName,
  Alert,
  Catalogue,
  EvidenceDraft,
  FindingDraft,
  GuardClauseName,
  IncidentHead,
  Instant,
  ProposalBody,
  Provenance,
  Role,
  Severity,
  SignalReading,
  VoteDraft,
  VoterName,
  Gap,
} from './domain.ts'
import type { Signed } from './signed.ts'

/** Commands that a person may send, over the socket or HTTP. */
export type PersonCommand =
  | { type: 'acknowledge' }
  /** private unless it says public. */
  | { type: 'add-note'; text: string; visibility?: NoteVisibility }
  | { type: 'mitigate'; reason: string }
  | { type: 'resolve'; reason: string }
  | { type: 'close'; reason: string }
  | { type: 'approve'; proposal: string; digest: string; reason: string }
  | { type: 'reject'; proposal: string; digest: string; reason: string }
  /** `confirm` is the typed word: the target's id. `passed` names each judgement clause the commander passes. */
  | {
      type: 'decide-myself'
      runbook: string
      target: string
      parameters: Record<string, number | string>
      confirm: string
      passed: GuardClauseName[]
      reason: string
    }
  /** not this, but the same action with `wants`, which must be in the runbook's bounds; `{}`: what is wrong is in the reason. */
  | {
      type: 'request-changes'
      proposal: string
      digest: string
      wants: Record<string, number | string>
      reason: string
    }
  /** sends the approved rollback of what ran. */
  | { type: 'undo'; proposal: string; digest: string; reason: string }
  /** a manual step or an approval of a runbook, done by hand or not to be done. */
  | { type: 'complete-step'; proposal: string; step: string; outcome: 'done' | 'could-not'; reason: string }
  | { type: 'settle-outcome'; proposal: string; outcome: 'it-ran' | 'it-did-not'; reason: string }
  /** back to triggered, from mitigated, resolved or canceled; people are called again. */
  | { type: 'reopen'; reason: string }
  /** it was a false alarm; needs a reason. */
  | { type: 'cancel'; reason: string }
  /** up or down; raising it calls people. */
  | { type: 'set-severity'; severity: Severity; reason: string }
  /** gives somebody a role; whoever had it hands it over (experts are several). */
  | { type: 'assign-role'; role: CrewRole; person: string; reason: string }
  | { type: 'release-role'; role: CrewRole; person: string; reason: string }
  | { type: 'add-task'; kind: TaskKind; text: string; owner: string | null; dueWall: Instant | null }
  | { type: 'change-task'; task: string; change: TaskChange }
  /** a field of their own, `[a-z][a-z0-9_-]*`; null takes it away. */
  | { type: 'set-field'; name: string; value: string | null }
  /** who sees a private incident: commanders, whoever is on it, and those named. */
  | { type: 'set-privacy'; private: boolean; reason: string }
  | { type: 'set-access'; person: string; allowed: boolean }
  /** its alerts go to that one, which must be open; this one ends as merged. The answer comes as an event. */
  | { type: 'merge'; into: string; reason: string }
  /** takes back what was merged and is still with the other one. */
  | { type: 'unmerge'; reason: string }
  /** these alerts go to a new incident; at least one stays. */
  | { type: 'split'; alerts: { source: string; fingerprint: string }[]; title: string; reason: string }
  /** null: it belongs to no other any more. */
  | { type: 'set-parent'; parent: string | null; reason: string }
  /** calls the next step now. */
  | { type: 'escalate'; reason: string }
  /** stops every action of this incident, or only says what they would do; or lets them go again. */
  | { type: 'set-incident-control'; control: 'kill-switch' | 'dry-run'; on: boolean; reason: string }

/** What came of moving alerts between incidents, as the directory decided it. */
export type MoveOutcome =
  | { ok: true; incident: string; alerts: { alert: Alert; reason: string; matched?: string }[] }
  | { ok: false; reason: MoveReason }

export type MoveReason = 'no-such-incident' | 'incident-over' | 'nothing-to-move' | 'already-related'

/** What came of one try to notify. `gone`: the target wants nothing from us any more. */
export type NotifyOutcome =
  | { outcome: 'sent'; detail: string }
  | { outcome: 'failed'; reason: string; retryAfterMs: number | null }
  | { outcome: 'gone'; reason: string }
  | { outcome: 'parked'; reason: string }

/** Commands of the room's own shell: answers of effects, timers that rang, alerts that the directory delivers. */
export type RoomCommand =
  | {
      type: 'open'
      head: IncidentHead
      catalogue: Catalogue
      policy: string
      killSwitch: boolean
      /** services whose switch is on, with why, and why nothing is called; absent: none is known. */
      stopped?: Record<string, string>
      dryRun?: string
      /** absent: none could be read in time; they are recorded when they can. */
      keys?: AgentKey[]
      alerts: { alert: Alert; reason: string; matched?: string }[]
    }
  | { type: 'deliver-alerts'; alerts: { alert: Alert; reason: string; matched?: string }[] }
  /** by a source, never by a person: somebody took it over there. Paging stops, and nobody here counts as on it. */
  | { type: 'acknowledged-there' }
  | { type: 'record-evidence'; run: number; drafts: EvidenceDraft[]; gaps: Gap[] }
  | { type: 'report-finding'; agent: AgentName; run: number; draft: FindingDraft; provenance: Provenance }
  | { type: 'agent-failed'; agent: AgentName; run: number; reason: string }
  /** what Resolution's finding of that run asks for; drafted by core, digested by the seal (`Command.sealed`). */
  | { type: 'propose'; run: number; controls?: Controls | null }
  /** signed by the seat before it enters; `digest` is the one that was signed. */
  | {
      type: 'cast-vote'
      proposal: string
      digest: string
      voter: VoterName
      draft: VoteDraft
      key: string
      signature: string
    }
  /** a seat that cannot sign stays silent, and says why. */
  | { type: 'withhold-vote'; proposal: string; agent: AgentName; reason: string }
  /** keys of this instance that the room did not know. */
  | { type: 'record-keys'; keys: AgentKey[] }
  | {
      type: 'clerk-word'
      proposal: string
      affected: string[]
      inform: string[]
      ownerReachable: boolean | null
      extraApprovals: 0 | 1
      reason: string
      key: string
      signature: string
    }
  /**
   * The check at use: fresh kill switch and controls (null: unreadable) and fresh evidence, judged in the commit of
   * `execution-started`.
   */
  | {
      type: 'start-execution'
      proposal: string
      digest: string
      killSwitch: boolean | null
      controls: Controls | null
      fresh: EvidenceDraft[]
    }
  /** what the driver would do; null: it could not say, `detail` tells why. */
  | { type: 'report-dry-run'; proposal: string; key: string; report: DryRunReport | null; detail: string }
  /** the record of an action on a service, read for a clause of the catalogue. */
  | { type: 'grant-autonomy'; proposal: string; digest: string; clause: string; record: AutonomyRecord }
  | { type: 'answer-execution'; proposal: string; key: string; outcome: 'ran' | 'failed' | 'unknown'; detail: string }
  | {
      type: 'answer-status'
      proposal: string
      key: string
      outcome: 'it-ran' | 'it-did-not' | 'unknown'
      detail: string
    }
  /** the check at use of the rollback: the kill switch alone stops it (null: unreadable), and a digest that is another. */
  | { type: 'start-undo'; proposal: string; digest: string; killSwitch: boolean | null }
  | { type: 'answer-undo'; proposal: string; key: string; outcome: 'ran' | 'failed' | 'unknown'; detail: string }
  | {
      type: 'answer-undo-status'
      proposal: string
      key: string
      outcome: 'it-ran' | 'it-did-not' | 'unknown'
      detail: string
    }
  /** what a verify or a branch step saw: the newest fresh level, null where there is none. */
  | { type: 'read-step'; proposal: string; step: string; value: number | null; at: Instant | null }
  | { type: 'end-wait'; proposal: string; step: string }
  | { type: 'sample-verification'; proposal: string; readings: Omit<SignalReading, 'judged'>[] }
  /** `service` absent: the one global switch. */
  | { type: 'set-kill-switch'; on: boolean; reason: string; service?: string }
  | { type: 'set-dry-run'; on: boolean; reason: string }
  | { type: 'record-archive'; store: string; reference: string }
  /** the directory's answer to a merge, an unmerge or a split; `seq` is that of the event that asked. */
  | { type: 'record-move'; seq: number; outcome: MoveOutcome }
  /** alerts went to another incident: this one holds them no longer. */
  | { type: 'detach-alerts'; alerts: { source: string; fingerprint: string }[]; to: string }
  /** another incident is related to this one, or no longer. */
  | { type: 'record-link'; relation: Relation; incident: string; linked: boolean; reason: string }
  | {
      type: 'record-notification'
      page: string
      to: number
      attempt: number
      target: string
      person: string | null
      answer: NotifyOutcome
    }
  /** the alarm rang: whatever is due by `at` and `wall` is decided now. Harmless when nothing is. */
  | { type: 'tick' }

export type CommandBody = PersonCommand | RoomCommand

/** A proposal as the seal made it: core drafted the body, the shell computed the SHA-256 of its canonical JSON. */
export interface SealedProposal {
  id: string
  digest: string
  body: ProposalBody
}

/**
 * A sealed command: time, identity and role arrive with it; nothing in core reads a clock. `id` makes it idempotent:
 * the same id is answered with the first answer.
 */
export interface Command {
  id: string
  at: Instant
  wall: Instant
  by: Actor
  /** null for everything that is not a person. */
  role: Role | null
  body: CommandBody
  /** for `propose` and `decide-myself`: null where core could not draft one. */
  sealed: SealedProposal | null
  /** for `cast-vote` and `clerk-word`: what the signature is worth by the room's keys; absent counts as no known key. */
  signed?: Signed
  /** a person's precondition: nothing that people decide on changed after this seq. */
  expectSeq?: number
}

/** A refusal is a value with a stable reason word. */
export interface Refusal {
  refused: RefusalReason
  detail: string
}

export type RefusalReason =
  | 'not-open'
  | 'already-open'
  | 'role-too-low'
  | 'invalid-transition'
  | 'empty-text'
  | 'text-too-long'
  | 'too-many-notes'
  | 'no-such-proposal'
  | 'wrong-digest'
  | 'not-awaiting-approval'
  | 'already-decided'
  | 'expired'
  | 'reason-needed'
  | 'confirm-mismatch'
  | 'no-such-runbook'
  | 'no-such-target'
  | 'guard-refuses'
  | 'clause-not-named'
  | 'nothing-to-settle'
  | 'stale-run'
  | 'stale-draft'
  | 'no-such-ballot'
  | 'ballot-closed'
  | 'nothing-changed'
  | 'another-proposal-open'
  | 'outcome-unknown-on-target'
  | 'seq-moved'
  | 'no-such-task'
  | 'no-such-alert'
  | 'no-such-field'
  | 'no-such-notification'
  | 'not-held'
  | 'too-many'
  | 'bad-name'
  | 'same-incident'
  | 'no-such-incident'
  | 'would-be-cycle'
  | 'other-namespace'
  | 'move-pending'
  | 'nothing-left'
  | 'nobody-to-page'
  | 'not-earned'
  | 'out-of-bounds'
  | 'nothing-to-undo'
  | 'no-such-step'
  | 'bad-signature'
  | 'unknown-key'
