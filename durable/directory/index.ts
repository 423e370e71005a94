import { DurableObject } from 'cloudflare:workers'
import { assert } from '../core/assert.ts'
import type { MoveOutcome } from '../protocol/commands.ts'
import type { CatalogueCompared, CatalogueHead, CataloguePut, CatalogueVersion } from '../protocol/catalogue.ts'
import type {
  AutonomyRow,
  Controls,
  ControlSet,
  ControlsRow,
  FreezeAnswer,
  NewFreeze,
  RecentAction,
  ServiceSwitch,
} from '../protocol/controls.ts'
import type { Alert, Catalogue, Change, DrillClock, IncidentState, Instant, Role } from '../protocol/domain.ts'
import { readerOf, tagsOf } from '../protocol/door.ts'
import { LIVE } from '../protocol/namespace.ts'
import type {
  AlertIntake,
  DeclareRequest,
  DrillNamespace,
  DrillRow,
  IntakeCounters,
  IntakeReceipt,
  KillSwitch,
  MoveRequest,
  Page,
  QuarantineIntake,
  QuarantineRow,
  Reach,
  TargetRow,
} from '../protocol/objects.ts'
import type {
  IntakeReasons,
  Matcher,
  NewSilence,
  SilenceAnswer,
  SilenceRow,
  StormRow,
  SuppressedRow,
} from '../protocol/noise.ts'
import type { OnCallRow } from '../protocol/oncall.ts'
import type { PulledAlerts } from '../protocol/keeper.ts'
import type { Measures, Tally } from '../protocol/measures.ts'
import { type PackedPost, packed } from '../protocol/packed.ts'
import type { IncidentRow } from '../protocol/rows.ts'
import {
  type PutCatalogue,
  catalogueAt,
  catalogueHead,
  catalogueVersions,
  compareCatalogue,
  putCatalogue,
} from './catalogue.ts'
import { readChanges, takeChanges } from './changes.ts'
import {
  type Stops,
  autonomyRows,
  controlsFor,
  controlsRow,
  mailServiceSwitch,
  readDryRun,
  readStops,
  turnAutonomy,
  turnDryRun,
  turnServiceSwitch,
} from './controls.ts'
import { count, readCounters, readReasons } from './counters.ts'
import { declareIncident } from './declare.ts'
import { Desk } from './desk.ts'
import { Drain } from './drain.ts'
import { drillPage, openDrill, putDrill, sourceOf, turnClock } from './drills.ts'
import { PAGE_MAX, type Reader, pageOf, putRow } from './incidents.ts'
import { instanceOf, makeInstance } from './instance.ts'
import { type AlertState, alertOf } from '../core/correlate/identity.ts'
import { readAlert } from './alerts.ts'
import { readFiring } from './firing.ts'
import { addFreeze, endFreeze } from './freezes.ts'
import { GroupCommit } from './group-commit.ts'
import { heldPage } from './held.ts'
import { ALERTS_AT_ONCE_MAX, isFull, isWaiting, judge, store } from './inbox.ts'
import { takeAll } from './intake.ts'
import { dueJobs, runJobs } from './jobs.ts'
import { readJournal, readQuarantine, writeQuarantine } from './journal.ts'
import { Lobby, closeBack } from './lobby.ts'
import { linkParent, moveAlerts } from './merge.ts'
import { disableTarget, enableTarget, onCallAt, reachNow, targetRows } from './oncall.ts'
import { BACKLOG_ROWS_MAX, backlog, parked } from './outbox.ts'
import { Peers } from './peers.ts'
import { differences } from './reconcile.ts'
import { putActions } from './recent.ts'
import { isPoisoned } from './poison.ts'
import { addTally, probe, readMeasures } from './measures.ts'
import { mailSwitch, readSwitch, turnSwitch } from './switch.ts'
import { Thinker } from './thinker.ts'
import { readWatched, writeWatch } from './watch.ts'

/** What a sender is asked to wait, in s: the backlog of a storm drains in about so long; storage is tried sooner. */
const RETRY_OVERLOADED_S = 10
const RETRY_STORAGE_S = 5

/** An alarm within so many ms is soon enough for whatever comes up meanwhile: as late as what a crash costs. */
const SOON_MS = 1_000

