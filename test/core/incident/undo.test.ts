import { describe, expect, test } from 'vitest'
import { STATUS_ATTEMPTS } from '../../../durable/core/consensus/policy.ts'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import { effectKey } from '../../../durable/protocol/effects.ts'
import type { ActionPlan, Catalogue } from '../../../durable/protocol/domain.ts'
import {
  ANN,
  RAY,
  type Room,
  approved,
  carried,
  found,
  keyOf,
  looked,
  opened,
  proposed,
  readOut,
  running,
  start,
  types,
  unknown,
  verifying,
} from './room.ts'
import { CATALOGUE, look, metric, poolPlan } from './shop.ts'

/** The shop, whose pool runbook is undone when nothing got better as well. */
const EAGER: Catalogue = {
  ...CATALOGUE,
  runbooks: CATALOGUE.runbooks.map((runbook) =>
    runbook.rollback ? { ...runbook, rollback: { ...runbook.rollback, onNoBetter: true } } : runbook,
  ),
}
const eager = (value: number): Room =>
  readOut(
    verifying(
      running(
        approved(
          poolPlan(),
          carried(poolPlan(), proposed(poolPlan(), found(poolPlan(), looked(opened({ catalogue: EAGER }))))),
        ),
      ),
    ),
    value,
  )
const worse = (): Room => readOut(verifying(), 50)

const undoBody = (room: Room, reason = 'it hurts') =>
  ({ type: 'undo', proposal: room.proposal.id, digest: room.proposal.digest, reason }) as const
const begin = (room: Room, killSwitch: boolean | null = false, digest = room.proposal.digest) =>
  ({ type: 'start-undo', proposal: room.proposal.id, digest, killSwitch }) as const
const undoing = (room = worse()): Room => {
  room.say(begin(room))
  return room
}
const answered = (outcome: 'ran' | 'failed' | 'unknown', room = undoing()): Room => {
  room.say({ type: 'answer-undo', proposal: room.proposal.id, key: `${keyOf(room)}:undo`, outcome, detail: 'said so' })
  return room
}
const asked = (room: Room) => room.state.view.humanAsked?.reason
const undoCalls = (room: Room) => room.named('call-driver').filter(({ undo }) => undo)

