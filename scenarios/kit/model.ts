import type { Change } from '../../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import type { Emission, Model } from '../scenario.ts'
import { type Rule, alerting } from './alerting.ts'

/** Scenario time that one step covers, ms. */
const STEP_MS = 1_000

export type Announced = Omit<Change, 'catalogued' | 'source'>

/** What a story has to say for itself; the rest of a model is the same for all. */
export interface Play extends Pick<Model, 'truth' | 'world' | 'endpoint' | 'apply'> {
  rules: readonly Rule[]
  /** One second passes in its world. */
  advance(second: number): void
  /** What each source measures in that second, at `at` (epoch ms). */
  measured(second: number, at: number): Record<string, TelemetrySeries[]>
  /** What the deploy system announces in that second. */
  announced(second: number, at: number): Announced[]
}

/**
 * A story as a model: the same settings, steps and actions give the same emissions, byte for byte. `step` takes each
 * whole second once, from 0 upwards, and throws on any other.
 */
export function modelFrom(play: Play): Model {
  const { truth, world, endpoint, rules } = play
  const sources = [...new Set(rules.map(({ source }) => source))]
  const evaluate = new Map(sources.map((source) => [source, alerting(rules.filter((rule) => rule.source === source))]))
  let last = -1
  return {
    truth,
    world,
    endpoint,
    step(ms, startedAt): Emission[] {
      const second = ms / STEP_MS
      if (second !== last + 1) throw new Error(`step ${ms} ms does not follow second ${last}`)
      last = second
      play.advance(second)
      const said = Object.entries(play.measured(second, startedAt + ms)).map(
        ([source, series]): Emission => ({
          source,
          series,
          alerts: evaluate.get(source)?.(second, series) ?? [],
          changes: [],
        }),
      )
      const changes = play.announced(second, startedAt + ms)
      return changes.length === 0 ? said : [...said, { source: 'deploys', series: [], alerts: [], changes }]
    },
    apply: (action) => play.apply(action),
  }
}
