import { describe, expect, test } from 'vitest'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import type { IncidentState } from '../../../durable/protocol/domain.ts'
import { NOTES_PER_INCIDENT_MAX, NOTE_CHARS_MAX, REASON_CHARS_MAX } from '../../../durable/protocol/limits.ts'
import {
  ANN,
  RAY,
  ROOM,
  type Room,
  VAL,
  type Who,
  approved,
  carried,
  opened,
  proposed,
  running,
  types,
  unknown,
  verifying,
} from './room.ts'

const reason = 'said why'
const at: Record<'triggered' | 'acknowledged' | 'mitigated' | 'resolved' | 'closed', () => Room> = {
  triggered: () => opened(),
  acknowledged: () => said(opened(), { type: 'acknowledge' }),
  mitigated: () => said(opened(), { type: 'mitigate', reason }),
  resolved: () => said(opened(), { type: 'resolve', reason }),
  closed: () => said(at.resolved(), { type: 'close', reason }),
}

function said(room: Room, body: PersonCommand, who: Who = RAY): Room {
  room.say(body, who)
  return room
}

type Step = 'acknowledge' | 'mitigate' | 'resolve' | 'close'
const command = (step: Step): PersonCommand => (step === 'acknowledge' ? { type: step } : { type: step, reason })

/** From each state, what each step leads to; a word with a dash is the refusal. */
const TABLE: [IncidentState & keyof typeof at, Record<Step, string>][] = [
  [
    'triggered',
    { acknowledge: 'acknowledged', mitigate: 'mitigated', resolve: 'resolved', close: 'invalid-transition' },
  ],
  [
    'acknowledged',
    { acknowledge: 'nothing-changed', mitigate: 'mitigated', resolve: 'resolved', close: 'invalid-transition' },
  ],
  [
    'mitigated',
    {
      acknowledge: 'invalid-transition',
      mitigate: 'invalid-transition',
      resolve: 'resolved',
      close: 'invalid-transition',
    },
  ],
  [
    'resolved',
    {
      acknowledge: 'invalid-transition',
      mitigate: 'invalid-transition',
      resolve: 'invalid-transition',
      close: 'closed',
    },
  ],
  [
    'closed',
    {
      acknowledge: 'invalid-transition',
      mitigate: 'invalid-transition',
      resolve: 'invalid-transition',
      close: 'invalid-transition',
    },
  ],
]

