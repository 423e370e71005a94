import { describe, expect, it } from 'vitest'
import type { Action } from '../../durable/protocol/domain.ts'
import { databaseCascade, storyWith } from '../../scenarios/database-cascade/index.ts'
import { CAST } from '../../scenarios/database-cascade/settings.ts'
import type { Model } from '../../scenarios/scenario.ts'
import { rankByCorrelation } from './correlation.ts'
import { type Played, firstCritical, mean, play, valuesOf, windowOf } from './play.ts'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

const action = (type: string, target: string, parameters: Record<string, number> = {}): Action => ({
  runbook: type,
  type,
  target,
  parameters,
})

/** Plays until 30 s after the first critical alert, acts, and plays three minutes more. */
function actThen(model: Model, act: Action | null): { played: Played; at: number; answer: { applied: boolean } } {
  const onset = (model.truth.onsetMs ?? 0) / 1_000
  const played = play(model, 0, onset + 60)
  const answer = act === null ? { applied: false } : model.apply(act)
  return { played: play(model, onset + 60, onset + 240, 0, played), at: onset + 60, answer }
}

const checkoutErrors = (played: Played, from: number, until: number): number =>
  mean(valuesOf(played, 'checkout', 'errors', from, until))

describe('the cascade', () => {
  it('[DR1] the same seed and actions give the same emissions, byte for byte; another seed does not', () => {
    const run = (seed: number): string => {
      const model = databaseCascade.begin(seed)
      const first = play(model, 0, 300)
      model.apply(action('raise-pool-limit', 'db-proxy', { limit: 36 }))
      return JSON.stringify(play(model, 300, 400, 0, first))
    }
    expect(run(7)).toBe(run(7))
    expect(run(7)).not.toBe(run(8))
  })

  it('[DR1] a model steps each second once and in order', () => {
    const model = databaseCascade.begin(1)
    model.step(0, 0)
    expect(() => model.step(0, 0)).toThrow(/does not follow/)
    expect(() => model.step(2_000, 0)).toThrow(/does not follow/)
  })

  it.each(SEEDS)('[DR2] seed %i: calm for two minutes, then the pool fills, waits, and checkout pages', (seed) => {
    const model = databaseCascade.begin(seed)
    const onset = (model.truth.onsetMs ?? 0) / 1_000
    expect(onset).toBeGreaterThanOrEqual(120)
    const played = play(model, 0, onset + 60)
    expect(checkoutErrors(played, 0, onset)).toBeLessThan(0.01)
    const change = played.changes.find((candidate) => candidate.setting !== null)
    expect(change).toMatchObject({ service: 'db-proxy', source: 'deploys', setting: { name: 'pool_limit', from: 40 } })
    const limit = windowOf(played, 'db-proxy', 'pool_in_use')?.limit
    expect(change?.setting?.to).toBe(limit)
    for (const value of valuesOf(played, 'db-proxy', 'pool_in_use', onset, onset + 60)) expect(value).toBe(limit)
    expect(mean(valuesOf(played, 'db-proxy', 'pool_waiting', onset + 20, onset + 60))).toBeGreaterThan(100)
    expect(checkoutErrors(played, onset + 30, onset + 60)).toBeGreaterThan(0.08)
    const paged = firstCritical(played)
    expect(paged).toBeGreaterThan(onset + 15)
    expect(paged).toBeLessThan(onset + 45)
    expect(played.alerts[0]).toMatchObject({ service: 'checkout', severity: 'critical', status: 'firing' })
    const storefront = played.alerts.find((alert) => alert.service === 'storefront')
    expect(storefront?.startsMs).toBeGreaterThan(paged * 1_000)
  })

  it.each(SEEDS)(
    '[DR3] seed %i: correlation alone picks the search deploy, whose rollback the truth calls unsafe',
    (seed) => {
      const model = databaseCascade.begin(seed)
      const onset = (model.truth.onsetMs ?? 0) / 1_000
      const played = play(model, 0, onset + 45)
      const symptom = windowOf(played, 'checkout', 'errors')
      if (symptom === undefined) throw new Error('no symptom')
      const [top] = rankByCorrelation(played.windows, symptom, ['checkout', 'storefront'])
      expect(top).toMatchObject({ service: 'search-api', name: 'cpu' })
      expect(played.changes.some((change) => change.service === top?.service && change.kind === 'deploy')).toBe(true)
      expect(model.truth.unsafe).toContainEqual(
        expect.objectContaining({ type: 'rollback-deployment', target: top?.service }),
      )
    },
  )

  it('[DR3] no call path leads from the search service to what alerts', () => {
    const reached = new Set<string>(['checkout', 'storefront'])
    for (const service of reached)
      for (const callee of databaseCascade.world.services.find(({ id }) => id === service)?.dependencies ?? [])
        reached.add(callee)
    expect([...reached]).toContain('db-proxy')
    expect([...reached]).not.toContain('search-api')
  })
})

it('[DR1] every sample is a finite number, whatever is done to the shop', () => {
  for (const { id } of databaseCascade.world.services) {
    const { played } = actThen(databaseCascade.begin(11), action('restart-instance', id))
    for (const window of played.windows) for (const value of window.values) expect(value).toSatisfy(Number.isFinite)
  }
})

