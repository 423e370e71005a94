import { describe, expect, test } from 'vitest'
import { RUNS_MAX } from '../../../durable/core/consensus/policy.ts'
import type { CommandBody, PersonCommand, RefusalReason } from '../../../durable/protocol/commands.ts'
import type { IncidentState, SourceSeverity } from '../../../durable/protocol/domain.ts'
import { REASON_CHARS_MAX } from '../../../durable/protocol/limits.ts'
import { AT, OTHER, answered, reason, said } from './life.ts'
import { ANN, RAY, VAL, approved, carried, opened, running, types, unknown, verifying } from './room.ts'
import { alert } from './shop.ts'

type Step = 'reopen' | 'cancel'
const no = 'invalid-transition' as const

/** From each state, what each step leads to; a word with a dash is the refusal. */
const TABLE: Record<keyof typeof AT, Record<Step, IncidentState | RefusalReason>> = {
  triggered: { reopen: no, cancel: 'canceled' },
  acknowledged: { reopen: no, cancel: 'canceled' },
  mitigated: { reopen: 'triggered', cancel: 'canceled' },
  resolved: { reopen: 'triggered', cancel: 'canceled' },
  closed: { reopen: no, cancel: no },
  canceled: { reopen: 'triggered', cancel: no },
  merged: { reopen: no, cancel: no },
}

describe('taking back and calling off', () => {
  test.each(Object.entries(TABLE))('[LC38] from %s', (from, steps) => {
    for (const type of ['reopen', 'cancel'] as const) {
      const room = AT[from as keyof typeof AT]()
      if (steps[type].includes('-')) expect(room.refused({ type, reason }, RAY)).toBe(steps[type])
      else expect(said(room, { type, reason }).state.view.state).toBe(steps[type])
    }
  })

  test('[LC38] what was called off or merged takes no step but the one that takes it back', () => {
    for (const over of ['canceled', 'merged'] as const) {
      expect(AT[over]().refused({ type: 'acknowledge' }, RAY)).toBe('invalid-transition')
      for (const type of ['mitigate', 'resolve', 'close'] as const)
        expect(AT[over]().refused({ type, reason }, RAY)).toBe('invalid-transition')
    }
  })

  test('[LC38] each needs a responder and a reason within its limit', () => {
    for (const type of ['reopen', 'cancel'] as const) {
      const room = AT.resolved()
      expect(room.refused({ type, reason }, VAL)).toBe('role-too-low')
      expect(room.refused({ type, reason: ' ' }, RAY)).toBe('reason-needed')
      expect(room.refused({ type, reason: 'x'.repeat(REASON_CHARS_MAX + 1) }, RAY)).toBe('text-too-long')
    }
  })

  test('[LC38] reopening clears the times, counts, and the agents look again', () => {
    const room = said(AT.acknowledged(), { type: 'resolve', reason })
    const looks = room.named('gather-evidence').length
    said(room, { type: 'reopen', reason })
    expect(room.state.view.times).toEqual({ acknowledged: null, mitigated: null, resolved: null, closed: null })
    expect(room.state.view).toMatchObject({ state: 'triggered', reopened: 1 })
    expect(room.named('gather-evidence')).toHaveLength(looks + 1)
  })

  test('[LC38] with its looks used up a person is asked', () => {
    const room = opened()
    while (room.state.view.run < RUNS_MAX)
      room.say({ type: 'record-evidence', run: room.state.view.run + 1, drafts: [], gaps: [] })
    said(room, { type: 'resolve', reason })
    expect(types(room.say({ type: 'reopen', reason }, RAY))).toEqual(['incident-reopened', 'human-asked'])
  })

  test('[LC22] nothing ends while an action is out; an open question is withdrawn', () => {
    for (const out of [approved(), running(), unknown(), verifying()]) {
      expect(out.refused({ type: 'cancel', reason }, RAY)).toBe('invalid-transition')
      expect(out.refused({ type: 'merge', into: OTHER, reason }, RAY)).toBe('invalid-transition')
    }
    const question = said(carried(), { type: 'cancel', reason })
    expect(question.proposal).toMatchObject({ status: 'revoked', reason: 'incident-canceled' })
  })

  test('[LC22] nothing ends while its alerts are on their way', () => {
    const steps: PersonCommand[] = [
      { type: 'cancel', reason },
      { type: 'resolve', reason },
      { type: 'merge', into: OTHER, reason },
      { type: 'split', alerts: [], title: 'x', reason },
    ]
    const room = said(opened(), { type: 'merge', into: OTHER, reason })
    for (const step of steps) expect(room.refused(step, RAY)).toBe('move-pending')
    const over = said(AT.resolved(), { type: 'merge', into: OTHER, reason })
    expect(over.refused({ type: 'close', reason }, RAY)).toBe('move-pending')
    expect(over.refused({ type: 'reopen', reason }, RAY)).toBe('move-pending')
  })

  test('[LC22] nobody decides on an action while alerts are on their way: it would run in what is over', () => {
    const room = said(carried(), { type: 'merge', into: OTHER, reason })
    const { id, digest } = room.proposal
    expect(room.refused({ type: 'approve', proposal: id, digest, reason: '' }, ANN)).toBe('move-pending')
    const own = { runbook: 'scale-out', target: 'db-proxy', parameters: {}, confirm: 'db-proxy', passed: [], reason }
    expect(room.refused({ type: 'decide-myself', ...own }, ANN)).toBe('move-pending')
    answered(room, { ok: true, incident: OTHER, alerts: [] })
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'incident-merged' })
  })

  test('[LC36] what was called off is archived, and again when it ends after it was taken back', () => {
    const room = AT.canceled()
    const receipt = { type: 'record-archive', store: 'embedded', reference: 'a/1' } as const
    expect(room.named('archive')).toHaveLength(1)
    room.say(receipt)
    said(room, { type: 'reopen', reason })
    expect(room.state.view.archived).toBeNull()
    expect(room.refused(receipt)).toBe('invalid-transition')
    said(room, { type: 'cancel', reason })
    expect(room.named('archive')).toHaveLength(2)
    expect(types(room.say(receipt))).toEqual(['incident-archived'])
  })

  test('[LC36] what is over takes no alert', () => {
    for (const room of [AT.canceled(), AT.merged()])
      expect(
        room.refused({ type: 'deliver-alerts', alerts: [{ alert: alert({ fingerprint: 'b' }), reason: 'new' }] }),
      ).toBe('not-open')
  })
})

