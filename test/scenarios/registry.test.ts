import { expect, it } from 'vitest'
import { SCENARIOS, scenarioNamed } from '../../scenarios/index.ts'
import { between, noise, uniform, whole } from '../../scenarios/prng.ts'
import { hasVariant } from '../../scenarios/scenario.ts'

it('[DR5] stories are found by their folder name and by nothing else', () => {
  expect(scenarioNamed('database-cascade')?.title).toBe('Database cascade')
  for (const name of ['', 'nope', '__proto__', 'constructor', 'Database-Cascade'])
    expect(scenarioNamed(name)).toBeNull()
})

it('[DR5] a story says which variants it has', () => {
  const story = SCENARIOS[0]
  if (story === undefined) throw new Error('no story')
  expect(hasVariant(story, null)).toBe(true)
  expect(hasVariant(story, 'healthy')).toBe(true)
  expect(hasVariant(story, 'hasOwnProperty')).toBe(false)
})

it('[DR1] seeded chance is even, bounded and the same each time', () => {
  const draws = Array.from({ length: 10_000 }, (_, second) => uniform(83_609, 'even', second))
  expect(draws.reduce((sum, value) => sum + value, 0) / draws.length).toBeCloseTo(0.5, 1)
  for (let bucket = 0; bucket < 10; bucket++) {
    const share = draws.filter((value) => Math.floor(value * 10) === bucket).length / draws.length
    expect(share).toBeGreaterThan(0.08)
    expect(share).toBeLessThan(0.12)
  }
  const normal = Array.from({ length: 10_000 }, (_, second) => noise(1, 'normal', second))
  const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length
  const variance = normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length
  expect(mean).toBeCloseTo(0, 1)
  expect(variance).toBeCloseTo(1, 1)
  expect(uniform(1, 'a', 5)).toBe(uniform(1, 'a', 5))
  for (let seed = 0; seed < 200; seed++) {
    expect([3, 4, 5]).toContain(whole(seed, 'whole', 3, 5))
    expect(between(seed, 'between', 2, 3)).toBeGreaterThanOrEqual(2)
  }
})
