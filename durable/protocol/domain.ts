/**
 * The nouns. Instants are epoch milliseconds of the namespace's clock (wall time in live rooms, the drill's clock in
 * drills) unless a name ends in `Wall`; durations end in `Ms`. Nothing here has behaviour.
 */

import type { ActionLimits, Autonomy, AutonomyClause, DryRunReport, FreezeWindow } from './controls.ts'
import type { NoteVisibility } from './crew.ts'
import type { MaintenanceWindow } from './noise.ts'
import type { EscalationPolicy, NotifyTarget, Rotation, SlaTarget } from './oncall.ts'

export type Instant = number

export type Severity = 'SEV-1' | 'SEV-2' | 'SEV-3' | 'SEV-4' | 'SEV-5'
export type SourceSeverity = 'critical' | 'error' | 'warning' | 'info'
export type IncidentState = 'triggered' | 'acknowledged' | 'mitigated' | 'resolved' | 'closed' | 'canceled' | 'merged'
export type Phase = 'detecting' | 'diagnosing' | 'deciding' | 'acting' | 'verifying' | 'done'

export type AgentName = 'detection' | 'diagnosis' | 'prediction' | 'resolution' | 'communication'
/** Communication is the clerk: a seat, no vote. */
export type VoterName = Exclude<AgentName, 'communication'>
export const AGENTS: readonly AgentName[] = ['detection', 'diagnosis', 'prediction', 'resolution', 'communication']
export const VOTERS: readonly VoterName[] = ['detection', 'diagnosis', 'prediction', 'resolution']
/** Their support is required before any ballot carries. */
export const REQUIRED_SUPPORTERS: readonly VoterName[] = ['diagnosis', 'resolution']

export type Role = 'viewer' | 'responder' | 'commander' | 'admin'

/** Who said it. `system` is the room's own code; `responder-script` exists in drills only. */
export interface Actor {
  kind: 'person' | 'agent' | 'source' | 'system' | 'responder-script'
  name: string
}

// ---------------------------------------------------------------------------------------------- what comes in

/** What a source says about one condition. Identity is `source` + `fingerprint`. */
export interface Alert {
  source: string
  fingerprint: string
  status: 'firing' | 'resolved'
  severity: SourceSeverity
  severityInferred: boolean
  /** label `service`, else `app`, else `job`, else the alert's name: what alerts are grouped by. */
  service: string
  /** true when `service` is an id of the catalogue; only then does the mapped service count as untainted. */
  catalogued: boolean
  title: string
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: Instant
  /** when it resolved; null while firing. */
  endsAt: Instant | null
  /** a firing alert that is not re-sent by then has expired; null: it stays until resolved. */
  validUntil: Instant | null
  groupKey: string | null
  links: { title: string; href: string }[]
  /** it only says that it is over (a PagerDuty resolve): the words said before stay. */
  wordless?: true
}

/** A deploy, a flag or a configuration change. It never opens an incident. */
export interface Change {
  id: string
  source: string
  kind: 'deploy' | 'flag' | 'config'
  service: string
  catalogued: boolean
  at: Instant
  title: string
  /** free text by outsiders: tainted wherever it is shown. */
  description: string
  /** what was set, e.g. `pool_limit`, with values, when the sender names it. */
  setting: { name: string; from: number | string | null; to: number | string | null } | null
}

export type SignalRole = 'rate' | 'errors' | 'latency' | 'saturation' | 'other'

/** What a series is; identity is `source` + `service` + `name` (+ `peer` for a call edge service -> peer). */
export interface SeriesKey {
  source: string
  service: string
  name: string
  peer: string | null
}

/** A regular window of one series: value i was observed at `startsAt + i * stepMs`; null is a gap, never bridged. */
export interface SeriesWindow extends SeriesKey {
  unit: string
  role: SignalRole
  /** the bound this signal must stay under (`above` breaches) or over (`below` breaches). */
  limit: number | null
  breach: 'above' | 'below'
  startsAt: Instant
  stepMs: number
  values: (number | null)[]
}

// ---------------------------------------------------------------------------------------------- the catalogue

export interface Slo {
  name: string
  /** series name, the role it has and the bound. */
  signal: string
  limit: number
  breach: 'above' | 'below'
}

export interface Service {
  id: string
  title: string
  /** 1 is the most important. */
  tier: 1 | 2 | 3 | 4
  owner: string
  /** false when the owning team cannot be reached now; the clerk then asks for one more human. */
  ownerReachable: boolean
  /** ids of services this one calls. */
  dependencies: string[]
  /** no action of the system or of a person may touch it. */
  protected: boolean
  slos: Slo[]
  /** what a minute of its outage costs, where somebody has worked it out. */
  cost?: { perMinute: number; currency: string }
}

