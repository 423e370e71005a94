import type { Emission, Model } from '../scenario.ts'
import { applyAction } from './actions.ts'
import { alerting } from './alerting.ts'
import { advance } from './physics.ts'
import type { Settings } from './settings.ts'
import { samples } from './signals.ts'
import { beginWorld } from './state.ts'
import { changesAt } from './timeline.ts'
import { truthOf } from './truth.ts'
import { worldOf } from './world.ts'

/** Scenario time that one step covers, ms. */
export const STEP_MS = 1_000

/**
 * The story as a model: the same settings, steps and actions give the same emissions, byte for byte. `step` takes each
 * whole second once, from 0 upwards, and throws on any other.
 */
export function modelOf(settings: Settings): Model {
  const world = beginWorld(settings)
  const evaluate = alerting(settings)
  return {
    truth: truthOf(settings),
    world: worldOf(settings.cast),
    endpoint: settings.endpoint,
    step(ms, startedAt): Emission[] {
      const second = ms / STEP_MS
      if (second !== world.second + 1) throw new Error(`step ${ms} ms does not follow second ${world.second}`)
      advance(world, settings)
      const series = samples(world, settings, startedAt + ms)
      const changes = changesAt(settings, second, startedAt + ms)
      const said: Emission[] = [{ source: 'metrics', series, alerts: evaluate(second, series), changes: [] }]
      if (changes.length > 0) said.push({ source: 'deploys', series: [], alerts: [], changes })
      return said
    },
    apply: (action) => applyAction(world, settings, action),
  }
}
