import { describe, expect, test } from 'vitest'
import { STATUS_ATTEMPTS } from '../../../durable/core/consensus/policy.ts'
import { effectKey } from '../../../durable/protocol/effects.ts'
import type { GuardClauseName } from '../../../durable/protocol/domain.ts'
import {
  ANN,
  BOB,
  RAY,
  type Room,
  answer,
  approve,
  approved,
  carried,
  found,
  keyOf,
  looked,
  opened,
  proposed,
  running,
  start,
  types,
  unknown,
  verifying,
} from './room.ts'
import { CALM, CATALOGUE, START, look, metric, note, poolPlan } from './shop.ts'

const begin = (room: Room, said: { digest?: string; killSwitch?: boolean | null } = {}) => ({
  type: 'start-execution' as const,
  proposal: room.proposal.id,
  digest: said.digest ?? room.proposal.digest,
  killSwitch: said.killSwitch === undefined ? false : said.killSwitch,
  controls: CALM,
  fresh: look(room.at).filter((item) => item.kind === 'metric'),
})
const own = (
  said: { runbook?: string; target?: string; confirm?: string; reason?: string; passed?: GuardClauseName[] } = {},
) => {
  const { runbook = 'raise-pool-limit', target = 'db-proxy', reason = 'I saw the pool', passed = [] } = said
  return {
    type: 'decide-myself' as const,
    runbook,
    target,
    parameters: runbook === 'raise-pool-limit' ? { pool_limit: 40 } : ({} as Record<string, number>),
    confirm: said.confirm ?? target,
    passed,
    reason,
  }
}

describe('the check at use', () => {
  test('[AC10] with certificate, approval and a fresh check it starts: one call, fenced by its own seq', () => {
    const room = approved()
    room.pass(5_000)
    expect(types(start(room))).toEqual(['evidence-recorded', 'execution-started'])
    expect(room.proposal).toMatchObject({ status: 'running', execution: { token: room.state.view.seq } })
    expect(room.named('call-driver')).toEqual([
      { type: 'call-driver', proposal: room.proposal.id, key: keyOf(room), token: room.state.view.seq },
    ])
    expect(room.log.at(-1)?.body).toMatchObject({ digest: room.proposal.digest })
  })

  test('[AC15] an approval is used once: no second start, and the same call has the same outbox key', () => {
    const room = running()
    expect(room.refused(begin(room))).toBe('stale-run')
    const [call] = room.named('call-driver')
    if (!call) throw new Error('no call')
    expect(effectKey(call, 1)).toBe(effectKey(call, 99))
    for (const later of [unknown(), verifying()]) expect(later.refused(begin(later))).toBe('stale-run')
  })

  test('[AC10] before approval, or on nothing it does not start', () => {
    for (const room of [proposed(), carried()]) expect(room.refused(begin(room))).toBe('stale-run')
    const room = approved()
    expect(room.refused({ ...begin(room), proposal: 'prp_none' })).toBe('no-such-proposal')
  })

  test('[AC242] what would run is not what was approved: it is revoked at once, and people hear of it', () => {
    const room = approved()
    const said = room.say(begin(room, { digest: 'f'.repeat(64) }))
    expect(types(said)).toEqual(['proposal-moved', 'escalated', 'human-asked'])
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'wrong-digest', execution: null })
    expect(room.state.view.escalated?.reason).toMatch(/not started, wrong-digest$/)
    expect(room.named('call-driver')).toEqual([])
    expect(room.refused(begin(room))).toBe('stale-run')
  })

  test.each<[string, string, (room: Room) => void, boolean | null]>([
    ['the switch was thrown', 'kill-switch-on', () => {}, true],
    ['the switch cannot be read', 'kill-switch-unreadable', () => {}, null],
    [
      'the switch was thrown in the room after it was read',
      'kill-switch-on',
      (room) => room.say({ type: 'set-kill-switch', on: true, reason: 'stop' }, ANN),
      false,
    ],
    ['it expired', 'expired', (room) => void (room.wall = room.proposal.body.expiresWall), false],
    ['it is not yet time', 'not-yet', (room) => void (room.at = room.proposal.body.notBefore - 1), false],
  ])('[AC14] it is revoked when %s', (_title, reason, change, killSwitch) => {
    const room = approved()
    change(room)
    expect(types(start(room, { killSwitch, fresh: [] }))).toEqual(['proposal-moved', 'human-asked'])
    expect(room.proposal).toMatchObject({ status: 'revoked', reason, execution: null })
    expect(room.named('call-driver')).toEqual([])
  })

  test('[AC14] it is revoked when what it rests on changed: fresh evidence is judged, and kept', () => {
    const calm = approved()
    start(calm, { fresh: [metric('errors', 'checkout', 1, calm.at)] })
    expect(calm.proposal).toMatchObject({ status: 'revoked', reason: 'symptom-gone' })
    const moved = approved()
    start(moved, { fresh: [metric('pool_in_use', 'db-proxy', 20, moved.at, { limit: 40 })] })
    expect(moved.proposal.reason).toBe('limit-changed-meanwhile')
    expect(moved.log.some(({ body }) => body.type === 'evidence-recorded' && body.evidence[0]?.id === 'E-01')).toBe(
      true,
    )
    const stale = approved()
    stale.pass(61_000)
    start(stale, { fresh: [] })
    expect(stale.proposal.status).toBe('revoked')
  })

  test('[AC10] the certificate is judged again on the votes as they stand', () => {
    const room = approved()
    // As if two votes had been taken out of the count since the ballot closed.
    for (const vote of room.proposal.votes.slice(0, 2)) vote.void = 'second-vote'
    start(room)
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'certificate-no-longer-holds' })
  })

  test('[AC14] the gate is judged again without the notes of who approved', () => {
    const noted = (approver: typeof ANN) => {
      const room = looked()
      room.say({ type: 'record-evidence', run: 2, drafts: [note('ann', room.at)], gaps: [] })
      found(poolPlan({ cites: ['E-01', 'E-02', 'E-05'] }), room)
      proposed(poolPlan(), room)
      for (const voter of ['detection', 'diagnosis', 'prediction', 'resolution'] as const)
        room.say({
          type: 'cast-vote',
          proposal: room.proposal.id,
          digest: room.proposal.digest,
          voter,
          draft: { vote: 'support', cites: ['E-01', 'E-02', 'E-05'], reason: '', method: '' },
        })
      approve(room, approver)
      start(room)
      return room.proposal
    }
    expect(noted(BOB)).toMatchObject({ status: 'running', gate: { passes: true } })
    expect(noted(ANN)).toMatchObject({ status: 'revoked', reason: 'evidence-one-sided' })
  })
})

