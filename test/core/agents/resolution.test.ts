import { expect, test } from 'vitest'
import { diagnose } from '../../../durable/core/agents/diagnosis/index.ts'
import { resolve } from '../../../durable/core/agents/resolution/index.ts'
import { match, parameterFor } from '../../../durable/core/runbooks/match.ts'
import type { Situation } from '../../../durable/core/agents/agent.ts'
import type { Hypothesis, NumberParameter, Runbook, SeriesWindow } from '../../../durable/protocol/domain.ts'
import { storySituation } from './story.ts'

const settle = (situation: Situation) => resolve(situation, diagnose(situation).detail.hypotheses)
const pool: SeriesWindow = {
  source: 'm',
  service: 'a',
  name: 'pool_in_use',
  peer: null,
  unit: '',
  role: 'saturation',
  limit: 20,
  breach: 'above',
  startsAt: 0,
  stepMs: 1_000,
  values: [20, 20, 20],
}
const cause = (kind: Hypothesis['cause']['kind'], signal: string | null = 'pool_in_use') => ({
  service: 'a',
  kind,
  signal,
})

test('[AG21] runbooks that name the signal go first, then milder ones; others do not match', () => {
  const { runbooks } = storySituation().catalogue
  const ids = (list: { runbook: Runbook }[]) => list.map(({ runbook }) => runbook.id)
  expect(ids(match(runbooks, cause('configuration'), [pool]))).toEqual(['raise-pool-limit', 'rollback-deployment'])
  expect(ids(match(runbooks, cause('saturation'), [pool]))).toEqual(['raise-pool-limit'])
  expect(ids(match(runbooks, cause('saturation', 'cpu'), [{ ...pool, name: 'cpu' }]))).toEqual(['scale-out'])
  expect(ids(match(runbooks, cause('deployment', null), []))).toEqual(['rollback-deployment'])
  expect(match(runbooks, cause('unknown'), [pool])).toEqual([])
  expect(match(runbooks, cause('saturation'), [{ ...pool, service: 'b' }])).toEqual([])
})

test('[AG22] a parameter follows from the limit, is cut to its bounds, or is refused with a reason', () => {
  const spec = (more: Partial<NumberParameter>): NumberParameter => ({
    name: 'limit',
    unit: '',
    min: 5,
    max: 200,
    from: { kind: 'limit-times', factor: 1.5 },
    ...more,
  })
  expect(parameterFor(spec({}), pool)).toEqual({ ok: true, value: 30, previous: 20 })
  expect(parameterFor(spec({ max: 25 }), pool)).toEqual({ ok: true, value: 25, previous: 20 })
  expect(parameterFor(spec({ max: 20 }), pool)).toEqual({ ok: false, reason: 'out-of-bounds:limit' })
  expect(parameterFor(spec({ min: 40 }), pool)).toEqual({ ok: false, reason: 'out-of-bounds:limit' })
  expect(parameterFor(spec({}), null)).toEqual({ ok: false, reason: 'limit-unknown' })
  const constant = spec({ from: { kind: 'constant', value: 7 } })
  expect(parameterFor(constant, null)).toEqual({ ok: true, value: 7, previous: null })
})

test('[AG23] the plan is one typed action with what it was, how to undo it, what must recover, and fresh evidence', () => {
  const situation = storySituation()
  const finding = settle(situation)
  const { plan } = finding.detail
  const limit = plan?.previous['limit'] ?? 0
  expect(plan).toMatchObject({
    action: { type: 'raise-pool-limit', target: 'db-proxy', parameters: { limit: Math.round(limit * 1.5) } },
    risk: 'reversible',
    rollback: { type: 'raise-pool-limit', target: 'db-proxy', parameters: { limit } },
    hypothesis: 'H1',
  })
  const signals = plan?.verify.signals ?? []
  const watched = signals.map((signal) =>
    signal.kind === 'series' ? `${signal.series.service}/${signal.series.name}` : 'alert',
  )
  expect(watched.sort()).toEqual(['checkout/errors', 'checkout/latency_p95', 'db-proxy/pool_waiting'])
  for (const signal of signals) {
    if (signal.kind !== 'series') continue
    expect(signal.baseline).toBeLessThan(signal.recoveredAt)
    expect(signal.recoveredAt).toBeLessThan(signal.worseAt)
  }
  const cited = situation.evidence.filter(({ id }) => plan?.cites.includes(id))
  expect(cited).toHaveLength(plan?.cites.length ?? -1)
  expect(new Set(cited.map(({ source }) => source))).toEqual(new Set(['metrics', 'deploys', 'catalogue']))
})

test('[AG24] without a wired endpoint the runbook becomes a checklist for people', () => {
  const situation = storySituation()
  const unwired = { ...situation, catalogue: { ...situation.catalogue, endpoints: [] } }
  const { outcome, detail } = settle(unwired)
  expect(outcome).toBe('found')
  expect(detail.plan).toBeNull()
  expect(detail.checklist).toMatchObject({ runbook: 'raise-pool-limit' })
  expect(detail.checklist?.steps.length).toBeGreaterThan(0)
})

test('[AG24] nothing settled or nothing that fits means nothing proposed, with the reason', () => {
  const situation = storySituation()
  expect(resolve(situation, [])).toMatchObject({ outcome: 'abstained', reason: 'no-settled-hypothesis' })
  const none = { ...situation, catalogue: { ...situation.catalogue, runbooks: [] } }
  expect(settle(none)).toMatchObject({ outcome: 'abstained', reason: 'no-runbook-matches' })
})

test('[AG25] a protected target is not proposed', () => {
  const situation = storySituation()
  const services = situation.catalogue.services.map((service) => ({ ...service, protected: true }))
  const guarded = { ...situation, catalogue: { ...situation.catalogue, services } }
  expect(settle(guarded)).toMatchObject({ outcome: 'abstained', reason: 'target-protected', detail: { plan: null } })
})

test('[AG25] what the record says failed or helped no one is not proposed again: the next runbook is', () => {
  const situation = storySituation()
  for (const end of ['failed', 'worse', 'no-better'] as const) {
    const tried = { proposal: 1, type: 'raise-pool-limit', target: 'db-proxy', parameters: { limit: 36 }, at: 0, end }
    const next = settle({ ...situation, record: [tried] }).detail.plan
    expect(next?.action).toEqual({
      runbook: 'rollback-deployment',
      type: 'rollback-deployment',
      target: 'db-proxy',
      parameters: {},
    })
    expect(next?.preconditions.map(({ check }) => check)).not.toContain('limit-unchanged')
    const both = [tried, { ...tried, type: 'rollback-deployment', parameters: {} }]
    expect(settle({ ...situation, record: both })).toMatchObject({ reason: `already-tried:${end}` })
  }
  const undone = { proposal: 1, type: 'raise-pool-limit', target: 'db-proxy', parameters: {}, at: 0 }
  const again = settle({ ...situation, record: [{ ...undone, end: 'did-not-run' as const }] }).detail.plan
  expect(again?.action.type).toBe('raise-pool-limit')
})

test('[AG23] the used-up resource itself is never a signal that must recover', () => {
  const { plan } = settle(storySituation({ withhold: ({ name }) => name === 'pool_waiting' })).detail
  const names = plan?.verify.signals.map((signal) => (signal.kind === 'series' ? signal.series.name : 'alert'))
  expect(names?.sort()).toEqual(['errors', 'latency_p95'])
})
