import type {
  Actor,
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
  SignalReading,
  VoteDraft,
  VoterName,
  Gap,
} from './domain.ts'

/** Commands that a person may send, over the socket or HTTP. */
export type PersonCommand =
  | { type: 'acknowledge' }
  | { type: 'add-note'; text: string }
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
      parameters: Record<string, number>
      confirm: string
      passed: GuardClauseName[]
      reason: string
    }
  | { type: 'settle-outcome'; proposal: string; outcome: 'it-ran' | 'it-did-not'; reason: string }

/** Commands of the room's own shell: answers of effects, timers that rang, alerts that the directory delivers. */
export type RoomCommand =
  | {
      type: 'open'
      head: IncidentHead
      catalogue: Catalogue
      policy: string
      killSwitch: boolean
      alerts: { alert: Alert; reason: string; matched?: string }[]
    }
  | { type: 'deliver-alerts'; alerts: { alert: Alert; reason: string; matched?: string }[] }
  | { type: 'record-evidence'; run: number; drafts: EvidenceDraft[]; gaps: Gap[] }
  | { type: 'report-finding'; agent: AgentName; run: number; draft: FindingDraft; provenance: Provenance }
  | { type: 'agent-failed'; agent: AgentName; run: number; reason: string }
  /** what Resolution's finding of that run asks for; drafted by core, digested by the seal (`Command.sealed`). */
  | { type: 'propose'; run: number }
  | { type: 'cast-vote'; proposal: string; digest: string; voter: VoterName; draft: VoteDraft }
  | {
      type: 'clerk-word'
      proposal: string
      affected: string[]
      inform: string[]
      ownerReachable: boolean | null
      extraApprovals: 0 | 1
      reason: string
    }
  /** the check at use: fresh kill switch (null: unreadable) and fresh evidence, judged in the commit of `execution-started`. */
  | { type: 'start-execution'; proposal: string; digest: string; killSwitch: boolean | null; fresh: EvidenceDraft[] }
  | { type: 'answer-execution'; proposal: string; key: string; outcome: 'ran' | 'failed' | 'unknown'; detail: string }
  | {
      type: 'answer-status'
      proposal: string
      key: string
      outcome: 'it-ran' | 'it-did-not' | 'unknown'
      detail: string
    }
  | { type: 'sample-verification'; proposal: string; readings: Omit<SignalReading, 'judged'>[] }
  | { type: 'set-kill-switch'; on: boolean; reason: string }
  | { type: 'record-archive'; store: string; reference: string }
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
