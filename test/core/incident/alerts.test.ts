import { describe, expect, test } from 'vitest'
import { REOPEN_WITHIN_MS, RUNS_MAX } from '../../../durable/core/consensus/policy.ts'
import type { Alert } from '../../../durable/protocol/domain.ts'
import { ALERTS_PER_ROOM_MAX } from '../../../durable/protocol/limits.ts'
import { ANN, RAY, Room, approved, carried, opened, proposed, running, types } from './room.ts'
import { CATALOGUE, HEAD, POLICY, START, alert, resolved } from './shop.ts'

const deliver = (...alerts: Alert[]) => ({
  type: 'deliver-alerts' as const,
  alerts: alerts.map((said) => ({ alert: said, reason: 'same-group' })),
})
const openBody = (alerts: Alert[] = [alert()]) => ({
  type: 'open' as const,
  head: HEAD,
  catalogue: CATALOGUE,
  policy: POLICY,
  killSwitch: false,
  alerts: alerts.map((said) => ({ alert: said, reason: 'new' })),
})
const second = alert({ fingerprint: 'checkout-latency', title: 'CheckoutSlow' })

describe('a room opens', () => {
  test('[LC1] once, with its catalogue and first alerts; the first look is asked for', () => {
    const room = new Room()
    expect(types(room.say(openBody()))).toEqual(['incident-opened', 'alert-attached'])
    expect(room.state.view).toMatchObject({ state: 'triggered', severity: 'SEV-2', catalogue: { version: 'shop-1' } })
    expect(room.named('gather-evidence')).toEqual([{ type: 'gather-evidence', run: 1, after: null }])
    expect(room.refused(openBody())).toBe('already-open')
  })

  test('[LC1] before that nothing is taken', () => {
    const room = new Room()
    expect(room.refused({ type: 'tick' })).toBe('not-open')
    expect(room.refused({ type: 'acknowledge' }, ANN)).toBe('not-open')
    expect(room.refused(deliver(alert()))).toBe('not-open')
  })

  test('[LC1] on alerts that are over already and with nobody on it, it is resolved at once', () => {
    const room = new Room()
    expect(types(room.say(openBody([resolved(START)])))).toEqual([
      'incident-opened',
      'alert-attached',
      'alerts-cleared',
      'incident-resolved',
    ])
  })

  test('[LC4] who declares an incident is on it', () => {
    const room = new Room()
    const body = openBody([resolved(START)])
    room.say({ ...body, head: { ...HEAD, openedBy: { kind: 'person', name: 'ray' } } })
    expect(room.state.view).toMatchObject({ state: 'triggered', people: ['ray'], alertsClearSince: START })
  })
})

describe('alerts are levels', () => {
  test('[LC2] a new one is attached, a known one updated, and what changes nothing is no event', () => {
    const room = opened()
    expect(types(room.say(deliver(second, alert())))).toEqual(['alert-attached'])
    expect(room.refused(deliver(second, alert()))).toBe('nothing-changed')
    expect(room.refused(deliver(alert({ validUntil: START + 1 })))).toBe('nothing-changed')
    expect(types(room.say(deliver(resolved(START + 5))))).toEqual(['alert-updated'])
  })

  test('[LC2] the same alert twice in one delivery is one event', () => {
    const room = opened()
    expect(types(room.say(deliver(second, second)))).toEqual(['alert-attached'])
  })

  test('[LC2] other words of an alert that stands are news, and reopen nothing', () => {
    const room = opened()
    room.say({ type: 'resolve', reason: 'seen' }, RAY)
    room.pass(1_000)
    const reworded = alert({ annotations: { summary: 'errors at 40 %' }, severity: 'critical' })
    expect(types(room.say(deliver(reworded)))).toEqual(['alert-updated', 'severity-raised'])
    expect(room.state.view.state).toBe('resolved')
    expect(Object.values(room.state.view.alerts)).toMatchObject([{ annotations: { summary: 'errors at 40 %' } }])
  })

  test('[LC3] a worse firing alert raises the severity; a milder or a resolved one never lowers it', () => {
    const room = opened()
    expect(types(room.say(deliver(alert({ fingerprint: 'a', severity: 'critical' }))))).toEqual([
      'alert-attached',
      'severity-raised',
    ])
    room.say(deliver(alert({ fingerprint: 'b', severity: 'info' })))
    expect(room.state.view.severity).toBe('SEV-1')
    const other = opened()
    other.say(deliver(alert({ fingerprint: 'c', severity: 'critical', status: 'resolved', endsAt: START })))
    expect(other.state.view.severity).toBe('SEV-2')
  })
})

