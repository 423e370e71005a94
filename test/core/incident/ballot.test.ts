import { describe, expect, test } from 'vitest'
import { APPROVAL_EXPIRES_MS, BALLOT_DEADLINE_MS } from '../../../durable/core/consensus/policy.ts'
import type { ActionPlan, VoterName } from '../../../durable/protocol/domain.ts'
import { VOTERS } from '../../../durable/protocol/domain.ts'
import { PROPOSALS_PER_INCIDENT_MAX } from '../../../durable/protocol/limits.ts'
import { ANN, RAY, type Room, approve, carried, found, looked, opened, proposed, types, vote } from './room.ts'
import { alert, alertSeen, look, poolPlan } from './shop.ts'

const propose = (room: Room) => ({ type: 'propose' as const, run: room.state.view.run })
const clerk = (room: Room, extraApprovals: 0 | 1) => ({
  type: 'clerk-word' as const,
  proposal: room.proposal.id,
  affected: ['checkout'],
  inform: ['team'],
  ownerReachable: extraApprovals === 0,
  extraApprovals,
  reason: 'looked',
})
const acting = (action: Partial<ActionPlan['action']>): ActionPlan => {
  const plan = poolPlan()
  return { ...plan, action: { ...plan.action, ...action } }
}
/** The next look, with Resolution asking for `plan` again. */
function nextLook(room: Room, plan = poolPlan()): Room {
  return found(plan, looked(room.pass(20_000), room.state.view.run + 1))
}

describe('the system proposes', () => {
  test('[CN7] a plan that guard and gate let through opens one ballot: four voters and the clerk are asked', () => {
    const room = proposed()
    expect(room.proposal).toMatchObject({
      status: 'voting',
      number: 1,
      approvalsNeeded: 1,
      body: { decidedBy: 'system', risk: 'reversible', evidenceDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      guard: { holds: true },
      gate: { passes: true },
      ballot: { deadlineWall: room.wall + BALLOT_DEADLINE_MS, closedAt: null },
    })
    expect(room.named('ask-voter').map(({ voter }) => voter)).toEqual([...VOTERS])
    expect(room.named('ask-clerk')).toHaveLength(1)
  })

  test('[CN9] what the guard refuses is kept as refused, opens no ballot, and a person is asked', () => {
    const room = found(acting({ parameters: { pool_limit: 4_000 } }))
    expect(types(room.say(propose(room)))).toEqual(['proposal-made', 'human-asked'])
    expect(room.proposal).toMatchObject({ status: 'refused', reason: 'out-of-bounds:pool_limit', ballot: null })
    expect(room.named('ask-voter')).toEqual([])
  })

  test('[CN7] evidence of one side opens no ballot; the question goes to people with what would decide it', () => {
    const room = found(poolPlan({ cites: ['E-01', 'E-02', 'E-04'] }))
    room.say(propose(room))
    expect(room.proposal).toMatchObject({ status: 'refused', reason: 'evidence-one-sided' })
    expect(room.state.view.humanAsked?.wouldDecide).toContain('another source than metrics')
  })

  test('[CN15] the risk is the catalogue’s word, not the plan’s', () => {
    const plan = acting({ runbook: 'drop-sessions', type: 'drop-sessions', parameters: {} })
    const room = found({ ...plan, risk: 'reversible', rollback: null })
    room.say(propose(room))
    expect(room.proposal).toMatchObject({ body: { risk: 'irreversible' }, approvalsNeeded: 2 })
    const invented = found(acting({ runbook: 'guesswork' }))
    invented.say(propose(invented))
    expect(invented.proposal).toMatchObject({ status: 'refused', body: { risk: 'irreversible' } })
  })

  test('[CN15] only what this state drafts is proposed: not another body, another time, or another run', () => {
    const room = found()
    const command = room.command(propose(room))
    const { sealed } = command
    if (!sealed) throw new Error('nothing was drafted')
    expect(room.refused({ type: 'propose', run: 2 })).toBe('stale-run')
    const milder = { ...sealed, body: { ...sealed.body, expiresWall: sealed.body.expiresWall + 1 } }
    const twisted = { ...sealed, body: { ...sealed.body, plan: acting({ target: 'orders-db' }) } }
    for (const forged of [null, milder, twisted]) {
      room.command = () => ({ ...command, sealed: forged })
      expect(room.refused(propose(room))).toBe('stale-draft')
    }
  })

  test('[CN13] one question at a time', () => {
    const room = proposed()
    expect(room.refused(propose(room))).toBe('another-proposal-open')
  })

  test('[CN13] what a person rejected is not asked again in this incident', () => {
    const room = carried()
    room.say({ type: 'reject', proposal: room.proposal.id, digest: room.proposal.digest, reason: 'no' }, ANN)
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'rejected' })
    nextLook(room)
    expect(room.refused(propose(room))).toBe('nothing-changed')
    nextLook(room, acting({ runbook: 'drop-sessions', type: 'drop-sessions', parameters: {} }))
    expect(types(room.say(propose(room)))).toContain('ballot-opened')
  })

  test('[CN13] the same refusal is not repeated; when its reason is gone the plan is proposed', () => {
    const room = opened({ killSwitch: true })
    found(poolPlan(), looked(room))
    room.say(propose(room))
    expect(room.proposal.reason).toBe('kill-switch-on')
    nextLook(room)
    expect(room.refused(propose(room))).toBe('nothing-changed')
    room.say({ type: 'set-kill-switch', on: false, reason: 'over' }, ANN)
    nextLook(room)
    expect(types(room.say(propose(room)))).toContain('ballot-opened')
  })

  test('[CN13] after so many ballots only people go on', () => {
    const room = opened()
    for (let n = 1; n <= PROPOSALS_PER_INCIDENT_MAX; n += 1) {
      nextLook(room)
      room.say(propose(room))
      vote(room, 'diagnosis', 'oppose')
      expect(room.proposal.status).toBe('not-carried')
    }
    nextLook(room)
    expect(room.say(propose(room))).toMatchObject([{ type: 'human-asked', reason: 'proposals-used-up' }])
    expect(room.refused(propose(room))).toBe('nothing-changed')
  })
})

