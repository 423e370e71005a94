import type { Actor, Proposal, RunbookStep, Vote } from '../../../durable/protocol/domain.ts'
import type { EventBody } from '../../../durable/protocol/events.ts'
import { type Said, votes } from './log.ts'
import { proposal } from './proposal.ts'

const ROOM: Actor = { kind: 'system', name: 'room' }
const { id } = proposal()
const say = (...bodies: EventBody[]): Said[] => bodies.map((body, index) => ({ s: 90 + index, by: ROOM, body }))

const STEPS: RunbookStep[] = [
  { kind: 'manual', id: 'drain', says: 'drain the proxy' },
  { kind: 'wait', id: 'pause', ms: 60_000 },
  {
    kind: 'verify',
    id: 'calm',
    when: { of: 'target', signal: 'pool_in_use', is: 'below', value: 30 },
    withinMs: 120_000,
  },
  { kind: 'http', id: 'act' },
  { kind: 'manual', id: 'tell', says: 'tell the owner' },
]

/** The gallery's proposal with something of each kind to do around the action. */
export function steppedProposal(): Proposal {
  const { body } = proposal()
  const steps = STEPS.slice(0, 3).map(
    (step) => ({ id: step.id, state: 'waiting', at: null, by: null, detail: '' }) as const,
  )
  return proposal({ body: { ...body, plan: { ...body.plan, steps: STEPS } }, steps })
}

/** Approved, and a person is asked for the first step. */
export const asked = (): Said[] =>
  say(
    { type: 'proposal-moved', proposal: id, status: 'approved', reason: 'approved' },
    { type: 'step-started', proposal: id, step: 'drain' },
    { type: 'human-asked', proposal: id, reason: 'step-manual:drain', wouldDecide: 'drain the proxy' },
  )

/** A supporter signed two different votes: what it said counts no more. */
export function outcast(): Said[] {
  const [first, second] = votes().filter(({ voter }) => voter === 'prediction')
  const one = first ?? second
  if (!one) return []
  const two: Vote = { ...one, vote: 'oppose', void: 'second-vote', reason: 'the forecast is worse' }
  return say(
    { type: 'vote-cast', proposal: id, vote: two },
    { type: 'voter-quarantined', voter: 'prediction', reason: 'equivocation', proposal: id, proof: [one, two] },
  )
}

/** The same story where nothing is wired: people carry the action out. */
export const byHand = (said: Said[]): Said[] =>
  said.map(({ body, ...rest }) => {
    if (body.type !== 'incident-opened') return { ...rest, body }
    const endpoints = body.catalogue.endpoints.map((one) => ({ ...one, url: '', driver: 'manual' as const }))
    return { ...rest, body: { ...body, catalogue: { ...body.catalogue, endpoints } } }
  })

/** Approved, the first step done by hand, the second under way. */
export const stepping = (): Said[] =>
  say(
    { type: 'proposal-moved', proposal: id, status: 'approved', reason: 'approved' },
    { type: 'step-started', proposal: id, step: 'drain' },
    { type: 'step-ended', proposal: id, step: 'drain', end: 'done', detail: 'node 3' },
    { type: 'step-started', proposal: id, step: 'pause' },
  )

/** It made things worse, and its rollback is out. */
export const undoing = (): Said[] =>
  say(
    { type: 'verification-ended', proposal: id, end: 'worse', readings: [] },
    { type: 'proposal-moved', proposal: id, status: 'running', reason: 'undoing' },
    { type: 'undo-started', proposal: id, key: 'key-1:undo', token: 40, why: 'worse' },
  )

export const undone = (): Said[] =>
  say(
    { type: 'undo-answered', proposal: id, key: 'key-1:undo', outcome: 'ran', detail: 'pool limit is 40 again' },
    { type: 'proposal-moved', proposal: id, status: 'undone', reason: 'worse' },
  )
