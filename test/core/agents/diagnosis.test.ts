import { expect, test } from 'vitest'
import { confidenceOf } from '../../../durable/core/agents/diagnosis/settle.ts'
import { detect } from '../../../durable/core/agents/detection/index.ts'
import { diagnose } from '../../../durable/core/agents/diagnosis/index.ts'
import type { Situation } from '../../../durable/core/agents/agent.ts'
import type { Hypothesis } from '../../../durable/protocol/domain.ts'
import { storySituation, withChange, withSeries } from './story.ts'

const hypothesesOf = (situation: Situation): Hypothesis[] => diagnose(situation).detail.hypotheses
const about = (hypotheses: Hypothesis[], service: string): Hypothesis | undefined =>
  hypotheses.find(({ cause }) => cause.service === service)

test('[AG11] what changed elsewhere is listed and left out of the onset', () => {
  const situation = storySituation()
  const { changes, onsetAt } = detect(situation).detail
  const elsewhere = changes.find(({ service, name }) => service === 'search-api' && name === 'cpu')
  expect(elsewhere).toBeDefined()
  const linked = changes.filter(({ service }) => service !== 'search-api')
  expect(linked.some((change) => change.onsetAt === onsetAt)).toBe(true)
})

test('[AG11] without a series there is no finding, and the gap is named', () => {
  const situation = storySituation({ withhold: () => true })
  expect(detect(situation)).toMatchObject({
    outcome: 'abstained',
    reason: 'no-telemetry',
    gaps: expect.arrayContaining([{ what: 'telemetry of checkout', reason: 'not-watched' }]),
  })
  expect(diagnose({ ...situation, evidence: [] })).toMatchObject({ outcome: 'abstained', reason: 'no-telemetry' })
})

test('[AG13] what fails because its callee fails is ruled out, kept, and says by whom it is explained', () => {
  const hypotheses = hypothesesOf(storySituation())
  for (const victim of ['checkout', 'storefront', 'order-history']) {
    expect(about(hypotheses, victim)).toMatchObject({ verdict: 'RULED_OUT', confidence: null })
    expect(about(hypotheses, victim)?.reason).toContain('explained-by-callee: db-proxy')
    expect(about(hypotheses, victim)?.against.length).toBeGreaterThan(0)
  }
})

test('[AG14] a deploy without a call path to the symptom is ruled out and kept with its reason', () => {
  const search = about(hypothesesOf(storySituation()), 'search-api')
  expect(search).toMatchObject({ verdict: 'RULED_OUT', cause: { kind: 'deployment' } })
  expect(search?.reason).toContain('no-call-path')
  expect(search?.for.length).toBeGreaterThan(0)
})

test('[AG14] a change that came only after the trouble is no cause', () => {
  const situation = storySituation({ withhold: ({ service }) => service === 'notifier' })
  const late = withChange(situation, {
    id: 'late',
    source: 'deploys',
    kind: 'deploy',
    service: 'notifier',
    catalogued: true,
    at: situation.at - 1_000,
    title: '',
    description: '',
    setting: null,
  })
  expect(about(hypothesesOf(late), 'notifier')).toMatchObject({ verdict: 'RULED_OUT' })
  expect(about(hypothesesOf(late), 'notifier')?.reason).toContain('changed-after-onset')
})

test('[AG15] a cause behind a service that nobody watches stays open, whoever else looks guilty', () => {
  const finding = diagnose(
    storySituation({ withhold: ({ service, peer }) => service === 'db-proxy' || peer === 'db-proxy' }),
  )
  expect(finding.outcome).toBe('inconclusive')
  expect(['cause-not-observed', 'callee-not-observed']).toContain(finding.reason)
  expect(finding.gaps).toContainEqual({ what: 'telemetry of db-proxy', reason: 'not-watched' })
})

test('[AG15] stale telemetry is a gap of its own and settles nothing', () => {
  const situation = storySituation()
  const finding = diagnose({ ...situation, at: situation.at + 120_000 })
  expect(finding.outcome).toBe('inconclusive')
  expect(finding.gaps).toContainEqual({ what: 'telemetry of db-proxy', reason: 'stale' })
})