describe('the ballot', () => {
  test('[CN1] it closes when all four have voted: certificate, then a person is asked to approve', () => {
    const room = proposed()
    for (const voter of VOTERS.slice(0, 3)) expect(types(vote(room, voter))).toEqual(['vote-cast'])
    expect(types(vote(room, 'resolution'))).toEqual(['vote-cast', 'ballot-closed', 'proposal-moved'])
    expect(room.proposal).toMatchObject({
      status: 'awaiting-approval',
      certificate: { ballot: 'B-1', digest: room.proposal.digest, supporters: [...VOTERS], gate: { passes: true } },
    })
    expect(room.named('pause-clock')).toHaveLength(1)
  })

  test('[CN12] at its deadline it closes with what was cast; without a quorum a person decides', () => {
    const room = proposed()
    vote(room, 'diagnosis')
    vote(room, 'resolution')
    room.pass(BALLOT_DEADLINE_MS - 1)
    expect(room.refused({ type: 'tick' })).toBe('nothing-changed')
    room.pass(1)
    expect(types(room.tick())).toEqual(['ballot-closed', 'proposal-moved', 'human-asked'])
    expect(room.proposal).toMatchObject({ status: 'not-carried', reason: 'no-quorum', certificate: null })
  })

  test('[CN12] three at the deadline carry', () => {
    const room = proposed()
    for (const voter of ['diagnosis', 'prediction', 'resolution'] as const) vote(room, voter)
    room.pass(BALLOT_DEADLINE_MS)
    room.tick()
    expect(room.proposal.certificate?.supporters).toEqual(['diagnosis', 'prediction', 'resolution'])
  })

  test('[CN4] a late vote does not reopen a ballot: it is kept as void', () => {
    const room = proposed()
    vote(room, 'resolution', 'oppose')
    expect(room.proposal.status).toBe('not-carried')
    expect(types(vote(room, 'diagnosis'))).toEqual(['vote-cast'])
    expect(room.proposal).toMatchObject({ status: 'not-carried', votes: [{ void: null }, { void: 'ballot-closed' }] })
    const waiting = proposed()
    waiting.pass(BALLOT_DEADLINE_MS + 1)
    vote(waiting, 'diagnosis')
    expect(waiting.proposal.votes).toMatchObject([{ void: 'late' }])
  })

  test('[CN4] a second vote is void, the first one stands', () => {
    const room = proposed()
    vote(room, 'detection', 'abstain')
    vote(room, 'detection', 'support')
    expect(room.proposal.votes.map((one) => one.void)).toEqual([null, 'second-vote'])
  })

  test('[CN14] a vote on another digest or citing an id that the room does not hold is void', () => {
    const room = proposed()
    vote(room, 'detection', 'support', { digest: 'f'.repeat(64) })
    vote(room, 'diagnosis', 'support', { cites: ['E-01', 'E-99'] })
    vote(room, 'prediction', 'support', { cites: ['constructor'] })
    expect(room.proposal.votes.map((one) => one.void)).toEqual(['wrong-digest', 'unknown-evidence', 'unknown-evidence'])
    vote(room, 'resolution')
    expect(room.proposal.votes.at(-1)?.void).toBe(null)
    expect(
      room.refused({ type: 'cast-vote', proposal: 'prp_none', digest: '', voter: 'detection', draft: draftOf() }),
    ).toBe('no-such-ballot')
  })

  test('[CN7] the gate is judged again on what the supporters cite together: one side carries nothing', () => {
    const room = proposed()
    for (const voter of VOTERS) vote(room, voter, 'support', { cites: ['E-01', 'E-02'] })
    expect(room.proposal).toMatchObject({ status: 'not-carried', reason: 'evidence-one-sided', certificate: null })
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'evidence-one-sided' })
    const opposed = proposed()
    const cites: Record<VoterName, string[]> = {
      detection: ['E-01'],
      diagnosis: ['E-01'],
      prediction: ['E-03'],
      resolution: ['E-02'],
    }
    for (const voter of VOTERS)
      vote(opposed, voter, voter === 'prediction' ? 'oppose' : 'support', { cites: cites[voter] })
    expect(opposed.proposal.reason).toBe('evidence-one-sided')
  })

  test('[CN7] an alert is judged as the level that the room holds, not as it was when it was cited', () => {
    const other = alert({ source: 'pager', fingerprint: 'p' })
    const begun = (status: 'firing' | 'resolved') => {
      const room = opened()
      room.say({ type: 'deliver-alerts', alerts: [{ alert: other, reason: 'same-service' }] })
      looked(room)
      room.say({ type: 'record-evidence', run: 2, drafts: [alertSeen(other, room.at)], gaps: [] })
      room.pass(61_000)
      const metrics = look(room.at).filter(({ kind }) => kind === 'metric')
      room.say({ type: 'record-evidence', run: 3, drafts: metrics, gaps: [] })
      found(poolPlan({ cites: ['E-01', 'E-02', 'E-05'] }), room)
      if (status === 'resolved')
        room.say({ type: 'deliver-alerts', alerts: [{ alert: { ...other, status, endsAt: room.at }, reason: 'x' }] })
      room.say(propose(room))
      return room
    }
    expect(begun('firing').proposal.status).toBe('voting')
    expect(begun('resolved').proposal).toMatchObject({ status: 'refused', reason: 'evidence-one-sided' })
  })

  test('[CN11] the clerk speaks once, outside the count, and raises the approvals by one at most', () => {
    const room = proposed()
    room.say(clerk(room, 1))
    expect(room.proposal).toMatchObject({ approvalsNeeded: 2, votes: [] })
    expect(room.refused(clerk(room, 0))).toBe('nothing-changed')
    for (const voter of VOTERS) vote(room, voter)
    expect(types(approve(room))).toEqual(['decision-recorded'])
    expect(types(approve(room, { ...ANN, by: { kind: 'person', name: 'bob' } }))).toEqual([
      'decision-recorded',
      'proposal-moved',
    ])
    const calm = proposed()
    calm.say(clerk(calm, 0))
    expect(calm.proposal.approvalsNeeded).toBe(1)
    const over = proposed()
    vote(over, 'diagnosis', 'oppose')
    expect(over.refused(clerk(over, 1))).toBe('ballot-closed')
    expect(over.refused({ ...clerk(over, 1), proposal: 'prp_none' })).toBe('no-such-proposal')
  })
})

