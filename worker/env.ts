import type {
  AutonomyRecord,
  AutonomyRow,
  ControlSet,
  ControlsRow,
  FreezeAnswer,
  NewFreeze,
  ServiceSwitch,
} from '../durable/protocol/controls.ts'
import type { CatalogueCompared, CatalogueHead, CataloguePut, CatalogueVersion } from '../durable/protocol/catalogue.ts'
import type { AgentKey, Alert, Catalogue, Change, DrillClock, IncidentState, Role } from '../durable/protocol/domain.ts'
import type { Claim, Claimed, KeptAnswer } from '../durable/protocol/ledger.ts'
import type {
  DeclareRequest,
  DetailAnswer,
  DrillRequest,
  DrillRow,
  ExportAsk,
  ExportPart,
  HistoryRow,
  ImportAnswer,
  IntakeCounters,
  LogPage,
  IntakeReceipt,
  KillSwitch,
  OrderAnswer,
  Page,
  PersonOrder,
  QuarantineIntake,
  QuarantineRow,
  TargetRow,
  SaidAnswer,
  TelemetryReceipt,
  TelemetrySeries,
} from '../durable/protocol/objects.ts'
import type {
  AuditNote,
  AuditPage,
  NewToken,
  SecretReason,
  SecretRow,
  SigningState,
  TokenRow,
  TokenWorth,
  Visitor,
} from '../durable/protocol/access.ts'
import type { SourceWatch } from '../durable/protocol/keeper.ts'
import type {
  IntakeReasons,
  Matcher,
  NewSilence,
  SilenceAnswer,
  SilenceRow,
  StormRow,
  SuppressedRow,
} from '../durable/protocol/noise.ts'
import type { AuditVerdict } from '../durable/protocol/audit.ts'
import type { OnCallRow } from '../durable/protocol/oncall.ts'
import type { Measures, Tally } from '../durable/protocol/measures.ts'
import type { ArchivedIncident } from '../durable/protocol/ports.ts'
import type { PackedPost } from '../durable/protocol/packed.ts'
import type { IncidentRow } from '../durable/protocol/rows.ts'
import type { Person } from './auth/person.ts'
import type { Sender } from './auth/sender.ts'
import type { Trace } from './middleware/trace.ts'

/** A named Durable Object as the Worker sees it: its methods by RPC, and `fetch` for sockets. */
export interface Objects<Api> {
  getByName(name: string): Api & { fetch(request: Request): Promise<Response> }
}

/** `live`, `drill/<drill id>`, and `drills`, the index of all drills. */
export interface DirectoryApi {
  intakeAll(posts: PackedPost[]): Promise<IntakeReceipt[]>
  quarantine(post: QuarantineIntake): Promise<IntakeReceipt>
  intakeChanges(post: {
    source: string
    changes: Omit<Change, 'catalogued' | 'source'>[]
  }): Promise<{ stored: number; deduplicated: number }>
  incidents(query: {
    state: IncidentState | null
    cursor: string | null
    limit: number
    reader?: { name: string; role: Role }
  }): Promise<Page<IncidentRow>>
  declare(request: DeclareRequest): Promise<{ id: string }>
  counters(): Promise<IntakeCounters>
  quarantined(cursor: string | null): Promise<Page<QuarantineRow>>
  intakeReasons(): Promise<IntakeReasons>
  suppressed(cursor: string | null): Promise<Page<SuppressedRow>>
  storm(): Promise<StormRow | null>
  firing(matchers: Matcher[], reader: { name: string; role: Role }): Promise<Alert[]>
  incidentOf(source: string, fingerprint: string): Promise<string | null>
  silences(): Promise<SilenceRow[]>
  silence(said: NewSilence & { by: string }): Promise<SilenceAnswer>
  endSilence(id: string): Promise<boolean>
  catalogue(): Promise<Catalogue>
  tally(counted: Tally): Promise<void>
  measures(): Promise<Measures>
  probe(): Promise<boolean>
  catalogueDocument(): Promise<{ head: CatalogueHead; catalogue: Catalogue }>
  putCatalogue(put: { text: string; ifMatch: string[] | null; by: string }): Promise<CataloguePut>
  compareCatalogue(text: string): Promise<CatalogueCompared>
  catalogueVersions(cursor: string | null): Promise<Page<CatalogueVersion>>
  catalogueAt(revision: number): Promise<Catalogue | null>
  onCall(at: number | null): Promise<OnCallRow[]>
  targets(): Promise<TargetRow[]>
  enableTarget(name: string): Promise<boolean>
  killSwitch(): Promise<KillSwitch>
  setKillSwitch(change: { on: boolean; by: string; reason: string }): Promise<KillSwitch>
  controlsRow(): Promise<ControlsRow>
  setServiceSwitch(service: string, change: Omit<ControlSet, 'at'>): Promise<ServiceSwitch | null>
  setDryRun(change: Omit<ControlSet, 'at'>): Promise<ControlSet>
  freeze(said: NewFreeze & { by: string }): Promise<FreezeAnswer>
  endFreeze(id: string): Promise<boolean>
  setAutonomy(clause: string, change: Omit<ControlSet, 'at'>): Promise<AutonomyRow | null>
  checkToken(sha256Hex: string): Promise<string | null>
  clock(): Promise<DrillClock | null>
  instance(): Promise<string>
  drills(cursor: string | null): Promise<Page<DrillRow>>
}

