import type { Alert, Catalogue, Change, Instant, SeriesWindow } from '../../durable/protocol/domain.ts'
import type { WindowRequest } from '../../durable/protocol/objects.ts'
import type { Model } from '../../scenarios/scenario.ts'

/** Nobody is paged later than this in any story, in seconds. */
const PAGED_WITHIN_S = 1_100

interface Row {
  key: Omit<SeriesWindow, 'startsAt' | 'stepMs' | 'values'>
  first: number
  values: (number | null)[]
}

/**
 * A story as monitors and directory would hold it, second by second: one grid of a second, every alert of the story in one
 * incident.
 */
export class Story {
  readonly model: Model
  readonly startedAt: Instant
  readonly catalogue: Catalogue
  readonly alerts = new Map<string, Alert>()
  readonly changes: Change[] = []
  #second = -1
  #rows = new Map<string, Row>()

  constructor(model: Model, startedAt: Instant, runbooks: Catalogue['runbooks']) {
    this.model = model
    this.startedAt = startedAt
    this.catalogue = { version: 'story', ...model.world, runbooks }
  }

  get at(): Instant {
    return this.startedAt + this.#second * 1_000
  }

  /** Plays until a critical alert fires; false where none does. */
  playToPage(): boolean {
    while (this.#second < PAGED_WITHIN_S) {
      this.step()
      if (this.firing.some(({ severity }) => severity === 'critical')) return true
    }
    return false
  }

  get firing(): Alert[] {
    return [...this.alerts.values()].filter(({ status }) => status === 'firing')
  }

  /** One second; the alerts that changed in it. */
  step(): Alert[] {
    this.#second += 1
    const said: Alert[] = []
    for (const emission of this.model.step(this.#second * 1_000, this.startedAt)) {
      for (const { samples, ...series } of emission.series)
        this.#put({ source: emission.source, ...series }, samples.at(-1)?.[1] ?? null)
      for (const change of emission.changes)
        this.changes.push({ ...change, source: emission.source, catalogued: this.#knows(change.service) })
      for (const alert of emission.alerts) {
        const level: Alert = {
          source: emission.source,
          fingerprint: alert.name,
          status: alert.status,
          severity: alert.severity,
          severityInferred: false,
          service: alert.service,
          catalogued: this.#knows(alert.service),
          title: alert.name,
          labels: alert.labels,
          annotations: alert.annotations,
          startsAt: this.startedAt + alert.startsMs,
          endsAt: alert.endsMs === null ? null : this.startedAt + alert.endsMs,
          validUntil: null,
          groupKey: null,
          links: [],
        }
        const key = `${alert.name}/${alert.service}`
        if (this.alerts.get(key)?.status !== level.status) said.push(level)
        this.alerts.set(key, level)
      }
    }
    return said
  }

  windows(service: string, { from, to, stepMs }: WindowRequest): SeriesWindow[] {
    const startsAt = Math.floor(from / stepMs) * stepMs
    const steps = Math.floor((to - startsAt) / stepMs) + 1
    const first = Math.round((startsAt - this.startedAt) / stepMs)
    return [...this.#rows.values()].flatMap((row) => {
      if (row.key.service !== service) return []
      const values = Array.from({ length: steps }, (_, index) => row.values[first + index - row.first] ?? null)
      return values.every((value) => value === null) ? [] : [{ ...row.key, startsAt, stepMs, values }]
    })
  }

  #put(key: Row['key'], value: number | null): void {
    const id = `${key.source} ${key.service} ${key.name} ${key.peer ?? ''}`
    const row = this.#rows.get(id) ?? { key, first: this.#second, values: [] }
    row.key = key
    row.values[this.#second - row.first] = value
    this.#rows.set(id, row)
  }

  #knows(service: string): boolean {
    return this.model.world.services.some(({ id }) => id === service)
  }
}
