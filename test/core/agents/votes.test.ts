import { describe, expect, test } from 'vitest'
import type { Situation } from '../../../durable/core/agents/agent.ts'
import { judgeGate } from '../../../durable/core/consensus/gate.ts'
import { judgeGuard } from '../../../durable/core/consensus/guard.ts'
import type { Change, VoterName } from '../../../durable/protocol/domain.ts'
import { VOTERS } from '../../../durable/protocol/domain.ts'
import { bodyOf, planIn, storySituation, votesOn, withChange, withSeries } from './story.ts'

const PROXY = 'db-proxy'

function refusalsOf(situation: Situation): string[] {
  const evidence = Object.fromEntries(situation.evidence.map((item) => [item.id, item]))
  const { catalogue, alerts, record, at } = situation
  const body = bodyOf(situation, planIn(situation))
  return judgeGuard({ body, catalogue, evidence, alerts, record, killSwitch: false, at })
    .clauses.filter(({ holds }) => holds !== true)
    .map(({ name, reason }) => `${name}: ${reason}`)
}

describe('the story as it is', () => {
  test('[AG27] all four support the right action, each citing evidence that the room holds, and the gate passes', () => {
    for (const seed of [5, 6, 7, 8, 9]) {
      const situation = storySituation({}, seed)
      const plan = planIn(situation)
      const votes = votesOn(situation, plan)
      const held = situation.evidence.map(({ id }) => id)
      for (const voter of VOTERS) {
        expect({ voter, vote: votes[voter].vote, reason: votes[voter].reason }).toMatchObject({ vote: 'support' })
        expect(votes[voter].cites.length).toBeGreaterThan(0)
        expect(held).toEqual(expect.arrayContaining(votes[voter].cites))
        expect(votes[voter].method).not.toBe('')
      }
      const cited = situation.evidence.filter(({ id }) => VOTERS.some((voter) => votes[voter].cites.includes(id)))
      const gate = judgeGate({
        cited,
        catalogue: situation.catalogue,
        symptoms: ['checkout'],
        target: plan.action.target,
        at: situation.at,
        approvers: [],
      })
      expect(gate).toMatchObject({ passes: true, sources: ['deploys', 'metrics'] })
    }
  })

  test('[AG27] the guard finds nothing to refuse in what Resolution proposes', () => {
    expect(refusalsOf(storySituation())).toEqual([])
  })
})

describe('each voter can be the only one to oppose, from its own data', () => {
  const variants: Record<VoterName, (situation: Situation) => Situation> = {
    // The alerting service's own errors came back by themselves; its alert still fires, the pool is still full.
    detection: (situation) =>
      withSeries(
        situation,
        ({ service, name, peer }) => service === 'checkout' && name === 'errors' && peer === null,
        (values) => values.map((value, at) => (at >= values.length - 15 ? 0.002 : value)),
      ),
    // The calls to the target were in trouble half a minute before anything changed on it.
    diagnosis: (situation) =>
      withSeries(
        situation,
        ({ service, peer }) => service === 'checkout' && peer === PROXY,
        (values) => values.map((value, at) => values[Math.min(values.length - 1, at + 30)] ?? value),
      ),
    // Others hold most of what the database can take.
    prediction: (situation) =>
      withSeries(
        situation,
        ({ service, name }) => service === 'orders-db' && name === 'connections',
        (values) => values.map((value) => (value === null ? null : value + 50)),
      ),
    // Somebody raised the limit a moment ago; the series do not show it yet.
    resolution: (situation) =>
      withChange(situation, setting(situation.at - 4_000, Number(planIn(situation).action.parameters['limit'] ?? 0))),
  }

  test.each(VOTERS)(
    '[AG28] %s opposes alone, citing what no other voter cites, and the guard does not forestall it',
    (voter) => {
      for (const seed of [5, 6, 7, 8, 9]) {
        const situation = variants[voter](storySituation({}, seed))
        const votes = votesOn(situation, planIn(situation))
        const answers = Object.fromEntries(VOTERS.map((name) => [name, votes[name].vote]))
        const expected = Object.fromEntries(VOTERS.map((name) => [name, name === voter ? 'oppose' : 'support']))
        expect(answers).toEqual(expected)
        const others = VOTERS.filter((name) => name !== voter).flatMap((name) => votes[name].cites)
        expect(votes[voter].cites.filter((id) => !others.includes(id)).length).toBeGreaterThan(0)
        expect(refusalsOf(situation)).toEqual([])
      }
    },
  )
})