export type CauseKind =
  | 'saturation'
  | 'memory'
  | 'configuration'
  | 'deployment'
  | 'dependency'
  | 'capacity'
  | 'crash'
  | 'unknown'

export type RiskClass = 'reversible' | 'wider' | 'irreversible'

/** A figure within bounds. */
export interface NumberParameter {
  name: string
  type?: 'number'
  unit: string
  min: number
  max: number
  /** how Resolution computes it: `limit` × factor of the matched saturated series, or a constant. */
  from: { kind: 'limit-times'; factor: number } | { kind: 'constant'; value: number }
}

/** One of a few words. `person`: the system cannot propose it, a commander's own decision can. */
export interface ChoiceParameter {
  name: string
  type: 'choice'
  values: string[]
  from: { kind: 'constant'; value: string } | { kind: 'person' }
}

/** An address range that a person types: `203.0.113.0/24`, never wider than `/prefixMin`. */
export interface CidrParameter {
  name: string
  type: 'cidr'
  prefixMin: number
  from: { kind: 'person' }
}

export type ParameterSpec = NumberParameter | ChoiceParameter | CidrParameter

/** What a verify or a branch step looks at: the newest level of a series of the target or of the symptom's service. */
export interface StepCondition {
  of: 'target' | 'symptom'
  /** a token that is part of the series' name. */
  signal: string
  is: 'above' | 'below'
  value: number
}

/**
 * One step of a runbook, in order. `http` is the one acting call, through the runbook's endpoint: at most one. Those before
 * it run after the approval and before the action starts; manual steps after it become tasks.
 */
export type RunbookStep =
  | { kind: 'manual'; id: string; says: string }
  | { kind: 'approval'; id: string; says: string }
  | { kind: 'wait'; id: string; ms: number }
  | { kind: 'http'; id: string }
  | { kind: 'verify'; id: string; when: StepCondition; withinMs: number }
  /** ids of later steps: forward only, so that no runbook runs in circles. */
  | { kind: 'branch'; id: string; when: StepCondition; then: string; otherwise: string }

export interface Runbook {
  id: string
  title: string
  /** the typed action it takes, e.g. `raise-pool-limit`. */
  action: string
  match: {
    causeKinds: CauseKind[]
    /** tokens of which one must be part of the cause's series name; empty: any. */
    signalTokens: string[]
    /** tiers of the target that it is for; absent: any. */
    tiers?: (1 | 2 | 3 | 4)[]
    /** of these roles one must be in trouble where the symptom shows; absent: any. */
    symptoms?: SignalRole[]
  }
  parameters: ParameterSpec[]
  risk: RiskClass
  /** the action and parameters that undo it; null only for irreversible ones. */
  rollback: {
    action: string
    parameters: 'previous'
    /** it is undone as well when nothing got better; absent: only when it made things worse. */
    onNoBetter?: boolean
  } | null
  cooldownMs: number
  maxAttempts: number
  verify: {
    /** how long after the action the symptom must have recovered. */
    windowMs: number
    /** samples younger than this after the action are not judged. */
    settleMs: number
  }
  /** the name of an action endpoint; null: nothing is wired and the runbook is a checklist for people. */
  endpoint: string | null
  /** absent: the action alone, verified as `verify` says. */
  steps?: RunbookStep[]
  /** what people go by where nothing is wired; absent or empty: its steps in words. */
  checklist?: string[]
}

/** What the GitHub driver starts: one workflow by `workflow_dispatch`, on one branch or tag. */
export interface GithubTarget {
  owner: string
  repo: string
  /** the workflow's file name. */
  workflow: string
  ref: string
}

/** What the Kubernetes driver may touch, by service id, and how far it may scale each. */
export interface KubernetesTarget {
  namespace: string
  workloads: Record<string, { kind: 'deployment' | 'statefulset'; name: string; replicasMax: number }>
}

/** Where actions are sent. */
export interface Endpoint {
  name: string
  /** empty for `manual`, which calls nothing. */
  url: string
  /** absent: http. */
  driver?: 'http' | 'github' | 'kubernetes' | 'manual'
  /** a tunnel or private-network binding of this Worker that reaches it; absent: the public net. */
  binding?: string
  /** the name of a secret, never its value: the token of `github` and `kubernetes`. */
  secret?: string
  github?: GithubTarget
  kubernetes?: KubernetesTarget
}

