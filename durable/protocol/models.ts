import type { AgentName, CauseKind, EvidenceKind, SourceSeverity } from './domain.ts'

/** What a model is asked, what it may answer, and what is said of every call. A model adds words and hypotheses, never a confidence. */

export type ModelTask = 'classify' | 'match-patterns' | 'analyse' | 'write'
/** Whom a text is for. */
export type Audience = 'responders' | 'executives' | 'customers'

/** One citable fact, in the words that code minted for it. */
export interface Exhibit {
  id: string
  kind: EvidenceKind
  text: string
  /** outsiders could have written it: it is shown to a model as data and never as instruction. */
  tainted: boolean
}

export interface ModelMaterial {
  incident: string
  agent: AgentName
  /** the most severe incidents go to the strongest model. */
  critical: boolean
  title: string
  /** ids of services that an answer may name. */
  services: string[]
  evidence: Exhibit[]
  /** wall time the caller has, ms; absent: the task's own. */
  deadlineMs?: number
}

/** A sentence and the evidence it stands on. */
export interface Claim {
  says: string
  cites: string[]
}

export interface Classification {
  kind: CauseKind
  severity: SourceSeverity
  because: Claim[]
}

export interface SuggestedCause extends Claim {
  kind: CauseKind
  service: string
}

export interface Analysis {
  causes: SuggestedCause[]
}

export interface PatternMatches {
  matches: (Claim & { pattern: string })[]
}

export interface Wording {
  sentences: Claim[]
}

/** Why a call gave nothing that may be used. */
export type ModelReason =
  // before anything left
  | 'not-configured'
  | 'breaker-open'
  | 'incident-budget-spent'
  | 'day-budget-spent'
  | 'credentials-unavailable'
  // on the way
  | 'unreachable'
  | 'timed-out'
  | 'throttled'
  | 'quota-exceeded'
  | 'unavailable'
  | 'access-denied'
  | 'model-not-found'
  | 'request-refused'
  | 'model-error'
  | 'not-understood'
  | 'stream-cut'
  // what came back
  | 'guardrail-blocked'
  | 'guardrail-unavailable'
  | 'cut-off'
  | 'html'
  | 'not-json'
  | 'wrong-shape'
  | 'no-tool-call'
  | 'unlisted-tool'
  | 'unsupported'

/** What was taken out of an answer, by why. */
export type Dropped = Record<'unknown-evidence' | 'unknown-number' | 'unknown-name', number>

export interface TokenUsage {
  input: number
  output: number
  cacheRead: number
  cacheWrite5m: number
  cacheWrite1h: number
}

/** Text units (of up to 1,000 characters) that a guardrail billed, by filter. */
export interface GuardrailUnits {
  content: number
  topics: number
  sensitive: number
  words: number
  /** of filters that the price table does not know. */
  other: number
}

/** USD; null with the word that says why nobody can tell. */
export interface Cost {
  usd: number | null
  unpriced: 'model' | 'tier' | 'cache' | 'guardrail' | 'usage' | null
}

/** What is said of every call, whoever made it. */
export interface Provenance {
  driver: 'embedded' | 'aws'
  operation: string
  /** the exact profile id; null for the embedded engine. */
  model: string | null
  /** as served, not as asked; null where no answer came. */
  servedTier: string | null
  optimizedLatency: boolean
  tokens: TokenUsage | null
  guardrail: GuardrailUnits | null
  cost: Cost
  latencyMs: number
  /** requests that went out for it. */
  attempts: number
  outcome: 'answered' | ModelReason
  /** secrets and addresses taken out before anything left, by kind. */
  redacted: Record<string, number>
}

/** `tried`: the calls before the one that answered, e.g. the aws call that an embedded answer stands in for. */
export type ModelAnswer<Value> =
  | {
      ok: true
      value: Value
      dropped: Dropped
      /** exhibits that found no room in the question. */
      leftOut: number
      /** set when the embedded engine answered in place of another driver. */
      degraded: ModelReason | null
      provenance: Provenance
      tried: Provenance[]
    }
  | { ok: false; reason: ModelReason; detail: string; provenance: Provenance; tried: Provenance[] }