/** How long a declaration waits for its room, in ms: whoever declares looks into it next. */
const DECLARE_WAITS_MS = 2_000

/**
 * The desk of one namespace: alerts come in here, find their incident and go out to rooms; lists, the lobby, the kill
 * switch and the drills' own clock and tokens are kept here. Each verb is a file of this folder; this class only joins
 * them: one commit, then the alarm as a safety net, then the calls.
 */
export class IncidentDirectory extends DurableObject<Env> {
  readonly #desk: Desk
  readonly #peers: Peers
  readonly #drain: Drain
  readonly #lobby: Lobby
  readonly #group: GroupCommit
  readonly #thinker: Thinker
  #armed: number | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { name } = ctx.id
    assert(name !== undefined, 'a directory is reached by name')
    this.#desk = new Desk(ctx.storage, name)
    this.#peers = new Peers(env)
    this.#drain = new Drain(this.#desk, this.#peers, () => {
      this.#arm()
      this.#announce()
    })
    this.#lobby = new Lobby(ctx)
    this.#thinker = new Thinker({ turn: () => this.#think(), busy: () => this.#group.busy })
    this.#group = new GroupCommit({
      refuses: () => this.#overload(),
      commit: (posts) => this.#takePosts(posts),
      culprit: (post, thrown, neighboursStand) => this.#setAside(post, thrown, neighboursStand),
      flushed: () => this.#flushed(),
    })
    if (name === LIVE) {
      makeInstance(ctx.storage.sql)
      this.#wakeKeeper()
    }
  }

  // ------------------------------------------------------------------------------------------ what comes in

  /** Takes one post of alerts. Answered once it is durable; refused whole, and then nothing of it is kept. */
  async intake(post: AlertIntake): Promise<IntakeReceipt> {
    return this.#takeOne(post)
  }

  /** The same for posts that a Worker held in hand together: one call, one commit, a receipt for each in their order. */
  async intakeAll(posts: PackedPost[]): Promise<IntakeReceipt[]> {
    return this.#group.take(posts)
  }

  /** Keeps a body that nobody could read: one unit received, one quarantined. */
  async quarantine(post: QuarantineIntake): Promise<IntakeReceipt> {
    return this.#receive((wall) => this.#keepUnread(post, wall))
  }

  /** Stores changes; known by source and id, so that a repeat changes nothing. Throws when storage does. */
  async intakeChanges(post: {
    source: string
    changes: Omit<Change, 'catalogued' | 'source'>[]
  }): Promise<{ stored: number; deduplicated: number }> {
    return this.#commit((wall) => {
      this.#desk.hear(post.source, wall)
      return takeChanges(this.#desk, post.source, post.changes)
    })
  }

  /** Opens an incident that no alert named. Answered when it is durable, and normally when its room is open. */
  async declare(request: DeclareRequest): Promise<{ id: string }> {
    const id = this.#commit((wall) => declareIncident(this.#desk, request, wall, this.#desk.now()))
    await Promise.race([this.#drain.worked(id), new Promise((resolve) => setTimeout(resolve, DECLARE_WAITS_MS))])
    return { id }
  }

  /** A monitor holds telemetry of a service from now on. */
  async watch(service: string, source: string): Promise<void> {
    writeWatch(this.#desk.sql, service, source)
  }

  // ------------------------------------------------------------------------------------------ what is asked

  /** Newest first; without a state everything that is not closed, canceled or merged. */
  async incidents(query: {
    state: IncidentState | null
    cursor: string | null
    limit: number
    reader?: Reader
  }): Promise<Page<IncidentRow>> {
    return pageOf(this.#desk.sql, query)
  }

  async counters(): Promise<IntakeCounters> {
    return readCounters(this.#desk.sql)
  }

  /** What a Worker counted since it last said so. */
  async tally(counted: Tally): Promise<void> {
    this.#desk.commit(() => addTally(this.#desk.sql, counted))
  }

  async measures(): Promise<Measures> {
    return readMeasures(this.#desk, Date.now(), this.ctx.getWebSockets().length)
  }

  /** Storage takes a write and gives it back, and what was written is on disk. */
  async probe(): Promise<boolean> {
    const holds = this.#desk.commit(() => probe(this.#desk.sql, Date.now()))
    await this.ctx.storage.sync()
    return holds
  }

  /** Why units were deduplicated, and what waits parked and why. */
  async intakeReasons(): Promise<IntakeReasons> {
    const { sql } = this.#desk
    return {
      deduplicated: readReasons(sql, 'deduplicated'),
      suppressed: readReasons(sql, 'suppressed'),
      parked: parked(sql),
    }
  }

  /** Alerts that are stored and kept from people, newest first, each with why. */
  async suppressed(cursor: string | null): Promise<Page<SuppressedRow>> {
    const now = this.#desk.now()
    return heldPage(this.#desk.sql, cursor, (id, state) => alertOf(id, JSON.parse(state) as AlertState, now))
  }

  /** The storm that is on, or null. */
  async storm(): Promise<StormRow | null> {
    return this.#desk.commit(() => this.#desk.storm.row(this.#desk.rules(), this.#desk.now()))
  }

  /** The incident that an alert belongs to; null while it has none. */
  async incidentOf(source: string, fingerprint: string): Promise<string | null> {
    return readAlert(this.#desk.sql, source, fingerprint)?.incident ?? null
  }

  /** What people believe to fire and the matchers hold of, newest first, as far as the reader may see it. */
  async firing(matchers: Matcher[], reader: { name: string; role: Role }): Promise<Alert[]> {
    return readFiring(this.#desk.sql, matchers, reader)
  }

  // ------------------------------------------------------------------------------------------ sources

  /** When each source last said something, in wall time. */
  async heard(): Promise<Record<string, Instant>> {
    return Object.fromEntries(this.#desk.heard())
  }

  /** Takes in what an Alertmanager says differs from what is known of it. */
  async reconcile(pulled: PulledAlerts): Promise<{ ok: true; fired: number; resolved: number } | { ok: false }> {
    this.#desk.commit(() => this.#desk.hear(pulled.source, Date.now()))
    const { post, fired, resolved } = differences(this.#desk, pulled, this.#desk.now())
    if (post === null) return { ok: true, fired, resolved }
    const receipt = await this.#takeOne(post)
    return receipt.ok ? { ok: true, fired, resolved } : { ok: false }
  }

  // ------------------------------------------------------------------------------------------ silences

  /** Silences and maintenance windows that are not over. */
  async silences(): Promise<SilenceRow[]> {
    return this.#desk.silences.list(this.#desk.now())
  }

  /** From now on what it matches is stored and not told; what people know already stays with them. */
  async silence(said: NewSilence & { by: string }): Promise<SilenceAnswer> {
    const { by, ...silence } = said
    return this.#commit(() => this.#desk.silences.add(silence, by, this.#desk.now()))
  }

  /** Ends one; what it holds back and still fires comes through. False: there is none of that id. */
  async endSilence(id: string): Promise<boolean> {
    return this.#commit(() => this.#desk.silences.end(id, this.#desk.now()))
  }

  async quarantined(cursor: string | null): Promise<Page<QuarantineRow>> {
    return readQuarantine(this.#desk.sql, cursor)
  }

  /** A body as it came, by the number of its receipt; null when it is no longer kept. */
  async journalled(journal: number): Promise<string | null> {
    return readJournal(this.#desk.sql, journal)
  }

  async catalogue(): Promise<Catalogue> {
    return this.#desk.catalogue()
  }

  /** The catalogue that stands, with what its ETag says. */
  async catalogueDocument(): Promise<{ head: CatalogueHead; catalogue: Catalogue }> {
    return { head: catalogueHead(this.#desk), catalogue: this.#desk.catalogue() }
  }

  async putCatalogue(put: PutCatalogue): Promise<CataloguePut> {
    const done = this.#commit((wall) => putCatalogue(this.#desk, put, wall))
    this.#wakeKeeper()
    return done
  }

  async compareCatalogue(text: string): Promise<CatalogueCompared> {
    return compareCatalogue(this.#desk, text)
  }

  async catalogueVersions(cursor: string | null): Promise<Page<CatalogueVersion>> {
    return catalogueVersions(this.#desk.sql, cursor)
  }

  async catalogueAt(revision: number): Promise<Catalogue | null> {
    return catalogueAt(this.#desk.sql, revision)
  }

  async changesBetween(from: number, to: number): Promise<Change[]> {
    return readChanges(this.#desk.sql, from, to)
  }

  /** Services that a monitor holds telemetry of, sorted. */
  async watched(): Promise<string[]> {
    return readWatched(this.#desk.sql)
  }

  /** This installation's id, as the live directory made it. */
  async instance(): Promise<string> {
    return instanceOf(this.#desk.sql)
  }

  // ------------------------------------------------------------------------------------------ rooms

  /** A room's row; older ones than what is known change nothing. */
  async updateRow(row: IncidentRow, actions: RecentAction[] = []): Promise<void> {
    const newer = this.#desk.commit(() => {
      putActions(this.#desk.sql, actions, this.#desk.now())
      return putRow(this.#desk.sql, row, this.#desk.now())
    })
    if (!newer) return
    this.#desk.incidents.reread(row.id)
    this.#lobby.row(row)
  }

  /** Moves alerts from one incident to another, once for a key. */
  async move(request: MoveRequest): Promise<MoveOutcome> {
    return this.#commit((wall) => moveAlerts(this.#desk, request, wall, this.#desk.now()))
  }

  async linkParent(said: { parent: string; child: string; linked: boolean }): Promise<{ ok: boolean; reason: string }> {
    return this.#commit((wall) => linkParent(this.#desk, said, wall))
  }

  // ------------------------------------------------------------------------------------------ people on call

  /** Who is on call at an instant, now unless said. */
  async onCall(at: Instant | null): Promise<OnCallRow[]> {
    return onCallAt(this.#desk, at ?? this.#desk.now())
  }

  async reach(): Promise<Reach> {
    return reachNow(this.#desk)
  }

  async targets(): Promise<TargetRow[]> {
    return targetRows(this.#desk)
  }

  async disableTarget(target: { name: string; url: string; reason: string }): Promise<void> {
    this.#commit((wall) => disableTarget(this.#desk, target, wall))
  }

  /** False where it was not off. */
  async enableTarget(name: string): Promise<boolean> {
    return this.#commit(() => enableTarget(this.#desk, name))
  }

  // ------------------------------------------------------------------------------------------ kill switch

  /** The one kill switch; every namespace asks the live directory. Throws when that cannot be asked. */
  async killSwitch(): Promise<KillSwitch> {
    return this.#desk.namespace === LIVE ? readSwitch(this.#desk.sql) : await this.#peers.live().killSwitch()
  }

  async setKillSwitch(change: { on: boolean; by: string; reason: string }): Promise<KillSwitch> {
    if (this.#desk.namespace !== LIVE) return await this.#peers.live().setKillSwitch(change)
    const set = this.#commit((wall) => turnSwitch(this.#desk, change, wall))
    this.#lobby.killSwitch(set)
    return set
  }

  /** The live directory passes the switch on to the index of drills, which passes it on to their rooms. */
  async relayKillSwitch(set: KillSwitch): Promise<void> {
    this.#commit((wall) => mailSwitch(this.#desk, set, wall))
    this.#lobby.killSwitch(set)
  }

  // ------------------------------------------------------------------------------------------ controls

  /** What holds an action on this target back now. Throws where the live directory cannot be asked. */
  async controls(ask: { incident: string; target: string }): Promise<Controls> {
    return controlsFor(this.#desk, ask, await this.stops())
  }

  /** The kill switches that are on; every namespace asks the live directory. */
  async stops(): Promise<Stops> {
    return this.#desk.namespace === LIVE ? readStops(this.#desk) : await this.#peers.live().stops()
  }

  async controlsRow(): Promise<ControlsRow> {
    return controlsRow(this.#desk)
  }

  async setServiceSwitch(service: string, change: Omit<ControlSet, 'at'>): Promise<ServiceSwitch | null> {
    if (!this.#desk.knows(service)) return null
    return this.#commit((wall) => turnServiceSwitch(this.#desk, service, change, wall))
  }

  async relayServiceSwitch(set: ServiceSwitch): Promise<void> {
    this.#commit((wall) => mailServiceSwitch(this.#desk, set, wall))
  }

  async setDryRun(change: Omit<ControlSet, 'at'>): Promise<ControlSet> {
    const set = this.#commit((wall) => turnDryRun(this.#desk, change, wall))
    this.#lobby.dryRun(set)
    return set
  }

  async freeze(said: NewFreeze & { by: string }): Promise<FreezeAnswer> {
    const { by, ...freeze } = said
    return this.#commit(() => addFreeze(this.#desk, freeze, by, this.#desk.now()))
  }

  /** False: there is none of that id. */
  async endFreeze(id: string): Promise<boolean> {
    return this.#commit(() => endFreeze(this.#desk, id))
  }

  /** Null: the catalogue has no such clause. */
  async setAutonomy(clause: string, change: Omit<ControlSet, 'at'>): Promise<AutonomyRow | null> {
    return this.#commit((wall) => turnAutonomy(this.#desk, clause, change, wall))
  }

  /** Null: the catalogue has no such clause. */
  async autonomy(clause: string): Promise<AutonomyRow | null> {
    return autonomyRows(this.#desk).find(({ id }) => id === clause) ?? null
  }

  // ------------------------------------------------------------------------------------------ drills

  /** Makes this the directory of a drill. */
  async openNamespace(drill: DrillNamespace): Promise<void> {
    const instance = await this.#peers.live().instance()
    this.#commit(() => openDrill(this.#desk, drill, instance))
  }

  async setClock(clock: DrillClock): Promise<void> {
    this.#commit((wall) => turnClock(this.#desk, clock, wall))
  }

  /** The drill's clock; null where the clock is the wall. */
  async clock(): Promise<DrillClock | null> {
    return this.#desk.clock()
  }

  /** The source of a drill's ingest token, by the token's SHA-256; null for none of this drill's. */
  async checkToken(sha256Hex: string): Promise<string | null> {
    return sourceOf(this.#desk.sql, sha256Hex)
  }

  async registerDrill(row: DrillRow): Promise<void> {
    putDrill(this.#desk.sql, row)
  }

  async updateDrill(row: DrillRow): Promise<void> {
    putDrill(this.#desk.sql, row)
  }

  async drills(cursor: string | null): Promise<Page<DrillRow>> {
    return drillPage(this.#desk.sql, cursor)
  }

  // ------------------------------------------------------------------------------------------ the lobby

  /** The lobby's WebSocket. Who may enter is the Worker's to say. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return new Response(null, { status: 426 })
    const killSwitch = await this.killSwitch()
    const { 0: client, 1: server } = new WebSocketPair()
    const reader = readerOf(request.headers)
    this.#lobby.enter(
      server,
      reader,
      pageOf(this.#desk.sql, { state: null, cursor: null, limit: PAGE_MAX, reader }).items,
      { killSwitch, dryRun: readDryRun(this.#desk.sql) },
      tagsOf(request.headers),
    )
    return new Response(null, { status: 101, webSocket: client })
  }

  /** The lobby only listens: pings are answered by the runtime, anything else is left unanswered. */
  override webSocketMessage(): void {}

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeBack(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    closeBack(socket, 1011, 'socket-error')
  }

  /** A sign-in is over, and the sockets that came by it. */
  async endSockets(session: string, reason: string): Promise<void> {
    this.#lobby.end(session, reason)
  }

  // ------------------------------------------------------------------------------------------ the alarm

  /** One alarm, many reasons. It never throws: the platform gives up on an alarm that throws too often. */
  override async alarm(): Promise<void> {
    this.#armed = null
    try {
      runJobs(this.#desk, Date.now())
      this.#announce()
      await this.#thinker.run()
      await this.#drain.run()
    } catch (thrown) {
      console.error('alarm', thrown instanceof Error ? thrown.message : thrown)
    } finally {
      this.#arm()
    }
  }

  #receive(work: (wall: number) => { journal: number; received: number; deduplicated: number }): IntakeReceipt {
    try {
      return { ok: true, ...this.#commit(work) }
    } catch (thrown) {
      console.error('intake', thrown instanceof Error ? thrown.message : thrown)
      return { ok: false, reason: 'storage', retryAfterS: RETRY_STORAGE_S }
    }
  }

  async #takeOne(post: AlertIntake): Promise<IntakeReceipt> {
    const [receipt] = await this.#group.take([packed(post)])
    assert(receipt !== undefined, 'every post has its receipt')
    return receipt
  }

  // A few alerts are judged at once. More, or any behind such, are stored and answered first: senders wait for a disk, never
  // for a decision.
  #takePosts(posts: readonly PackedPost[]): IntakeReceipt[] {
    const alerts = posts.reduce((sum, post) => sum + post.units, 0)
    const later = alerts > ALERTS_AT_ONCE_MAX || isWaiting(this.#desk.sql)
    const taken = this.#keep((wall) => {
      for (const { source } of posts) this.#desk.hear(source, wall)
      return later ? store(this.#desk, posts, wall) : takeAll(this.#desk, posts, wall, this.#desk.now())
    })
    if (later) this.ctx.waitUntil(this.#thinker.run())
    return taken.map((one) => ({ ok: true, ...one }))
  }

  #think(): boolean {
    const more = judge(this.#desk, Date.now())
    this.#arm()
    this.#announce()
    this.ctx.waitUntil(this.#drain.run())
    return more
  }

  // At start and whenever sources may be other ones; a catalogue that watches nothing costs nothing.
  #wakeKeeper(): void {
    if (!this.#desk.catalogue().sources.some(({ heartbeatMs, url }) => heartbeatMs !== undefined || url !== undefined))
      return
    const woken = this.#peers.keeper().watch()
    this.ctx.waitUntil(woken.catch((thrown: unknown) => console.error('keeper', String(thrown))))
  }

  #overload(): IntakeReceipt | null {
    const { sql } = this.ctx.storage
    if (backlog(sql) < BACKLOG_ROWS_MAX && !isFull(sql)) return null
    return { ok: false, reason: 'overloaded', retryAfterS: RETRY_OVERLOADED_S }
  }

  // Rooms are called once the senders have their answers: nothing goes out before it is on disk anyway.
  async #flushed(): Promise<void> {
    await this.ctx.storage.sync().catch((thrown: unknown) => {
      console.error('flush', thrown instanceof Error ? thrown.message : thrown)
    })
    this.ctx.waitUntil(this.#drain.run())
  }

  // A post that throws alone: kept unread where it is itself at fault, else refused, so that it is sent again.
  #setAside(post: PackedPost, thrown: unknown, neighboursStand: boolean): IntakeReceipt {
    console.error('intake', thrown instanceof Error ? thrown.message : thrown)
    if (!isPoisoned(thrown, neighboursStand)) return { ok: false, reason: 'storage', retryAfterS: RETRY_STORAGE_S }
    const reason = 'not-storable'
    const { intake, source, raw } = post
    const receipt = this.#receive((wall) => this.#keepUnread({ intake, source, raw, contentType: '', reason }, wall))
    return receipt.ok ? { ...receipt, quarantined: reason } : receipt
  }

  #keepUnread(post: QuarantineIntake, wall: number): { journal: number; received: number; deduplicated: number } {
    this.#desk.hear(post.source, wall)
    const journal = writeQuarantine(this.#desk.sql, post, wall)
    count(this.#desk.sql, 'received', 1)
    count(this.#desk.sql, 'quarantined', 1)
    return { journal, received: 1, deduplicated: 0 }
  }

  // Commit, then the alarm in the same turn (both become durable together), then the calls.
  #commit<T>(work: (wall: number) => T): T {
    const result = this.#keep(work)
    this.ctx.waitUntil(this.#drain.run())
    return result
  }

  #keep<T>(work: (wall: number) => T): T {
    const wall = Date.now()
    const result = this.#desk.commit(() => work(wall))
    this.#arm()
    this.#announce()
    return result
  }

  #announce(): void {
    for (const row of this.#desk.fresh.splice(0)) this.#lobby.row(row)
  }

  #arm(): void {
    const wall = Date.now()
    // One that rings within the second looks at everything then: a stream of posts need not ask each time.
    if (this.#armed !== null && this.#armed > wall && this.#armed <= wall + SOON_MS) return
    const dues = dueJobs(this.#desk, wall).map(({ due }) => due)
    if (dues.length === 0) return
    const due = Math.min(...dues)
    // An alarm that rings too early finds nothing to do and sets itself again.
    if (this.#armed !== null && this.#armed <= due && this.#armed > wall) return
    this.#armed = due
    void this.ctx.storage.setAlarm(due)
  }
}
