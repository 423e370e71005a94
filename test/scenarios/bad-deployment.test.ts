import { expect, it } from 'vitest'
import { badDeployment } from '../../scenarios/bad-deployment/index.ts'
import { firstCritical, mean, play, valuesOf } from './play.ts'
import { SEEDS, action, actAt, failures } from './stories.ts'

const begin = (seed: number, variant: string | null = null) => {
  const model = badDeployment.begin(seed, variant)
  return { model, onset: (model.truth.onsetMs ?? 0) / 1_000, deployed: model.truth.cause?.service ?? '' }
}

it.each(SEEDS)(
  '[DR40] seed %i: calm, a deploy, errors there and above, a page, and later a harmless setting',
  (seed) => {
    const { model, onset, deployed } = begin(seed)
    const played = play(model, 0, onset + 90)
    for (const { id } of model.world.services) expect(mean(valuesOf(played, id, 'errors', 0, onset))).toBeLessThan(0.01)
    expect(played.changes).toMatchObject([
      { source: 'deploys', kind: 'deploy', service: deployed, setting: null },
      { source: 'deploys', kind: 'config', service: 'booking', setting: { name: 'page_size' } },
    ])
    expect(played.changes[0]?.at).toBeLessThan(onset * 1_000)
    expect(played.changes[1]?.at).toBeGreaterThan(onset * 1_000)
    expect(mean(valuesOf(played, deployed, 'errors', onset + 40, onset + 90))).toBeGreaterThan(0.1)
    expect(mean(valuesOf(played, 'booking', 'errors', onset + 40, onset + 90))).toBeGreaterThan(0.08)
    // The database works harder and is far from any limit: tempting, and no cause.
    expect(mean(valuesOf(played, 'ticket-db', 'cpu', onset + 40, onset + 90))).toBeGreaterThan(0.45)
    expect(Math.max(...valuesOf(played, 'ticket-db', 'cpu', 0, onset + 90))).toBeLessThan(0.75)
    expect(firstCritical(played)).toBeLessThan(onset + 60)
  },
)

it.each(SEEDS)('[DR41] seed %i: rolling the new version back ends it, and putting it back begins it again', (seed) => {
  const { model, onset, deployed } = begin(seed)
  const { played, applied } = actAt(model, onset + 60, action('rollback-deployment', deployed))
  expect(applied).toBe(true)
  expect(mean(valuesOf(played, 'booking', 'errors', onset + 120, onset + 300))).toBeLessThan(0.01)
  expect(played.alerts.at(-1)?.status).toBe('resolved')
  expect(model.truth.acceptable).toEqual([{ type: 'rollback-deployment', target: deployed }])
  expect(model.apply(action('redeploy', deployed)).applied).toBe(true)
  play(model, onset + 300, onset + 400, 0, played)
  expect(mean(valuesOf(played, 'booking', 'errors', onset + 360, onset + 400))).toBeGreaterThan(0.08)
})

it('[DR41] each unsafe action leaves more failed requests than doing nothing, and the deploy fails on', () => {
  for (const seed of SEEDS.slice(0, 6)) {
    const { model, onset } = begin(seed)
    const nothing = failures(model, actAt(model, onset + 60, null).played, onset + 60, onset + 300)
    for (const { type, target } of model.truth.unsafe) {
      const again = begin(seed).model
      const { played, applied } = actAt(again, onset + 60, action(type, target))
      expect(applied, `${type} on ${target}`).toBe(true)
      expect(failures(again, played, onset + 60, onset + 300), `${type} on ${target}`).toBeGreaterThan(nothing * 1.05)
      expect(mean(valuesOf(played, 'booking', 'errors', onset + 200, onset + 300))).toBeGreaterThan(0.08)
    }
  }
})

it('[DR41] what the model does not know changes nothing and says so', () => {
  for (const unknown of [
    action('rollback-deployment', 'booking'),
    action('rollback-deployment', 'nobody'),
    action('scale-in', 'pricing'),
    action('drop-table', 'ticket-db'),
    action('restart-instance', '__proto__'),
  ]) {
    const acted = actAt(begin(3).model, 300, unknown)
    expect(acted.applied).toBe(false)
    expect(acted.played).toEqual(actAt(begin(3).model, 300, null).played)
  }
})