describe('the answer to the one call', () => {
  test('[AC16] it ran: the signals are watched', () => {
    const room = running()
    expect(types(answer(room, 'ran'))).toEqual(['execution-answered', 'verification-started'])
    expect(room.proposal).toMatchObject({
      status: 'verifying',
      verification: { settleAt: room.at + 10_000, end: null },
    })
    expect(room.named('read-signals')).toHaveLength(1)
  })

  test('[AC16] declared as not done: it ends, and the target is free', () => {
    const room = running()
    expect(types(answer(room, 'failed'))).toEqual(['execution-answered', 'proposal-moved', 'human-asked'])
    expect(room.proposal).toMatchObject({ status: 'refused', reason: 'driver-declares-not-done' })
    expect(types(room.say(own(), ANN)).at(-1)).toBe('proposal-moved')
  })

  test('[AC16] no definite answer is unknown: nothing else may run, its status is asked for, signals are shown', () => {
    const room = unknown()
    expect(room.proposal.status).toBe('outcome-unknown')
    expect(room.state.view.record).toMatchObject([{ target: 'db-proxy', end: 'outcome-unknown' }])
    expect(room.named('ask-status').map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: STATUS_ATTEMPTS }, (_, attempt) => attempt),
    )
    expect(room.named('read-signals')).toHaveLength(1)
    expect(room.refused(own(), ANN)).toBe('another-proposal-open')
  })

  test('[AC16] it is answered once: a definite answer that comes later is no answer any more', () => {
    const room = unknown()
    const late = {
      type: 'answer-execution',
      proposal: room.proposal.id,
      key: keyOf(room),
      outcome: 'ran',
      detail: '',
    } as const
    expect(room.refused(late)).toBe('nothing-to-settle')
    const out = running()
    expect(out.refused({ ...late, proposal: out.proposal.id, key: 'another' })).toBe('nothing-to-settle')
    expect(approved().refused({ ...late, proposal: approved().proposal.id })).toBe('nothing-to-settle')
  })

  test('[AC17] the driver’s status settles it: it ran, and the window starts anew', () => {
    const room = unknown()
    room.pass(3_000)
    const ran = {
      type: 'answer-status',
      proposal: room.proposal.id,
      key: keyOf(room),
      outcome: 'it-ran',
      detail: 'seen',
    } as const
    expect(types(room.say(ran))).toEqual(['outcome-settled', 'verification-started'])
    expect(room.proposal).toMatchObject({ status: 'verifying', verification: { startedAt: room.at } })
    expect(room.refused(ran)).toBe('nothing-to-settle')
  })

  test('[AC17] it did not run: the attempt ends, the target is free, a person is told', () => {
    const room = unknown()
    const not = {
      type: 'answer-status',
      proposal: room.proposal.id,
      key: keyOf(room),
      outcome: 'it-did-not',
      detail: 'no',
    } as const
    expect(types(room.say(not))).toEqual(['outcome-settled', 'proposal-moved', 'human-asked'])
    expect(room.proposal).toMatchObject({
      status: 'revoked',
      reason: 'it-did-not-run',
      execution: { outcome: 'did-not-run' },
    })
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'it-did-not-run' })
    expect(types(room.say(own(), ANN)).at(-1)).toBe('proposal-moved')
  })

  test('[AC17] when the driver cannot say either, a person is asked once, and settles it with a reason', () => {
    const room = unknown()
    const lost = {
      type: 'answer-status',
      proposal: room.proposal.id,
      key: keyOf(room),
      outcome: 'unknown',
      detail: '504',
    } as const
    expect(types(room.say(lost))).toEqual(['human-asked'])
    expect(room.refused(lost)).toBe('nothing-changed')
    const settle = {
      type: 'settle-outcome',
      proposal: room.proposal.id,
      outcome: 'it-ran',
      reason: 'looked at it',
    } as const
    expect(room.refused({ ...settle, reason: ' ' }, ANN)).toBe('reason-needed')
    expect(room.refused(settle, RAY)).toBe('role-too-low')
    room.say(settle, ANN)
    expect(room.proposal).toMatchObject({ status: 'verifying', execution: { settledBy: 'ann' } })
    expect(room.refused(settle, ANN)).toBe('nothing-to-settle')
  })
})