/** Ways in. Of the first four each belongs to one source; the others may speak for several, named in the address. */
export type IntakeName =
  | 'alertmanager'
  | 'alerts'
  | 'changes'
  | 'telemetry'
  | 'pagerduty'
  | 'grafana'
  | 'sns'
  | 'eventbridge'
  | 'standard-webhooks'
  | 'cloudevents'
  | 'datadog'
  | 'sentry'
  | 'syslog'
  | 'collectd'
  | 'webhook'

export interface SourceSignature {
  /** the name of a secret, never its value. */
  secret: string
  /** Grafana: the header that carries the signed time, where one is configured there. */
  timestampHeader?: string
}

/**
 * Where a foreign JSON body says what. A text that begins with `/` is a JSON pointer (RFC 6901) into one item; any other
 * text stands for itself.
 */
export interface AlertMapping {
  /** pointer to the list of items; absent: the body is one item, or a list of them. */
  items?: string
  /** what makes two messages the same alert. */
  identity: string[]
  title: string
  /** absent: every item fires. */
  status?: { at: string; firing: string[]; resolved: string[] }
  service?: string
  severity?: string
  /** the sender's own words for severity, beside the ones known here. */
  severities?: Record<string, SourceSeverity>
  /** RFC 3339, or seconds or milliseconds since 1970. */
  startsAt?: string
  endsAt?: string
  summary?: string
  link?: string
  group?: string
  labels?: Record<string, string>
}

export interface Source {
  name: string
  title: string
  /** the intakes that speak for it; two tokens of one system are one source. */
  intakes: IntakeName[]
  /** a sample or an event older than this is stale. */
  freshMs: number
  /** labels that are no part of what an alert is (`replica`): two observers of one condition are then one alert. */
  ignoreLabels?: string[]
  /** names of secrets whose values are PagerDuty routing keys that speak for this source. */
  routingKeys?: string[]
  /** ARNs of the SNS topics whose signed messages speak for this source. */
  topics?: string[]
  /** posts must be signed with the secret of this name; a signed post needs no token. */
  signature?: SourceSignature
  /** where its JSON says what; for `webhook`, `standard-webhooks`, `cloudevents` and `eventbridge`. */
  mapping?: AlertMapping
  /** it says something at least this often; silence for longer raises an alert. */
  heartbeatMs?: number
  /** an Alertmanager's address: it is asked for its active alerts at start and each minute. */
  url?: string
  /** a tunnel's or private network's binding of this Worker, through which that address is reached; absent: the public net. */
  binding?: string
}

/** What must hold before an alert opens an incident; every condition that is given. It joins an open one regardless. */
export interface Threshold {
  /** a service's id, or `*` for every service without a threshold of its own. */
  service: string
  /** alerts of the service that fire at once. */
  count?: number
  /** how long an alert must have fired. */
  durationMs?: number
  /** less severe ones never open. */
  severity?: SourceSeverity
}

/** How alerts become incidents; what is left out has a sensible figure. */
export interface CorrelationRules {
  /** an incident takes further alerts so long after its last one; at most 24 hours. */
  windowMs?: number
  thresholds?: Threshold[]
  /** new alerts a minute beyond which it is a storm. */
  stormPerMinute?: number
}

export interface Catalogue {
  version: string
  services: Service[]
  runbooks: Runbook[]
  sources: Source[]
  correlation?: CorrelationRules
  /** planned work whose alerts nobody is told of. */
  maintenance?: MaintenanceWindow[]
  endpoints: Endpoint[]
  targets?: NotifyTarget[]
  rotations?: Rotation[]
  escalation?: EscalationPolicy[]
  sla?: SlaTarget[]
  limits?: ActionLimits
  freezes?: FreezeWindow[]
  autonomy?: AutonomyClause[]
}

// ---------------------------------------------------------------------------------------------- evidence

export type EvidenceKind = 'alert' | 'metric' | 'log' | 'edge' | 'change' | 'past-incident' | 'note' | 'topology'

export type EvidenceData =
  | { kind: 'alert'; fingerprint: string; status: 'firing' | 'resolved'; startsAt: Instant }
  | { kind: 'metric'; series: SeriesWindow }
  | { kind: 'edge'; series: SeriesWindow }
  | { kind: 'log'; template: string; count: number; before: number }
  | { kind: 'change'; change: Change }
  | { kind: 'past-incident'; incident: string; outcome: string }
  | { kind: 'note'; note: string; by: string }
  | { kind: 'topology'; path: string[] }

