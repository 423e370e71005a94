import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { CONTROLS } from './controls.ts'
import { PLOT } from './crash-points.ts'
import { add, nothing, play, wordsOf } from './play.ts'
import type { Twists } from './shell.ts'
import { World } from './world.ts'

/** Seeds of every run; more by `npm run sim -- --seeds N`. */
const SEEDS = 200
/** Seeds that a negative control may take until it is seen. */
const CONTROL_SEEDS = 1_000
/** Two thousand worlds on two cores that others use as well. */
const PATIENCE_MS = 1_200_000

describe('worlds of seeds', () => {
  test(
    `[AC30] [AC182] in ${SEEDS} worlds every law holds after every step, and every incident reaches a person or an end`,
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

describe('as a program', () => {
  test('[AC183] one thread and two find the same', () => {
    const [one, two] = [program('--seeds', '45', '--jobs', '1'), program('--seeds', '45', '--jobs', '2')]
    expect(one.at(-1)).toMatch(/^45 seeds, 0 broken, /)
    expect(two.at(-1)?.replace(/, [\d.]+ s$/, '')).toBe(one.at(-1)?.replace(/, [\d.]+ s$/, ''))
  })

  test(
    '[AC183] 2,000 worlds of the seeds that this commit names hold every law',
    () => {
      const said = program('--seeds', '2000', '--seed-from-commit')
      console.log(said.slice(-2).join('\n'))
      expect(said.filter((line) => line.startsWith('seed '))).toEqual([])
      expect(said.at(-1)).toMatch(/^2000 seeds, 0 broken, /)
    },
    PATIENCE_MS,
  )
})

/** The lines that `npm run sim` prints. */
function program(...args: string[]): string[] {
  const path = fileURLToPath(new URL('run.ts', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' })
  return (stdout.trim() || stderr).trim().split('\n')
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

test('[AC32] what nothing heals is tried twice and then left to people; with that rule taken out, the law sees it', () => {
  const { runbooks } = PLOT.catalogue
  const hurting = runbooks
    .filter(({ id }) => id === 'restart-pool')
    .map((one) => ({ ...one, id: 'flush', action: 'flush' }))
  const plot = { ...PLOT, stubborn: true, catalogue: { ...PLOT.catalogue, runbooks: [...hurting, ...runbooks] } }
  const world = new World(1, {}, plot).playCalmly()
  expect(world.driver.received.filter(({ undo }) => !undo)).toHaveLength(2)
  expect(world.driver.received.filter(({ undo }) => undo)).toHaveLength(2)
  const retry = CONTROLS.find(({ law }) => law === 'one-retry')
  expect(() => new World(1, retry?.twists, plot).playCalmly()).toThrow('one-retry')
})

async function seedThatSees(law: string, twists: Twists): Promise<number | null> {
  for (let seed = 1; seed <= CONTROL_SEEDS; seed += 1)
    if ((await play(seed, twists)).broken?.startsWith(law)) return seed
  return null
}