describe('an own decision', () => {
  test('[AC22] skips ballot and gate and nothing else; it is a proposal of its own, counted apart', () => {
    const room = looked(opened())
    found(poolPlan({ cites: ['E-01', 'E-02'] }), room)
    expect(types(room.say(own(), ANN))).toEqual(['proposal-made', 'decision-recorded', 'proposal-moved'])
    expect(room.proposal).toMatchObject({
      status: 'approved',
      ballot: null,
      certificate: null,
      body: { decidedBy: 'human' },
      decisions: [{ kind: 'own-decision', by: 'ann', reason: 'I saw the pool' }],
    })
    start(room)
    expect(room.proposal).toMatchObject({ status: 'running' })
    expect(room.log.at(-1)?.body).toMatchObject({ type: 'execution-started', gate: null })
  })

  test('[AC22] a typed confirm, a reason, a catalogued runbook and target, and a commander', () => {
    const room = found()
    expect(room.refused(own(), RAY)).toBe('role-too-low')
    expect(room.refused(own({ reason: ' ' }), ANN)).toBe('reason-needed')
    expect(room.refused(own({ reason: 'x'.repeat(501) }), ANN)).toBe('text-too-long')
    expect(room.refused(own({ confirm: 'checkout' }), ANN)).toBe('confirm-mismatch')
    expect(room.refused(own({ runbook: 'guesswork' }), ANN)).toBe('no-such-runbook')
    expect(room.refused(own({ target: 'payroll' }), ANN)).toBe('no-such-target')
    expect(carried().refused(own(), ANN)).toBe('another-proposal-open')
    room.say({ type: 'resolve', reason: '' }, RAY)
    expect(room.refused(own(), ANN)).toBe('invalid-transition')
  })

  test('[CN10] hard clauses hold for a commander too; a judgement clause passes when it is named', () => {
    const room = found()
    expect(room.refused(own({ target: 'orders-db', passed: ['target-not-protected'] }), ANN)).toBe('guard-refuses')
    expect(room.refused(own({ runbook: 'call-the-owner' }), ANN)).toBe('guard-refuses')
    const stale = found()
    stale.pass(61_000)
    expect(stale.refused(own(), ANN)).toBe('clause-not-named')
    expect(stale.refused(own({ passed: ['cooldown-over'] }), ANN)).toBe('clause-not-named')
    stale.say(own({ passed: ['data-fresh'] }), ANN)
    expect(stale.proposal).toMatchObject({ status: 'approved', decisions: [{ passed: ['data-fresh'] }] })
    start(stale, { fresh: [] })
    expect(stale.proposal.status).toBe('running')
    const stopped = opened({ killSwitch: true })
    found(poolPlan(), looked(stopped))
    expect(stopped.refused(own({ passed: ['kill-switch-off'] }), ANN)).toBe('guard-refuses')
  })

  test('[AC22] what cannot be undone needs a second, different person', () => {
    const room = found()
    room.say(own({ runbook: 'drop-sessions', passed: ['data-fresh'] }), ANN)
    expect(room.proposal).toMatchObject({ status: 'awaiting-approval', approvalsNeeded: 2 })
    const yes = { type: 'approve', proposal: room.proposal.id, digest: room.proposal.digest, reason: '' } as const
    expect(room.refused(yes, ANN)).toBe('already-decided')
    approve(room, BOB)
    start(room)
    expect(room.proposal.status).toBe('running')
  })

  test('[CN15] it is drafted from what stands: a room that changed meanwhile is looked at again', () => {
    const room = found()
    const command = room.command(own(), ANN)
    room.command = () => ({ ...command, at: command.at + 1 })
    expect(room.refused(own(), ANN)).toBe('stale-draft')
  })

  test('[AC22] without a finding it watches the alerts that fire', () => {
    const room = opened({ catalogue: CATALOGUE })
    room.say(own({ passed: ['data-fresh'] }), ANN)
    expect(room.proposal.body.plan.verify.signals).toEqual([
      { kind: 'alert', source: 'metrics', fingerprint: 'checkout-errors' },
    ])
    expect(room.proposal.body.notBefore).toBe(START)
  })
})