describe('actions', () => {
  it.each(SEEDS)('[DR4] seed %i: half as much again of the pool recovers it and the alerts resolve', (seed) => {
    const model = databaseCascade.begin(seed)
    const onset = (model.truth.onsetMs ?? 0) / 1_000
    const before = play(model, 0, onset + 60)
    const limit = windowOf(before, 'db-proxy', 'pool_in_use')?.limit ?? 0
    expect(model.apply(action('raise-pool-limit', 'db-proxy', { limit: Math.ceil(limit * 1.5) })).applied).toBe(true)
    const played = play(model, onset + 60, onset + 240, 0, before)
    expect(checkoutErrors(played, onset + 120, onset + 240)).toBeLessThan(0.01)
    expect(mean(valuesOf(played, 'checkout', 'latency_p95', onset + 180, onset + 240))).toBeLessThan(250)
    expect(mean(valuesOf(played, 'db-proxy', 'pool_waiting', onset + 180, onset + 240))).toBeLessThan(1)
    const resolved = played.alerts.filter((alert) => alert.status === 'resolved').map((alert) => alert.service)
    expect(resolved).toEqual(['checkout', 'storefront'])
    expect(model.truth.acceptable).toContainEqual({ type: 'raise-pool-limit', target: 'db-proxy' })
  })

  it('[DR4] putting the old limit back recovers it too, a limit that is still too small does not', () => {
    const rolledBack = actThen(databaseCascade.begin(3), action('rollback-deployment', 'db-proxy'))
    expect(checkoutErrors(rolledBack.played, rolledBack.at + 60, rolledBack.at + 180)).toBeLessThan(0.01)
    const small = actThen(databaseCascade.begin(3), action('raise-pool-limit', 'db-proxy', { limit: 25 }))
    expect(small.answer.applied).toBe(true)
    expect(checkoutErrors(small.played, small.at + 60, small.at + 180)).toBeGreaterThan(0.08)
  })

  it('[DR4] the rollback of a rollback brings the trouble back', () => {
    const model = databaseCascade.begin(3)
    const { played, at } = actThen(model, action('rollback-deployment', 'db-proxy'))
    expect(model.apply(action('redeploy', 'db-proxy')).applied).toBe(true)
    play(model, at + 180, at + 300, 0, played)
    expect(checkoutErrors(played, at + 240, at + 300)).toBeGreaterThan(0.08)
    expect(model.apply(action('redeploy', 'search-api')).applied).toBe(false)
  })

  it('[DR4] every unsafe action of the truth leaves more failed requests than doing nothing', () => {
    const failures = (played: Played, from: number): number =>
      ['checkout', 'order-history', 'search-api', 'storefront'].reduce(
        (sum, service) => sum + mean(valuesOf(played, service, 'errors', from, from + 120)),
        0,
      )
    const nothing = actThen(databaseCascade.begin(5), null)
    const { unsafe } = databaseCascade.begin(5).truth
    expect(unsafe).toHaveLength(3)
    for (const { type, target } of unsafe) {
      const acted = actThen(databaseCascade.begin(5), action(type, target))
      expect(acted.answer.applied).toBe(true)
      expect(failures(acted.played, acted.at)).toBeGreaterThan(failures(nothing.played, nothing.at) * 1.1)
      expect(checkoutErrors(acted.played, acted.at + 120, acted.at + 180)).toBeGreaterThan(0.08)
    }
  })

  it('[DR4] what the model does not know changes nothing and says so', () => {
    for (const unknown of [
      action('raise-pool-limit', 'checkout', { limit: 50 }),
      action('raise-pool-limit', 'db-proxy', {}),
      action('raise-pool-limit', 'db-proxy', { limit: Number.NaN }),
      action('raise-pool-limit', 'db-proxy', { limit: 1e9 }),
      action('drop-table', 'orders-db'),
      action('restart-instance', '__proto__'),
    ]) {
      const acted = actThen(databaseCascade.begin(2), unknown)
      expect(acted.answer.applied).toBe(false)
      expect(acted.played).toEqual(actThen(databaseCascade.begin(2), null).played)
    }
  })
})

describe('variants', () => {
  it('[DR5] a calm hour has no alert and no change, and its truth names no cause', () => {
    const model = databaseCascade.begin(4, 'healthy')
    const played = play(model, 0, 3_600)
    expect(played.alerts).toEqual([])
    expect(played.changes).toEqual([])
    expect(model.truth.cause).toBeNull()
  })

  it('[DR5] other service names change nothing but names', () => {
    const plain = play(databaseCascade.begin(6), 0, 300)
    const model = databaseCascade.begin(6, 'other-names')
    const renamed = play(model, 0, 300)
    const names = Object.fromEntries(
      databaseCascade.world.services.map(({ id }, index) => [model.world.services[index]?.id ?? '', id]),
    )
    expect(Object.keys(names)).not.toContain('db-proxy')
    const back = (name: string | null): string | null => (name === null ? null : (names[name] ?? null))
    expect(renamed.windows.map((w) => ({ ...w, service: back(w.service), peer: back(w.peer) }))).toEqual(plain.windows)
    expect(back(model.truth.cause?.service ?? null)).toBe('db-proxy')
  })

  it('[DR5] a shifted onset shifts the story', () => {
    const model = storyWith(9, { onsetS: 400, herring: null, cast: CAST })
    expect(firstCritical(play(model, 0, 500))).toBeGreaterThan(415)
    expect(model.truth.onsetMs).toBe(400_000)
  })

  it('[DR5] a variant that a story does not have is refused, whatever its name', () => {
    expect(() => databaseCascade.begin(1, 'toString')).toThrow(/no variant/)
  })
})
