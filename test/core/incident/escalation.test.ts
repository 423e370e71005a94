import { describe, expect, test } from 'vitest'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import { PAGES_PER_INCIDENT_MAX } from '../../../durable/protocol/limits.ts'
import { slaClocks } from '../../../durable/protocol/sla.ts'
import { AT, ON_CALL, OTHER, POLICY, merged, onCall, pageReasons, reason, said, wait } from './life.ts'
import { ANN, RAY, VAL, Room, types } from './room.ts'
import { CATALOGUE, HEAD, alert, resolved } from './shop.ts'

const minute = 60_000
const raise = (severity: 'SEV-1' | 'SEV-2' | 'SEV-3' | 'SEV-4'): PersonCommand => ({
  type: 'set-severity',
  severity,
  reason,
})

/** Opens a room as the directory would, with these alerts. */
function openedWith(alerts: ReturnType<typeof alert>[], policy: Partial<typeof POLICY> = {}): Room {
  const room = new Room()
  room.say({
    type: 'open',
    head: HEAD,
    catalogue: { ...ON_CALL, escalation: [{ ...POLICY, ...policy }] },
    policy: 'policy-1',
    killSwitch: false,
    alerts: alerts.map((one) => ({ alert: one, reason: 'new' })),
  })
  return room
}

