import { describe, expect, test } from 'vitest'
import { VOTES } from '../../../durable/core/agents/engines.ts'
import { situationOf } from '../../../durable/core/agents/agent.ts'
import { ANN, BOB, RAY, type Room, approve, carried, found, looked, proposed, start, types } from './room.ts'
import { poolPlan } from './shop.ts'

const changes = (room: Room, wants: Record<string, number | string>, reason = 'forty is too much') =>
  ({ type: 'request-changes', proposal: room.proposal.id, digest: room.proposal.digest, wants, reason }) as const
const requested = (wants: Record<string, number | string> = { pool_limit: 30 }): Room => {
  const room = carried()
  room.say(changes(room, wants), ANN)
  return room
}
const proposedAgain = (room: Room): Room => proposed(poolPlan(), found(poolPlan(), looked(room.pass(20_000), 2)))

describe('a commander asks for changes', () => {
  test('[AC210] not this one: it ends as rejected, the word is kept, and the agents look again at once', () => {
    const room = carried()
    expect(types(room.say(changes(room, { pool_limit: 30 }), ANN))).toEqual([
      'decision-recorded',
      'proposal-moved',
      'human-asked',
    ])
    expect(room.proposal).toMatchObject({
      status: 'rejected',
      reason: 'changes-requested',
      decisions: [{ kind: 'request-changes', by: 'ann', wants: { pool_limit: 30 }, reason: 'forty is too much' }],
    })
    expect(room.named('gather-evidence').at(-1)).toMatchObject({ run: 2, after: { ms: 0 } })
    expect(room.named('begin-execution')).toEqual([])
  })

  test('[AC210] by a commander, on the digest that stands, with a reason, while it awaits a decision', () => {
    const room = carried()
    expect(room.refused(changes(room, {}), RAY)).toBe('role-too-low')
    expect(room.refused({ ...changes(room, {}), digest: 'f'.repeat(64) }, ANN)).toBe('wrong-digest')
    expect(room.refused(changes(room, {}, ' '), ANN)).toBe('reason-needed')
    expect(proposed().refused(changes(proposed(), {}), ANN)).toBe('not-awaiting-approval')
    const again = requested()
    expect(again.refused(changes(again, {}), BOB)).toBe('not-awaiting-approval')
  })

  test.each<[string, Record<string, number | string>, string]>([
    ['a name that the action does not have', { replicas: 3 }, 'replicas'],
    ['an inherited name', { constructor: 1 }, 'constructor'],
    ['more than the runbook allows', { pool_limit: 101 }, 'pool_limit'],
    ['less than the runbook allows', { pool_limit: 0 }, 'pool_limit'],
    ['a word where a figure belongs', { pool_limit: 'many' }, 'pool_limit'],
    ['a figure that is none', { pool_limit: Number.NaN }, 'pool_limit'],
  ])('[AC211] %s is refused at once, and named', (_title, wants, name) => {
    const room = carried()
    const answer = room.ask(changes(room, wants), ANN)
    expect(answer).toMatchObject({ refused: 'out-of-bounds' })
    expect('detail' in answer && answer.detail).toContain(name)
  })

  test('[AC211] what it proposes already is no change', () => {
    const room = carried()
    expect(room.refused(changes(room, { pool_limit: 40 }), ANN)).toBe('nothing-changed')
  })
})

describe('the next proposal', () => {
  test('[AC212] is drafted as asked and says who asked: a new digest, a new ballot, a new approval', () => {
    const room = proposedAgain(requested())
    const [first] = room.state.view.proposals
    expect(room.proposal).toMatchObject({
      number: 2,
      status: 'voting',
      decisions: [],
      body: {
        plan: {
          action: { parameters: { pool_limit: 30 } },
          rollback: { parameters: { pool_limit: 20 } },
          asked: { by: 'ann', proposal: 1, wants: { pool_limit: 30 } },
        },
      },
    })
    expect(room.proposal.body.plan.title).toContain('pool_limit 30')
    expect(room.proposal.digest).not.toBe(first?.digest)
    carried(poolPlan(), room)
    approve(room, ANN)
    start(room)
    expect(room.proposal.status).toBe('running')
  })

  test('[AC212] a wish for something else is not forgotten: without one the rejected action stays rejected', () => {
    const room = requested({})
    found(poolPlan(), looked(room.pass(20_000), 2))
    expect(room.refused({ type: 'propose', run: 2 })).toBe('nothing-changed')
  })

  test('[AC212] another action or target is drafted as it was found', () => {
    const elsewhere = poolPlan({ action: { ...poolPlan().action, target: 'search' } })
    const room = requested()
    found(elsewhere, looked(room.pass(20_000), 2))
    room.say({ type: 'propose', run: 2 })
    expect(room.proposal.body.plan).toMatchObject({ action: { parameters: { pool_limit: 40 } } })
    expect(room.proposal.body.plan.asked).toBeUndefined()
  })

  test('[AC213] nobody but a commander’s decision puts a wish into a plan', () => {
    const room = proposed(poolPlan({ asked: { by: 'ann', proposal: 1, wants: { pool_limit: 90 } } }))
    expect(room.proposal.body.plan.asked).toBeUndefined()
  })

  test('[AC213] Resolution opposes a figure that follows from nothing, and takes one that a commander asked for', () => {
    const room = proposedAgain(requested())
    const { body } = room.proposal
    const { asked: _asked, ...unasked } = body.plan
    const situation = situationOf(room.state.view, room.at)
    expect(VOTES.resolution(situation, { ...body, plan: unasked }).vote).toBe('oppose')
    expect(VOTES.resolution(situation, body).vote).toBe('support')
  })
})
