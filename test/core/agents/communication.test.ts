import { expect, test } from 'vitest'
import { clerk, write } from '../../../durable/core/agents/communication/index.ts'
import { detect } from '../../../durable/core/agents/detection/index.ts'
import { diagnose } from '../../../durable/core/agents/diagnosis/index.ts'
import { resolve } from '../../../durable/core/agents/resolution/index.ts'
import type { Situation } from '../../../durable/core/agents/agent.ts'
import type { AgentName, Finding, FindingDraft, Proposal } from '../../../durable/protocol/domain.ts'
import { alertKey, emptyView, type View } from '../../../durable/protocol/view.ts'
import { bodyOf, planIn, storySituation } from './story.ts'

function viewOf(situation: Situation): View {
  return {
    ...emptyView(),
    head: situation.head,
    catalogue: situation.catalogue,
    severity: 'SEV-1',
    at: situation.at,
    alerts: Object.fromEntries(situation.alerts.map((alert) => [alertKey(alert), { ...alert, reason: 'new' }])),
    evidence: Object.fromEntries(situation.evidence.map((item) => [item.id, item])),
  }
}

function reported(agent: AgentName, draft: FindingDraft): Finding {
  const provenance = {
    driver: 'embedded',
    model: null,
    tokens: null,
    costUsd: null,
    latencyMs: 1,
    attempts: 1,
    degraded: null,
  }
  return { ...draft, id: `F-${agent}`, agent, run: 1, at: 0, provenance }
}

function workedOn(situation: Situation): View {
  const diagnosis = diagnose(situation)
  const view = viewOf(situation)
  view.hypotheses = diagnosis.detail.hypotheses
  view.findings = {
    detection: reported('detection', detect(situation)),
    diagnosis: reported('diagnosis', diagnosis),
    resolution: reported('resolution', resolve(situation, diagnosis.detail.hypotheses)),
  }
  return view
}

function proposed(situation: Situation, more: Partial<Proposal>): Proposal {
  const body = bodyOf(situation, planIn(situation))
  return {
    id: 'prp_1',
    number: 1,
    digest: '',
    status: 'voting',
    reason: '',
    body,
    at: situation.at,
    guard: { at: 0, holds: true, clauses: [] },
    gate: { passes: true, reason: 'passes', kinds: [], sources: [], observedNow: [], notCounted: [], wouldDecide: '' },
    ballot: null,
    votes: [],
    clerk: null,
    certificate: null,
    approvalsNeeded: 1,
    decisions: [],
    execution: null,
    verification: null,
    ...more,
  }
}

const sentences = (view: View, at: number) => {
  const { responders, executives } = write(view, at).detail
  return { responders, executives, all: JSON.stringify([responders, executives]) }
}

test('[AG34] three sentences twice, with figures, their basis and the evidence behind them', () => {
  const situation = storySituation()
  const { responders, executives } = sentences(workedOn(situation), situation.at)
  expect(responders.happening).toMatch(/checkout: errors [\d.]+ %, before [\d.]+ % \([\d.]+ sigma, E-\d+\)/)
  expect(responders.cause).toMatch(/CONFIRMED.*pool_in_use on db-proxy.*confidence \d+ %.*E-\d+/)
  expect(executives.happening).toMatch(/^Checkout fails for about [\d.]+ % of requests since/)
  expect(executives.cause).toContain('Database proxy')
  expect(executives.cause).not.toMatch(/E-\d+|sigma|pool_in_use/)
  expect(responders.next).not.toBe('')
})

test('[AG34] before anything is read it says what is unknown and invents nothing', () => {
  const situation = storySituation()
  const { responders, executives } = sentences(viewOf({ ...situation, evidence: [] }), situation.at)
  expect(responders.cause).toContain('not diagnosed yet')
  expect(executives.happening).toContain('not measured')
  expect(executives.cause).toBe('The cause is not known yet.')
})

test('[AG35] what happens next follows the proposal and the state, each in words of its own', () => {
  const situation = storySituation()
  const next = (change: (view: View) => void): string => {
    const view = workedOn(situation)
    change(view)
    return sentences(view, situation.at).responders.next
  }
  const verification = { startedAt: 0, settleAt: 0, until: 0, readings: [], end: 'recovered' as const, endedAt: 1 }
  const said = [
    next(() => {}),
    ...(['voting', 'awaiting-approval', 'approved', 'running', 'outcome-unknown', 'verifying'] as const).map((status) =>
      next((view) => view.proposals.push(proposed(situation, { status }))),
    ),
    next((view) => view.proposals.push(proposed(situation, { status: 'done', verification }))),
    next((view) => (view.humanAsked = { proposal: null, reason: 'not-carried', wouldDecide: 'a person', at: 0 })),
    next((view) => (view.escalated = { reason: 'no-better', at: 0 })),
    next((view) => (view.killSwitch = true)),
    next((view) => (view.state = 'resolved')),
    next((view) => (view.state = 'closed')),
  ]
  expect(new Set(said).size).toBe(said.length)
  expect(said[2]).toContain('waits for 1 approval')
  expect(said[12]).toContain('closed')
})

test('[AG35] a resolved incident is told with how long it took, from its times', () => {
  const situation = storySituation()
  const view = workedOn(situation)
  view.state = 'resolved'
  view.times.resolved = situation.at + 240_000
  expect(sentences(view, situation.at + 300_000).executives.happening).toMatch(
    /Checkout is back: resolved after \d+ min/,
  )
})

test('[AG17] free text of alerts and changes is never repeated', () => {
  const situation = storySituation()
  const view = workedOn(situation)
  const { all } = sentences(view, situation.at)
  for (const alert of Object.values(view.alerts)) {
    for (const text of Object.values(alert.annotations)) expect(all).not.toContain(text)
  }
})

test('[AG36] the clerk names who feels it, whom to tell, and asks one more person when the owner is away', () => {
  const situation = storySituation()
  const body = bodyOf(situation, planIn(situation))
  expect(clerk(situation, body)).toMatchObject({
    affected: ['db-proxy', 'checkout', 'order-history', 'storefront'],
    inform: ['platform', 'payments', 'web'],
    ownerReachable: true,
    extraApprovals: 0,
  })
  const services = situation.catalogue.services.map((service) => ({ ...service, ownerReachable: false }))
  const away = { ...situation, catalogue: { ...situation.catalogue, services } }
  expect(clerk(away, body)).toMatchObject({ ownerReachable: false, extraApprovals: 1 })
  const unknown = { ...situation, catalogue: { ...situation.catalogue, services: [] } }
  expect(clerk(unknown, body)).toMatchObject({ ownerReachable: null, extraApprovals: 1 })
})