describe('what ran is taken back', () => {
  test('[AC200] worse: by itself, at once, and people are told', () => {
    const room = worse()
    expect(room.proposal).toMatchObject({ status: 'running', reason: 'undoing', verification: { end: 'worse' } })
    expect(room.named('begin-undo')).toEqual([{ type: 'begin-undo', proposal: room.proposal.id }])
    expect(room.state.view.escalated?.reason).toContain('worse')
    room.say(begin(room))
    expect(room.proposal).toMatchObject({ status: 'running', undoWhy: 'worse', undo: { outcome: 'running' } })
  })

  test('[AC200] no better: only where the plan says so, and that is the runbook’s word', () => {
    const patient = readOut(verifying(), 9)
    expect(patient.proposal).toMatchObject({ status: 'done', reason: 'no-better' })
    expect(patient.named('begin-undo')).toEqual([])
    const room = undoing(eager(9))
    expect(room.proposal).toMatchObject({ undoWhy: 'no-better', body: { plan: { undoOn: ['worse', 'no-better'] } } })
    const lying = carried(poolPlan(), proposed(poolPlan(), found(poolPlan({ undoOn: ['no-better'] }))))
    expect(lying.proposal.body.plan.undoOn).toBeUndefined()
  })

  test('[AC200] unreadable or recovered: never by itself; a person is asked, or nobody', () => {
    const blind = readOut(verifying(), null)
    expect(blind.named('begin-undo')).toEqual([])
    expect(blind.state.view.humanAsked).toMatchObject({ reason: 'verification-unreadable' })
    expect(readOut(verifying(), 1).named('begin-undo')).toEqual([])
    expect(eager(1).named('begin-undo')).toEqual([])
  })

  test('[AC201] the rollback is the plan’s: one call, under a key and a token of its own, on the approved digest', () => {
    const room = undoing()
    const [call] = undoCalls(room)
    expect(call).toEqual({
      type: 'call-driver',
      proposal: room.proposal.id,
      key: `${keyOf(room)}:undo`,
      token: room.state.view.seq,
      undo: true,
    })
    expect(room.proposal.undo?.token).toBeGreaterThan(room.proposal.execution?.token ?? Number.POSITIVE_INFINITY)
    expect(call && effectKey(call, 1)).toBe(call && effectKey(call, 99))
    for (const outcome of ['ran', 'failed', 'unknown'] as const) {
      const over = answered(outcome)
      expect(over.refused(begin(over))).toBe('stale-run')
      expect(over.refused(undoBody(over), ANN)).toBe('nothing-to-undo')
      expect(undoCalls(over)).toHaveLength(1)
    }
  })

  test.each<[string, string, boolean | null, string | null]>([
    ['the switch is on', 'kill-switch-on', true, null],
    ['the switch cannot be read', 'kill-switch-unreadable', null, null],
    ['the digest is another', 'wrong-digest', false, 'f'.repeat(64)],
  ])('[AC202] it is not sent when %s; people are asked', (_title, reason, killSwitch, digest) => {
    const room = worse()
    room.say(begin(room, killSwitch, digest ?? room.proposal.digest))
    expect(room.proposal).toMatchObject({ status: 'done', reason: 'undo-stopped' })
    expect(room.proposal.undo).toBeUndefined()
    expect(asked(room)).toBe(reason)
    expect(undoCalls(room)).toEqual([])
  })

  test('[AC202] a switch thrown in the room after it was read stops it; once it is off a person may order it again', () => {
    const room = worse()
    room.say({ type: 'set-kill-switch', on: true, reason: 'stop' }, ANN)
    room.say(begin(room))
    expect(asked(room)).toBe('kill-switch-on')
    expect(room.refused(undoBody(room), ANN)).toBe('guard-refuses')
    room.say({ type: 'set-kill-switch', on: false, reason: 'go' }, ANN)
    room.say(undoBody(room), ANN)
    expect(new Set(room.named('begin-undo').map((effect) => effectKey(effect, room.state.view.seq))).size).toBe(1)
    undoing(room)
    expect(room.proposal).toMatchObject({ undoWhy: 'by-person', undo: { outcome: 'running' } })
  })

  test('[AC202] neither cooldown nor stale evidence stops it', () => {
    const room = worse().pass(3_600_000)
    room.say(begin(room))
    expect(undoCalls(room)).toHaveLength(1)
  })
})

describe('what came of the rollback', () => {
  test('[AC203] it ran: undone, and the agents look again at once', () => {
    const room = answered('ran')
    expect(room.proposal).toMatchObject({ status: 'undone', reason: 'worse', undo: { outcome: 'ran' } })
    expect(asked(room)).toBe('undone')
    expect(room.named('gather-evidence').at(-1)).toMatchObject({ run: 2, after: { ms: 0 } })
    expect(room.state.view.record).toMatchObject([{ end: 'worse', undo: 'ran' }])
  })

  test('[AC203] declared not done: what ran is still there, and people are told', () => {
    const room = answered('failed')
    expect(room.proposal).toMatchObject({ status: 'done', reason: 'undo-failed' })
    expect(room.state.view.escalated?.reason).toContain('undo-failed')
    expect(asked(room)).toBe('undo-failed')
  })

  test('[AC203] no definite answer is unknown: its status is asked for under its own key, nothing else may run', () => {
    const room = answered('unknown')
    expect(room.proposal).toMatchObject({ status: 'outcome-unknown', execution: { outcome: 'ran' } })
    expect(room.named('ask-status').filter(({ undo }) => undo)).toHaveLength(STATUS_ATTEMPTS)
    expect(room.named('ask-status').every(({ key }) => key === `${keyOf(room)}:undo`)).toBe(true)
    expect(room.state.view.record).toMatchObject([{ undo: 'outcome-unknown' }])
    const late = {
      type: 'answer-undo',
      proposal: room.proposal.id,
      key: `${keyOf(room)}:undo`,
      outcome: 'ran',
      detail: '',
    } as const
    expect(room.refused(late)).toBe('nothing-to-settle')
    expect(room.refused({ ...late, key: keyOf(room) })).toBe('nothing-to-settle')
  })

  test('[AC203] the action’s own status settles nothing of its rollback', () => {
    const room = answered('unknown')
    const body = {
      type: 'answer-status',
      proposal: room.proposal.id,
      key: keyOf(room),
      outcome: 'it-did-not',
      detail: '',
    } as const
    expect(room.refused(body)).toBe('nothing-to-settle')
  })

  test.each([
    ['it-ran', 'undone', 'ran'],
    ['it-did-not', 'done', 'did-not-run'],
  ] as const)('[AC203] status or a person settles it: %s', (outcome, status, ended) => {
    const byStatus = answered('unknown')
    const { id } = byStatus.proposal
    byStatus.say({ type: 'answer-undo-status', proposal: id, key: `${keyOf(byStatus)}:undo`, outcome, detail: 'seen' })
    expect(byStatus.proposal).toMatchObject({ status, undo: { outcome: ended } })
    const byPerson = answered('unknown')
    const settle = { type: 'settle-outcome', proposal: byPerson.proposal.id, outcome, reason: 'looked' } as const
    expect(byPerson.refused(settle, RAY)).toBe('role-too-low')
    byPerson.say(settle, ANN)
    expect(byPerson.proposal).toMatchObject({ status, undo: { outcome: ended, settledBy: 'ann' } })
    expect(byPerson.proposal.execution).toMatchObject({ outcome: 'ran', settledBy: null })
  })

  test('[AC203] when the status says nothing either, a person is asked once', () => {
    const room = answered('unknown')
    const lost = {
      type: 'answer-undo-status',
      proposal: room.proposal.id,
      key: `${keyOf(room)}:undo`,
      outcome: 'unknown',
      detail: '504',
    } as const
    expect(types(room.say(lost))).toEqual(['human-asked'])
    expect(asked(room)).toBe('undo-outcome-unknown')
    expect(room.refused(lost)).toBe('nothing-changed')
  })
})

