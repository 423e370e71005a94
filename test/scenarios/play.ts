import type { Change, SeriesWindow } from '../../durable/protocol/domain.ts'
import type { Model, ScenarioAlert } from '../../scenarios/scenario.ts'

/** What a run of a story gave off. Window values are one a second from second 0. */
export interface Played {
  windows: SeriesWindow[]
  alerts: ScenarioAlert[]
  changes: (Omit<Change, 'catalogued' | 'source'> & { source: string })[]
}

/** Steps a story from second `from` to `until` (not included), collecting onto what was played before. */
export function play(model: Model, from: number, until: number, startedAt = 0, onto?: Played): Played {
  const played = onto ?? { windows: [], alerts: [], changes: [] }
  for (let second = from; second < until; second++) {
    for (const emission of model.step(second * 1_000, startedAt)) {
      played.alerts.push(...emission.alerts)
      played.changes.push(...emission.changes.map((change) => ({ ...change, source: emission.source })))
      for (const { samples, ...series } of emission.series) {
        let window = windowOf(played, series.service, series.name, series.peer)
        if (window === undefined) {
          window = {
            ...series,
            source: emission.source,
            startsAt: startedAt + second * 1_000,
            stepMs: 1_000,
            values: [],
          }
          played.windows.push(window)
        }
        window.limit = series.limit
        window.values.push(samples[0]?.[1] ?? null)
      }
    }
  }
  return played
}

export function windowOf(
  played: Played,
  service: string,
  name: string,
  peer: string | null = null,
): SeriesWindow | undefined {
  return played.windows.find((window) => window.service === service && window.name === name && window.peer === peer)
}

/** The values of a series from second `from` to `until`; throws where it was never seen. */
export function valuesOf(played: Played, service: string, name: string, from: number, until: number): number[] {
  const window = windowOf(played, service, name)
  if (window === undefined) throw new Error(`no series ${service}/${name}`)
  return window.values.slice(from, until).filter((value) => value !== null)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The second at which the story's first critical alert fires. */
export function firstCritical(played: Played): number {
  const alert = played.alerts.find((said) => said.status === 'firing' && said.severity === 'critical')
  if (alert === undefined) throw new Error('no critical alert fired')
  return alert.startsMs / 1_000
}
