import { describe, expect, test } from 'vitest'
import { APPROVAL_EXPIRES_MS, STEP_LOOKS } from '../../../durable/core/consensus/policy.ts'
import { approveByWall } from '../../../durable/protocol/steps.ts'
import type { Catalogue, RunbookStep } from '../../../durable/protocol/domain.ts'
import { react } from '../../../durable/core/incident/react.ts'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import { effectKey } from '../../../durable/protocol/effects.ts'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import {
  ANN,
  BOB,
  RAY,
  type Room,
  VAL,
  answer,
  approved,
  carried,
  found,
  looked,
  opened,
  proposed,
  running,
  start,
  types,
  unknown,
} from './room.ts'
import { CATALOGUE, poolPlan } from './shop.ts'

const DRAIN: RunbookStep = { kind: 'manual', id: 'drain', says: 'drain the node' }
const SIGN: RunbookStep = { kind: 'approval', id: 'sign', says: 'the owner agrees' }
const WAIT: RunbookStep = { kind: 'wait', id: 'pause', ms: 60_000 }
const CALM: RunbookStep = {
  kind: 'verify',
  id: 'calm',
  when: { of: 'target', signal: 'pool', is: 'below', value: 30 },
  withinMs: 55_000,
}
const FORK: RunbookStep = {
  kind: 'branch',
  id: 'fork',
  when: { of: 'symptom', signal: 'errors', is: 'above', value: 5 },
  then: 'act',
  otherwise: 'drain',
}
const ACT: RunbookStep = { kind: 'http', id: 'act' }
const AFTER: RunbookStep = { kind: 'manual', id: 'tell', says: 'tell the owner' }

const shop = (steps: RunbookStep[], manual = false): Catalogue => ({
  ...CATALOGUE,
  runbooks: CATALOGUE.runbooks.map((runbook) => (runbook.id === 'raise-pool-limit' ? { ...runbook, steps } : runbook)),
  endpoints: manual ? [{ name: 'shop', url: '', driver: 'manual' }] : CATALOGUE.endpoints,
})
const carriedWith = (steps: RunbookStep[], manual = false): Room =>
  carried(poolPlan(), proposed(poolPlan(), found(poolPlan(), looked(opened({ catalogue: shop(steps, manual) })))))
const approvedWith = (...steps: RunbookStep[]): Room => approved(poolPlan(), carriedWith(steps))
const complete = (room: Room, step: string, outcome: 'done' | 'could-not' = 'done', reason = ''): PersonCommand => ({
  type: 'complete-step',
  proposal: room.proposal.id,
  step,
  outcome,
  reason,
})
const readOf = (room: Room, step: string, value: number | null, age = 0) =>
  ({ type: 'read-step', proposal: room.proposal.id, step, value, at: value === null ? null : room.at - age }) as const
const states = (room: Room) => Object.fromEntries((room.proposal.steps ?? []).map(({ id, state }) => [id, state]))
const begun = (room: Room) => room.named('begin-execution').length