describe('when the last alert resolves', () => {
  test('[LC4] with nobody on it the incident resolves by alerts', () => {
    const room = opened()
    expect(types(room.say(deliver(resolved(START + 5))))).toEqual([
      'alert-updated',
      'alerts-cleared',
      'incident-resolved',
    ])
    expect(room.log.at(-1)).toMatchObject({ by: { kind: 'system' }, body: { how: 'by-alerts' } })
  })

  test('[LC4] with a person on it the alerts are clear and it waits', () => {
    const room = opened()
    room.say({ type: 'acknowledge' }, RAY)
    expect(types(room.say(deliver(resolved(START + 5))))).toEqual(['alert-updated', 'alerts-cleared'])
    expect(room.state.view).toMatchObject({ state: 'acknowledged', alertsClearSince: START })
    room.say(deliver(alert({ startsAt: START + 9 })))
    expect(room.state.view.alertsClearSince).toBe(null)
  })

  test('[LC4] while an action is out it waits; an open question is withdrawn', () => {
    const out = running()
    expect(types(out.say(deliver(resolved(START + 5))))).toEqual(['alert-updated', 'alerts-cleared'])
    const voting = proposed()
    expect(types(voting.say(deliver(resolved(START + 5))))).toEqual([
      'alert-updated',
      'alerts-cleared',
      'ballot-closed',
      'proposal-moved',
      'incident-resolved',
    ])
    expect(voting.proposal).toMatchObject({ status: 'revoked', reason: 'alerts-clear' })
    const asked = carried()
    asked.say(deliver(resolved(START + 5)))
    expect(asked.proposal.status).toBe('revoked')
    expect(asked.named('resume-clock')).toHaveLength(1)
  })

  test('[LC4] an approved action holds it open', () => {
    const room = approved()
    room.say(deliver(resolved(START + 5)))
    expect(room.state.view.state).toBe('triggered')
  })

  test('[LC5] it reopens when an alert fires again within ten minutes, to the millisecond', () => {
    for (const again of [alert({ startsAt: START + 9 }), second]) {
      const room = opened()
      room.say(deliver(resolved(START + 5)))
      room.pass(REOPEN_WITHIN_MS)
      expect(types(room.say(deliver(again))).at(-1)).toBe('incident-reopened')
      expect(room.state.view).toMatchObject({ state: 'triggered', reopened: 1, alertsClearSince: null })
      expect(room.named('gather-evidence').length).toBe(2)
    }
  })

  test('[LC5] later it takes none that fires: that is another incident', () => {
    const room = opened()
    room.say(deliver(resolved(START + 5)))
    room.pass(REOPEN_WITHIN_MS + 1)
    expect(room.refused(deliver(alert({ startsAt: START + 9 })))).toBe('not-open')
    expect(room.refused(deliver(second))).toBe('not-open')
  })

  test('[LC5] reopened with no look left, a person is asked', () => {
    const room = opened()
    for (let run = 1; run <= RUNS_MAX; run += 1) room.say({ type: 'record-evidence', run, drafts: [], gaps: [] })
    room.say(deliver(resolved(START + 5)))
    expect(types(room.say(deliver(second)))).toEqual(['alert-attached', 'incident-reopened', 'human-asked'])
  })

  test('[LC10] a closed incident takes no alert and no switch any more', () => {
    const room = opened()
    room.say({ type: 'resolve', reason: 'done' }, RAY)
    room.say({ type: 'close', reason: 'done' }, RAY)
    expect(room.refused(deliver(second))).toBe('not-open')
    expect(room.refused(deliver(resolved(START + 5)))).toBe('not-open')
    expect(room.refused({ type: 'set-kill-switch', on: true, reason: 'drill' })).toBe('not-open')
  })

  test('[LC19] alerts beyond the limit are counted, and hold the incident open all the same', () => {
    const room = opened()
    const many = Array.from({ length: ALERTS_PER_ROOM_MAX + 1 }, (_, index) => alert({ fingerprint: `f${index}` }))
    room.say(deliver(...many))
    expect(Object.keys(room.state.view.alerts)).toHaveLength(ALERTS_PER_ROOM_MAX)
    expect(room.state.view.alertsBeyond).toBe(2)
    const held = [alert(), ...many].slice(0, ALERTS_PER_ROOM_MAX)
    room.say(deliver(...held.map((one) => ({ ...one, status: 'resolved' as const, endsAt: START + 5 }))))
    expect(room.state.view.alertsClearSince).toBe(null)
    const beyond = [alert(), ...many].slice(ALERTS_PER_ROOM_MAX)
    room.say(deliver(...beyond.map((one) => ({ ...one, status: 'resolved' as const, endsAt: START + 6 }))))
    expect(room.state.view.state).toBe('resolved')
  })
})