describe('severity by a person', () => {
  const set = (severity: 'SEV-1' | 'SEV-2' | 'SEV-3') => ({ type: 'set-severity', severity, reason }) as const
  const says = (severity: SourceSeverity, fingerprint = 'checkout-errors', words = ''): CommandBody => ({
    type: 'deliver-alerts',
    alerts: [{ alert: alert({ severity, fingerprint, annotations: { words } }), reason: 'new' }],
  })

  test('[LC23] goes up and down, with who said it and why', () => {
    const room = opened()
    expect(room.say(set('SEV-3'), RAY)).toEqual([{ type: 'severity-set', from: 'SEV-2', to: 'SEV-3', reason }])
    expect(said(room, set('SEV-1')).state.view.severity).toBe('SEV-1')
  })

  test('[LC23] needs a responder, a change, a reason, and an incident that is not over', () => {
    expect(opened().refused(set('SEV-1'), VAL)).toBe('role-too-low')
    expect(opened().refused(set('SEV-2'), RAY)).toBe('nothing-changed')
    expect(opened().refused({ ...set('SEV-1'), reason: '' }, RAY)).toBe('reason-needed')
    for (const room of [AT.closed(), AT.canceled(), AT.merged()])
      expect(room.refused(set('SEV-1'), RAY)).toBe('invalid-transition')
  })

  test('[LC23] stands while alerts say nothing worse than before; what fires anew or says worse raises it', () => {
    const room = said(opened(), set('SEV-3'))
    room.say(says('error', 'checkout-errors', 'other words'))
    expect(room.state.view.severity).toBe('SEV-3')
    room.say(says('critical'))
    expect(room.state.view.severity).toBe('SEV-1')
    const other = said(opened(), set('SEV-3'), ANN)
    other.say(says('error', 'another'))
    expect(other.state.view.severity).toBe('SEV-2')
  })
})
