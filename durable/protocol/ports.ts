import type { NotifyOutcome } from './commands.ts'
import type { DryRunReport } from './controls.ts'
import type { ProposalBody } from './domain.ts'
import type { RoomEvent } from './events.ts'
import type {
  Analysis,
  Audience,
  Classification,
  ModelAnswer,
  ModelMaterial,
  PatternMatches,
  SuggestedCause,
  Wording,
} from './models.ts'
import type { IncidentDetail } from './rows.ts'

/** What a driver says of one call. `failed` is only what it declares as surely not done; everything else is unknown. */
export interface CallAnswer {
  outcome: 'ran' | 'failed' | 'unknown'
  detail: string
}

export interface StatusAnswer {
  outcome: 'it-ran' | 'it-did-not' | 'unknown'
  detail: string
}

/** Carries one action out. It never throws: no definite answer is `unknown`. */
export interface RemediationPort {
  readonly driver: string
  readonly can: {
    /** the target itself is asked whether it would take the action. */
    dryRun: boolean
    /** what became of a call can be asked by its key. */
    status: boolean
    /** the same key twice acts once. */
    honoursKeys: boolean
  }
  /** One call, never repeated by the driver. `key` is the idempotency key, `token` the fencing token. */
  call(order: ActionOrder): Promise<CallAnswer>
  /** Where `body` is left out, a driver that would look at the target only says that it cannot tell. */
  status(order: Pick<ActionOrder, 'endpoint' | 'key'> & { body?: ProposalBody }): Promise<StatusAnswer>
  /** What `call` would send and what that would change. It sends nothing that changes anything, and says no secret. */
  dryRun(order: ActionOrder): Promise<DryRunReport>
}

/** One notification. `id` is the same over all its tries, so that the receiver knows a repeat. */
export interface NotifyMessage {
  id: string
  /** e.g. `incident.triggered`. */
  type: string
  /** RFC 3339: when it happened, not when it is sent. */
  timestamp: string
  data: Record<string, string | number | null>
}

/** Tells one target. It never throws; only 2xx is `sent`. */
export interface NotifyPort {
  readonly driver: string
  send(message: NotifyMessage): Promise<Exclude<NotifyOutcome, { outcome: 'parked' }>>
}

export interface ActionOrder {
  endpoint: string
  key: string
  token: number
  digest: string
  body: ProposalBody
  /** the plan's rollback is asked for, not its action; absent: the action. */
  undo?: true
}

/** Keeps closed incidents. Idempotent by incident id: a second put of the same head is the first one. */
export interface ArchivePort {
  readonly driver: string
  put(incident: ArchivedIncident): Promise<{ reference: string }>
}

export interface ArchivedIncident {
  id: string
  namespace: string
  detail: IncidentDetail
  /** head of the hash chain and number of events it covers. */
  chainHead: string
  events: RoomEvent[]
}

/** Puts a question to a model. It never throws: no usable answer is a value with a reason word. */
export interface ModelPort {
  readonly driver: string
  classify(ask: ModelMaterial): Promise<ModelAnswer<Classification>>
  matchPatterns(
    ask: ModelMaterial & { patterns: { id: string; title: string }[] },
  ): Promise<ModelAnswer<PatternMatches>>
  /** With `draft` the answer is streamed: each cause is shown once it is whole and cites what is there. Drafts of an answer that fails are void. */
  analyse(ask: ModelMaterial, draft?: (cause: SuggestedCause) => void): Promise<ModelAnswer<Analysis>>
  write(ask: ModelMaterial & { audience: Audience }): Promise<ModelAnswer<Wording>>
}

/** A unit vector of `dimensions` figures. Vectors of different `space`s must not be compared. */
export interface EmbeddedText {
  space: string
  vector: number[]
  /** the text was longer than what is embedded. */
  cut: boolean
}

export interface EmbeddingPort {
  readonly driver: string
  embed(ask: { incident: string; text: string }): Promise<ModelAnswer<EmbeddedText>>
}

export type GuardrailVerdict =
  | { verdict: 'passed' }
  /** parts of it are taken out; only this text may go on. */
  | { verdict: 'masked'; text: string }
  /** the text goes nowhere: it is neither stored nor shown. */
  | { verdict: 'blocked'; why: string }

/** Judges a text before a model reads it (`in`) or before anybody reads what a model said (`out`). */
export interface GuardrailPort {
  readonly driver: string
  check(ask: { incident: string; direction: 'in' | 'out'; text: string }): Promise<ModelAnswer<GuardrailVerdict>>
}

/** What credentials are for; each has a role of its own that may do nothing else. */
export type CloudFunction = 'ai' | 'archive' | 'remediate'

export interface CloudCredentials {
  accessKeyId: string
  secretAccessKey: string
  /** absent for keys that do not expire. */
  sessionToken?: string
  /** epoch ms; null: they do not expire. */
  expiresAt: number | null
}

export type CredentialsAnswer =
  | {
      ok: true
      credentials: CloudCredentials /** a word to warn of, shown to people. */
      warning: 'static-keys' | null
    }
  | { ok: false; reason: string; detail: string /** the same question may be answered later. */; again: boolean }

/** Gives credentials for one function. It never throws and says no secret in its words. */
export interface CredentialsPort {
  readonly driver: string
  credentials(purpose: CloudFunction): Promise<CredentialsAnswer>
}
