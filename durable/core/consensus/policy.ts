import type { RiskClass, Role, Severity, SourceSeverity } from '../../protocol/domain.ts'

/** Voters, faults carried, and the quorum: 2f + 1, which is also ⌊(n + f) / 2⌋ + 1 (Castro & Liskov 1999; SPEC CN1, CN2). */
export const VOTERS_N = 4
export const FAULTS_F = 1
export const QUORUM = 3

/** Agents and ballots have ten seconds of wall time, in drills too: engines do not think faster because a story does. */
export const AGENT_DEADLINE_MS = 10_000
export const BALLOT_DEADLINE_MS = 10_000
/** A person has half an hour of wall time before a carried proposal expires: after that its evidence is another world's. */
export const APPROVAL_EXPIRES_MS = 30 * 60_000
/** An incident that resolved reopens when an alert fires again within this; later it is another incident. */
export const REOPEN_WITHIN_MS = 10 * 60_000
/** The next look of the agents comes after this, doubling with each run up to the cap. */
export const RERUN_FIRST_MS = 15_000
export const RERUN_CAP_MS = 5 * 60_000
/** Looks per incident; after that a person asks for the next one. */
export const RUNS_MAX = 24
/** Room time between two readings of the signals that must recover. */
export const VERIFY_EVERY_MS = 5_000
/** And while an outcome stays unknown past that window: shown still, but a log is not filled with it. */
export const UNKNOWN_EVERY_MS = 60_000
/** Room time after a verification window's end in which its last reading is waited for; then it ends unreadable. */
export const VERIFY_GRACE_MS = 5 * 60_000
/** Consecutive readings that settle a verification before its window ends: one good sample is not a recovery. */
export const RECOVERED_READINGS = 3
export const WORSE_READINGS = 3
/** Actions in a row that ran and did not help: a first try and one retry (issue "Verify and undo"); then people decide. */
export const UNRECOVERED_MAX = 2
/** Looks at a level that a step of a runbook waits for, spread over the time that it has. */
export const STEP_LOOKS = 12
/** A driver is asked this often what became of an unanswered call, before a person is. */
export const STATUS_ATTEMPTS = 4
export const STATUS_FIRST_MS = 1_000

/** An hour, in ms: what rates of actions are counted over. */
export const HOUR_MS = 3_600_000
/** Actions on one target in an hour where the catalogue says nothing: a fourth try means that nobody understands it. */
export const ACTIONS_PER_TARGET_PER_HOUR = 4
/** The same action on the same target so often within so long is a recurring fix, where the catalogue says nothing. */
export const RECURRENCE = { times: 3, withinMs: 24 * HOUR_MS }

/** What the risk table asks beside the quorum. */
export const RISK: Record<RiskClass, { supporters: number; nobodyOpposing: boolean; approvals: number }> = {
  reversible: { supporters: QUORUM, nobodyOpposing: false, approvals: 1 },
  wider: { supporters: QUORUM, nobodyOpposing: true, approvals: 1 },
  irreversible: { supporters: VOTERS_N, nobodyOpposing: true, approvals: 2 },
}

const RANK: Record<Role, number> = { viewer: 0, responder: 1, commander: 2, admin: 3 }

/** Whether a role may do what asks for `least`. */
export function mayAct(role: Role | null, least: Role): boolean {
  return role !== null && RANK[role] >= RANK[least]
}

/** A source's severity as a candidate severity of an incident; worst assumed where a source says nothing useful. */
export function severityFor(source: SourceSeverity): Severity {
  switch (source) {
    case 'critical':
      return 'SEV-1'
    case 'error':
      return 'SEV-2'
    case 'warning':
      return 'SEV-3'
    case 'info':
      return 'SEV-4'
    default:
      return source satisfies never
  }
}
