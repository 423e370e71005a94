import { describe, expect, test } from 'vitest'
import type { Controls, DryRunReport, RecentAction } from '../../../durable/protocol/controls.ts'
import { ANN, RAY, ROOM, type Room, approved, carried, found, looked, opened, running, start, types } from './room.ts'
import { CALM, CATALOGUE, look, poolPlan } from './shop.ts'

const control = (control: 'kill-switch' | 'dry-run', on: boolean, reason = 'wait') =>
  ({ type: 'set-incident-control', control, on, reason }) as const
const REPORT: DryRunReport = { driver: 'http', says: 'one signed POST', calls: [], effect: '40', canCheck: false }
const report = (room: Room, said: DryRunReport | null = REPORT) => {
  const { id } = room.proposal
  return { type: 'report-dry-run', proposal: id, key: `${id}:dry`, report: said, detail: 'no answer' } as const
}
const own = (passed: ('no-freeze' | 'data-fresh')[]) =>
  ({
    type: 'decide-myself',
    runbook: 'raise-pool-limit',
    target: 'db-proxy',
    parameters: { pool_limit: 40 },
    confirm: 'db-proxy',
    passed,
    reason: 'I saw the pool',
  }) as const
const held = (said: Partial<Controls>): Controls => ({ ...CALM, ...said })
const before = (room: Room, said: Partial<RecentAction> = {}): RecentAction => ({
  incident: 'inc_bcdefg',
  proposal: 1,
  type: 'raise-pool-limit',
  target: 'db-proxy',
  at: room.at - 3 * 3_600_000,
  end: 'recovered',
  ...said,
})

describe('kill switches', () => {
  test.each([
    ['everywhere', { type: 'set-kill-switch', on: true, reason: 'stop' }, 'kill-switch-on'],
    [
      'on its service',
      { type: 'set-kill-switch', on: true, reason: 'stop', service: 'db-proxy' },
      'kill-switch-on:service',
    ],
    ['in its incident', control('kill-switch', true), 'kill-switch-on:incident'],
  ] as const)('[AC100] thrown %s nothing starts, and no ballot opens', (_where, thrown, reason) => {
    const room = approved()
    room.say(thrown, ANN)
    start(room)
    expect(room.proposal).toMatchObject({ status: 'revoked', reason, execution: null })
    expect(room.named('call-driver')).toEqual([])
    const asked = found()
    asked.say(thrown, ANN)
    asked.say({ type: 'propose', run: 1 })
    expect(asked.proposal).toMatchObject({ status: 'refused', reason, ballot: null })
  })

  test('[AC100] one on another service, or let go again, stops nothing', () => {
    const room = approved()
    room.say({ type: 'set-kill-switch', on: true, reason: 'stop', service: 'search' }, ANN)
    room.say(control('kill-switch', true), ANN)
    room.say(control('kill-switch', false), ANN)
    expect(types(start(room))).toContain('execution-started')
  })

  test('[AC100] as it is read at use it stops too, and unreadable controls revoke', () => {
    const scope = { on: true, scope: 'service', reason: 'stop' } as const
    const stopped = approved()
    start(stopped, { controls: held({ killSwitch: scope }) })
    expect(stopped.proposal).toMatchObject({ status: 'revoked', reason: 'kill-switch-on:service' })
    const blind = approved()
    start(blind, { controls: null })
    expect(blind.proposal).toMatchObject({ status: 'revoked', reason: 'kill-switch-unreadable' })
  })

  test('[AC110] the incident’s own are levels: a commander, a reason, and not when it is over', () => {
    const room = opened()
    for (const which of ['kill-switch', 'dry-run'] as const) {
      expect(room.refused(control(which, true), RAY)).toBe('role-too-low')
      expect(room.refused(control(which, true), ROOM)).toBe('role-too-low')
      expect(room.refused(control(which, true, ' '), ANN)).toBe('reason-needed')
      expect(room.refused(control(which, true, 'x'.repeat(501)), ANN)).toBe('text-too-long')
      expect(room.refused(control(which, false), ANN)).toBe('nothing-changed')
      room.say(control(which, true), ANN)
      expect(room.refused(control(which, true), ANN)).toBe('nothing-changed')
    }
    expect(room.state.view).toMatchObject({ stops: { incident: 'wait' }, dryRun: { incident: 'wait', global: null } })
    expect(room.state.view.killSwitch).toBe(false)
    room.say({ type: 'cancel', reason: 'no fire' }, ANN)
    expect(room.refused(control('dry-run', false), ANN)).toBe('invalid-transition')
    expect(room.refused({ type: 'set-dry-run', on: true, reason: 'x' }, ROOM)).toBe('not-open')
  })

  test('[AC110] what the directory tells again is no news', () => {
    const room = opened()
    const service = { type: 'set-kill-switch', on: true, reason: 'stop', service: 'db-proxy' } as const
    room.say(service, ANN)
    expect(room.refused(service, ANN)).toBe('nothing-changed')
    room.say({ type: 'set-dry-run', on: true, reason: 'week one' }, ANN)
    expect(room.refused({ type: 'set-dry-run', on: true, reason: 'again' }, ANN)).toBe('nothing-changed')
    expect(room.state.view).toMatchObject({
      stops: { services: { 'db-proxy': 'stop' } },
      dryRun: { global: 'week one' },
    })
  })
})

