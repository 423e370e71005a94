import { expect, test } from 'vitest'
import type { Situation } from '../../../durable/core/agents/agent.ts'
import { diagnose } from '../../../durable/core/agents/diagnosis/index.ts'
import { promisesKept } from '../../../durable/core/agents/promise.ts'
import { resolve } from '../../../durable/core/agents/resolution/index.ts'
import { badDeploymentWith } from '../../../scenarios/bad-deployment/index.ts'
import { marketingSurge } from '../../../scenarios/marketing-surge/index.ts'
import { memoryLeak } from '../../../scenarios/memory-leak/index.ts'
import { type Held, playOn, playToAlert, situationAt } from '../../engines/rig.ts'
import type { Model } from '../../../scenarios/scenario.ts'
import { planIn, storySituation, votesOn, withSeries } from './story.ts'

function look(model: Model, after: number, held: Held = {}): Situation {
  const played = playToAlert(model, 1_000)
  if (!played) throw new Error('the story must page')
  return situationAt(playOn(played, played.second + after), held)
}

const surge = (held: Held = {}): Situation => look(marketingSurge.begin(3), 20, held)
/** The same situation with other newest values in one series of a service's own. */
const lately = (
  situation: Situation,
  of: string,
  signal: string,
  change: (value: number, at: number) => number,
): Situation =>
  withSeries(
    situation,
    ({ service, name, peer }) => service === of && name === signal && peer === null,
    (values) => values.map((value, at) => (value === null ? null : change(value, at - values.length))),
  )

test('[AG63] while promises are kept nothing is settled or proposed, and two voters oppose whatever is', () => {
  const situation = surge()
  const finding = diagnose(situation)
  expect(finding).toMatchObject({ outcome: 'inconclusive', reason: 'within-objectives' })
  expect(finding.summary).toContain('what is promised is kept: errors of landing-page')
  for (const { verdict, confidence } of finding.detail.hypotheses) {
    expect(['INCONCLUSIVE', 'RULED_OUT']).toContain(verdict)
    expect(confidence).toBeNull()
  }
  // Not even for whoever claims to know the cause.
  const claimed = finding.detail.hypotheses.map((one) => ({ ...one, verdict: 'CONFIRMED' as const, confidence: 0.95 }))
  expect(resolve(situation, claimed)).toMatchObject({ reason: 'within-objectives', detail: { plan: null } })
  const elsewhere = planIn(storySituation())
  const plan = { ...elsewhere, action: { ...elsewhere.action, target: 'landing-page' } }
  const votes = votesOn(situation, plan)
  expect(votes.detection).toMatchObject({ vote: 'oppose' })
  expect(votes.diagnosis).toMatchObject({ vote: 'oppose' })
  expect(votes.diagnosis.cites).toEqual(promisesKept(situation)?.cites)
})

test('[AG64] what is broken, half used up, unread, hardly asked or near a limit is not kept', () => {
  const situation = surge()
  expect(promisesKept(situation)).not.toBeNull()
  const not = (change: Situation): void => expect(promisesKept(change)).toBeNull()
  not(lately(situation, 'landing-page', 'errors', (value, at) => (at > -40 ? 0.05 : value)))
  not(lately(situation, 'landing-page', 'errors', (value, at) => (at > -40 ? 0.015 : value)))
  not(lately(situation, 'landing-page', 'rate', (value, at) => (at > -40 ? value / 9 : value)))
  not(lately(situation, 'offers-db', 'cpu', (value, at) => (at > -40 ? 0.9 : value)))
  not(lately(situation, 'offers-db', 'cpu', (value, at) => (at > -90 ? value + (at + 90) * 0.003 : value)))
  not(surge({ withhold: ({ service, name }) => service === 'landing-page' && name === 'latency_p95' }))
  not({ ...situation, at: situation.at + 60_000 })
  const silent = situation.catalogue.services.map((service) => ({ ...service, slos: [] }))
  not({ ...situation, catalogue: { ...situation.catalogue, services: silent } })
  // A short blip breaks nothing, and what happens to a stranger does not matter.
  expect(
    promisesKept(lately(situation, 'landing-page', 'errors', (value, at) => (at > -4 ? 0.05 : value))),
  ).not.toBeNull()
  expect(promisesKept(lately(situation, 'campaign-mailer', 'errors', (_, at) => (at > -40 ? 0.5 : 0)))).not.toBeNull()
})

test('[AG62] a callee whose calls are measured and calm explains nothing; unmeasured ones still may', () => {
  const model = (): Model => badDeploymentWith(6, { told: false, queries: 1.9, slower: 1.2, deployed: 'pricing' })
  const about = (situation: Situation) =>
    diagnose(situation).detail.hypotheses.find(({ cause }) => cause.service === 'pricing')
  const seen = look(model(), 10)
  expect(about(seen)?.verdict).not.toBe('RULED_OUT')
  const blind = look(model(), 10, { withhold: ({ service, peer }) => service === 'pricing' && peer === 'ticket-db' })
  expect(about(blind)?.reason).toContain('explained-by-callee: ticket-db')
})

test('[AG67] in a look that comes too late to see what came first, the earlier change below explains the later one', () => {
  for (const seed of [4, 5, 6]) {
    const model = badDeploymentWith(seed, {})
    const first = diagnose(look(model, 12 * 60)).detail.hypotheses
    expect(first[0]?.cause).toMatchObject({ service: model.truth.cause?.service, kind: 'deployment' })
    expect(first.find(({ cause }) => cause.service === 'booking')?.reason).toContain('explained-by-callee')
  }
})

test('[AG65] memory is told by its name; a disk that fills alike is a used-up resource', () => {
  const kindOf = (name: string): string | undefined => {
    const situation = look(memoryLeak.begin(2, 'not-deployed'), 30)
    const evidence = situation.evidence.map((item) => {
      if (item.data.kind !== 'metric' || item.data.series.name !== 'memory') return item
      return { ...item, data: { ...item.data, series: { ...item.data.series, name } } }
    })
    return diagnose({ ...situation, evidence }).detail.hypotheses[0]?.cause.kind
  }
  expect(kindOf('memory')).toBe('memory')
  expect(kindOf('jvm_heap_used')).toBe('memory')
  expect(kindOf('disk_used')).toBe('saturation')
})

test('[AG66] a load that the target itself brought upon a callee is no reason against taking it back', () => {
  const situation = look(badDeploymentWith(8, { deployed: 'pricing' }), 2)
  const plan = planIn(situation)
  expect(plan.action).toMatchObject({ type: 'rollback-deployment', target: 'pricing' })
  const hot = lately(situation, 'ticket-db', 'cpu', (value, at) => (at > -12 ? 0.85 : value))
  expect(votesOn(hot, plan).prediction).toMatchObject({ vote: 'support' })
  // What adds something is judged by what is carried now; and so is a load that was there before.
  const more = { ...plan, action: { ...plan.action, parameters: { instances: 1 } } }
  expect(votesOn(hot, more).prediction).toMatchObject({ vote: 'oppose' })
  const always = lately(situation, 'ticket-db', 'cpu', () => 0.85)
  expect(votesOn(always, plan).prediction).toMatchObject({ vote: 'oppose' })
})