describe('a commander orders it', () => {
  test.each<[string, () => Room]>([
    ['while it is verified', () => verifying()],
    ['when it recovered', () => readOut(verifying(), 1)],
    ['when it was no better', () => readOut(verifying(), 9)],
    ['when nobody could say', () => readOut(verifying(), null)],
  ])('[AC204] %s, with a reason, on the digest', (_title, make) => {
    const room = make()
    expect(room.refused(undoBody(room), RAY)).toBe('role-too-low')
    expect(room.refused(undoBody(room, ' '), ANN)).toBe('reason-needed')
    expect(room.refused({ ...undoBody(room), digest: 'f'.repeat(64) }, ANN)).toBe('wrong-digest')
    expect(types(room.say(undoBody(room), ANN))).toEqual(['undo-ordered', 'proposal-moved'])
    undoing(room)
    expect(room.proposal).toMatchObject({ undoWhy: 'by-person', status: 'running' })
    expect(answered('ran', room).proposal).toMatchObject({ status: 'undone', reason: 'by-person' })
  })

  test('[AC204] never before it surely ran, nor after it surely did not', () => {
    for (const room of [carried(), approved(), running(), unknown()])
      expect(room.refused(undoBody(room), ANN)).toBe('nothing-to-undo')
    const not = unknown()
    not.say({ type: 'settle-outcome', proposal: not.proposal.id, outcome: 'it-did-not', reason: 'looked' }, ANN)
    expect(not.refused(undoBody(not), ANN)).toBe('nothing-to-undo')
    expect(not.refused({ ...undoBody(not), proposal: 'prp_none' }, ANN)).toBe('no-such-proposal')
  })

  test('[AC204] nor what cannot be undone, nor in an incident that is over', () => {
    const room = readOut(verifying(), 1)
    room.say({ type: 'resolve', reason: '' }, RAY)
    expect(room.refused(undoBody(room), ANN)).toBe('invalid-transition')
    const gone = found()
    gone.say(
      {
        type: 'decide-myself',
        runbook: 'drop-sessions',
        target: 'db-proxy',
        parameters: {},
        confirm: 'db-proxy',
        passed: ['data-fresh'],
        reason: 'x',
      },
      ANN,
    )
    expect(gone.proposal.body.plan.rollback).toBe(null)
    expect(gone.refused(undoBody(gone), ANN)).toBe('nothing-to-undo')
  })

  test('[AC204] a later action on the same target leaves the earlier one where it is', () => {
    const room = readOut(verifying(), 1)
    const [first] = room.state.view.proposals
    if (!first) throw new Error('no first')
    room.pass(600_000)
    room.say(own(60), ANN)
    start(room, { fresh: [] })
    room.say({ type: 'answer-execution', proposal: room.proposal.id, key: keyOf(room), outcome: 'ran', detail: '' })
    const old = { type: 'undo', proposal: first.id, digest: first.digest, reason: 'x' } as const
    expect(room.refused(old, ANN)).toBe('another-proposal-open')
    readOut(room, 1)
    expect(room.refused(old, ANN)).toBe('nothing-to-undo')
    room.say(undoBody(room), ANN)
  })
})

