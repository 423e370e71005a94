import { expect, test } from 'vitest'
import { type Prng, prng } from '../../durable/core/prng.ts'
import { departureOf, isFresh, selectSeries, timeToLimit } from '../../durable/core/telemetry/index.ts'
import type { SeriesWindow } from '../../durable/protocol/domain.ts'

function window(values: (number | null)[], more: Partial<SeriesWindow> = {}): SeriesWindow {
  const key = { source: 'metrics', service: 'a', name: 'x', peer: null, unit: 'ms' }
  return { ...key, role: 'latency', limit: null, breach: 'above', startsAt: 1_000, stepMs: 1_000, values, ...more }
}

const SEEDS = Array.from({ length: 40 }, (_, index) => 31 * index + 7)
const noisy = (chance: Prng, length: number, level: (at: number) => number, sd = 3): number[] =>
  Array.from({ length }, (_, at) => level(at) + sd * chance.normal())

const SHAPES: Record<string, (since: number) => number> = {
  step: () => 40,
  'step down': () => -40,
  ramp: (since) => 4 * (since + 1),
  'slow approach': (since) => 60 * (1 - Math.exp(-(since + 1) / 8)),
}

test.each(Object.entries(SHAPES))(
  '[AG1] a %s is located within three samples, with direction and size',
  (name, shape) => {
    for (const seed of SEEDS) {
      const chance = prng(seed)
      const onset = chance.whole(60, 300)
      const values = noisy(chance, onset + chance.whole(20, 120), (at) => 100 + (at < onset ? 0 : shape(at - onset)))
      const found = departureOf(window(values))
      expect(Math.abs((found?.index ?? Number.NaN) - onset)).toBeLessThanOrEqual(3)
      expect(found).toMatchObject({ direction: name === 'step down' ? 'down' : 'up', present: true })
      expect(found?.onsetAt).toBe(1_000 + 1_000 * (found?.index ?? 0))
      expect(found?.sizeSigma).toBeGreaterThan(5)
      expect(Math.abs((found?.before ?? 0) - 100)).toBeLessThan(2)
    }
  },
)

test('[AG1] the size is the shift in robust standard deviations of the time before, with a floor', () => {
  const steep = departureOf(window(noisy(prng(5), 400, (at) => (at < 200 ? 100 : 160))))
  expect(steep?.sizeSigma).toBeGreaterThan(14)
  expect(steep?.sizeSigma).toBeLessThan(26)
  const flat = departureOf(window(Array.from({ length: 200 }, (_, at) => (at < 100 ? 0 : 7))))
  expect(flat).toMatchObject({ index: 100, before: 0, after: 7 })
  expect(flat?.sizeSigma).toBeLessThanOrEqual(1_000)
})

test('[AG2] noise, flat series, single spikes, slow waves and steady drift are no change', () => {
  for (const seed of SEEDS) {
    const chance = prng(seed)
    expect(departureOf(window(noisy(chance, 600, () => 100)))).toBeNull()
    expect(departureOf(window(noisy(chance, 600, (at) => 100 + 8 * Math.sin(at / 500))))).toBeNull()
    expect(departureOf(window(noisy(chance, 600, (at) => 100 + at / 20)))).toBeNull()
    const spiky = noisy(chance, 600, () => 100).map((value) => (chance.next() < 0.02 ? value + 500 : value))
    expect(departureOf(window(spiky))).toBeNull()
  }
  expect(departureOf(window(Array.from({ length: 300 }, () => 5)))).toBeNull()
  expect(departureOf(window(Array.from({ length: 300 }, (_, at) => (at === 150 ? 900 : 0))))).toBeNull()
  expect(departureOf(window([]))).toBeNull()
  expect(departureOf(window(Array.from({ length: 300 }, () => null)))).toBeNull()
})

test('[AG1] the climb to a plateau belongs to the departure', () => {
  for (const seed of SEEDS) {
    const climb = (since: number) => 86 + Math.min(350, 55 * (since + 1))
    const values = noisy(prng(seed), 260, (at) => (at < 200 ? 86 : climb(at - 200)), 4)
    expect(Math.abs((departureOf(window(values))?.index ?? 0) - 200)).toBeLessThanOrEqual(3)
  }
})

test('[AG2] a blip that is soon gone and a ratio that moves by a tenth of a per cent are no change', () => {
  const blip = noisy(prng(8), 400, (at) => (at >= 200 && at < 211 ? 160 : 100))
  expect(departureOf(window(blip))).toBeNull()
  const ratio = Array.from({ length: 400 }, (_, at) => (at < 200 ? 0.001 : 0.003))
  expect(departureOf(window(ratio, { unit: 'ratio', role: 'errors' }))).toBeNull()
})

test('[AG3] gaps are left out and never bridged: what is seen around them still tells', () => {
  for (const seed of SEEDS) {
    const chance = prng(seed)
    const values = noisy(chance, 300, (at) => (at < 200 ? 100 : 150)).map((value, at) =>
      chance.next() < 0.2 || (at > 80 && at < 120) ? null : value,
    )
    const found = departureOf(window(values))
    expect(Math.abs((found?.index ?? 0) - 200)).toBeLessThanOrEqual(3)
  }
  const behind = Array.from({ length: 200 }, (_, at) => (at < 100 ? 10 : at < 130 ? null : 20))
  expect(departureOf(window(behind))?.index).toBe(130)
})