describe('freezes and limits at use', () => {
  test('[AC101] a freeze revokes what the system proposed, and an own decision that did not name it', () => {
    const freezes = [{ id: 'frz_1', until: null, reason: 'books close' }]
    const room = approved()
    start(room, { controls: held({ freezes }) })
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'frozen:frz_1' })
    for (const [passed, status] of [
      [[], 'revoked'],
      [['no-freeze'], 'running'],
    ] as const) {
      const mine = found()
      mine.say(own([...passed]), ANN)
      start(mine, { controls: held({ freezes }) })
      expect(mine.proposal.status).toBe(status)
    }
  })

  test('[AC101] before a ballot opens the controls that were read are judged, and unreadable ones refuse', () => {
    const freezes = [{ id: 'frz_1', until: null, reason: 'books close' }]
    for (const [controls, reason] of [
      [held({ freezes }), 'frozen:frz_1'],
      [held({ maintenance: ['sil_1'] }), 'in-maintenance:sil_1'],
      [null, 'kill-switch-unreadable'],
    ] as const) {
      const room = found()
      room.say({ type: 'propose', run: 1, controls })
      expect(room.proposal).toMatchObject({ status: 'refused', reason, ballot: null })
      expect(room.state.view.humanAsked).toMatchObject({ reason })
    }
  })

  test('[AC106] the same fix again and again runs, and people hear of it', () => {
    const twice = (room: Room) => [before(room), before(room, { proposal: 2, end: 'worse' })]
    const room = approved()
    start(room, { controls: held({ recent: twice(room) }) })
    expect(room.proposal.status).toBe('running')
    expect(room.state.view.escalated?.reason).toBe('recurring-fix: raise-pool-limit on db-proxy, 3 times')
    for (const recent of [
      twice(room).slice(1),
      twice(room).map((one) => ({ ...one, target: 'checkout' })),
      twice(room).map((one) => ({ ...one, end: 'did-not-run' as const })),
      twice(room).map((one) => ({ ...one, at: one.at - 22 * 3_600_000 })),
    ]) {
      const other = approved()
      start(other, { controls: held({ recent }) })
      expect(other.state.view.escalated).toBe(null)
    }
    const catalogue = { ...CATALOGUE, limits: { recurrence: { times: 2, withinMs: 4 * 3_600_000 } } }
    const strict = approved(poolPlan(), carried(poolPlan(), proposedIn(catalogue)))
    start(strict, { controls: held({ recent: [before(strict)] }) })
    expect(strict.state.view.escalated?.reason).toMatch(/^recurring-fix: /)
  })
})

function proposedIn(catalogue: typeof CATALOGUE): Room {
  const room = found(poolPlan(), looked(opened({ catalogue })))
  room.say({ type: 'propose', run: 1 })
  return room
}

describe('dry run', () => {
  const dry = (room = approved()) => {
    room.say(control('dry-run', true, 'first week'), ANN)
    start(room)
    return room
  }

  test('[AC107] the same checks, then the driver is asked what it would do; nothing is called', () => {
    const room = dry()
    expect(room.proposal).toMatchObject({ status: 'running', reason: 'dry-run', execution: null })
    expect(room.named('call-driver')).toEqual([])
    expect(room.named('preview-driver')).toHaveLength(1)
    expect(room.state.view.record).toEqual([])
    room.say(report(room))
    expect(room.proposal).toMatchObject({ status: 'done', reason: 'dry-run', execution: null, dryRun: REPORT })
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'dry-run' })
    expect(room.refused(report(room))).toBe('nothing-to-settle')
    expect(room.log.some(({ body }) => body.type === 'execution-started')).toBe(false)
  })

  test('[AC107] what does not hold is revoked in dry run too', () => {
    const room = approved()
    room.say(control('dry-run', true), ANN)
    start(room, { controls: held({ killSwitch: { on: true, scope: 'global', reason: 'stop' } }) })
    expect(room.proposal).toMatchObject({ status: 'revoked', reason: 'kill-switch-on' })
    expect(room.named('preview-driver')).toEqual([])
  })

  test('[AC107] it counts as the directory says it or as the room knows it, and for own decisions', () => {
    const read = approved()
    start(read, { controls: held({ dryRun: true }) })
    const told = approved()
    told.say({ type: 'set-dry-run', on: true, reason: 'week one' }, ANN)
    start(told)
    const mine = found()
    mine.say(own([]), ANN)
    for (const room of [read, told, dry(mine)]) {
      expect(room.named('preview-driver')).toHaveLength(1)
      expect(room.named('call-driver')).toEqual([])
    }
  })

  test('[AC107] what was shown is not proposed again while it is on; off, the agents look again', () => {
    const room = dry()
    room.say(report(room))
    room.pass(60_000)
    room.say({ type: 'record-evidence', run: 2, drafts: look(room.at), gaps: [] })
    found(poolPlan(), room)
    expect(room.refused({ type: 'propose', run: 2 })).toBe('nothing-changed')
    const looks = room.named('gather-evidence').length
    room.say(control('dry-run', false), ANN)
    expect(room.named('gather-evidence').length).toBeGreaterThan(looks)
    room.say({ type: 'propose', run: 2 })
    expect(room.proposal).toMatchObject({ number: 2, status: 'voting' })
  })

  test('[AC108] a driver that cannot say what it would do ends the attempt, and a person is asked', () => {
    const room = dry()
    room.say(report(room, null))
    expect(room.proposal).toMatchObject({ status: 'refused', reason: 'dry-run-unreadable', execution: null })
    expect(room.state.view.humanAsked).toMatchObject({ reason: 'dry-run-unreadable', wouldDecide: 'no answer' })
    expect(running().refused(report(running()))).toBe('nothing-to-settle')
  })
})
