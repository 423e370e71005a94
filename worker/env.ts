import type { Catalogue, Change, DrillClock, IncidentState } from '../durable/protocol/domain.ts'
import type {
  AlertIntake,
  DeclareRequest,
  DetailAnswer,
  DrillRequest,
  DrillRow,
  EventsPage,
  HistoryRow,
  IntakeCounters,
  IntakeReceipt,
  KillSwitch,
  OrderAnswer,
  Page,
  PersonOrder,
  QuarantineIntake,
  QuarantineRow,
  TelemetryReceipt,
  TelemetrySeries,
} from '../durable/protocol/objects.ts'
import type { ArchivedIncident } from '../durable/protocol/ports.ts'
import type { IncidentRow } from '../durable/protocol/rows.ts'
import type { Person } from './auth/person.ts'
import type { Sender } from './auth/sender.ts'

/** A named Durable Object as the Worker sees it: its methods by RPC, and `fetch` for sockets. */
export interface Objects<Api> {
  getByName(name: string): Api & { fetch(request: Request): Promise<Response> }
}

/** `live`, `drill/<drill id>`, and `drills`, the index of all drills. */
export interface DirectoryApi {
  intake(post: AlertIntake): Promise<IntakeReceipt>
  quarantine(post: QuarantineIntake): Promise<IntakeReceipt>
  intakeChanges(post: {
    source: string
    changes: Omit<Change, 'catalogued' | 'source'>[]
  }): Promise<{ stored: number; deduplicated: number }>
  incidents(query: { state: IncidentState | null; cursor: string | null; limit: number }): Promise<Page<IncidentRow>>
  declare(request: DeclareRequest): Promise<{ id: string }>
  counters(): Promise<IntakeCounters>
  quarantined(cursor: string | null): Promise<Page<QuarantineRow>>
  catalogue(): Promise<Catalogue>
  killSwitch(): Promise<KillSwitch>
  setKillSwitch(change: { on: boolean; by: string; reason: string }): Promise<KillSwitch>
  checkToken(sha256Hex: string): Promise<string | null>
  clock(): Promise<DrillClock | null>
  drills(cursor: string | null): Promise<Page<DrillRow>>
}

/** `<namespace>/<incident id>`. */
export interface RoomApi {
  order(order: PersonOrder): Promise<OrderAnswer>
  detail(): Promise<DetailAnswer>
  events(after: number, limit: number): Promise<EventsPage | null>
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
  history(query: { drill: boolean; cursor: string | null; limit: number }): Promise<Page<HistoryRow>>
  get(id: string): Promise<ArchivedIncident | null>
}

/**
 * What wrangler.toml binds, by the narrow interfaces above: the generated stub types carry the whole class and the
 * runtime's RPC mapping; these are what the Worker may call. `test/worker/env.test.ts` holds them against the classes.
 */
export interface Bindings {
  /** `development` is local mode. Passed on the command line, never in wrangler.toml. */
  IC_MODE?: string
  DIRECTORY: Objects<DirectoryApi>
  ROOM: Objects<RoomApi>
  MONITOR: Objects<MonitorApi>
  STAGE: Objects<StageApi>
  MEMORY: Objects<MemoryApi>
}

/** What middleware leaves for handlers. */
export interface AppEnv {
  Bindings: Bindings
  Variables: { requestId: string; person: Person; sender: Sender }
}
