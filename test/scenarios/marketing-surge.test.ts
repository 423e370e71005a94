import { expect, it } from 'vitest'
import { marketingSurge } from '../../scenarios/marketing-surge/index.ts'
import { settingsOf } from '../../scenarios/marketing-surge/settings.ts'
import { firstCritical, mean, play, valuesOf } from './play.ts'
import { SEEDS, action, actAt, failures } from './stories.ts'

const LENGTH_S = 1_200

it.each(SEEDS)('[DR44] seed %i: twice the visitors, a page, and every promise kept from beginning to end', (seed) => {
  const model = marketingSurge.begin(seed)
  const wave = settingsOf(seed).waveS ?? 0
  const played = play(model, 0, LENGTH_S)
  const before = mean(valuesOf(played, 'landing-page', 'rate', 0, wave))
  expect(mean(valuesOf(played, 'landing-page', 'rate', wave + 60, wave + 300))).toBeGreaterThan(1.5 * before)
  for (const { id, slos } of model.world.services) {
    for (const { signal, limit } of slos)
      expect(mean(valuesOf(played, id, signal, wave, wave + 300)), `${signal} of ${id}`).toBeLessThan(limit / 2)
    expect(Math.max(...valuesOf(played, id, 'cpu', 0, LENGTH_S))).toBeLessThan(0.75)
  }
  expect(firstCritical(played)).toBeGreaterThan(wave + 30)
  expect(played.alerts.map(({ name }) => name)).toContain('TrafficTooHigh')
  expect(played.alerts.at(-1)?.status).toBe('resolved')
  expect(played.changes).toMatchObject([{ kind: 'flag', service: 'landing-page' }])
  expect(model.truth).toMatchObject({ cause: null, acceptable: [] })
})

it.each(SEEDS)('[DR44] seed %i: a flapping prober pages and resolves by itself, again and again', (seed) => {
  const model = marketingSurge.begin(seed, 'flapping-probe')
  const played = play(model, 0, 600)
  expect(new Set(played.alerts.map(({ name }) => name))).toEqual(new Set(['ProbeFailing']))
  expect(played.windows.find(({ name }) => name === 'probe_failures')?.source).toBe('prober')
  expect(played.alerts.filter(({ status }) => status === 'resolved').length).toBeGreaterThanOrEqual(2)
  expect(mean(valuesOf(played, 'landing-page', 'errors', 0, 600))).toBeLessThan(0.01)
})

it('[DR45] whatever is done hurts: each unsafe action fails requests that nothing would have failed', () => {
  for (const seed of SEEDS.slice(0, 6)) {
    const model = marketingSurge.begin(seed)
    const at = (settingsOf(seed).waveS ?? 0) + 100
    const nothing = failures(model, actAt(model, at, null).played, at, at + 240)
    for (const { type, target } of model.truth.unsafe) {
      const again = marketingSurge.begin(seed)
      const { played, applied } = actAt(again, at, action(type, target))
      expect(applied, `${type} on ${target}`).toBe(true)
      expect(failures(again, played, at, at + 240), `${type} on ${target}`).toBeGreaterThan(nothing * 3)
    }
  }
})