describe('between the approval and the action', () => {
  test('[AC220] the first step starts with the approval, and nothing is checked or called before the last is over', () => {
    const room = approvedWith(DRAIN, WAIT, ACT, AFTER)
    expect(states(room)).toEqual({ drain: 'running', pause: 'waiting' })
    expect(begun(room)).toBe(0)
    const early = room.ask({
      type: 'start-execution',
      proposal: room.proposal.id,
      digest: room.proposal.digest,
      killSwitch: false,
      controls: null,
      fresh: [],
    })
    expect(early).toMatchObject({ refused: 'stale-run' })
    room.say(complete(room, 'drain'), RAY)
    expect(states(room)).toEqual({ drain: 'done', pause: 'running' })
    expect(begun(room)).toBe(0)
    room.pass(60_000).say({ type: 'end-wait', proposal: room.proposal.id, step: 'pause' })
    expect(begun(room)).toBe(1)
    start(room)
    expect(room.proposal.status).toBe('running')
  })

  test('[AC220] whoever approved: an own decision has them too', () => {
    const room = found(poolPlan(), looked(opened({ catalogue: shop([DRAIN, ACT]) })))
    room.say(
      {
        type: 'decide-myself',
        runbook: 'raise-pool-limit',
        target: 'db-proxy',
        parameters: { pool_limit: 40 },
        confirm: 'db-proxy',
        passed: [],
        reason: 'I know this one',
      },
      ANN,
    )
    expect(states(room)).toEqual({ drain: 'running' })
    expect(begun(room)).toBe(0)
  })

  test('[AC220] with the action alone the check comes at once', () => {
    const room = approvedWith(ACT, AFTER)
    expect(room.proposal.steps).toBeUndefined()
    expect(begun(room)).toBe(1)
  })

  test('[AC221] people are asked; a responder does a manual step, a commander approves, nobody else ends either', () => {
    const room = approvedWith(DRAIN, SIGN, ACT)
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'step-manual:drain', wouldDecide: 'drain the node' })
    expect(room.refused(complete(room, 'drain'), VAL)).toBe('role-too-low')
    expect(room.refused(complete(room, 'sign'), ANN)).toBe('stale-run')
    expect(room.refused(complete(room, 'none'), ANN)).toBe('no-such-step')
    expect(room.refused({ type: 'end-wait', proposal: room.proposal.id, step: 'drain' })).toBe('no-such-step')
    expect(room.refused(readOf(room, 'drain', 1))).toBe('no-such-step')
    room.say(complete(room, 'drain', 'done', 'node 3'), RAY)
    expect(room.proposal.steps?.[0]).toMatchObject({ state: 'done', by: 'ray', detail: 'node 3' })
    expect(room.refused(complete(room, 'sign'), RAY)).toBe('role-too-low')
    expect(room.refused(complete(room, 'drain'), RAY)).toBe('stale-run')
    room.say(complete(room, 'sign'), BOB)
    expect(begun(room)).toBe(1)
  })

  test('[AC240] a drill’s clock stands while a person is asked for a step, each under its own name, and not for the room’s', () => {
    const room = approvedWith(DRAIN, WAIT, SIGN, ACT)
    const clock = (type: 'pause-clock' | 'resume-clock') => room.named(type).map((effect) => effectKey(effect, 1))
    const { id } = room.proposal
    expect(clock('pause-clock')).toEqual([`pause-clock:${id}`, `pause-clock:${id}:drain`])
    expect(clock('resume-clock')).toEqual([`resume-clock:${id}`])
    room.say(complete(room, 'drain'), RAY)
    expect(clock('resume-clock')).toEqual([`resume-clock:${id}`, `resume-clock:${id}:drain`])
    room.pass(60_000).say({ type: 'end-wait', proposal: id, step: 'pause' })
    expect(clock('pause-clock').slice(2)).toEqual([`pause-clock:${id}:sign`])
    room.say(complete(room, 'sign', 'could-not', 'the owner is away'), ANN)
    expect(clock('resume-clock').slice(2)).toEqual([`resume-clock:${id}:sign`])
  })

  test('[AC241] a step that expires or is revoked lets the clock go; one that was skipped never held it', () => {
    const released = (room: Room) => room.named('resume-clock').flatMap(({ step }) => step ?? [])
    const expired = approvedWith(DRAIN, ACT)
    expired.wall = expired.proposal.body.expiresWall
    expired.tick()
    expect(expired.proposal.status).toBe('expired')
    expect(new Set(released(expired))).toEqual(new Set(['drain']))
    const forked = approvedWith(FORK, DRAIN, ACT)
    forked.say(readOf(forked, 'fork', 9))
    expect(states(forked)).toEqual({ fork: 'done', drain: 'skipped' })
    expect(released(forked)).toEqual([])
    const outcast = approvedWith(DRAIN, ACT)
    const { id: proposal } = outcast.proposal
    const revoked = react(outcast.state, {
      ...outcast.log[0],
      body: { type: 'proposal-moved', proposal, status: 'revoked', reason: 'supporter-quarantined' },
    } as RoomEvent)
    expect(revoked).toContainEqual({ type: 'resume-clock', proposal, step: 'drain' })
  })

  test('[AC222] a wait ends after its time and not before, on the room’s clock', () => {
    const room = approvedWith(WAIT, ACT)
    expect(room.named('end-wait')).toEqual([
      { type: 'end-wait', proposal: room.proposal.id, step: 'pause', after: { ms: 60_000, clock: 'room' } },
    ])
    const over = { type: 'end-wait', proposal: room.proposal.id, step: 'pause' } as const
    expect(room.pass(59_999).refused(over)).toBe('nothing-changed')
    room.pass(1).say(over)
    expect(room.refused(over)).toBe('stale-run')
    expect(room.proposal.steps?.[0]).toMatchObject({ state: 'done', by: null })
  })

  test('[AC222] a verify step goes by what was sampled since it began, and looks a few times within its span', () => {
    const room = approvedWith(CALM, ACT)
    const looks = room.named('read-step')
    expect(looks).toHaveLength(STEP_LOOKS)
    expect([looks[0]?.after?.ms, looks.at(-1)?.after?.ms]).toEqual([0, 55_000])
    expect(room.refused(readOf(room.pass(10_000), 'calm', 12, 10_001))).toBe('nothing-changed')
    expect(room.refused(readOf(room, 'calm', 30))).toBe('nothing-changed')
    room.say(readOf(room, 'calm', 29.9))
    expect(states(room)).toEqual({ calm: 'done' })
    expect(begun(room)).toBe(1)
  })

  test('[AC222] a branch leads on by the first fresh level: what lies in between is skipped', () => {
    const bad = approvedWith(FORK, DRAIN, ACT)
    bad.say(readOf(bad, 'fork', 9, 5_000))
    expect(states(bad)).toEqual({ fork: 'done', drain: 'skipped' })
    expect(begun(bad)).toBe(1)
    const fine = approvedWith(FORK, DRAIN, ACT)
    fine.say(readOf(fine, 'fork', 1))
    expect(states(fine)).toEqual({ fork: 'done', drain: 'running' })
    expect(begun(fine)).toBe(0)
  })
})

