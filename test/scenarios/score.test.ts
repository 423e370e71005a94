import { afterAll, describe, expect, it, test } from 'vitest'
import { predict } from '../../durable/core/agents/prediction/index.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import { badDeploymentWith } from '../../scenarios/bad-deployment/index.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'
import { SCENARIOS, scenarioNamed } from '../../scenarios/index.ts'
import { memoryLeak, memoryLeakWith } from '../../scenarios/memory-leak/index.ts'
import type { Model } from '../../scenarios/scenario.ts'
import { play as playRig, playOn, situationAt } from '../engines/rig.ts'
import { play } from './play.ts'
import { type Scored, score } from './score.ts'
import { action } from './stories.ts'

const SEEDS = Array.from({ length: 20 }, (_, index) => 4_001 + 13 * index)
const begin = (name: string, seed: number, variant: string | null = null): Model => {
  const scenario = scenarioNamed(name)
  if (!scenario) throw new Error(`no story ${name}`)
  return scenario.begin(seed, variant)
}

/** A worker is killed as soon as memory is full: the sample before it is as full as any that is seen. */
const FULL_SHARE = 0.99

interface Row {
  story: string
  runs: Scored[]
}
const table: Row[] = []
afterAll(() => process.stdout.write(tableText(table)))

function measured(story: string, runs: Scored[]): Scored[] {
  table.push({ story, runs })
  return runs
}

/** What was measured, as people read it: counts of n runs, and how confidence is spread. */
function tableText(rows: Row[]): string {
  const head = [
    'story',
    'n',
    'paged',
    'cause first',
    'carried',
    'acceptable',
    'unsafe',
    'look s',
    'confidence lo/mid/hi',
  ]
  const lines = rows.map(({ story, runs }) => {
    const count = (is: (run: Scored) => boolean): string => String(runs.filter(is).length)
    const sure = runs.flatMap(({ looks, carried }) => (carried ?? looks.at(-1))?.confidence ?? []).sort((a, b) => a - b)
    const looked = runs.flatMap(({ carried }) => carried?.later ?? [])
    return [
      story,
      String(runs.length),
      count(({ paged }) => paged !== null),
      count(({ causeFirst }) => causeFirst),
      count(({ carried }) => carried !== null),
      count(({ acceptable }) => acceptable),
      String(runs.reduce((sum, { unsafe }) => sum + unsafe, 0)),
      looked.length === 0 ? '-' : `${Math.min(...looked)}–${Math.max(...looked)}`,
      sure.length === 0 ? '-' : [sure[0], sure[sure.length >> 1], sure.at(-1)].join(' / '),
    ]
  })
  const all = [head, ...lines]
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  return `${all.map((line) => `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`).join('\n')}\n`
}

describe('what the engines make of each story, on seeds that they were not tuned on', () => {
  it.each(['database-cascade', 'bad-deployment', 'memory-leak'])(
    '[DR46] %s: the cause comes first, what is accepted carries by two sources and recovers it, nothing unsafe is proposed',
    (name) => {
      const runs = measured(
        name,
        SEEDS.map((seed) => score(begin(name, seed))),
      )
      expect(runs.filter(({ causeFirst }) => causeFirst).length).toBeGreaterThanOrEqual(18)
      expect(runs.filter(({ acceptable }) => acceptable).length).toBeGreaterThanOrEqual(18)
      for (const { unsafe, failsAfter, acceptable } of runs) {
        expect(unsafe).toBe(0)
        if (acceptable) expect(failsAfter).toBeLessThan(0.02)
      }
    },
  )

  it.each([null, 'flapping-probe'])(
    '[DR47] marketing-surge (%s): the page is seen, nothing is proposed, and people are told that promises are kept',
    (variant) => {
      const runs = measured(
        `marketing-surge ${variant ?? ''}`,
        SEEDS.map((seed) => score(begin('marketing-surge', seed, variant))),
      )
      for (const { paged, looks } of runs) {
        expect(paged).not.toBeNull()
        for (const { plan, open } of looks) {
          expect(plan).toBeNull()
          expect(open).toBe('within-objectives')
        }
      }
    },
  )

  it('[DR48] a deploy of which only metrics speak is not acted on: nothing carries by one source', () => {
    const runs = measured(
      'bad-deployment silent-deploy',
      SEEDS.map((seed) => score(begin('bad-deployment', seed, 'silent-deploy'))),
    )
    for (const { carried, unsafe } of runs) {
      expect(carried).toBeNull()
      expect(unsafe).toBe(0)
    }
  })

  it('[DR48] memory that only metrics speak of is proposed to people and carried by nobody', () => {
    const alone = SEEDS.slice(0, 8).map((seed) =>
      score(begin('memory-leak', seed, 'not-deployed'), { withhold: ({ name }) => name === 'oom_kills' }),
    )
    for (const { carried, looks } of alone) {
      expect(carried).toBeNull()
      expect(looks.some(({ why }) => why.includes('evidence-one-sided'))).toBe(true)
    }
  })

  it('[AG60] confidence is not the same everywhere: it spreads over the stories and stays under its cap', () => {
    const sure = table.flatMap(({ runs }) => runs.flatMap(({ carried }) => carried?.confidence ?? []))
    expect(sure.length).toBeGreaterThan(40)
    expect(Math.max(...sure)).toBeLessThan(0.95)
    expect(Math.max(...sure) - Math.min(...sure)).toBeGreaterThan(0.15)
    expect(new Set(sure).size).toBeGreaterThan(8)
  })
})