describe('an escalation', () => {
  test('[ES2] calls the first step when the incident opens, the next when its wait is over, and all again', () => {
    const room = onCall()
    const steps = () => room.state.view.pages.map(({ round, step }) => `${round}.${step}`)
    expect(steps()).toEqual(['0.0'])
    expect(wait(room, minute - 1) && steps()).toEqual(['0.0'])
    expect(wait(room, 1) && steps()).toEqual(['0.0', '0.1'])
    expect(wait(room, 2 * minute) && steps()).toEqual(['0.0', '0.1', '1.0'])
    expect(wait(room, minute) && steps()).toEqual(['0.0', '0.1', '1.0', '1.1'])
    wait(room, 2 * minute)
    expect(room.state.view.paging).toMatchObject({ nextAt: null, stopped: 'exhausted' })
    expect(wait(room, 60 * minute) && steps()).toHaveLength(4)
  })

  test('[ES2] an alarm that rings late calls one step, not all that were missed', () => {
    const room = onCall().pass(60 * minute)
    room.tick()
    expect(room.state.view.pages).toHaveLength(2)
  })

  test('[ES2] each addressee of a step is one notification', () => {
    const room = wait(onCall(), minute)
    expect(room.named('notify').map(({ page, to, attempt }) => `${page} ${to} ${attempt}`)).toEqual([
      'P-01 0 1',
      'P-02 0 1',
      'P-02 1 1',
    ])
  })

  test('[ES2] one call when it opens, however many alerts it opens with and however they raise it', () => {
    const alerts = ['a', 'b', 'c'].map((fingerprint) => alert({ fingerprint, severity: 'critical' }))
    expect(pageReasons(openedWith([alert(), ...alerts]))).toEqual(['opened'])
  })

  test('[ES2] nobody is called for what opens resolved', () => {
    expect(openedWith([resolved(1)]).state.view).toMatchObject({ state: 'resolved', pages: [], paging: null })
  })

  const stops: [string, PersonCommand][] = [
    ['acknowledged', { type: 'acknowledge' }],
    ['mitigated', { type: 'mitigate', reason }],
    ['resolved', { type: 'resolve', reason }],
    ['canceled', { type: 'cancel', reason }],
  ]
  test.each(stops)('[ES3] stops when the incident is %s', (word, body) => {
    const room = said(onCall({ repeat: 0 }), body)
    expect(room.state.view.paging).toMatchObject({ nextAt: null, stopped: word })
    expect(wait(room, 5 * minute).state.view.pages).toHaveLength(1)
  })

  test('[ES3] stops when it is merged, and starts anew when that is taken back', () => {
    const room = merged(onCall())
    expect(room.state.view.paging).toMatchObject({ nextAt: null, stopped: 'merged' })
    said(room, { type: 'unmerge', reason })
    room.say({ type: 'record-move', seq: room.state.view.seq, outcome: { ok: true, incident: OTHER, alerts: [] } })
    expect(pageReasons(room)).toEqual(['opened', 'unmerged'])
  })

  test('[ES4] a worse severity calls the present step once more and leaves its time as it is', () => {
    const room = wait(onCall(), minute)
    const before = room.state.view.paging
    const alerts = ['a', 'b'].map((fingerprint) => ({
      alert: alert({ fingerprint, severity: 'critical' }),
      reason: 'x',
    }))
    room.say({ type: 'deliver-alerts', alerts })
    expect(pageReasons(room)).toEqual(['opened', 'escalated', 'severity-raised'])
    expect(room.state.view.pages.at(-1)?.step).toBe(1)
    expect(room.state.view.paging).toEqual(before)
  })

  test('[ES4] a milder one calls nobody, a worse one calls also after the acknowledgement, and not in what is resolved', () => {
    const room = said(onCall(), raise('SEV-3'))
    expect(pageReasons(room)).toEqual(['opened'])
    said(room, { type: 'acknowledge' })
    said(room, raise('SEV-1'))
    expect(pageReasons(room)).toEqual(['opened', 'severity-raised'])
    expect(room.state.view.paging?.nextAt).toBeNull()
    const over = said(said(onCall(), { type: 'resolve', reason }), raise('SEV-1'))
    expect(pageReasons(over)).toEqual(['opened'])
  })

  test('[ES5] reopening calls the first step anew, by an alert or by a person', () => {
    const room = said(onCall(), { type: 'resolve', reason })
    said(room, { type: 'reopen', reason })
    expect(room.state.view.paging).toMatchObject({ round: 0, step: 0, nextAt: room.at + minute, stopped: '' })
    said(room, { type: 'resolve', reason })
    room.pass(1_000)
    room.say({ type: 'deliver-alerts', alerts: [{ alert: alert({ startsAt: room.at }), reason: 'x' }] })
    expect(pageReasons(room)).toEqual(['opened', 'reopened', 'reopened'])
  })

  test('[ES6] an acknowledgement lapses when nobody does anything, and people are called from the first step', () => {
    const room = said(wait(onCall(), minute), { type: 'acknowledge' })
    wait(room, 10 * minute - 1)
    expect(room.state.view.state).toBe('acknowledged')
    wait(room, 1)
    expect(room.state.view).toMatchObject({ state: 'triggered', paging: { step: 0, stopped: '' } })
    expect(pageReasons(room)).toEqual(['opened', 'escalated', 'ack-timeout'])
    const first = room.state.view.times.acknowledged
    expect(said(room, { type: 'acknowledge' }).state.view).toMatchObject({
      state: 'acknowledged',
      times: { acknowledged: first },
    })
  })

  test('[ES6] whatever a person does puts that off; agents and alerts do not', () => {
    const room = said(onCall(), { type: 'acknowledge' })
    wait(room, 9 * minute)
    said(room, { type: 'add-note', text: 'still at it' })
    wait(room, 9 * minute)
    room.say({ type: 'deliver-alerts', alerts: [{ alert: alert({ fingerprint: 'b' }), reason: 'x' }] })
    expect(room.state.view.state).toBe('acknowledged')
    wait(room, minute)
    expect(room.state.view.state).toBe('triggered')
  })

  test('[ES6] without a limit in the policy it does not lapse', () => {
    const { ackTimeoutMs: _, ...forEver } = POLICY
    const room = new Room()
    const catalogue = { ...ON_CALL, escalation: [forEver], sla: [] }
    room.say({ type: 'open', head: HEAD, catalogue, policy: 'policy-1', killSwitch: false, alerts: [] })
    expect(wait(said(room, { type: 'acknowledge' }), 1_000 * minute).state.view.state).toBe('acknowledged')
  })

  test('[ES7] a person calls the next step now, and the first again after the last', () => {
    const room = onCall()
    said(room, { type: 'escalate', reason })
    expect(room.state.view.paging).toMatchObject({ step: 1, nextAt: room.at + 2 * minute })
    said(room, { type: 'acknowledge' })
    for (let n = 0; n < 3; n += 1) said(room, { type: 'escalate', reason })
    expect(room.state.view.pages.map(({ round, step }) => `${round}.${step}`)).toEqual([
      '0.0',
      '0.1',
      '1.0',
      '1.1',
      '2.0',
    ])
    expect(room.state.view.paging?.nextAt).toBeNull()
  })

  test('[ES7] is refused: a viewer, where nobody is catalogued, and where nothing is worked on', () => {
    expect(onCall().refused({ type: 'escalate', reason }, VAL)).toBe('role-too-low')
    expect(AT.triggered().refused({ type: 'escalate', reason }, RAY)).toBe('nobody-to-page')
    for (const state of ['resolved', 'closed', 'canceled', 'merged'] as const)
      expect(AT[state]().refused({ type: 'escalate', reason }, RAY)).toBe('invalid-transition')
  })

  test('[ES8] calls of one incident are bounded; then the record says that nobody is called', () => {
    const room = said(onCall(), { type: 'resolve', reason })
    for (let n = 1; n < PAGES_PER_INCIDENT_MAX; n += 1) {
      said(room, { type: 'reopen', reason })
      said(room, { type: 'resolve', reason })
    }
    expect(room.state.view.pages).toHaveLength(PAGES_PER_INCIDENT_MAX)
    expect(types(room.say({ type: 'reopen', reason }, RAY))).toContain('escalation-ended')
    expect(room.state.view.paging).toMatchObject({ nextAt: null, stopped: 'too-many-pages' })
    expect(room.refused({ type: 'escalate', reason }, RAY)).toBe('too-many')
  })

  test('[ES1] below the severity of the policy nobody is called until it is raised', () => {
    const room = openedWith([alert({ severity: 'info' })], { severity: 'SEV-1' })
    expect(room.state.view.paging).toBeNull()
    said(room, raise('SEV-1'))
    expect(pageReasons(room)).toEqual(['severity-raised'])
    expect(room.state.view.paging).toMatchObject({ nextAt: room.at + minute })
  })

  test('[ES1] lowered below it, nobody else is called; raised again, the escalation starts anew', () => {
    const room = wait(said(onCall(), raise('SEV-4')), minute)
    expect(room.state.view.paging).toMatchObject({ nextAt: null, stopped: 'severity-lowered' })
    said(room, raise('SEV-3'))
    expect(room.state.view.paging).toMatchObject({ nextAt: room.at + minute, stopped: '' })
    expect(pageReasons(room)).toEqual(['opened', 'severity-raised'])
    const still = said(said(onCall(), { type: 'set-severity', severity: 'SEV-5', reason }), raise('SEV-4'))
    expect(pageReasons(still)).toEqual(['opened'])
  })

  test('[ES1] without a policy nobody is called and nothing waits', () => {
    const room = AT.triggered()
    expect(room.state.view).toMatchObject({ pages: [], paging: null })
    expect(room.state.view.catalogue).toEqual(CATALOGUE)
  })
})

