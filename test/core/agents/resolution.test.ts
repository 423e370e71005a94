import { expect, test } from 'vitest'
import { diagnose } from '../../../durable/core/agents/diagnosis/index.ts'
import { resolve, vote } from '../../../durable/core/agents/resolution/index.ts'
import { match, parameterFor } from '../../../durable/core/runbooks/match.ts'
import type { Situation } from '../../../durable/core/agents/agent.ts'
import type {
  ActionPlan,
  Hypothesis,
  NumberParameter,
  ProposalBody,
  Runbook,
  SeriesWindow,
} from '../../../durable/protocol/domain.ts'
import { POLICY_VERSION } from '../../../durable/protocol/version.ts'
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

test('[AC141] what only a person can say is not proposed: the checklist is offered, and own decision', () => {
  const situation = storySituation()
  const [raise] = situation.catalogue.runbooks.filter(({ id }) => id === 'raise-pool-limit')
  if (!raise) throw new Error('the library raises limits')
  const asks: Runbook = {
    ...raise,
    parameters: [...raise.parameters, { name: 'pool', type: 'choice', values: ['a', 'b'], from: { kind: 'person' } }],
  }
  const only = settle({ ...situation, catalogue: { ...situation.catalogue, runbooks: [asks] } })
  expect(only).toMatchObject({ outcome: 'found', detail: { plan: null, checklist: { runbook: 'raise-pool-limit' } } })
  expect(only.summary).toContain('a person has to say pool')
  expect(parameterFor({ name: 'r', type: 'cidr', prefixMin: 24, from: { kind: 'person' } }, pool)).toEqual({
    ok: false,
    reason: 'person-decides:r',
  })
  const other = settle({ ...situation, catalogue: { ...situation.catalogue, runbooks: [asks, ...rest(situation)] } })
  expect(other.detail.plan?.action.type).toBe('rollback-deployment')
})

test('[AC142] the plan carries the steps of its runbook, and when it is to be undone', () => {
  const situation = storySituation()
  const steps: Runbook['steps'] = [
    { kind: 'manual', id: 'look', says: 'look' },
    { kind: 'http', id: 'act' },
  ]
  const runbooks = situation.catalogue.runbooks.map((runbook): Runbook => {
    return { ...runbook, steps, rollback: runbook.rollback && { ...runbook.rollback, onNoBetter: true } }
  })
  const { plan } = settle({ ...situation, catalogue: { ...situation.catalogue, runbooks } }).detail
  expect(plan).toMatchObject({ steps, undoOn: ['worse', 'no-better'] })
  const bare = settle(situation).detail.plan
  expect(bare && ('steps' in bare || 'undoOn' in bare)).toBe(false)
})

test('[AC143] a runbook for other tiers or symptoms is not proposed, and is voted against', () => {
  const situation = storySituation()
  const { plan } = settle(situation).detail
  const only = (match: Partial<Runbook['match']>): Situation => {
    const runbooks = situation.catalogue.runbooks
      .filter(({ id }) => id === 'raise-pool-limit')
      .map((runbook): Runbook => ({ ...runbook, match: { ...runbook.match, ...match } }))
    return { ...situation, catalogue: { ...situation.catalogue, runbooks } }
  }
  expect(settle(only({ tiers: [2], symptoms: ['errors'] })).detail.plan?.action.type).toBe('raise-pool-limit')
  expect(settle(only({ tiers: [4] }))).toMatchObject({ reason: 'no-runbook-matches' })
  expect(settle(only({ symptoms: ['other'] }))).toMatchObject({ reason: 'no-runbook-matches' })
  if (!plan) throw new Error('the story has a plan')
  expect(vote(only({ tiers: [4] }), bodyOf(plan))).toMatchObject({ vote: 'oppose' })
  expect(vote(only({}), bodyOf(plan))).toMatchObject({ vote: 'support' })
})

test('[AC144] a runbook without a signal is for a change on the target, or for a target that is seen in trouble', () => {
  const situation = storySituation()
  const { plan } = settle(situation).detail
  if (!plan) throw new Error('the story has a plan')
  const restart = (target: string) =>
    vote(
      situation,
      bodyOf({ ...plan, action: { runbook: 'restart-instance', type: 'restart-instance', target, parameters: {} } }),
    )
  expect(restart('db-proxy')).toMatchObject({ vote: 'support' })
  expect(restart('notifier').vote).not.toBe('support')
  const back = (target: string) =>
    vote(
      situation,
      bodyOf({
        ...plan,
        action: { runbook: 'rollback-deployment', type: 'rollback-deployment', target, parameters: {} },
      }),
    )
  expect(back('db-proxy')).toMatchObject({ vote: 'support' })
  expect(back('notifier')).toMatchObject({ vote: 'oppose' })
})

test('[AC145] a flag is turned off where one was turned before the trouble, not where one was turned since', () => {
  const situation = storySituation()
  const { plan } = settle(situation).detail
  if (!plan) throw new Error('the story has a plan')
  const action = { runbook: 'disable-feature-flag', type: 'disable-feature-flag', target: 'db-proxy', parameters: {} }
  const body = bodyOf({ ...plan, action })
  const flagged = (at: number): Situation => {
    const item = situation.evidence.find(({ data }) => data.kind === 'change' && data.change.service === 'db-proxy')
    if (item?.data.kind !== 'change') throw new Error('the story has a change')
    const { change } = item.data
    const flag = { ...change, kind: 'flag' as const, at, setting: { name: 'fast_pool', from: 'off', to: 'on' } }
    return {
      ...situation,
      evidence: [...situation.evidence, { ...item, id: 'E-99', data: { kind: 'change', change: flag } }],
    }
  }
  expect(vote(flagged(situation.at - 420_000), body)).toMatchObject({ vote: 'support', cites: ['E-99'] })
  expect(vote(flagged(situation.at), body)).toMatchObject({ vote: 'oppose' })
  expect(vote(situation, body)).toMatchObject({ vote: 'abstain' })
})

function rest(situation: Situation): Runbook[] {
  return situation.catalogue.runbooks.filter(({ id }) => id !== 'raise-pool-limit')
}

function bodyOf(plan: ActionPlan): ProposalBody {
  return {
    instance: 'ins_test01',
    incident: 'inc_abcdef',
    drill: null,
    number: 1,
    catalogue: 'story',
    policy: POLICY_VERSION,
    evidenceDigest: '',
    risk: plan.risk,
    notBefore: 0,
    expiresWall: 1,
    plan,
    decidedBy: 'system',
  }
}
