import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextStep, policyFor, stillNeeded } from '../../../durable/core/oncall/escalation.ts'
import { RETRY_AFTER_MS_MAX, RETRY_WAITS_MS, retryWait } from '../../../durable/core/oncall/retry.ts'
import { watchAt } from '../../../durable/core/oncall/rotation.ts'
import { instantOf, isZone, localOf } from '../../../durable/core/oncall/zone.ts'
import type { EscalationPolicy, PageReason, Rotation } from '../../../durable/protocol/oncall.ts'

const BERLIN: Rotation = {
  name: 'first-line',
  zone: 'Europe/Berlin',
  people: ['ann', 'bob', 'cleo'],
  startsOn: '2026-01-05',
  handover: '09:00',
  target: 'pager',
}
const at = (text: string): number => Date.parse(text)
const iso = (ms: number | undefined): string => new Date(ms ?? 0).toISOString()
const who = (text: string, rotation = BERLIN): string | undefined => watchAt(rotation, at(text))?.person

describe('a rotation', () => {
  test('[ES10] hands over each week at the same local time, also over daylight saving', () => {
    expect(who('2026-01-05T07:59:59Z')).toBe('cleo')
    expect(who('2026-01-05T08:00:00Z')).toBe('ann')
    expect(who('2026-01-12T07:59:59Z')).toBe('ann')
    expect(who('2026-01-12T08:00:00Z')).toBe('bob')
    // Summer time since 29 March: nine o'clock is an hour earlier in UTC.
    expect(who('2026-03-30T06:59:59Z')).toBe('cleo')
    expect(who('2026-03-30T07:00:00Z')).toBe('ann')
    expect(iso(watchAt(BERLIN, at('2026-03-25T12:00:00Z'))?.since)).toBe('2026-03-23T08:00:00.000Z')
    expect(iso(watchAt(BERLIN, at('2026-03-25T12:00:00Z'))?.until)).toBe('2026-03-30T07:00:00.000Z')
  })

  test('[ES10] turns of two weeks, in turn, and backwards before the first', () => {
    const long = { ...BERLIN, weeks: 2 }
    const weeks = ['01-05', '01-12', '01-19', '01-26', '02-02', '02-09', '02-16'].map((day) =>
      who(`2026-${day}T12:00:00Z`, long),
    )
    expect(weeks).toEqual(['ann', 'ann', 'bob', 'bob', 'cleo', 'cleo', 'ann'])
    expect(who('2025-12-30T12:00:00Z')).toBe('cleo')
    expect(watchAt({ ...BERLIN, people: [] }, 0)).toBeNull()
  })

  test('[ES10] a hand-over at an hour that daylight saving leaves out is at the leap, one that comes twice at its first', () => {
    const night = { ...BERLIN, startsOn: '2026-03-22', handover: '02:30' }
    expect(iso(watchAt(night, at('2026-03-28T00:00:00Z'))?.until)).toBe('2026-03-29T01:00:00.000Z')
    const autumn = { ...BERLIN, startsOn: '2026-10-18', handover: '02:30' }
    expect(iso(watchAt(autumn, at('2026-10-24T00:00:00Z'))?.until)).toBe('2026-10-25T00:30:00.000Z')
  })

  test('[ES11] an override speaks for its time, the last of several; the turn goes on around it', () => {
    const rotation = {
      ...BERLIN,
      overrides: [
        { person: 'dora', from: '2026-01-06T10:00:00+01:00', until: '2026-01-08T10:00:00+01:00' },
        { person: 'emil', from: '2026-01-07T00:00:00Z', until: '2026-01-07T12:00:00Z' },
      ],
    }
    expect(who('2026-01-06T08:59:59Z', rotation)).toBe('ann')
    expect(watchAt(rotation, at('2026-01-06T09:00:00Z'))).toMatchObject({
      person: 'dora',
      override: true,
      next: 'emil',
    })
    expect(who('2026-01-07T11:59:59Z', rotation)).toBe('emil')
    expect(watchAt(rotation, at('2026-01-07T12:00:00Z'))).toMatchObject({ person: 'dora', next: 'ann' })
    expect(watchAt(rotation, at('2026-01-08T09:00:00Z'))).toMatchObject({ person: 'ann', override: false, next: 'bob' })
    expect(iso(watchAt(rotation, at('2026-01-08T09:00:00Z'))?.since)).toBe('2026-01-08T09:00:00.000Z')
  })

  test('[ES12] the same person from since until until, and somebody comes next, in any zone at any time', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Apia',
    )
    const hour = fc.integer({ min: 0, max: 23 })
    const instant = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') })
    fc.assert(
      fc.property(zone, hour, instant, (zone, hour, now) => {
        const rotation = { ...BERLIN, zone, handover: `${String(hour).padStart(2, '0')}:15` }
        const watch = watchAt(rotation, now)
        if (!watch) throw new Error('nobody')
        expect(watch.since <= now && now < watch.until).toBe(true)
        expect(watchAt(rotation, watch.since)).toEqual(watch)
        expect(watchAt(rotation, watch.until - 1)).toEqual(watch)
        expect(watchAt(rotation, watch.until)?.person).toBe(watch.next)
      }),
      { numRuns: 300 },
    )
  })

  test('[ES12] a local reading and its instant belong together', () => {
    expect(localOf('Asia/Kolkata', at('2026-06-01T00:00:00Z'))).toBe(at('2026-06-01T05:30:00Z'))
    expect(instantOf('Asia/Kolkata', at('2026-06-01T05:30:00Z'))).toBe(at('2026-06-01T00:00:00Z'))
    expect([isZone('Europe/Berlin'), isZone('Middle/Earth'), isZone('')]).toEqual([true, false, false])
  })
})

