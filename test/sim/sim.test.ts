import { describe, expect, test } from 'vitest'
import { CONTROLS } from './controls.ts'
import { play, total, wordsOf } from './play.ts'
import type { Twists } from './shell.ts'

/** Seeds of every run; more by `npm run sim -- --seeds N`. */
const SEEDS = 200
/** Seeds that a negative control may take until it is seen. */
const CONTROL_SEEDS = 500
const PATIENCE_MS = 300_000

describe('worlds of seeds', () => {
  test(
    `[AC30] in ${SEEDS} worlds every law holds after every step, and every incident reaches a person or an end`,
    () => {
      const startedAt = performance.now()
      const all = Array.from({ length: SEEDS }, (_, index) => play(index + 1))
      const figures = total(all)
      console.log(`seeds 1 to ${SEEDS}: ${wordsOf(figures, (performance.now() - startedAt) / 1_000)}`)
      expect(figures.broken.map(({ seed, broken }) => `seed ${seed}: ${broken}`)).toEqual([])
      // A world in which nothing happens proves nothing.
      expect(figures.calls).toBeGreaterThan(SEEDS / 4)
      expect(figures.unknown).toBeGreaterThan(SEEDS / 20)
      expect(figures.recovered).toBeGreaterThan(SEEDS / 10)
      expect(figures.crashes).toBeGreaterThan(SEEDS / 2)
    },
    PATIENCE_MS,
  )

  test('[AC31] the same seed plays the same world, step for step', () => {
    for (const seed of [3, 17, 42]) expect(play(seed)).toEqual(play(seed))
  })
})

describe('negative controls', () => {
  test.each(CONTROLS.map((control) => [control.says, control] as const))(
    '[AC32] when %s, some seed sees it',
    (_says, { law, twists }) => {
      const seen = seedThatSees(law, twists)
      console.log(`${law}: seed ${seen}`)
      expect(seen).not.toBe(null)
    },
    PATIENCE_MS,
  )
})

function seedThatSees(law: string, twists: Twists): number | null {
  for (let seed = 1; seed <= CONTROL_SEEDS; seed += 1) if (play(seed, twists).broken?.startsWith(law)) return seed
  return null
}