describe('people decide on one digest', () => {
  test('[AC11] only the digest that stands, on a proposal that stands', () => {
    const room = carried()
    const { id, digest } = room.proposal
    const yes = { type: 'approve', proposal: id, digest, reason: '' } as const
    expect(room.refused({ ...yes, proposal: 'prp_none' }, ANN)).toBe('no-such-proposal')
    expect(room.refused({ ...yes, digest: 'f'.repeat(64) }, ANN)).toBe('wrong-digest')
    const voting = proposed()
    expect(voting.refused({ ...yes, proposal: voting.proposal.id, digest: voting.proposal.digest }, ANN)).toBe(
      'not-awaiting-approval',
    )
    approve(room)
    expect(room.refused(yes, ANN)).toBe('not-awaiting-approval')
    expect(room.proposal).toMatchObject({ status: 'approved', decisions: [{ by: 'ann', kind: 'approve', digest }] })
    expect(room.state.view.people).toEqual(['ann'])
  })

  test('[AC12] two different people where two are needed; each counts once', () => {
    const plan = { ...acting({ runbook: 'drop-sessions', type: 'drop-sessions', parameters: {} }), rollback: null }
    const room = carried(plan)
    expect(types(approve(room))).toEqual(['decision-recorded'])
    expect(
      room.refused({ type: 'approve', proposal: room.proposal.id, digest: room.proposal.digest, reason: '' }, ANN),
    ).toBe('already-decided')
    expect(room.named('begin-execution')).toEqual([])
  })

  test('[AC13] it expires on the wall; nobody approves it after that', () => {
    const room = carried()
    const { digest, id } = room.proposal
    room.wall = room.proposal.body.expiresWall
    expect(room.refused({ type: 'approve', proposal: id, digest, reason: '' }, ANN)).toBe('expired')
    expect(types(room.tick())).toEqual(['proposal-moved', 'human-asked'])
    expect(room.proposal.status).toBe('expired')
    expect(room.refused({ type: 'approve', proposal: id, digest, reason: '' }, ANN)).toBe('expired')
    expect(room.proposal.body.expiresWall - room.at).toBe(APPROVAL_EXPIRES_MS)
  })

  test('[AC13] an approval that was never used expires too, and stands in nobody’s way', () => {
    const room = carried()
    approve(room)
    room.wall = room.proposal.body.expiresWall
    room.tick()
    expect(room.proposal).toMatchObject({ status: 'expired', reason: 'approved but not started in time' })
    room.say({ type: 'resolve', reason: '' }, RAY)
  })

  test('[AC12] a no ends it and asks what should be tried instead', () => {
    const room = carried()
    const { id, digest } = room.proposal
    expect(types(room.say({ type: 'reject', proposal: id, digest, reason: 'not now' }, ANN))).toEqual([
      'decision-recorded',
      'proposal-moved',
      'human-asked',
    ])
    expect(room.proposal).toMatchObject({ status: 'rejected', reason: 'not now' })
    expect(room.named('resume-clock')).toHaveLength(1)
  })
})

function draftOf() {
  return { vote: 'support' as const, cites: [], reason: '', method: '' }
}