test('[AG4] a level that came back is told as no longer present', () => {
  const values = noisy(prng(3), 400, (at) => (at < 150 || at >= 260 ? 100 : 180))
  expect(departureOf(window(values))).toMatchObject({ present: false, direction: 'up' })
  expect(departureOf(window(values.slice(0, 250)))).toMatchObject({ present: true })
})

test('[AG5] the interval of a noisy trend holds the truth at least as often as it says', () => {
  let held = 0
  let asked = 0
  for (const seed of SEEDS) {
    const chance = prng(seed)
    const slope = 0.1 + 0.3 * chance.next()
    const start = 150
    const now = start + chance.whole(40, 120)
    const values = noisy(chance, now, (at) => 10 + slope * Math.max(0, at - start), 1.5)
    const answer = timeToLimit(window(values), 100)
    if (!answer.found) continue
    asked += 1
    const minutes = (90 / slope + start - now) / 60
    if (answer.minutes.lo <= minutes && (answer.minutes.hi === null || minutes <= answer.minutes.hi)) held += 1
    expect(answer.minutes.lo).toBeLessThanOrEqual(answer.minutes.median)
    expect(answer.minutes.hi ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(answer.minutes.median)
    expect(answer.band.lo.length).toBe(answer.band.hi.length)
  }
  process.stdout.write(`  telemetry: interval holds ${held} of ${asked} noisy trends\n`)
  expect(asked).toBeGreaterThan(20)
  expect(held / asked).toBeGreaterThanOrEqual(0.8)
})

test('[AG5] a signal that falls toward a bound it must stay over is forecast as well', () => {
  const values = noisy(prng(9), 200, (at) => 900 - 2 * at, 4)
  const answer = timeToLimit(window(values, { breach: 'below' }), 100)
  expect(answer).toMatchObject({ found: true })
  expect(answer.found ? Math.abs(answer.minutes.median - 201 / 60) : 99).toBeLessThan(0.4)
})

test('[AG6] a forecast abstains with its reason word', () => {
  const at = (level: (at: number) => number, sd = 1, seed = 4) => window(noisy(prng(seed), 240, level, sd))
  const reason = (series: SeriesWindow, limit: number | null) => {
    const answer = timeToLimit(series, limit)
    return answer.found ? 'found' : answer.reason
  }
  expect(
    reason(
      at(() => 50),
      100,
    ),
  ).toBe('flat')
  expect(reason(window(Array.from({ length: 200 }, () => 50)), 100)).toBe('flat')
  expect(
    reason(
      at((n) => 90 - n / 10),
      100,
    ),
  ).toBe('falling-away')
  expect(
    reason(
      at((n) => 10 + n / 6),
      40,
    ),
  ).toBe('at-limit')
  expect(
    reason(
      at((n) => 10 + n / 1_000, 0.01),
      100,
    ),
  ).toBe('beyond-horizon')
  expect(
    reason(
      at((n) => 10 + n / 6),
      null,
    ),
  ).toBe('no-limit')
  expect(reason(window([1, 2, 3, 4]), 100)).toBe('too-short')
  expect(
    reason(
      at((n) => 30 + n / 40, 2.2),
      100,
    ),
  ).toBe('poor-fit')
})

test('[AG7] pruning keeps what changed and what is at its limit, and one series of each service', () => {
  const chance = prng(11)
  const calm = (service: string, name: string) =>
    window(
      noisy(chance, 200, () => 100),
      { service, name, role: 'other' },
    )
  const changed = window(
    noisy(chance, 200, (at) => (at < 150 ? 100 : 300)),
    { service: 'b', name: 'latency' },
  )
  const full = window(
    Array.from({ length: 200 }, () => 40),
    { service: 'b', name: 'pool', role: 'saturation', limit: 40 },
  )
  const quiet = calm('c', 'only')
  const windows = [...Array.from({ length: 20 }, (_, k) => calm('a', `n${k}`)), changed, quiet, full]
  const kept = selectSeries(windows, 4)
  expect(kept).toHaveLength(4)
  expect(kept).toEqual(expect.arrayContaining([changed, full, quiet]))
  expect(kept.filter(({ service }) => service === 'a')).toHaveLength(1)
  expect(selectSeries(windows, 40)).toEqual(windows)
  expect(windows.filter((one) => kept.includes(one))).toEqual(kept)
})

test('[AG8] evidence is fresh up to and with its own limit, and stale after it', () => {
  expect(isFresh({ at: 1_000, freshMs: 500 }, 1_500)).toBe(true)
  expect(isFresh({ at: 1_000, freshMs: 500 }, 1_501)).toBe(false)
})

test('[AG9] the seeded generator repeats itself and spreads evenly', () => {
  const one = prng(83_609)
  const two = prng(83_609)
  const values = Array.from({ length: 2_000 }, () => one.next())
  expect(values).toEqual(Array.from({ length: 2_000 }, () => two.next()))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.03)
  expect(new Set(Array.from({ length: 100 }, () => one.whole(3, 5)))).toEqual(new Set([3, 4, 5]))
})
