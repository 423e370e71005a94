import { DurableObject } from 'cloudflare:workers'
import type { RoomCommand } from '../protocol/commands.ts'
import type { ControlSet, ServiceSwitch } from '../protocol/controls.ts'
import { type Relation, maySee } from '../protocol/crew.ts'
import type { Actor, DrillClock, Role } from '../protocol/domain.ts'
import { tagOf } from '../protocol/door.ts'
import type { Tally } from '../protocol/measures.ts'
import { CLOSE, PING, PONG, type ServerMessage } from '../protocol/messages.ts'
import { LIVE } from '../protocol/namespace.ts'
import type {
  DetailAnswer,
  ExportAsk,
  ExportPart,
  LogPage,
  OrderAnswer,
  ParkedEffect,
  PersonOrder,
  SaidAnswer,
} from '../protocol/objects.ts'
import type { EventType } from '../protocol/events.ts'
import { incidentDetail, incidentRow } from '../protocol/rows.ts'
import { privacyOf } from '../protocol/view.ts'
import { RING_AGAIN_MS, timerIsDue } from './alarms.ts'
import type { Answer } from './answers.ts'
import { wordsOf } from './ask.ts'
import { lineOf, writeLine } from './audit.ts'
import { connect } from './connect.ts'
import { Drain } from './drain.ts'
import { exportPart } from './export.ts'
import { Fanout } from './fanout.ts'
import { readFrame } from './frames.ts'
import { hear } from './hear.ts'
import { Greeter } from './hello.ts'
import { Kernel, SYSTEM } from './kernel.ts'
import { eventsAfter, jsonAfter, type LoggedEvent } from './log.ts'
import { pending, unpark } from './outbox.ts'
import { SLOW_SOCKET, tallyOf } from './measure.ts'
import { Peers } from './peers.ts'
import { placeOf } from './places.ts'
import { PresenceTeller } from './presence.ts'
import { Sessions, closeBack } from './sessions.ts'
import { Signer, knownKeys } from './signer.ts'
import { Wake } from './wake.ts'
import { Weights } from './weights.ts'

/** Events in one page of the log. */
export const EVENTS_PER_PAGE_MAX = 1_000

/** Events after which somebody may no longer see the incident. */
const SIGHT: ReadonlySet<EventType> = new Set(['privacy-set', 'access-set', 'role-assigned', 'role-released'])

type Opening = Omit<Extract<RoomCommand, { type: 'open' }>, 'type'> & { clock: DrillClock | null }
type Delivery = { id: string; alerts: Extract<RoomCommand, { type: 'deliver-alerts' }>['alerts'] }
type Done = { ok: true } | { ok: false; reason: string }

/**
 * One active incident. Parse, seal, decide, commit, fan out, perform: the parts are beside this file, and this one says
 * which of them answers to whom. Named `<namespace>/<incident id>`.
 */