describe('promises of time', () => {
  const clocks = (room: Room): string[] => slaClocks(room.state.view).map(({ clock, state }) => `${clock} ${state}`)

  test('[ES9] are counted from the opening and met by acknowledging and resolving in time', () => {
    const room = onCall()
    expect(slaClocks(room.state.view).map(({ due }) => due - room.at)).toEqual([5 * minute, 60 * minute])
    expect(clocks(room)).toEqual(['acknowledge running', 'resolve running'])
    wait(said(room, { type: 'acknowledge' }), 10 * minute - 1)
    expect(clocks(room)).toEqual(['acknowledge met', 'resolve running'])
    expect(clocks(said(room, { type: 'resolve', reason }))).toEqual(['acknowledge met', 'resolve met'])
    expect(room.state.view.breaches).toEqual([])
  })

  test('[ES9] are breached once, at their time, and stay so', () => {
    const room = onCall()
    wait(room, 5 * minute)
    const due = room.at
    expect(room.state.view.breaches).toEqual([{ clock: 'acknowledge', severity: 'SEV-2', due, at: due }])
    wait(said(room, { type: 'acknowledge' }), 5 * minute)
    expect(clocks(room)).toEqual(['acknowledge breached', 'resolve running'])
  })

  test('[ES9] follow the severity: a worse one may be late at once', () => {
    const room = wait(onCall(), 2 * minute)
    said(room, raise('SEV-1'))
    expect(wait(room, 0) && clocks(room)).toEqual(['acknowledge breached', 'resolve running'])
    expect(clocks(said(room, raise('SEV-3')))).toEqual([])
  })

  test('[ES9] begin again with a reopening, and are none of a false alarm', () => {
    const room = wait(onCall(), 5 * minute)
    said(room, { type: 'resolve', reason }, ANN)
    said(room, { type: 'reopen', reason })
    expect(clocks(room)).toEqual(['acknowledge running', 'resolve running'])
    expect(clocks(said(room, { type: 'cancel', reason }))).toEqual([])
  })

  test('[ES9] whoever mitigates or resolves has taken note of it', () => {
    expect(clocks(said(onCall(), { type: 'mitigate', reason }))[0]).toBe('acknowledge met')
  })
})