/** `<namespace>/<incident id>`. */
export interface RoomApi {
  order(order: PersonOrder): Promise<OrderAnswer>
  acknowledgedAt(said: { cmd: string; source: string }): Promise<boolean>
  /** Whether this person may see it; true where there is nothing to see. */
  admits(reader: { name: string; role: Role }): Promise<boolean>
  say(said: { name: string; role: Role; text: string }): Promise<SaidAnswer>
  detail(): Promise<DetailAnswer>
  events(after: number, limit: number): Promise<LogPage | null>
  exported(ask: ExportAsk): Promise<ExportPart | null>
  head(): Promise<{ epoch: string; seq: number; hash: string } | null>
}

/** `live`. */
export interface KeeperApi {
  watches(): Promise<SourceWatch[]>
}

/** `<namespace>/<service>`. */
export interface MonitorApi {
  ingest(post: { source: string; series: TelemetrySeries[] }): Promise<TelemetryReceipt>
}

/** `<drill id>`. */
export interface StageApi {
  start(request: DrillRequest, catalogue: Catalogue): Promise<DrillRow>
  status(): Promise<DrillRow | null>
  stop(): Promise<DrillRow | null>
}

/** `live` or `drills`. */
export interface MemoryApi {
  history(query: {
    drill: boolean
    cursor: string | null
    limit: number
    reader?: { name: string; role: Role }
  }): Promise<Page<HistoryRow>>
  get(id: string): Promise<ArchivedIncident | null>
  actionRecord(ask: { type: string; target: string; since: number | null }): Promise<AutonomyRecord>
  exported(id: string, ask: ExportAsk): Promise<ExportPart | null>
  importFile(ask: { text: string; by: string; at: string; livesHere: boolean }): Promise<ImportAnswer>
}

/** Who asks the registry for a change; stands in the audit line that is stored with it. */
export interface Asker {
  visitor: Pick<Visitor, 'name' | 'role' | 'via'>
  action: string
  requestId: string
}

/** `instance`. */
export interface RegistryApi {
  initialised(): Promise<boolean>
  init(token: { name: string; sha256: string }, requestId: string): Promise<TokenRow | null>
  worth(sha256: string): Promise<TokenWorth>
  createToken(token: NewToken & { sha256: string }, asker: Asker): Promise<TokenRow | null>
  tokens(cursor: string | null, limit: number): Promise<Page<TokenRow>>
  revokeToken(id: string, asker: Asker): Promise<TokenRow | null>
  createTicket(sha256: string, visitor: Visitor): Promise<{ expiresAt: number } | null>
  takeTicket(sha256: string): Promise<Visitor | null>
  openSocket(visitor: Pick<Visitor, 'via' | 'session' | 'until'>, object: string): Promise<boolean>
  setSecret(
    secret: { name: string; value: string },
    asker: Asker,
  ): Promise<{ ok: true; row: SecretRow } | { ok: false; reason: SecretReason }>
  deleteSecret(name: string, asker: Asker): Promise<boolean>
  secrets(): Promise<{ items: SecretRow[]; key: SigningState }>
  secretNamed(name: string, purpose: string): Promise<string | null>
  agentKeys(instance: string): Promise<AgentKey[]>
  signing(): Promise<SigningState>
  note(note: AuditNote): Promise<void>
  audit(after: number, limit: number): Promise<AuditPage>
  verifyAudit(): Promise<AuditVerdict>
}

/** One per person. */
export interface LedgerApi {
  claim(claim: Claim): Promise<Claimed>
  settle(claim: number, outcome: KeptAnswer | 'done' | null): Promise<void>
}

/**
 * What wrangler.toml binds, by the narrow interfaces above: the generated stub types carry the whole class and the
 * runtime's RPC mapping; these are what the Worker may call. `test/worker/env.test.ts` holds them against the classes.
 */
export interface Bindings {
  /** `development` is local mode. Passed on the command line, never in wrangler.toml. */
  IC_MODE?: string
  /** once, to set a fresh deployment up: whoever knows it may make the first admin token. */
  IC_INIT_TOKEN?: string
  /** Cloudflare Access: the team (or its host), the application's audience tag, and `role=value` pairs of a claim. */
  IC_ACCESS_TEAM?: string
  IC_ACCESS_AUD?: string
  IC_ACCESS_ROLES?: string
  /** default `email`. */
  IC_ACCESS_ROLE_CLAIM?: string
  /** Any OIDC provider: issuer, audience, address of its key set, and `role=value` pairs of a claim. */
  IC_OIDC_ISSUER?: string
  IC_OIDC_AUDIENCE?: string
  IC_OIDC_JWKS?: string
  IC_OIDC_ROLES?: string
  /** default `groups`. */
  IC_OIDC_ROLE_CLAIM?: string
  /** this Worker's public address as an OIDC issuer that AWS trusts, and the keys it signs with (`npm run oidc:key`). */
  IC_ISSUER?: string
  IC_ISSUER_KEYS?: string
  /** requests a minute that one token may make; senders are exempt. */
  IC_RATE_PER_MINUTE?: string
  /** exact origins of our pages, with commas between; without it the origin that is asked. */
  IC_ORIGINS?: string
  DIRECTORY: Objects<DirectoryApi>
  ROOM: Objects<RoomApi>
  MONITOR: Objects<MonitorApi>
  STAGE: Objects<StageApi>
  MEMORY: Objects<MemoryApi>
  REGISTRY: Objects<RegistryApi>
  KEEPER: Objects<KeeperApi>
  LEDGER: Objects<LedgerApi>
}

/** What middleware leaves for handlers. */
export interface AppEnv {
  Bindings: Bindings
  Variables: {
    requestId: string
    trace: Trace
    person: Person
    sender: Sender
    /** the audit line of this request stands already, written with what it says. */
    noted: true
    /** what was asked for, where one address takes many orders. */
    asked: string
  }
}