/** A citable fact. The id is minted by the room (`E-01`, `E-02`, …), never by who supplies it. */
export interface Evidence {
  id: string
  kind: EvidenceKind
  source: string
  service: string | null
  /** when what it says was last observed. */
  at: Instant
  freshMs: number
  /** outsiders could have written its text. */
  tainted: boolean
  /** a short fact minted by code. */
  title: string
  data: EvidenceData
}
export type EvidenceDraft = Omit<Evidence, 'id'>

/** What could not be read, and why. */
export interface Gap {
  what: string
  reason: 'no-data' | 'stale' | 'unreachable' | 'limit-reached' | 'not-watched'
}

// ---------------------------------------------------------------------------------------------- findings

/** A located change of level of one series. */
export interface ChangePoint {
  evidence: string
  service: string
  name: string
  peer: string | null
  role: SignalRole
  onsetAt: Instant
  direction: 'up' | 'down'
  before: number
  after: number
  /** shift of the median in robust standard deviations of the time before. */
  sizeSigma: number
}

export type Verdict = 'CONFIRMED' | 'LIKELY' | 'INCONCLUSIVE' | 'RULED_OUT'

export interface Hypothesis {
  id: string
  title: string
  cause: { service: string; kind: CauseKind; signal: string | null }
  for: string[]
  against: string[]
  verdict: Verdict
  reason: string
  /** settled by code, 0..1; null while nothing can be settled. */
  confidence: number | null
  /** what would decide it. */
  next: string
  /** service ids from cause to symptom. */
  path: string[]
}

export interface Forecast {
  evidence: string
  service: string
  name: string
  limit: number
  /** minutes from the forecast until the limit is reached, median and 80 % interval; null in `hi` beyond the horizon. */
  minutes: { lo: number; median: number; hi: number | null }
  /** median and band ahead, for the chart: value i is at `startsAt + i * stepMs`. */
  band: { startsAt: Instant; stepMs: number; lo: number[]; median: number[]; hi: number[] }
}

export interface Action {
  runbook: string
  type: string
  target: string
  /** words come from the catalogue's own choices, or from a commander within the parameter's pattern. */
  parameters: Record<string, number | string>
}

/** A signal that must recover: identified by its series, judged on fresh samples only. An alert may be one. */
export type VerifySignal =
  | {
      kind: 'series'
      series: SeriesKey
      direction: 'up' | 'down'
      baseline: number
      /** at or past this (towards the baseline) it has recovered. */
      recoveredAt: number
      /** past this (away from the baseline) it is worse. */
      worseAt: number
    }
  | { kind: 'alert'; source: string; fingerprint: string }

export interface ActionPlan {
  action: Action
  title: string
  risk: RiskClass
  /** sentences a person reads; judged as guard clause `preconditions` by code where `check` names one. */
  preconditions: { says: string; check: 'symptom-present' | 'target-signal-present' | 'limit-unchanged' }[]
  expected: string
  previous: Record<string, number>
  rollback: Action | null
  verify: { signals: VerifySignal[]; windowMs: number; settleMs: number }
  /** copied from the runbook, so that the digest binds them; absent: the action alone. */
  steps?: RunbookStep[]
  /** ends of the verification after which it is rolled back; absent: worse. */
  undoOn?: ('worse' | 'no-better')[]
  /** parameters that a commander asked for in place of the computed ones; absent: all are computed. */
  asked?: { by: string; proposal: number; wants: Record<string, number | string> }
  cites: string[]
  hypothesis: string
}

export type FindingDetail =
  | { agent: 'detection'; changes: ChangePoint[]; onsetAt: Instant | null }
  | { agent: 'diagnosis'; hypotheses: Hypothesis[] }
  | { agent: 'prediction'; forecast: Forecast | null }
  | {
      agent: 'resolution'
      plan: ActionPlan | null
      checklist: { runbook: string; title: string; steps: string[] } | null
    }
  | { agent: 'communication'; responders: Summary; executives: Summary }

/** The three sentences: what is going on, what we think caused it, what happens next. */
export interface Summary {
  happening: string
  cause: string
  next: string
}

export type FindingOutcome = 'found' | 'inconclusive' | 'abstained'

export interface FindingDraft<D extends FindingDetail = FindingDetail> {
  outcome: FindingOutcome
  /** a reason word for inconclusive and abstained; empty when found. */
  reason: string
  summary: string
  cites: string[]
  gaps: Gap[]
  detail: D
}