describe('what must not matter', () => {
  const outline = (scored: Scored, model: Model): unknown => {
    const place = (id: string | null | undefined): number =>
      model.world.services.findIndex((service) => service.id === id)
    return scored.looks.map(({ later, first, kind, verdict, confidence, plan, carried }) => [
      later,
      place(first),
      kind,
      verdict,
      confidence,
      plan?.action.type,
      place(plan?.action.target),
      carried,
    ])
  }

  it.each(['bad-deployment', 'memory-leak', 'marketing-surge'])(
    '[DR49] %s under other service names comes to the same, name by name',
    (name) => {
      for (const seed of SEEDS.slice(0, 4)) {
        const plain = begin(name, seed)
        const renamed = begin(name, seed, 'other-names')
        expect(renamed.world.services[0]?.id).not.toBe(plain.world.services[0]?.id)
        expect(outline(score(renamed), renamed)).toEqual(outline(score(plain), plain))
      }
    },
  )

  it('[DR49] shifted in time and resized, both stories still end in what is accepted', () => {
    const runs = SEEDS.slice(0, 10).flatMap((seed, at) => [
      score(
        badDeploymentWith(seed, {
          onsetS: 150 + 31 * at,
          bookingsPerS: 12 + 60 * at,
          fails: 0.12 + 0.05 * at,
          stepS: 1 + at,
        }),
      ),
      score(memoryLeakWith(seed, { onsetS: 150 + 23 * at, visitsPerS: 15 + 60 * at, leakPerS: 0.0024 + 0.0002 * at })),
    ])
    measured('shifted and resized', runs)
    expect(runs.filter(({ acceptable }) => acceptable).length).toBeGreaterThanOrEqual(18)
    expect(runs.reduce((sum, { unsafe }) => sum + unsafe, 0)).toBe(0)
  })

  it.each(SCENARIOS.map(({ name }) => name))(
    '[DR1] %s: the same seed gives the same, and every sample is finite whatever is done',
    (name) => {
      const run = (): string => {
        const model = begin(name, 7)
        const first = play(model, 0, 300)
        for (const { id } of model.world.services.slice(0, 2)) model.apply(action('restart-instance', id))
        return JSON.stringify(play(model, 300, 360, 0, first))
      }
      expect(run()).toBe(run())
      for (const { id } of begin(name, 7).world.services) {
        for (const type of ['restart-instance', 'rollback-deployment', 'scale-out']) {
          const model = begin(name, 7)
          const played = play(model, 0, 300)
          model.apply(action(type, id))
          play(model, 300, 420, 0, played)
          for (const { values } of played.windows) for (const value of values) expect(value).toSatisfy(Number.isFinite)
        }
      }
    },
  )

  it.each(SCENARIOS.map(({ name }) => name))('[DR5] %s in a calm hour pages nobody', (name) => {
    const played = play(begin(name, 11, 'healthy'), 0, 1_800)
    expect(played.alerts).toEqual([])
    expect(played.changes).toEqual([])
  })
})

describe('prediction on a climb that is given back', () => {
  test('[AG61] the 80 % interval holds the minute at which memory is full, on the first climb and on later teeth', () => {
    const forecasts = SEEDS.flatMap((seed) => {
      const model = memoryLeak.begin(seed)
      const onset = (model.truth.onsetMs ?? 0) / 1_000
      const played = playRig(model, onset)
      const made = [50, 80, 110, 240, 265].flatMap((later) => {
        const { forecast } = predict(situationAt(playOn(played, onset + later))).detail
        return forecast?.name === 'memory' ? [{ forecast, now: onset + later }] : []
      })
      playOn(played, onset + 600)
      return made.map(({ forecast: { service, name, limit, minutes }, now }) => {
        const values = played.rows.get(JSON.stringify([service, name, null]))?.values
        let full = now
        while (full < onset + 600 && (values?.get(full) ?? 0) < FULL_SHARE * limit) full += 1
        const took = (full - now) / 60
        // It is measured once a second, so that the very moment is seen up to one sample early or late.
        return minutes.lo - took <= 1 / 60 && took - (minutes.hi ?? 60) <= 1 / 60
      })
    })
    const held = forecasts.filter(Boolean).length
    const asked = forecasts.length
    process.stdout.write(`  stories: interval holds ${held} of ${asked} climbs\n`)
    expect(asked).toBeGreaterThan(50)
    expect(held / asked).toBeGreaterThanOrEqual(0.8)
  })
})

test('[DR46] a story brings no runbooks: what may be done is the instance’s word', () => {
  for (const { world } of SCENARIOS) expect((world as Partial<Catalogue>).runbooks).toBeUndefined()
  expect(databaseCascade.world.endpoints.map(({ name }) => name)).toEqual(['orchestrator'])
})
