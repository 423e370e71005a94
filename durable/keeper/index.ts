import { DurableObject } from 'cloudflare:workers'
import { wayTo } from '../../bridge/way.ts'
import type { Catalogue, Instant, Source } from '../protocol/domain.ts'
import type { PulledAlerts, ReadPull, SourceWatch } from '../protocol/keeper.ts'
import { LIVE } from '../protocol/namespace.ts'
import type { AlertIntake, IntakeReceipt } from '../protocol/objects.ts'
import { heartbeatAlert } from './heartbeat.ts'
import { pull } from './pull.ts'
import { type Watch, forgetWatch, migrate, readWatches, writeWatch } from './watches.ts'

/** How often an Alertmanager is asked, in ms: an alert that nobody delivered is missed for a minute at most. */
const PULL_EVERY_MS = 60_000
/** A pull that was asked for is not repeated within this, in ms: starts come in bursts. */
const PULL_AGAIN_MS = 5_000
/** How soon a return from silence is noticed, in ms; a shorter heartbeat is looked at as often as it should come. */
const RETURN_LOOK_MS = 15_000
/** When a look itself failed, in ms. */
const AGAIN_MS = 5_000

interface DirectoryPeer {
  catalogue(): Promise<Catalogue>
  heard(): Promise<Record<string, Instant>>
  intake(post: AlertIntake): Promise<IntakeReceipt>
  reconcile(pulled: PulledAlerts): Promise<{ ok: true; fired: number; resolved: number } | { ok: false }>
}

interface Reader {
  read(text: string, source: string, ignoreLabels: readonly string[]): Promise<ReadPull>
}

/**
 * Watches the sources of the live catalogue that ask for it: silence longer than a heartbeat raises an alert, and an
 * Alertmanager with an address is asked what still fires, for what fired and ended while nobody could deliver it is never
 * sent again. Everything by alarm, so that it outlives restarts; the live directory wakes it when sources change.
 */
