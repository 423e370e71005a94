import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBridge } from '../../bridge/bridge.ts'
import { prng, type Prng } from '../../durable/core/prng.ts'
import type { CommandBody } from '../../durable/protocol/commands.ts'
import type { Actor, Alert, Catalogue, DrillClock, IncidentHead, Instant } from '../../durable/protocol/domain.ts'
import type { Effect } from '../../durable/protocol/effects.ts'
import type { Faults } from '../../durable/protocol/faults.ts'
import { POLICY_VERSION } from '../../durable/protocol/version.ts'
import type { View } from '../../durable/protocol/view.ts'
import { perform } from '../../durable/room/perform.ts'
import type { Peers } from '../../durable/room/peers.ts'
import type { FaultDoor, Place } from '../../durable/room/place.ts'
import type { Model } from '../../scenarios/scenario.ts'
import { TEST_KEYS, testPen } from '../agent-keys.ts'
import { emptyDisk, eventsOf, type Row } from '../sim/disk.ts'
import { Trouble } from '../sim/faults.ts'
import { Scheduler } from '../sim/scheduler.ts'
import { Shell, type Twists } from '../sim/shell.ts'
import { Endpoint } from './endpoint.ts'
import { Story } from './story.ts'

const SAMPLE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../durable/directory/catalogue.json'), 'utf8'),
) as Catalogue

/** Where every story of these runs starts. */
const START: Instant = Date.UTC(2026, 0, 5, 9, 0, 0)
/** Looks that found nothing to do are waited for so long after the page, ms; an action that runs is seen to its end. */
const DECIDES_WITHIN_MS = 120_000
const ENDS_WITHIN_MS = 900_000
/** What an effect takes, ms. */
const EFFECT_MS_MAX = 80

/**
 * A drill's room on virtual time: decide, evolve, react, the shipped engines and the shipped performers of effects, a
 * story's model as its monitors, directory and action endpoint, and a scripted responder who approves everything at once.
 */
export class DrilledRoom {
  readonly story: Story
  readonly endpoint: Endpoint
  readonly shell: Shell
  readonly scheduler: Scheduler
  readonly faults: Faults
  pagedAt: Instant = 0
  #chance: Prng
  #clock: DrillClock
  #head: IncidentHead
  /** performs that have not ended; of those the ones that wait for virtual time. */
  #busy = 0
  #waiting = 0

  constructor(model: Model, faults: Faults, twists: Twists = {}) {
    this.faults = faults
    this.#chance = prng(faults.seed)
    this.story = new Story(model, START, SAMPLE.runbooks)
    this.#clock = { startedAt: START, startedWall: START, speed: 1, pausedMs: 0, pausedSinceWall: null }
    const drill = 'drl_faultsfaults'
    this.endpoint = new Endpoint(model, drill)
    this.scheduler = new Scheduler(START)
    const calm = new Trouble(prng(faults.seed))
    calm.stop()
    const often = { looksEvery: Number.POSITIVE_INFINITY, ...twists }
    this.shell = new Shell(emptyDisk(this.#clock), this.scheduler, calm, often, (row) => this.#perform(row))
    this.#head = {
      id: 'inc_faults-abcdef',
      namespace: `drill/${drill}`,
      drill,
      instance: 'test',
      title: '',
      severity: 'SEV-1',
      sourceSeverity: 'critical',
      severityInferred: false,
      service: '',
      openedAt: START,
      openedBy: { kind: 'source', name: 'metrics' },
      openedFor: 'new',
    }
  }

  get view(): View {
    return this.shell.state.view
  }

  get events() {
    return eventsOf(this.shell.disk)
  }

  /** Plays to the end of the run; `watch` is called after each step. False where nobody was paged. */
  async play(watch: () => void = () => undefined): Promise<boolean> {
    if (!this.story.playToPage()) return false
    this.pagedAt = this.story.at
    this.scheduler.now = this.pagedAt
    this.#open()
    this.#tick()
    const until = this.pagedAt + ENDS_WITHIN_MS
    while (!this.#over() && this.scheduler.step(until)) {
      // Signatures of actions are made by a crypto that answers later; whoever waits for virtual time is not waited for.
      while (this.#busy > this.#waiting) await new Promise((resolve) => setImmediate(resolve))
      watch()
      this.#approve()
    }
    return true
  }

  #open(): void {
    const [first] = this.story.firing
    if (!first) return
    const head = { ...this.#head, title: first.title, service: first.service, openedAt: this.pagedAt }
    const alerts = [...this.story.alerts.values()].map((alert) => ({ alert, reason: 'same-group' }))
    this.#say(
      { kind: 'source', name: first.source },
      {
        type: 'open',
        head,
        catalogue: this.story.catalogue,
        policy: POLICY_VERSION,
        killSwitch: false,
        keys: TEST_KEYS,
        alerts,
      },
    )
  }

  #tick(): void {
    this.scheduler.after(1_000, () => {
      const said: Alert[] = this.story.step()
      const alerts = said.map((alert) => ({ alert, reason: 'same-group' }))
      if (alerts.length > 0) this.#say({ kind: 'source', name: 'metrics' }, { type: 'deliver-alerts', alerts })
      this.#tick()
    })
  }