describe('votes read for themselves', () => {
  test('[AG29] a voter that cannot read its own observable abstains', () => {
    const plain = storySituation()
    const plan = planIn(plain)
    const without = (hidden: (series: { service: string; name: string; peer: string | null }) => boolean) =>
      votesOn(storySituation({ withhold: hidden }), plan)
    expect(without(({ service }) => service === 'checkout').detection.vote).toBe('abstain')
    expect(without(({ service }) => service === 'orders-db').prediction.vote).toBe('abstain')
    expect(without(({ service }) => service === PROXY).resolution.vote).toBe('abstain')
    const stale = { ...plain, at: plain.at + 120_000 }
    expect(votesOn(stale, plan).detection.vote).toBe('abstain')
    expect(votesOn(stale, plan).resolution.vote).toBe('abstain')
  })

  test('[AG30] a target without a call path, or whose series are calm, is opposed', () => {
    const situation = storySituation()
    const plan = planIn(situation)
    const astray = { ...plan, action: { ...plan.action, target: 'search-api' } }
    expect(votesOn(situation, astray).diagnosis.vote).toBe('oppose')
    const calm = { ...plan, action: { ...plan.action, target: 'notifier' } }
    expect(votesOn(situation, calm).detection.vote).toBe('oppose')
  })

  test('[AG30] an action that ended badly before, or a limit that does not follow from the series, is opposed', () => {
    const situation = storySituation()
    const plan = planIn(situation)
    for (const end of ['failed', 'worse', 'no-better'] as const) {
      const { type, target, parameters } = plan.action
      const record = [{ proposal: 1, type, target, parameters, at: situation.at - 60_000, end }]
      expect(votesOn({ ...situation, record }, plan).resolution.vote).toBe('oppose')
    }
    const odd = { ...plan, action: { ...plan.action, parameters: { limit: 190 } } }
    expect(votesOn(situation, odd).resolution.vote).toBe('oppose')
  })

  test('[AG31] too many or too important dependents for the risk class are opposed', () => {
    const situation = storySituation()
    const plan = planIn(situation)
    const irreversible = { ...plan, risk: 'irreversible' as const }
    expect(votesOn(situation, irreversible).prediction.vote).toBe('oppose')
    const callers = Array.from({ length: 13 }, (_, k) => ({
      id: `caller-${k}`,
      title: '',
      tier: 4 as const,
      owner: '',
      ownerReachable: true,
      dependencies: [PROXY],
      protected: false,
      slos: [],
    }))
    const crowded = { ...situation.catalogue, services: [...situation.catalogue.services, ...callers] }
    expect(votesOn({ ...situation, catalogue: crowded }, plan).prediction.vote).toBe('oppose')
  })

  test('[AG31] a limit that would still lie under what was needed before is opposed', () => {
    const situation = storySituation()
    const plan = planIn(situation)
    const timid = { ...plan, action: { ...plan.action, parameters: { limit: (plan.previous['limit'] ?? 0) + 1 } } }
    expect(votesOn(situation, timid).prediction.vote).toBe('oppose')
  })
})

describe('what came before', () => {
  test('[AG28] a limit that was high before the trouble began is not a fix under way', () => {
    const situation = storySituation()
    const plan = planIn(situation)
    const silent = { ...situation, evidence: situation.evidence.filter(({ kind }) => kind !== 'change') }
    const before = withChange(silent, setting(situation.at - 200_000, 90))
    expect(votesOn(before, plan).resolution.vote).toBe('support')
  })

  test('[AG28] what the target calls must carry again what it carried before the onset', () => {
    const situation = storySituation()
    const busy = withSeries(
      situation,
      ({ service, name }) => service === 'orders-db' && name === 'connections',
      (values) => values.map((_, at) => (at < values.length - 40 ? 95 : 40)),
    )
    expect(votesOn(busy, planIn(situation)).prediction.vote).toBe('oppose')
  })
})

describe('an incident older than its windows', () => {
  test('[AG32] what is past its bound is in trouble though its rise is out of sight, and no voter calls it calm', () => {
    const late = storySituation({ windowS: 60, after: 200 })
    const plan = planIn(late)
    expect(plan.action).toMatchObject({ type: 'raise-pool-limit', target: PROXY })
    for (const voter of VOTERS) expect(votesOn(late, plan)[voter].vote).not.toBe('oppose')
    expect(votesOn(late, plan).detection.vote).toBe('support')
    const unpromised = late.catalogue.services.map((service) => ({ ...service, slos: [] }))
    const unsure = { ...late, catalogue: { ...late.catalogue, services: unpromised } }
    expect(votesOn(unsure, plan).detection.vote).toBe('abstain')
  })
})

function setting(at: number, to: number): Change {
  const key = { id: 'chg-2', source: 'deploys', kind: 'config' as const, service: PROXY, catalogued: true, at }
  return { ...key, title: '', description: '', setting: { name: 'pool_limit', from: null, to } }
}