export class IncidentRoom extends DurableObject<Env> {
  #kernel: Kernel
  #sessions: Sessions
  #fanout: Fanout
  #presence: PresenceTeller
  #greeter: Greeter
  #drain: Drain
  #wake: Wake
  #signer = new Signer()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { sql } = ctx.storage
    this.#kernel = new Kernel(ctx.storage, (events) => this.#committed(events))
    this.#sessions = new Sessions(ctx)
    this.#fanout = new Fanout({
      sessions: this.#sessions,
      weights: new Weights(),
      jsonBetween: (after, upTo) => jsonAfter(sql, after, upTo - after),
      head: () => this.#kernel.state.view.seq,
      left: () => {
        this.#presence.changed(Date.now())
        this.#count(SLOW_SOCKET)
      },
    })
    this.#presence = new PresenceTeller(this.#sessions)
    this.#greeter = new Greeter(this.#kernel, sql)
    this.#drain = new Drain({
      kernel: this.#kernel,
      storage: ctx.storage,
      place: (wall) =>
        placeOf(this.#kernel, sql, this.#peers(), env, wall, (clock) => this.#turnClock(clock), this.#signer),
      hold: (promise) => ctx.waitUntil(promise),
      finished: () => this.#go(),
    })
    this.#wake = new Wake(this.#kernel, this.#drain, ctx.storage)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
    if (this.#kernel.isOpen) {
      this.#fanout.resume(sql, Date.now())
      this.#wake.arm(Date.now())
    }
  }

  // ------------------------------------------------------------------------------------------ the directory speaks

  /** Opens the room; opening it again with the same head is harmless. */
  async open({ clock, ...opening }: Opening): Promise<Done> {
    const { head } = opening
    if (this.ctx.id.name !== undefined && this.ctx.id.name !== `${head.namespace}/${head.id}`)
      return { ok: false, reason: 'wrong-room' }
    const keys = this.#kernel.isOpen
      ? []
      : await knownKeys(head.instance, () => new Peers(this.env, head.namespace).registry())
    this.#kernel.prepare(clock)
    const answer = this.#say({ type: 'open', ...opening, ...(keys.length > 0 && { keys }) }, null)
    const same = this.#kernel.state.view.head?.id === head.id
    return answer.ok || (answer.reason === 'already-open' && same) ? { ok: true } : { ok: false, reason: answer.reason }
  }

  /** Alerts as the directory merged them, one batch once. `not-open` is definite: this incident takes no more. */
  async deliver({ id, alerts }: Delivery): Promise<Done> {
    if (!this.#kernel.isOpen) return { ok: false, reason: 'not-open' }
    const answer = this.#say({ type: 'deliver-alerts', alerts }, `deliver:${id}`)
    return answer.ok || answer.reason === 'nothing-changed' ? { ok: true } : { ok: false, reason: answer.reason }
  }

  async setKillSwitch({ on, by, reason }: { on: boolean; by: string; reason: string }): Promise<void> {
    if (this.#kernel.isOpen) this.#say({ type: 'set-kill-switch', on, reason }, null, { kind: 'person', name: by })
  }

  async setServiceSwitch({ on, by, reason, service }: ServiceSwitch): Promise<void> {
    const body = { type: 'set-kill-switch', on, reason, service } as const
    if (this.#kernel.isOpen) this.#say(body, null, { kind: 'person', name: by })
  }

  async setDryRun({ on, by, reason }: ControlSet): Promise<void> {
    if (this.#kernel.isOpen) this.#say({ type: 'set-dry-run', on, reason }, null, { kind: 'person', name: by })
  }

  /** Another incident is related to this one, or no longer. Heard twice it changes nothing. */
  async link(said: { relation: Relation; incident: string; linked: boolean; reason: string }): Promise<void> {
    if (this.#kernel.isOpen) this.#say({ type: 'record-link', ...said }, null)
  }

  /** The directory gave alerts of this incident to another one. */
  async detach(said: { alerts: { source: string; fingerprint: string }[]; to: string }): Promise<void> {
    if (this.#kernel.isOpen) this.#say({ type: 'detach-alerts', ...said }, null)
  }

  /** The drill's clock was paused, resumed or set: everything due on it is due at another wall time now. */
  async setClock(clock: DrillClock): Promise<void> {
    if (this.#kernel.isOpen) this.#turnClock(clock)
  }

  // ------------------------------------------------------------------------------------------ people and readers

  /** A person's command, idempotent by `cmd` for that person. */
  async order(order: PersonOrder): Promise<OrderAnswer> {
    if (!this.#kernel.isOpen) return { ok: false, reason: 'not-found', detail: 'no such incident', seq: 0 }
    const answer = this.#order(order)
    return answer.ok ? { ...answer, row: incidentRow(this.#kernel.state.view) } : answer
  }

  /** A source passes on that somebody there took it: acknowledged, where it was not. False: there is nothing open. */
  async acknowledgedAt({ cmd, source }: { cmd: string; source: string }): Promise<boolean> {
    if (!this.#kernel.isOpen) return false
    const by: Actor = { kind: 'source', name: source }
    const said = { id: `source:${source}:${cmd}`, by, role: 'responder', settles: null } as const
    return this.#kernel.submit({ ...said, body: { type: 'acknowledged-there' } }, Date.now()).ok
  }

  /** A command as a client's message, said without a socket: read and judged as on one. */
  async say({ name, role, text }: { name: string; role: Role; text: string }): Promise<SaidAnswer> {
    const frame = readFrame(text)
    if (frame.ok && frame.message.type === 'command') return this.order({ ...frame.message, name, role })
    const detail = frame.ok ? 'only commands are said without a socket' : frame.detail
    return { ok: false, reason: 'unknown-message', detail, seq: this.#kernel.state.view.seq }
  }

  /** Whether this person may see it; true where there is nothing to see. */
  async admits(reader: { name: string; role: Role }): Promise<boolean> {
    return maySee(privacyOf(this.#kernel.state.view), reader)
  }

  async detail(): Promise<DetailAnswer> {
    if (!this.#kernel.isOpen) return { found: false }
    return { found: true, detail: incidentDetail(this.#kernel.state.view), parked: this.#parkedEffects() }
  }

  /** A page of the log after seq `after`; null for a room that was never opened. */
  async events(after: number, limit: number): Promise<LogPage | null> {
    if (!this.#kernel.isOpen) return null
    const events = eventsAfter(this.ctx.storage.sql, after, Math.max(1, Math.min(limit, EVENTS_PER_PAGE_MAX)))
    return { epoch: this.#kernel.epoch, events, head: this.#kernel.state.view.seq }
  }

  /** A part of this incident as a file; null for a room that was never opened or that this reader may not see. */
  async exported(ask: ExportAsk): Promise<ExportPart | null> {
    return this.#kernel.isOpen ? exportPart(this.ctx.storage.sql, this.#kernel.state.view, ask, Date.now()) : null
  }

  /** The head of the hash chain. */
  async head(): Promise<{ epoch: string; seq: number; hash: string } | null> {
    if (!this.#kernel.isOpen) return null
    const { seq, hash } = this.#kernel.state.view
    return { epoch: this.#kernel.epoch, seq, hash }
  }

  /** Tries parked effects again; answers how many. */
  async retryParked(): Promise<number> {
    if (!this.#kernel.isOpen) return 0
    const count = unpark(this.ctx.storage.sql, Date.now())
    this.#go()
    return count
  }

  // ------------------------------------------------------------------------------------------ sockets

  override async fetch(request: Request): Promise<Response> {
    return connect(request, {
      kernel: this.#kernel,
      sessions: this.#sessions,
      greeter: this.#greeter,
      joined: () => this.#presence.changed(Date.now()),
    })
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    hear(socket, data, {
      sessions: this.#sessions,
      seq: () => this.#kernel.state.view.seq,
      order: (order) => this.#audited(order, this.#order(order)),
      acked: (seq) => this.#fanout.acked(socket, seq, Date.now()),
      left: () => this.#presence.changed(Date.now()),
    })
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeBack(socket, code, reason)
    this.#gone(socket)
  }

  override webSocketError(socket: WebSocket): void {
    this.#gone(socket)
  }

  /** A sign-in is over, and the sockets that came by it: nothing they still send is heard. */
  async endSockets(session: string, reason: string): Promise<void> {
    for (const socket of this.ctx.getWebSockets(tagOf(session))) {
      this.#sessions.dismiss(socket, CLOSE.unauthenticated, reason)
      this.#presence.changed(Date.now())
    }
  }

  // ------------------------------------------------------------------------------------------ the inside

  /** The alarm rings for timers and effects alike, and never throws: six failures would end it for good. */
  override async alarm(): Promise<void> {
    const wall = Date.now()
    this.#wake.rang()
    try {
      if (timerIsDue(this.#kernel.state, this.#kernel.clock, wall)) this.#say({ type: 'tick' }, null)
      this.#drain.pump(wall)
      this.#wake.arm(Date.now())
    } catch (error) {
      console.error(`room alarm: ${wordsOf(error)}`)
      void this.ctx.storage.setAlarm(Date.now() + RING_AGAIN_MS)
    }
  }

  #say(body: RoomCommand, id: string | null, by: Actor = SYSTEM): Answer {
    return this.#kernel.submit({ id, by, role: null, body, settles: null }, Date.now())
  }

  #order({ cmd, name, role, command, expectSeq }: PersonOrder): Answer {
    const by: Actor = { kind: 'person', name }
    return this.#kernel.submit(
      { id: `person:${name}:${cmd}`, by, role, body: command, settles: null, expectSeq },
      Date.now(),
    )
  }

  #audited(order: PersonOrder, answer: Answer): Answer {
    const { head } = this.#kernel.state.view
    const line = head ? lineOf(order, answer, head) : null
    if (line) this.ctx.waitUntil(writeLine(this.env, line))
    return answer
  }

  #committed(events: LoggedEvent[]): void {
    this.#fanout.events(events, Date.now())
    this.#showOut(events)
    this.#count(
      tallyOf(
        events.map(({ event }) => event),
        this.#kernel.state.view,
      ),
    )
    this.#go()
  }

  /** Effects start after whoever caused them has been answered; the alarm stands in case this life of the room ends first. */
  #go(): void {
    this.#wake.arm(Date.now())
    this.ctx.waitUntil(Promise.resolve().then(() => this.#drain.pump(Date.now())))
  }

  /** Who is in the room may be somebody who must not see it any more. */
  #showOut(events: LoggedEvent[]): void {
    if (!events.some(({ event }) => SIGHT.has(event.body.type))) return
    const privacy = privacyOf(this.#kernel.state.view)
    const gone = [...this.#sessions.all()].filter(([, { person, role }]) => !maySee(privacy, { name: person, role }))
    for (const [socket] of gone) this.#sessions.dismiss(socket, CLOSE.forbidden, 'this incident is private')
    if (gone.length > 0) this.#presence.changed(Date.now())
  }

  /** Figures are told once and may be lost with this object; drills have none. Nothing waits for them. */
  #count(tally: Tally): void {
    const peers = this.#peers()
    if (Object.keys(tally).length === 0 || peers.namespace !== LIVE) return
    const told = peers.directory().tally(tally)
    this.ctx.waitUntil(told.catch((error: unknown) => console.error(`figures not told: ${wordsOf(error)}`)))
  }

  #turnClock(clock: DrillClock): void {
    this.#kernel.setClock(clock)
    this.#sessions.tell('clock', JSON.stringify({ type: 'clock', clock } satisfies ServerMessage))
    this.#go()
  }

  /** Effects that were given up after EFFECT_TRIES_MAX tries, with why. */
  #parkedEffects(): ParkedEffect[] {
    return pending(this.ctx.storage.sql).flatMap(({ key, attempts, parked }) =>
      parked === null ? [] : [{ key, attempts, reason: parked }],
    )
  }

  #gone(socket: WebSocket): void {
    this.#sessions.forget(socket)
    this.#presence.changed(Date.now())
  }

  #peers(): Peers {
    return new Peers(this.env, this.#kernel.state.view.head?.namespace ?? '')
  }
}
