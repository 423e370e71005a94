import { modelFrom } from '../kit/model.ts'
import { listed, varied } from '../kit/variants.ts'
import type { Model, Scenario } from '../scenario.ts'
import { applyAction } from './actions.ts'
import { advance, beginState } from './physics.ts'
import { CAST, type Settings, settingsOf } from './settings.ts'
import { samples } from './signals.ts'
import { changesAt, rulesOf, truthOf } from './timeline.ts'
import { VARIANTS } from './variants.ts'
import { worldOf } from './world.ts'

const NAME = 'marketing-surge'
const TWENTY_MINUTES_MS = 20 * 60_000

export const marketingSurge: Scenario = {
  name: NAME,
  title: 'Marketing surge',
  summary: 'A mail brings twice the visitors and an old rule pages. Everything holds: the right action is none.',
  durationMs: TWENTY_MINUTES_MS,
  world: worldOf(CAST),
  truth: truthOf(settingsOf(1)),
  variants: listed(VARIANTS),
  begin: (seed, variant = null) => modelOf(varied(NAME, VARIANTS, settingsOf(seed), variant)),
}

/** The story with settings of one's own: for tests that shift, rename or resize. */
export function marketingSurgeWith(seed: number, change: Partial<Settings>): Model {
  return modelOf({ ...settingsOf(seed), ...change })
}

function modelOf(settings: Settings): Model {
  const state = beginState()
  return modelFrom({
    truth: truthOf(settings),
    world: worldOf(settings.cast),
    endpoint: settings.endpoint,
    rules: rulesOf(settings),
    advance: () => advance(state, settings),
    measured: (_, at) => samples(state, settings, at),
    announced: (second, at) => changesAt(settings, second, at),
    apply: (action) => applyAction(state, settings, action),
  })
}
