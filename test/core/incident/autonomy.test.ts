import { describe, expect, test } from 'vitest'
import type { Controls } from '../../../durable/protocol/controls.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import { ANN, type Room, answer, approve, found, looked, opened, read, start, types, vote } from './room.ts'
import { CALM, CATALOGUE, look, poolPlan } from './shop.ts'

const CLAUSE = {
  id: 'pool',
  action: 'raise-pool-limit',
  service: 'db-proxy',
  minSuccesses: 3,
  note: 'earned in spring',
}
const EARNED = { n: 3, regressions: 0 }
const OPTED: Catalogue = { ...CATALOGUE, autonomy: [CLAUSE] }

const grant = (room: Room, record = EARNED, clause = CLAUSE.id) => {
  const { id, digest } = room.proposal
  return { type: 'grant-autonomy', proposal: id, digest, clause, record } as const
}

/** Communication's word on the proposal. */
function clerked(room: Room, extraApprovals: 0 | 1): void {
  const word = { affected: [], inform: [], ownerReachable: extraApprovals === 0, extraApprovals, reason: 'checked' }
  const who = { by: { kind: 'agent', name: 'communication' }, role: null } as const
  room.say({ type: 'clerk-word', proposal: room.proposal.id, ...word }, who)
}

/** Every voter supports; the clerk has spoken unless it is told to wait. */
function carriedWith(
  catalogue: Catalogue,
  said: { drill?: string; plan?: ReturnType<typeof poolPlan>; clerk?: 0 | 1 | null } = {},
) {
  const { plan = poolPlan(), clerk = 0 } = said
  const room = found(plan, looked(opened({ catalogue, ...(said.drill !== undefined && { drill: said.drill }) })))
  room.say({ type: 'propose', run: 1 })
  for (const voter of ['detection', 'diagnosis', 'prediction', 'resolution'] as const) vote(room, voter)
  if (clerk !== null) clerked(room, clerk)
  return room
}

describe('autonomy', () => {
  test('[AC120] an earned record stands in for the one approval, and the run says by which clause', () => {
    const room = carriedWith(OPTED)
    expect(room.named('ask-autonomy')).toEqual([{ type: 'ask-autonomy', proposal: room.proposal.id, clause: 'pool' }])
    expect(types(room.say(grant(room)))).toEqual(['autonomy-used', 'proposal-moved'])
    expect(room.proposal).toMatchObject({
      status: 'approved',
      reason: 'autonomy:pool',
      decisions: [],
      autonomy: { clause: 'pool', record: EARNED },
    })
    start(room, { controls: { ...CALM, autonomy: ['pool'] } })
    expect(room.proposal).toMatchObject({ status: 'running' })
    expect(room.named('call-driver')).toHaveLength(1)
  })

  test('[AC120] without a clause for this action on this service nobody asks, and nothing is granted', () => {
    const others: Catalogue['autonomy'][] = [
      undefined,
      [{ ...CLAUSE, action: 'scale-out' }],
      [{ ...CLAUSE, service: 'checkout' }],
    ]
    for (const autonomy of others) {
      const room = carriedWith({ ...CATALOGUE, ...(autonomy && { autonomy }) })
      expect(room.named('ask-autonomy')).toEqual([])
      expect(room.refused(grant(room))).toBe('not-awaiting-approval')
      expect(room.proposal.status).toBe('awaiting-approval')
    }
    const all = carriedWith({ ...CATALOGUE, autonomy: [{ ...CLAUSE, id: 'any', service: '*' }, CLAUSE] })
    expect(all.named('ask-autonomy')).toMatchObject([{ clause: 'pool' }])
  })

  test('[AC120] only what is reversible: a wider action waits for a person', () => {
    const plan = poolPlan({
      risk: 'wider',
      action: { runbook: 'scale-out', type: 'scale-out', target: 'db-proxy', parameters: {} },
      rollback: { runbook: 'scale-out', type: 'scale-out', target: 'db-proxy', parameters: {} },
    })
    const room = carriedWith({ ...CATALOGUE, autonomy: [{ ...CLAUSE, action: 'scale-out' }] }, { plan })
    expect(room.proposal.status).toBe('awaiting-approval')
    expect(room.named('ask-autonomy')).toEqual([])
    expect(room.refused(grant(room))).toBe('not-awaiting-approval')
  })

  test('[AC121] too few recoveries, or one regression, is not earned', () => {
    const room = carriedWith(OPTED)
    expect(room.refused(grant(room, { n: 2, regressions: 0 }))).toBe('not-earned')
    expect(room.refused(grant(room, { n: 99, regressions: 1 }))).toBe('not-earned')
    expect(room.refused({ ...grant(room), digest: 'f'.repeat(64) })).toBe('wrong-digest')
    expect(room.refused(grant(room), ANN)).toBe('role-too-low')
    approve(room)
    expect(room.proposal).toMatchObject({ status: 'approved', reason: 'approved' })
    expect(room.refused(grant(room))).toBe('not-awaiting-approval')
  })

  test('[AC121] what went wrong in this very incident counts at once', () => {
    const room = carriedWith(OPTED)
    approve(room)
    start(room)
    answer(room, 'ran')
    for (let round = 0; round < 6 && room.proposal.verification?.end === null; round += 1) {
      room.pass(10_000)
      read(room, 40)
    }
    expect(room.proposal.verification?.end).toBe('worse')
    const earlier = { ...room.proposal, id: 'prp_earlier' }
    const again = carriedWith(OPTED)
    again.state.view.proposals.unshift(earlier)
    expect(again.refused(grant(again))).toBe('not-earned')
  })

  test('[AC122] revoked, out of the catalogue, or not to be known at use: it does not start', () => {
    const cases: [Controls | null, string][] = [
      [CALM, 'autonomy-revoked'],
      [{ ...CALM, autonomy: ['other'] }, 'autonomy-revoked'],
      [null, 'controls-unreadable'],
    ]
    for (const [controls, reason] of cases) {
      const room = carriedWith(OPTED)
      room.say(grant(room))
      start(room, { controls })
      expect(room.proposal).toMatchObject({ status: 'revoked', reason, execution: null })
      expect(room.named('call-driver')).toEqual([])
    }
  })

  test('[AC123] the clerk speaks first, and its extra approval cancels it', () => {
    const silent = carriedWith(OPTED, { clerk: null })
    expect(silent.named('ask-autonomy')).toEqual([])
    expect(silent.refused(grant(silent))).toBe('not-awaiting-approval')
    clerked(silent, 0)
    expect(silent.named('ask-autonomy')).toHaveLength(1)
    const raised = carriedWith(OPTED, { clerk: 1 })
    expect(raised.named('ask-autonomy')).toEqual([])
    expect(raised.refused(grant(raised))).toBe('not-awaiting-approval')
  })

  test('[AC124] in a drill never', () => {
    const room = carriedWith(OPTED, { drill: 'drl_abcdef' })
    expect(room.proposal.status).toBe('awaiting-approval')
    expect(room.named('ask-autonomy')).toEqual([])
    expect(room.refused(grant(room))).toBe('not-awaiting-approval')
  })

  test('[AC122] every other check at use holds for it as for an approval', () => {
    const room = carriedWith(OPTED)
    room.say(grant(room))
    room.pass(5_000)
    const fresh = look(room.at).filter((item) => item.kind === 'metric')
    const controls = { ...CALM, autonomy: ['pool'], freezes: [{ id: 'frz_1', until: null, reason: 'x' }] }
    start(room, { controls, fresh })
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'frozen:frz_1' })
  })
})