describe('people move an incident', () => {
  test.each(TABLE)('[LC6] from %s', (from, steps) => {
    for (const step of ['acknowledge', 'mitigate', 'resolve', 'close'] as const) {
      const room = at[from]()
      const leads = steps[step]
      if (leads.includes('-')) expect(room.refused(command(step), RAY)).toBe(leads)
      else expect(said(room, command(step)).state.view.state).toBe(leads)
    }
  })

  test('[LC6] each step is timed by the command that made it', () => {
    const room = opened().pass(1_000)
    said(room, { type: 'acknowledge' }).pass(1_000)
    said(room, { type: 'mitigate', reason }).pass(1_000)
    said(room, { type: 'resolve', reason }).pass(1_000)
    said(room, { type: 'close', reason })
    const { acknowledged, mitigated, resolved, closed } = room.state.view.times
    expect([acknowledged, mitigated, resolved, closed]).toEqual([4, 3, 2, 1].map((ago) => room.at - (ago - 1) * 1_000))
  })

  test('[LC7] a viewer changes nothing; deciding asks for a commander', () => {
    const room = carried()
    const { id, digest } = room.proposal
    for (const step of ['acknowledge', 'mitigate', 'resolve', 'close'] as const)
      expect(room.refused(command(step), VAL)).toBe('role-too-low')
    expect(room.refused({ type: 'add-note', text: 'hello' }, VAL)).toBe('role-too-low')
    for (const type of ['approve', 'reject'] as const)
      expect(room.refused({ type, proposal: id, digest, reason }, RAY)).toBe('role-too-low')
    expect(room.refused({ type: 'settle-outcome', proposal: id, outcome: 'it-ran', reason }, RAY)).toBe('role-too-low')
  })

  test('[LC7] what people say only people say: no agent, source or room code does, whatever role it claims', () => {
    const room = carried()
    const body = { type: 'approve', proposal: room.proposal.id, digest: room.proposal.digest, reason } as const
    for (const kind of ['agent', 'source', 'system', 'responder-script'] as const) {
      expect(room.refused(body, { by: { kind, name: 'resolution' }, role: 'commander' })).toBe('role-too-low')
      expect(room.refused({ type: 'acknowledge' }, { by: { kind, name: 'x' }, role: 'admin' })).toBe('role-too-low')
    }
    expect(room.refused(body, ROOM)).toBe('role-too-low')
  })

  test('[LC7] the scripted responder is heard in its drill and in no real room', () => {
    const script: Who = { by: { kind: 'responder-script', name: 'script' }, role: 'commander' }
    expect(opened().refused({ type: 'acknowledge' }, script)).toBe('role-too-low')
    expect(said(opened({ drill: 'drl_abcdef' }), { type: 'acknowledge' }, script).state.view.people).toEqual(['script'])
  })

  test('[LC8] notes are numbered, need text, and have limits', () => {
    const room = opened()
    said(room, { type: 'add-note', text: '  pool looks full  ' }, ANN)
    expect(room.state.view.notes).toEqual([{ id: 'N-01', by: 'ann', text: 'pool looks full', at: room.at }])
    expect(room.refused({ type: 'add-note', text: ' \n ' }, ANN)).toBe('empty-text')
    expect(room.refused({ type: 'add-note', text: 'x'.repeat(NOTE_CHARS_MAX + 1) }, ANN)).toBe('text-too-long')
    for (let n = 1; n < NOTES_PER_INCIDENT_MAX; n += 1) said(room, { type: 'add-note', text: 'x' }, ANN)
    expect(room.refused({ type: 'add-note', text: 'x' }, ANN)).toBe('too-many-notes')
  })

  test('[LC8] a reason has a limit wherever one is given', () => {
    const long = 'x'.repeat(REASON_CHARS_MAX + 1)
    expect(opened().refused({ type: 'mitigate', reason: long }, RAY)).toBe('text-too-long')
    expect(opened().refused({ type: 'resolve', reason: long }, RAY)).toBe('text-too-long')
    expect(at.resolved().refused({ type: 'close', reason: long }, RAY)).toBe('text-too-long')
    const room = carried()
    const { id, digest } = room.proposal
    expect(room.refused({ type: 'approve', proposal: id, digest, reason: long }, ANN)).toBe('text-too-long')
    const lost = unknown()
    const settle = { type: 'settle-outcome', proposal: lost.proposal.id, outcome: 'it-ran', reason: long } as const
    expect(lost.refused(settle, ANN)).toBe('text-too-long')
  })

  test('[LC9] resolving withdraws an open question, and is refused while an action is out', () => {
    for (const question of [proposed(), carried()]) {
      said(question, { type: 'resolve', reason })
      expect(question.proposal).toMatchObject({ status: 'revoked', reason: 'incident-resolved' })
      expect(question.state.view).toMatchObject({ state: 'resolved', humanAsked: null })
    }
    for (const out of [approved(), running(), unknown(), verifying()])
      expect(out.refused({ type: 'resolve', reason }, RAY)).toBe('invalid-transition')
  })

  test('[LC10] closing asks for the archive; its receipt is recorded once, and only then', () => {
    const receipt = { type: 'record-archive', store: 'embedded', reference: 'a/1' } as const
    expect(at.resolved().refused(receipt)).toBe('invalid-transition')
    const room = at.closed()
    expect(room.named('archive')).toHaveLength(1)
    expect(types(room.say(receipt))).toEqual(['incident-archived'])
    expect(room.refused(receipt)).toBe('nothing-changed')
  })

  test('[LC17] the kill switch is a level: set once each way, by whoever threw it', () => {
    const room = opened()
    expect(types(room.say({ type: 'set-kill-switch', on: true, reason: 'stop' }, ANN))).toEqual(['kill-switch-set'])
    expect(room.refused({ type: 'set-kill-switch', on: true, reason: 'stop' }, ANN)).toBe('nothing-changed')
    room.say({ type: 'set-kill-switch', on: false, reason: 'go' }, ANN)
    expect(room.state.view.killSwitch).toBe(false)
  })
})
