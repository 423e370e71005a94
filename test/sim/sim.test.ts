import { describe, expect, test } from 'vitest'
import { CONTROLS } from './controls.ts'
import { add, nothing, play, wordsOf } from './play.ts'
import type { Twists } from './shell.ts'

/** Seeds of every run; more by `npm run sim -- --seeds N`. */
const SEEDS = 200
/** Seeds that a negative control may take until it is seen. */
const CONTROL_SEEDS = 500
const PATIENCE_MS = 300_000

describe('worlds of seeds', () => {
  test(
    `[AC30] in ${SEEDS} worlds every law holds after every step, and every incident reaches a person or an end`,
    async () => {
      const startedAt = performance.now()
      const broken: string[] = []
      let figures = nothing()
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const one = await play(seed)
        if (one.broken !== null) broken.push(`seed ${seed}: ${one.broken}`)
        figures = add(figures, one)
      }
      console.log(`seeds 1 to ${SEEDS}: ${wordsOf(figures, (performance.now() - startedAt) / 1_000)}`)
      expect(broken).toEqual([])
      // A world in which nothing happens proves nothing.
      const { ballots, carried, calls, unknown, recovered, undos, quarantined, dryRuns, crashes } = figures
      const happened = { ballots, carried, calls, unknown, recovered, undos, quarantined, dryRuns, crashes }
      for (const [what, least] of Object.entries(LEAST)) {
        const so = happened[what as keyof typeof happened]
        expect([what, so >= least, so]).toEqual([what, true, so])
      }
    },
    PATIENCE_MS,
  )

  test('[AC31] the same seed plays the same world, step for step', async () => {
    for (const seed of [3, 17, 42]) expect(await play(seed)).toEqual(await play(seed))
  })
})

/** What must have happened in so many worlds: about half of what does. */
const LEAST = {
  ballots: SEEDS / 2,
  carried: SEEDS / 3,
  calls: SEEDS / 5,
  unknown: SEEDS / 25,
  recovered: SEEDS / 20,
  undos: SEEDS / 20,
  quarantined: SEEDS / 50,
  dryRuns: SEEDS / 100,
  crashes: SEEDS / 2,
}

describe('negative controls', () => {
  test.each(CONTROLS.map((control) => [control.says, control] as const))(
    '[AC32] when %s, some seed sees it',
    async (_says, { law, twists }) => {
      const seen = await seedThatSees(law, twists)
      console.log(`${law}: seed ${seen}`)
      expect(seen).not.toBe(null)
    },
    PATIENCE_MS,
  )
})

async function seedThatSees(law: string, twists: Twists): Promise<number | null> {
  for (let seed = 1; seed <= CONTROL_SEEDS; seed += 1)
    if ((await play(seed, twists)).broken?.startsWith(law)) return seed
  return null
}
