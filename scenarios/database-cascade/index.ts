import type { Model, Scenario } from '../scenario.ts'
import { modelOf } from './model.ts'
import { settingsOf } from './draw.ts'
import { CAST, type Settings } from './settings.ts'
import { truthOf } from './truth.ts'
import { VARIANTS } from './variants.ts'
import { worldOf } from './world.ts'

const TWENTY_MINUTES_MS = 20 * 60_000

export const databaseCascade: Scenario = {
  name: 'database-cascade',
  title: 'Database cascade',
  summary:
    'A smaller connection pool behind checkout runs out; shoppers wait, then fail. A search deploy nearby looks guilty.',
  durationMs: TWENTY_MINUTES_MS,
  world: worldOf(CAST),
  truth: truthOf(settingsOf(1)),
  variants: Object.entries(VARIANTS).map(([name, { title }]) => ({ name, title })),
  begin: (seed, variant = null) => modelOf(variantSettings(seed, variant)),
}

/** The settings of a seed under a variant. Throws on a variant that the story does not have. */
export function variantSettings(seed: number, variant: string | null): Settings {
  const settings = settingsOf(seed)
  if (variant === null) return settings
  const found = Object.hasOwn(VARIANTS, variant) ? VARIANTS[variant] : undefined
  if (found === undefined) throw new Error(`database-cascade has no variant ${variant}`)
  return found.change(settings)
}

/** The story with settings of one's own: for tests that shift, rename or withhold. */
export function storyWith(seed: number, change: Partial<Settings>): Model {
  return modelOf({ ...settingsOf(seed), ...change })
}
