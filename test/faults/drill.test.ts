import { beforeAll, describe, expect, test } from 'vitest'
import { COMMON_FAULTS, SEAT_FAULTS } from '../../durable/protocol/faults.ts'
import { type Case, casesOf } from './case.ts'
import { brier, ece, share } from './figures.ts'
import { anySupport, ungated } from './negative.ts'
import { groupOf, reportOf } from './report.ts'
import { type Result, score } from './score.ts'

/** Seeds from which the runs of this share are taken, and every which case. */
const SEEDS = 4
const EVERY = 6
const PATIENCE_MS = 600_000

/** Where one faulty voter is all that is wrong, or text, or a moved world. */
const CLAIMED = ['none', 'common', 'one']

async function played(cases: readonly Case[]): Promise<Result[]> {
  const results: Result[] = []
  for (const one of cases) results.push(await score(one))
  return results
}

describe('a share of the fault drill', () => {
  let results: Result[] = []
  // Another case of every mix in each world, so that all come by.
  beforeAll(async () => {
    results = await played(casesOf(SEEDS).filter(({ name }, index) => name === 'none' || index % EVERY === 0))
    console.log(`${results.length} runs`)
  }, PATIENCE_MS)

  test('[DR63] one faulty voter makes no other and no unsafe action run, and nobody honest is accused', () => {
    const claimed = results.filter((one) => CLAIMED.includes(groupOf(one)))
    const harm = claimed.filter(({ outcome }) => outcome === 'wrong' || outcome === 'unsafe')
    expect(harm.map(({ story, seed, name, ran }) => ({ story, seed, name, ran }))).toEqual([])
    const { none, common, one } = reportOf(results).totals
    expect([none, common, one].map(({ different }) => different.k)).toEqual([0, 0, 0])
    expect(results.filter(({ seen }) => seen.accused.length > 0)).toEqual([])
    expect(results.every(({ digestsHold }) => digestsHold)).toBe(true)
    // Runs in which nothing is ever done prove nothing.
    expect(claimed.filter(({ ran }) => ran.length > 0).length).toBeGreaterThan(claimed.length / 4)
  })

  test('[DR64] each kind of fault is seen by the log in some run', () => {
    for (const kind of SEAT_FAULTS) {
      const runs = results.filter(({ faults }) => faults.length === 1 && faults[0]?.kind === kind && faults[0].agent)
      expect(
        runs.some(({ seen }) => seen.signs.length > 0),
        kind,
      ).toBe(true)
    }
    for (const kind of COMMON_FAULTS) {
      const runs = results.filter(({ faults }) => faults.some((fault) => fault.kind === kind))
      expect(
        runs.some(({ seen }) => seen.signs.length > 0),
        kind,
      ).toBe(true)
    }
    const signs = new Set(results.flatMap(({ seen }) => seen.signs))
    for (const sign of ['quarantined', 'outvoted', 'no-answer', 'tainted', 'cited-but-not-held', 'void:bad-signature'])
      expect([...signs], sign).toContain(sign)
  })
})

describe('negative controls', () => {
  test(
    '[DR65] where any support carries, what one liar wants runs',
    async () => {
      const cases = casesOf(SEEDS).filter(({ f, faults }) => f === 1 && faults[0]?.kind === 'hallucinated-target')
      expect(await harmSeen(cases, { decide: anySupport })).toBe(true)
    },
    PATIENCE_MS,
  )

  test(
    '[DR65] without the evidence gate what nobody should run runs',
    async () => {
      const cases = casesOf(12).filter(
        ({ f, faults }) => f === 1 && faults[0]?.kind === 'colluders' && faults[0].agent === 'diagnosis',
      )
      expect(await harmSeen(cases, { decide: ungated })).toBe(true)
    },
    PATIENCE_MS,
  )
})

async function harmSeen(cases: readonly Case[], twists: Parameters<typeof score>[1]): Promise<boolean> {
  for (const one of cases) {
    const { outcome } = await score(one, twists)
    if (outcome === 'wrong' || outcome === 'unsafe') return true
  }
  return false
}

test('[CN89] a diagnosis that lies about a deploy beside the symptom carries nothing', async () => {
  const faults = [{ kind: 'colluders', agent: 'diagnosis' } as const]
  const found = await score({ story: 'memory-leak', variant: null, seed: 7, name: 'colluders', f: 1, faults })
  expect(found.outcome).toBe('abstained')
  expect(found.seen.signs).toContain('refused:target-off-path')
})

test('[AG81] a diagnosis that lies about a busy database with room to spare gets no further instance of it', async () => {
  const faults = [{ kind: 'colluders', agent: 'diagnosis' } as const]
  const found = await score({ story: 'bad-deployment', variant: null, seed: 9, name: 'colluders', f: 1, faults })
  expect(found.outcome).toBe('abstained')
  expect(found.seen.signs).toContain('outvoted')
})

test('[DR66] the same case plays the same run', async () => {
  const [one] = casesOf(1).filter(({ f, name }) => f === 1 && name === 'equivocation')
  if (!one) throw new Error('no such case')
  expect(await score(one)).toEqual(await score(one))
})

test('[DR67] shares have their Wilson interval, confidence its Brier score and calibration error', () => {
  // Newcombe 1998, table I: 81 of 263 and 0 of 20.
  expect(share(81, 263)).toMatchObject({ low: expect.closeTo(0.2553, 4), high: expect.closeTo(0.3662, 4) })
  expect(share(0, 20)).toMatchObject({ low: 0, high: expect.closeTo(0.1611, 4) })
  const said = [
    { confidence: 0.9, true: true },
    { confidence: 0.9, true: false },
    { confidence: 0.2, true: false },
  ]
  expect(brier(said)).toBeCloseTo((0.01 + 0.81 + 0.04) / 3, 10)
  expect(ece(said)).toBeCloseTo((2 / 3) * 0.4 + (1 / 3) * 0.2, 10)
  expect(ece([])).toBe(null)
})
