import { listed, varied } from '../kit/variants.ts'
import type { Model, Scenario } from '../scenario.ts'
import { modelOf } from './model.ts'
import { settingsOf } from './draw.ts'
import { CAST, type Settings } from './settings.ts'
import { truthOf } from './truth.ts'
import { VARIANTS } from './variants.ts'
import { worldOf } from './world.ts'

const NAME = 'database-cascade'
const TWENTY_MINUTES_MS = 20 * 60_000

export const databaseCascade: Scenario = {
  name: NAME,
  title: 'Database cascade',
  summary:
    'A smaller connection pool behind checkout runs out; shoppers wait, then fail. A search deploy nearby looks guilty.',
  durationMs: TWENTY_MINUTES_MS,
  world: worldOf(CAST),
  truth: truthOf(settingsOf(1)),
  variants: listed(VARIANTS),
  begin: (seed, variant = null) => modelOf(varied(NAME, VARIANTS, settingsOf(seed), variant)),
}

/** The story with settings of one's own: for tests that shift, rename or withhold. */
export function storyWith(seed: number, change: Partial<Settings>): Model {
  return modelOf({ ...settingsOf(seed), ...change })
}