  #say(by: Actor, body: CommandBody): void {
    this.shell.submit({ id: null, by, role: null, body, settles: null })
  }

  /** Whatever asks a person is approved, by as many as it takes; whatever a person has to do first is done. */
  #approve(): void {
    for (const proposal of this.view.proposals) {
      const { id, digest, decisions, approvalsNeeded } = proposal
      if (proposal.status === 'awaiting-approval' && decisions.length < approvalsNeeded)
        this.#order({ type: 'approve', proposal: id, digest, reason: '' }, decisions.length)
      const step = proposal.status === 'approved' ? proposal.steps?.find(({ state }) => state === 'running') : undefined
      const kind = proposal.body.plan.steps?.find((one) => one.id === step?.id)?.kind
      if (step && (kind === 'manual' || kind === 'approval'))
        this.#order({ type: 'complete-step', proposal: id, step: step.id, outcome: 'done', reason: 'scripted' }, 0)
    }
  }

  #order(body: CommandBody, nth: number): void {
    const by: Actor = { kind: 'responder-script', name: `script ${nth + 1}` }
    this.shell.submit({ id: `script-${this.view.seq}-${nth}`, by, role: 'commander', body, settles: null })
  }

  /** Nothing more will come of it: an action is through, or nobody found one in time. */
  #over(): boolean {
    const { proposals, state } = this.view
    const last = proposals.at(-1)
    const busy = proposals.some(({ status }) =>
      ['voting', 'awaiting-approval', 'approved', 'running', 'verifying', 'outcome-unknown'].includes(status),
    )
    if (busy) return false
    if (last?.verification?.end === 'recovered' || state === 'resolved') return true
    return this.scheduler.now > this.pagedAt + DECIDES_WITHIN_MS
  }

  #perform(row: Row): void {
    const { effect } = row
    const after = this.#chance.whole(1, EFFECT_MS_MAX)
    this.scheduler.after(after, () => {
      if (!this.shell.disk.outbox.has(row.key)) return
      if (ASIDE.has(effect.type)) return this.shell.drop(row.key)
      this.#busy += 1
      void this.#performed(row).finally(() => {
        this.#busy -= 1
      })
    })
  }

  async #performed(row: Row): Promise<void> {
    try {
      const done = await perform(row.effect, this.#place())
      this.shell.inFlight.delete(row.key)
      if (done) this.shell.submit({ id: null, ...done, role: null, settles: row.key })
      else this.shell.drop(row.key)
    } catch (error) {
      throw new Error(`${row.key} failed`, { cause: error })
    }
  }

  #place(): Place {
    const { view, story, endpoint, faults } = this
    const { head, catalogue } = view
    if (!head || !catalogue) throw new Error('effects are performed in an opened room')
    const door: FaultDoor = {
      faults,
      say: (by, body) => this.#say(by, body),
      wait: (ms) => this.#wait(ms),
    }
    return {
      view,
      head,
      catalogue,
      clock: this.#clock,
      at: this.shell.at,
      wall: this.scheduler.now,
      peers: this.#peers() as unknown as Peers,
      faults: () => Promise.resolve(faults.faults.length === 0 ? null : door),
      bridge: () =>
        Promise.resolve(
          createBridge({
            fetch: (request) => endpoint.fetch(request),
            way: () => ({
              ok: true,
              by: 'binding',
              fetch: (input, init) => endpoint.fetch(new Request(input, init)),
            }),
            archiveStore: { put: () => Promise.reject(new Error('nothing is archived here')) },
            endpoints: story.catalogue.endpoints,
            secretNamed: () => Promise.resolve(null),
            tokenNamed: () => Promise.resolve(null),
            sink: () => Promise.resolve(),
            loopback: false,
            actionSecret: endpoint.secret,
          }),
        ),
      events: () => this.events,
      setClock: () => undefined,
      pen: (agent) => Promise.resolve(testPen(agent)),
      claim: () => Promise.resolve(),
    }
  }

  /** What the room asks of the other objects, answered from the story. */
  #peers() {
    const { story } = this
    return {
      monitor: (service: string) => ({
        windows: (request: { from: number; to: number; stepMs: number }) =>
          Promise.resolve(story.windows(service, request)),
      }),
      directory: () => ({
        changesBetween: (from: Instant, to: Instant) =>
          Promise.resolve(story.changes.filter(({ at }) => at >= from && at <= to)),
        controls: () => Promise.resolve({ killSwitch: null, dryRun: false, freezes: [], maintenance: [], recent: [] }),
      }),
      // The scripted responder answers at once: the clock never has to stand.
      stage: () => ({
        pauseClock: () => Promise.resolve(this.#clock),
        resumeClock: () => Promise.resolve(this.#clock),
      }),
    }
  }

  #wait(ms: number): Promise<void> {
    this.#waiting += 1
    return new Promise((resolve) => {
      this.scheduler.after(ms, () => {
        this.#waiting -= 1
        resolve()
      })
    })
  }
}

/** What nobody of a headless run reads. */
const ASIDE: ReadonlySet<Effect['type']> = new Set<Effect['type']>([
  'update-index',
  'archive',
  'notify',
  'move-alerts',
  'link-parent',
])