const own = (pool_limit: number): Extract<PersonCommand, { type: 'decide-myself' }> => ({
  type: 'decide-myself',
  runbook: 'raise-pool-limit',
  target: 'db-proxy',
  parameters: { pool_limit },
  confirm: 'db-proxy',
  passed: ['data-fresh', 'cooldown-over', 'preconditions-hold'],
  reason: 'I know this one',
})

const otherPlan = (): ActionPlan => {
  const action = { runbook: 'scale-out', type: 'scale-out', target: 'db-proxy', parameters: {} }
  return poolPlan({ action, previous: {}, rollback: action, preconditions: [] })
}
/** A look that asks for it, far enough from the last try. */
const again = (room: Room, plan = otherPlan()): Room => {
  room.pass(120_000)
  return found(plan, looked(room, room.state.view.run + 1))
}

describe('one retry', () => {
  const failedTwice = (): Room => {
    const room = answered('ran')
    again(room)
    room.say({ type: 'propose', run: room.state.view.run })
    carried(poolPlan(), room)
    approved(poolPlan(), room)
    start(room, { fresh: look(room.at).filter((item) => item.kind === 'metric') })
    room.say({ type: 'answer-execution', proposal: room.proposal.id, key: keyOf(room), outcome: 'ran', detail: '' })
    return readOut(room, 9)
  }

  test('[AC205] after the first that did not help, the next is a proposal of its own', () => {
    const room = answered('ran')
    again(room)
    room.say({ type: 'propose', run: room.state.view.run })
    expect(room.proposal).toMatchObject({ number: 2, status: 'voting' })
    expect(room.proposal.digest).not.toBe(room.state.view.proposals[0]?.digest)
  })

  test('[AC205] after the second the system proposes no more: escalated once, people are asked, and may still decide', () => {
    const room = failedTwice()
    expect(room.proposal).toMatchObject({ number: 2, status: 'done', reason: 'no-better' })
    expect(room.state.view.escalated?.reason).toBe('retry-used-up')
    expect(asked(room)).toBe('retry-used-up')
    again(room)
    expect(room.refused({ type: 'propose', run: room.state.view.run })).toBe('nothing-changed')
    expect(room.state.view.proposals).toHaveLength(2)
    room.say({ ...own(80), passed: [...own(80).passed, 'not-same-failing-fix'] }, ANN)
    expect(room.proposal).toMatchObject({ number: 3, body: { decidedBy: 'human' } })
  })

  test('[AC205] a recovery begins the count anew', () => {
    const room = failedTwice()
    room.pass(120_000)
    room.say(own(80), ANN)
    start(room, { fresh: [metric('errors', 'checkout', 9, room.at)] })
    expect(room.proposal).toMatchObject({ number: 3, status: 'running' })
    room.say({ type: 'answer-execution', proposal: room.proposal.id, key: keyOf(room), outcome: 'ran', detail: '' })
    // An own decision without a finding watches the alert: 0 is over.
    readOut(room, 0)
    room.say({ type: 'reopen', reason: 'it is back' }, RAY)
    again(room)
    room.say({ type: 'propose', run: room.state.view.run })
    expect(room.proposal.number).toBe(4)
  })

  test('[AC206] what was undone is not proposed again as it was', () => {
    const room = answered(
      'ran',
      undoing(
        (() => {
          const made = verifying()
          made.say(undoBody(made), ANN)
          return made
        })(),
      ),
    )
    again(room, poolPlan())
    room.say({ type: 'propose', run: room.state.view.run })
    expect(room.proposal).toMatchObject({ number: 2, status: 'refused', reason: 'same-fix-failed-before' })
  })
})