export interface Provenance {
  driver: string
  model: string | null
  tokens: number | null
  costUsd: number | null
  latencyMs: number
  attempts: number
  /** why a fallback spoke; null when none was needed. */
  degraded: string | null
}

export interface Finding extends FindingDraft {
  id: string
  agent: AgentName
  run: number
  at: Instant
  provenance: Provenance
}

export interface AgentSeat {
  state: 'idle' | 'working' | 'done' | 'abstained' | 'inconclusive' | 'late' | 'failed'
  run: number
  startedAt: Instant | null
  deadlineWall: Instant | null
  finding: string | null
  reason: string
  /** wall milliseconds of the last finished run. */
  tookMs: number | null
}

// ---------------------------------------------------------------------------------------------- consensus

export type GuardClauseName =
  | 'parameters-in-bounds'
  | 'target-known'
  | 'target-not-protected'
  | 'rollback-present'
  | 'no-outcome-unknown'
  | 'kill-switch-off'
  | 'preconditions-hold'
  | 'data-fresh'
  | 'cooldown-over'
  | 'not-same-failing-fix'
  | 'no-freeze'
  | 'no-maintenance'
  | 'blast-radius-in-bounds'
  | 'rate-in-bounds'

export interface GuardClause {
  name: GuardClauseName
  kind: 'hard' | 'judgement'
  /** null: it could not be read, which refuses like false. */
  holds: boolean | null
  reason: string
}

export interface GuardVerdict {
  at: Instant
  holds: boolean
  clauses: GuardClause[]
}

export interface GateVerdict {
  passes: boolean
  /** `passes` or `evidence-one-sided`, `nothing-observed-now`, `no-countable-evidence`. */
  reason: string
  kinds: EvidenceKind[]
  sources: string[]
  observedNow: string[]
  /** cited but never counted, with why. */
  notCounted: { evidence: string; why: 'supports-only' | 'tainted' | 'off-path' | 'stale' }[]
  wouldDecide: string
}

export type Answer = 'support' | 'oppose' | 'abstain'

export interface VoteDraft {
  vote: Answer
  cites: string[]
  /** one sentence: what the voter checked and what it saw. */
  reason: string
  /** the voter's own method, e.g. `symptom-and-target-signal`. */
  method: string
}

export interface Vote extends VoteDraft {
  voter: VoterName
  digest: string
  at: Instant
  /** counted, or void with the reason word: a void vote counts as not cast. */
  void:
    | null
    | 'unknown-evidence'
    | 'wrong-digest'
    | 'late'
    | 'ballot-closed'
    /** another signed vote of this voter stands: both are the proof of its quarantine. */
    | 'second-vote'
    /** these two accuse nobody: anybody can write them. */
    | 'bad-signature'
    | 'unknown-key'
    | 'replayed'
    | 'quarantined'
  /** id of the voter's key; absent: cast before votes were signed. */
  key?: string
  /** base64url Ed25519 over `voteText`; absent: cast before votes were signed. */
  signature?: string
}

/** The public half of one agent's key. */
export interface AgentKey {
  /** first 16 hex characters of the SHA-256 of the raw public key. */
  id: string
  agent: AgentName
  instance: string
  /** base64url of the raw 32 bytes. */
  publicKey: string
  /** wall time. */
  since: Instant
}

/** A voter that signed two different votes in one ballot: its votes count no more in this incident. */
export interface Quarantine {
  voter: VoterName
  reason: 'equivocation'
  /** both, each validly signed: whoever has the keys can judge it alone. */
  proof: [Vote, Vote]
  proposal: string
  at: Instant
}

/** The clerk's word: on record, outside the count. It can raise the approvals by one, never lower them. */
export interface ClerkWord {
  affected: string[]
  inform: string[]
  ownerReachable: boolean | null
  extraApprovals: 0 | 1
  reason: string
  at: Instant
  /** absent, both: said before words were signed. */
  key?: string
  signature?: string
}

export interface Ballot {
  id: string
  digest: string
  openedAt: Instant
  deadlineWall: Instant
  closedAt: Instant | null
  outcome: null | 'carried' | 'not-carried'
  reason: string
}

export interface Certificate {
  ballot: string
  digest: string
  policy: string
  supporters: VoterName[]
  gate: GateVerdict
  at: Instant
  /** the supporters' signed votes, so that it can be judged alone; absent: carried before votes were signed. */
  votes?: Vote[]
}

