import { CATALOGUE } from '../core/incident/shop.ts'
import type { Plot } from './catalogue.ts'
import { pool, runbookOf } from './stories.ts'
import type { Twists } from './shell.ts'
import { World } from './world.ts'

/**
 * One whole incident: a first fix that hurts and is taken back by itself, a second that heals. Nothing goes wrong in it but
 * what is told to: every commit and every side of every call is numbered, and the room dies at one of them.
 */
export const PLOT: Plot = {
  story: pool,
  stubborn: false,
  calm: true,
  catalogue: {
    ...CATALOGUE,
    runbooks: [
      runbookOf('restart-pool', { match: { causeKinds: ['configuration'], signalTokens: ['pool'] } }),
      ...CATALOGUE.runbooks,
    ],
  },
}
export const SEED = 1

/** Once; or there, as it wakes after that, and at the same place when it comes by again. */
export type Deaths = 'once' | 'again'

export interface Told {
  world: World
  /** every boundary that was passed, in order. */
  points: string[]
  deaths: number
}

/** Plays the incident; the room dies at the boundary of this number. Throws the first law that is broken. */
export async function tell(dieAt: number | null = null, how: Deaths = 'once', twists: Twists = {}): Promise<Told> {
  const points: string[] = []
  let place: string | null = null
  let woke = false
  let deaths = 0
  const world = new World(
    SEED,
    {
      ...twists,
      diesAt: (where) => {
        points.push(where)
        const first = points.length - 1 === dieAt
        if (first) place = where
        const waking = where === 'as it wakes' && !woke && place !== null && how === 'again'
        if (waking) woke = true
        const again = !first && woke && where === place && deaths < 3
        if (first || waking || again) deaths += 1
        return first || waking || again
      },
    },
    PLOT,
  )
  world.playCalmly()
  await world.laws.theLogStands()
  return { world, points, deaths }
}