test('[AG18] a settled hypothesis names its path, its evidence, the next check and its confidence', () => {
  const situation = storySituation()
  const first = hypothesesOf(situation)[0]
  expect(first).toMatchObject({ id: 'H1', verdict: 'CONFIRMED', path: ['db-proxy', 'checkout'] })
  expect(first?.next).not.toBe('')
  expect(first?.confidence).toBeGreaterThanOrEqual(0.8)
  expect(first?.confidence).toBeLessThanOrEqual(0.95)
  const held = situation.evidence.map(({ id }) => id)
  expect(held).toEqual(expect.arrayContaining([...(first?.for ?? []), ...(first?.against ?? [])]))
})

test('[AG18] confidence falls with what is missing, stale or rivalled, and never passes 0.95', () => {
  const whole = { support: 4, rival: 0, completeness: 1, freshness: 1 }
  expect(confidenceOf(whole)).toBe(0.92)
  expect(confidenceOf({ ...whole, support: 40 })).toBe(0.95)
  expect(confidenceOf({ ...whole, completeness: 0.5 })).toBe(0.46)
  expect(confidenceOf({ ...whole, freshness: 0.5 })).toBe(0.46)
  expect(confidenceOf({ ...whole, rival: 4 })).toBe(0.46)
  expect(confidenceOf({ ...whole, rival: 8 })).toBeLessThan(0.25)
  expect(confidenceOf({ ...whole, support: 1.4 })).toBe(0.58)
  expect(confidenceOf({ ...whole, support: 0 })).toBe(0)
})

test('[AG19] one source alone never confirms: without the change events the cause is likely at most', () => {
  const situation = storySituation()
  const alone = { ...situation, evidence: situation.evidence.filter(({ kind }) => kind !== 'change') }
  expect(hypothesesOf(alone)[0]).toMatchObject({
    verdict: 'LIKELY',
    cause: { service: 'db-proxy', kind: 'saturation' },
  })
})

test('[AG20] a change of the setting that names the used-up resource is a configuration cause', () => {
  const first = hypothesesOf(storySituation())[0]
  expect(first?.cause).toEqual({ service: 'db-proxy', kind: 'configuration', signal: 'pool_in_use' })
})

test('[AG20] a service whose rate stopped, with nothing changed on it, has crashed', () => {
  const healthy = storySituation({ withhold: ({ service }) => service === 'search-api' })
  const since = 60
  const stopped = ['rate', 'errors', 'pool_in_use', 'pool_waiting', 'latency_p95', 'cpu'].reduce(
    (situation, signal) =>
      withSeries(
        situation,
        ({ service, name, peer }) => service === 'db-proxy' && name === signal && peer === null,
        (values) =>
          values.map((_, at) => {
            const down = at >= values.length - since
            return { rate: down ? 0 : 80, errors: down ? 1 : 0, pool_in_use: down ? 0 : 20 }[signal] ?? 1
          }),
      ),
    { ...healthy, evidence: healthy.evidence.filter(({ kind }) => kind !== 'change') },
  )
  expect(hypothesesOf(stopped)[0]?.cause).toMatchObject({ service: 'db-proxy', kind: 'crash' })
})

test('[AG11] trouble elsewhere that is older than the incident does not make the incident older', () => {
  const situation = storySituation()
  const { onsetAt } = detect(situation).detail
  const earlier = withSeries(
    situation,
    ({ service, name }) => service === 'search-api' && name === 'cpu',
    (values) => values.map((value, at) => values[Math.min(values.length - 1, at + 60)] ?? value),
  )
  expect(detect(earlier).detail.onsetAt).toBe(onsetAt)
})

test('[AG15] a change alone, on a service that nobody watches, is kept open and not settled', () => {
  const finding = diagnose(storySituation({ withhold: ({ service }) => service === 'db-proxy' }))
  expect(finding).toMatchObject({ outcome: 'inconclusive', reason: 'callee-not-observed' })
  expect(about(finding.detail.hypotheses, 'db-proxy')).toMatchObject({ verdict: 'INCONCLUSIVE' })
  expect(about(finding.detail.hypotheses, 'db-proxy')?.next).toContain(
    'read errors, latency and saturation of db-proxy',
  )
})

test('[AG20] a setting that came with a deploy is still a setting', () => {
  const situation = storySituation()
  const evidence = situation.evidence.map((item) => {
    if (item.data.kind !== 'change' || item.data.change.setting === null) return item
    return { ...item, data: { ...item.data, change: { ...item.data.change, kind: 'deploy' as const } } }
  })
  expect(hypothesesOf({ ...situation, evidence })[0]?.cause.kind).toBe('configuration')
})