describe('a step that fails', () => {
  const cases: [string, string, () => Room][] = [
    [
      'a person could not',
      'step-could-not',
      () => {
        const room = approvedWith(DRAIN, ACT)
        expect(room.refused(complete(room, 'drain', 'could-not'), RAY)).toBe('reason-needed')
        room.say(complete(room, 'drain', 'could-not', 'no access'), RAY)
        return room
      },
    ],
    [
      'it was not met in time',
      'step-not-met',
      () => {
        const room = approvedWith(CALM, ACT).pass(55_000)
        room.say(readOf(room, 'calm', 50))
        return room
      },
    ],
    [
      'it could not be read',
      'step-unreadable',
      () => {
        const room = approvedWith(FORK, DRAIN, ACT).pass(30_000)
        room.say(readOf(room, 'fork', null))
        return room
      },
    ],
    [
      'its branch leads past the action',
      'step-leads-past-action',
      () => {
        const room = approvedWith({ ...FORK, then: 'tell' }, DRAIN, ACT, AFTER)
        room.say(readOf(room, 'fork', 9))
        return room
      },
    ],
  ]
  test.each(cases)('[AC223] %s: refused before anything ran, and a person is asked', (_title, reason, make) => {
    const room = make()
    expect(room.proposal).toMatchObject({ status: 'refused', reason, execution: null })
    expect(room.state.view.humanAsked).toMatchObject({ reason })
    expect(Object.values(states(room))).toContain('failed')
    expect(begun(room)).toBe(0)
    expect(room.named('call-driver')).toEqual([])
  })

  test('[AC223] what a person could not prepare is not proposed again as it was', () => {
    const room = approvedWith(DRAIN, ACT)
    room.say(complete(room, 'drain', 'could-not', 'no access'), RAY)
    found(poolPlan(), looked(room.pass(20_000), 2))
    expect(room.refused({ type: 'propose', run: 2 })).toBe('nothing-changed')
  })
})

describe('what is bound and what is left', () => {
  test('[AC224] the digest binds the runbook’s steps; an agent’s own are not taken', () => {
    expect(carriedWith([WAIT, ACT]).proposal.body.plan.steps).toEqual([WAIT, ACT])
    const lying = proposed(poolPlan({ steps: [{ kind: 'http', id: 'x' }] }), found(poolPlan({ steps: [WAIT, ACT] })))
    expect(lying.proposal.body.plan.steps).toBeUndefined()
  })

  test('[AC225] it may be approved as long as any; the steps have their own time after that', () => {
    const room = carriedWith([WAIT, CALM, ACT])
    const { body, at } = room.proposal
    expect(body.expiresWall - at).toBe(APPROVAL_EXPIRES_MS + 60_000 + 55_000)
    expect(approveByWall(body) - at).toBe(APPROVAL_EXPIRES_MS)
    room.wall = approveByWall(body)
    const yes = { type: 'approve', proposal: room.proposal.id, digest: room.proposal.digest, reason: '' } as const
    expect(room.refused(yes, ANN)).toBe('expired')
    room.tick()
    expect(room.proposal.status).toBe('expired')
  })

  test('[AC225] a step that nobody ends expires with its proposal', () => {
    const room = approvedWith(DRAIN, ACT)
    room.wall = room.proposal.body.expiresWall
    expect(types(room.tick())).toEqual(['step-ended', 'proposal-moved', 'human-asked'])
    expect(states(room)).toEqual({ drain: 'failed' })
    expect(room.proposal.status).toBe('expired')
  })

  test('[AC226] what comes by hand after the action becomes a task, once it surely ran', () => {
    const ran = running(approvedWith(ACT, AFTER))
    expect(types(answer(ran, 'ran'))).toEqual(['execution-answered', 'verification-started', 'task-added'])
    expect(ran.state.view.tasks).toMatchObject([{ id: 'T-01', text: 'tell the owner', state: 'open', owner: null }])
    const lost = unknown(running(approvedWith(ACT, AFTER)))
    expect(lost.state.view.tasks).toEqual([])
    lost.say({ type: 'settle-outcome', proposal: lost.proposal.id, outcome: 'it-ran', reason: 'seen' }, ANN)
    expect(lost.state.view.tasks).toHaveLength(1)
    const failed = running(approvedWith(ACT, AFTER))
    answer(failed, 'failed')
    expect(failed.state.view.tasks).toEqual([])
  })

  test('[AC227] where nothing is wired whoever did it by hand says what came of it', () => {
    const room = unknown(running(approved(poolPlan(), carriedWith([ACT], true))))
    expect(room.refused(complete(room, 'act'), VAL)).toBe('role-too-low')
    expect(room.refused(complete(room, 'act', 'could-not'), RAY)).toBe('reason-needed')
    expect(room.refused(complete(room, 'undo'), RAY)).toBe('no-such-step')
    room.say(complete(room, 'act'), RAY)
    expect(room.proposal).toMatchObject({ status: 'verifying', execution: { outcome: 'ran', settledBy: 'ray' } })
    const wired = unknown(running(approvedWith(ACT)))
    expect(wired.refused(complete(wired, 'act'), RAY)).toBe('no-such-step')
  })
})