export class Keeper extends DurableObject<Env> {
  #looking: Promise<void> | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage.sql)
  }

  /** Sources may be other ones now, or the instance has just started: look at once. */
  async watch(): Promise<void> {
    await this.#look(PULL_AGAIN_MS)
  }

  /** The watched sources, by name. */
  async watches(): Promise<SourceWatch[]> {
    const catalogue = await this.#directory().catalogue()
    const known = readWatches(this.ctx.storage.sql)
    const heard = await this.#directory().heard()
    return catalogue.sources
      .map((source) => listed(source, known.get(source.name) ?? null, heard[source.name] ?? null))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  override async alarm(): Promise<void> {
    await this.#look(PULL_EVERY_MS)
  }

  // One look at a time; it never throws: the platform gives up on an alarm that throws too often.
  async #look(pullAfterMs: number): Promise<void> {
    this.#looking ??= this.#lookNow(pullAfterMs)
      .catch(async (thrown: unknown) => {
        console.error('keeper', thrown instanceof Error ? thrown.message : thrown)
        await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS)
      })
      .finally(() => {
        this.#looking = null
      })
    await this.#looking
  }

  async #lookNow(pullAfterMs: number): Promise<void> {
    const { sql } = this.ctx.storage
    const [catalogue, heard] = await Promise.all([this.#directory().catalogue(), this.#directory().heard()])
    const asked = catalogue.sources.filter(isWatched)
    const known = readWatches(sql)
    const dues: Instant[] = []
    for (const source of asked) {
      const watch = known.get(source.name) ?? fresh(source.name)
      watch.heardAt = Math.max(watch.heardAt ?? 0, heard[source.name] ?? 0) || null
      if (source.heartbeatMs !== undefined) dues.push(await this.#listen(watch, source.heartbeatMs))
      else await this.#calm(watch)
      if (source.url !== undefined) dues.push(await this.#ask(watch, source, source.url, pullAfterMs))
      writeWatch(sql, watch)
    }
    for (const watch of known.values()) {
      if (asked.some(({ name }) => name === watch.name)) continue
      await this.#calm(watch)
      forgetWatch(sql, watch.name)
    }
    if (dues.length > 0) await this.ctx.storage.setAlarm(Math.max(Math.min(...dues), Date.now() + 100))
  }

  // When to listen again. The alert is taken before the watch says so: said twice it is one.
  async #listen(watch: Watch, everyMs: number): Promise<Instant> {
    const now = Date.now()
    const due = Math.max(watch.heardAt ?? 0, watch.since) + everyMs
    if (now < due) {
      await this.#calm(watch)
      return due
    }
    if (watch.missing === null) {
      await this.#say(heartbeatAlert(watch.name, due, null))
      watch.missing = due
    }
    return now + Math.min(everyMs, RETURN_LOOK_MS)
  }

  async #calm(watch: Watch): Promise<void> {
    if (watch.missing === null) return
    await this.#say(heartbeatAlert(watch.name, watch.missing, Math.max(watch.heardAt ?? 0, watch.missing)))
    watch.missing = null
  }

  async #say(post: AlertIntake): Promise<void> {
    const receipt = await this.#directory().intake(post)
    if (!receipt.ok) throw new Error(`the directory says ${receipt.reason}`)
  }

  // When to ask again. An answer that could not be had leaves everything as it is: nothing resolves by silence.
  async #ask(watch: Watch, source: Source, url: string, afterMs: number): Promise<Instant> {
    const askedAt = Date.now()
    if (watch.pulledAt !== null && askedAt < watch.pulledAt + afterMs) return watch.pulledAt + PULL_EVERY_MS
    watch.pulledAt = askedAt
    const bindings = this.env as unknown as Record<string, unknown>
    const way = wayTo({ url, binding: source.binding }, { bindings, local: this.env.IC_MODE === 'development' })
    const found = await pull(url, way, (text) => this.#reader().read(text, source.name, source.ignoreLabels ?? []))
    if (!found.ok) {
      watch.pull = { ok: false, reason: found.reason, fired: 0, resolved: 0 }
      return askedAt + PULL_EVERY_MS
    }
    const { active, heldBack } = found
    const taken = await this.#directory().reconcile({ source: source.name, askedAt, active, heldBack })
    if (taken.ok) watch.heardAt = Math.max(watch.heardAt ?? 0, askedAt)
    watch.pull = taken.ok
      ? { ok: true, reason: '', fired: taken.fired, resolved: taken.resolved }
      : { ok: false, reason: 'not-taken', fired: 0, resolved: 0 }
    return askedAt + PULL_EVERY_MS
  }

  #directory(): DirectoryPeer {
    return this.env.DIRECTORY.getByName(LIVE) as unknown as DirectoryPeer
  }

  // What an Alertmanager says is read by the Worker's own parser, as its webhook is.
  #reader(): Reader {
    return (this.ctx.exports as unknown as { PullReader: Reader }).PullReader
  }
}

function isWatched({ heartbeatMs, url }: Source): boolean {
  return heartbeatMs !== undefined || url !== undefined
}

function fresh(name: string): Watch {
  return { name, since: Date.now(), missing: null, heardAt: null, pulledAt: null, pull: null }
}

function listed(source: Source, watch: Watch | null, heardAt: Instant | null): SourceWatch {
  const heard = Math.max(watch?.heardAt ?? 0, heardAt ?? 0)
  return {
    name: source.name,
    heardAt: heard === 0 ? null : new Date(heard).toISOString(),
    heartbeat:
      source.heartbeatMs === undefined
        ? null
        : { everyMs: source.heartbeatMs, state: (watch?.missing ?? null) === null ? 'ok' : 'missing' },
    pull:
      source.url === undefined
        ? null
        : {
            at: watch?.pulledAt ? new Date(watch.pulledAt).toISOString() : null,
            ...(watch?.pull ?? { ok: false, reason: '', fired: 0, resolved: 0 }),
          },
  }
}
