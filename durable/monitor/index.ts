import { DurableObject } from 'cloudflare:workers'
import { assert } from '../core/assert.ts'
import type { Instant, SeriesKey, SeriesWindow } from '../protocol/domain.ts'
import { LIVE } from '../protocol/namespace.ts'
import type { TelemetryReceipt, TelemetrySeries, WindowRequest } from '../protocol/objects.ts'
import { gridOf } from './grid.ts'
import { takeTelemetry } from './ingest.ts'
import { migrate } from './migrations.ts'
import { keyOf, listSeries, readSamples } from './rings.ts'

/** The directory as a monitor sees it. */
interface DirectoryPeer {
  watch(service: string, source: string): Promise<void>
}

/**
 * The bounded telemetry of one service: rings of samples by source, name and peer. Named `<namespace>/<service>`; a
 * drill's monitor is another object, so its samples can never be a real service's.
 */
export class ServiceMonitor extends DurableObject<Env> {
  readonly #namespace: string
  readonly #service: string

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { name } = ctx.id
    assert(name !== undefined, 'a monitor is reached by name')
    const parts = name.startsWith(`${LIVE}/`)
      ? [LIVE, name.slice(LIVE.length + 1)]
      : /^(drill\/[^/]+)\/(.+)$/s.exec(name)?.slice(1)
    assert(parts?.[0] !== undefined && parts[1] !== undefined, 'a monitor is named <namespace>/<service>')
    this.#namespace = parts[0]
    this.#service = parts[1]
    migrate(ctx.storage)
  }

  /** Takes samples of one source; series of another service are the caller's error. Durable when answered. */
  async ingest(post: { source: string; series: TelemetrySeries[] }): Promise<TelemetryReceipt> {
    assert(
      post.series.every(({ service }) => service === this.#service),
      'a monitor gets its own service',
    )
    const { storage } = this.ctx
    const now = this.#namespace === LIVE ? Date.now() : null
    const receipt = storage.transactionSync(() => takeTelemetry(storage.sql, post.source, post.series, now))
    if (receipt.accepted > 0) await this.#announce(post.source)
    return receipt
  }

  /** Every series with a sample in the span, each on a regular grid, in order of source, name and peer. */
  async windows(request: WindowRequest): Promise<SeriesWindow[]> {
    const { sql } = this.ctx.storage
    return listSeries(sql).flatMap((series) => {
      const samples = readSamples(sql, series.id, request.from, request.to)
      if (samples.length === 0) return []
      const { unit, role, limit, breach } = series
      return [{ ...keyOf(this.#service, series), unit, role, limit, breach, ...gridOf(samples, request) }]
    })
  }

  /** The newest sample of every series. */
  async latest(): Promise<{ series: SeriesKey; at: Instant; value: number }[]> {
    return listSeries(this.ctx.storage.sql).map((series) => ({
      series: keyOf(this.#service, series),
      at: series.newest,
      value: series.value,
    }))
  }

  // Once per source, so that rooms can list who has data. A directory that cannot be asked is asked again with the next
  // samples: they are kept either way.
  async #announce(source: string): Promise<void> {
    const { sql } = this.ctx.storage
    if (sql.exec('SELECT 1 FROM watched WHERE source = ?', source).toArray().length > 0) return
    try {
      const directory = this.env.DIRECTORY.getByName(this.#namespace) as unknown as DirectoryPeer
      await directory.watch(this.#service, source)
      sql.exec('INSERT INTO watched (source) VALUES (?) ON CONFLICT DO NOTHING', source)
    } catch (thrown) {
      console.error('watch', thrown instanceof Error ? thrown.message : thrown)
    }
  }
}
