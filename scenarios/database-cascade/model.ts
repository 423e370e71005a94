import { modelFrom } from '../kit/model.ts'
import type { Model } from '../scenario.ts'
import { applyAction } from './actions.ts'
import { advance } from './physics.ts'
import type { Settings } from './settings.ts'
import { samples } from './signals.ts'
import { beginWorld } from './state.ts'
import { changesAt, rulesOf } from './timeline.ts'
import { truthOf } from './truth.ts'
import { worldOf } from './world.ts'

/** The story as a model. */
export function modelOf(settings: Settings): Model {
  const world = beginWorld(settings)
  return modelFrom({
    truth: truthOf(settings),
    world: worldOf(settings.cast),
    endpoint: settings.endpoint,
    rules: rulesOf(settings),
    advance: () => advance(world, settings),
    measured: (_, at) => ({ metrics: samples(world, settings, at) }),
    announced: (second, at) => changesAt(settings, second, at),
    apply: (action) => applyAction(world, settings, action),
  })
}