describe('a policy', () => {
  const policy = (name: string, services: string[], said: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
    name,
    services,
    steps: [{ to: [{ target: 'x' }], waitMs: 1_000 }],
    repeat: 0,
    ...said,
  })

  test('[ES1] a service has its own policy, else the one for all, else none; below its severity nobody is called', () => {
    const escalation = [policy('rest', ['*']), policy('own', ['checkout'], { severity: 'SEV-2' })]
    const named = (service: string, severity: 'SEV-1' | 'SEV-2' | 'SEV-3') =>
      policyFor({ escalation }, service, severity)?.name
    expect([named('checkout', 'SEV-1'), named('checkout', 'SEV-2'), named('search', 'SEV-3')]).toEqual([
      'own',
      'own',
      'rest',
    ])
    expect(named('checkout', 'SEV-3')).toBeUndefined()
    expect(policyFor({}, 'checkout', 'SEV-1')).toBeNull()
    expect(policyFor({ escalation: [policy('own', ['checkout'])] }, 'search', 'SEV-1')).toBeNull()
  })

  test('[ES2] steps follow one another and are repeated as often as it says', () => {
    const two = policy('two', ['*'], { steps: [...policy('', []).steps, ...policy('', []).steps], repeat: 1 })
    const walked: string[] = []
    for (let at: { round: number; step: number } | null = { round: 0, step: 0 }; at; at = nextStep(two, at))
      walked.push(`${at.round}.${at.step}`)
    expect(walked).toEqual(['0.0', '0.1', '1.0', '1.1'])
  })
})

describe('trying again', () => {
  test('[NT9] a page is tried again until somebody takes it on; one made although somebody had, while it is worked on', () => {
    const states = ['triggered', 'acknowledged', 'mitigated', 'resolved', 'closed', 'canceled', 'merged'] as const
    const needed = (reason: PageReason) => states.filter((state) => stillNeeded(reason, state))
    for (const reason of ['opened', 'escalated', 'reopened', 'ack-timeout', 'unmerged'] as const)
      expect(needed(reason)).toEqual(['triggered'])
    for (const reason of ['severity-raised', 'escalated-by-person'] as const)
      expect(needed(reason)).toEqual(['triggered', 'acknowledged', 'mitigated'])
  })

  test('[NT8] ten tries over about three days, each wait jittered by what is known, the same every time', () => {
    const waits = RETRY_WAITS_MS.map((_, n) => retryWait(n + 1, 'inc_a/P-01/0', null))
    expect(waits).toEqual(RETRY_WAITS_MS.map((_, n) => retryWait(n + 1, 'inc_a/P-01/0', null)))
    for (const [n, wait] of waits.entries()) {
      const least = RETRY_WAITS_MS[n] ?? 0
      expect(wait).toBeGreaterThanOrEqual(least)
      expect(wait).toBeLessThanOrEqual(least * 1.2)
    }
    expect(retryWait(RETRY_WAITS_MS.length + 1, 'x', null)).toBeNull()
    const first = new Set(Array.from({ length: 50 }, (_, n) => retryWait(2, `inc_${n}`, null)))
    expect(first.size).toBeGreaterThan(40)
  })

  test('[NT4] what a target asks for is the least it gets, a day at most', () => {
    expect(retryWait(1, 'x', 60_000)).toBe(60_000)
    expect(retryWait(3, 'x', 1)).toBe(retryWait(3, 'x', null))
    expect(retryWait(1, 'x', 10 * RETRY_AFTER_MS_MAX)).toBe(RETRY_AFTER_MS_MAX)
  })
})