export interface HumanDecision {
  /** `request-changes`: not this, but the same action with what `wants` says. */
  kind: 'approve' | 'reject' | 'own-decision' | 'request-changes'
  by: string
  role: Role
  digest: string
  reason: string
  /** judgement clauses a commander chose to pass, each named. */
  passed: GuardClauseName[]
  /** parameters as a commander wants them, within the runbook's bounds; absent: none named. */
  wants?: Record<string, number | string>
  at: Instant
}

export type ProposalStatus =
  | 'voting'
  | 'not-carried'
  | 'awaiting-approval'
  | 'approved'
  | 'running'
  | 'outcome-unknown'
  | 'verifying'
  | 'done'
  | 'undone'
  | 'rejected'
  | 'refused'
  | 'expired'
  | 'revoked'

/** What the digest binds: SHA-256 of this object's canonical JSON. */
export interface ProposalBody {
  instance: string
  incident: string
  drill: string | null
  number: number
  catalogue: string
  policy: string
  evidenceDigest: string
  risk: RiskClass
  notBefore: Instant
  /** wall time, also in drills: people think in wall time. */
  expiresWall: Instant
  plan: ActionPlan
  decidedBy: 'system' | 'human'
}

export interface Execution {
  /** the idempotency key, stable for this proposal. */
  key: string
  /** the fencing token: seq of the event that started it. */
  token: number
  startedAt: Instant
  endedAt: Instant | null
  outcome: 'running' | 'ran' | 'failed' | 'unknown' | 'did-not-run'
  detail: string
  settledBy: string | null
}

/** Why what ran is taken back. */
export type UndoWhy = 'worse' | 'no-better' | 'by-person'

/** How far one step before the action is. */
export interface StepRun {
  id: string
  state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped'
  /** when it came to be so; null while it waits. */
  at: Instant | null
  /** who ended it, where a person did. */
  by: string | null
  detail: string
}

export type VerificationEnd = 'recovered' | 'worse' | 'no-better' | 'unreadable'

export interface SignalReading {
  signal: number
  value: number | null
  at: Instant | null
  judged: 'recovered' | 'worse' | 'no-better' | 'unreadable'
}

export interface Verification {
  startedAt: Instant
  settleAt: Instant
  until: Instant
  readings: SignalReading[]
  end: VerificationEnd | null
  endedAt: Instant | null
}

export interface Proposal {
  id: string
  number: number
  digest: string
  status: ProposalStatus
  reason: string
  body: ProposalBody
  guard: GuardVerdict
  gate: GateVerdict
  ballot: Ballot | null
  votes: Vote[]
  clerk: ClerkWord | null
  certificate: Certificate | null
  approvalsNeeded: number
  decisions: HumanDecision[]
  execution: Execution | null
  verification: Verification | null
  /** steps between the approval and the action; absent: none. */
  steps?: StepRun[]
  /** the one sending of the approved rollback; absent: it was never sent. */
  undo?: Execution
  /** absent: nobody and nothing asked for the rollback yet. */
  undoWhy?: UndoWhy
  at: Instant
  /** absent: a person approved it, or nobody did yet. */
  autonomy?: Autonomy
  /** what it would have done; absent: no dry run was made of it. */
  dryRun?: DryRunReport & { at: Instant }
}

// ---------------------------------------------------------------------------------------------- the incident

export interface Note {
  id: string
  by: string
  text: string
  at: Instant
  /** absent: private. */
  visibility?: NoteVisibility
}

export interface IncidentHead {
  id: string
  /** `live` or `drill/<drill id>`. */
  namespace: string
  drill: string | null
  instance: string
  title: string
  severity: Severity
  sourceSeverity: SourceSeverity
  severityInferred: boolean
  service: string
  openedAt: Instant
  openedBy: Actor
  /** why this incident exists: a correlation reason word, or `declared`. */
  openedFor: string
}

/** What happened to one action before, in this incident; the guard reads it. */
export interface ActionRecord {
  proposal: number
  type: string
  target: string
  parameters: Record<string, number | string>
  at: Instant
  end: 'running' | 'outcome-unknown' | 'did-not-run' | 'failed' | VerificationEnd
  /** what became of its rollback; absent: it was never sent. */
  undo?: 'running' | 'outcome-unknown' | 'ran' | 'failed' | 'did-not-run'
}

/** The drill's clock: scenario time = startedAt + (wall - startedWall - pausedMs) × speed, standing while paused. */
export interface DrillClock {
  startedAt: Instant
  startedWall: Instant
  speed: number
  pausedMs: number
  pausedSinceWall: Instant | null
}
