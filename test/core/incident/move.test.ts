import { describe, expect, test } from 'vitest'
import type { CommandBody, PersonCommand } from '../../../durable/protocol/commands.ts'
import { REASON_CHARS_MAX, SPLIT_ALERTS_MAX, TITLE_CHARS_MAX } from '../../../durable/protocol/limits.ts'
import { AT, OTHER, answered, merged, reason, said } from './life.ts'
import { RAY, type Room, VAL, opened, types } from './room.ts'
import { alert, resolved } from './shop.ts'

const first = { source: 'metrics', fingerprint: 'checkout-errors' }
const second = { source: 'metrics', fingerprint: 'b' }
const key = ({ source, fingerprint }: typeof first): string => `${source}/${fingerprint}`

/** A room with two alerts that fire. */
function two(): Room {
  const room = opened()
  room.say({ type: 'deliver-alerts', alerts: [{ alert: alert(second), reason: 'same-service' }] })
  return room
}

const split = (alerts = [second]): PersonCommand => ({ type: 'split', alerts, title: 'another thing', reason })
const gone = (alerts = [second]) =>
  ({ ok: true, incident: OTHER, alerts: alerts.map((one) => ({ alert: alert(one), reason: 'split' })) }) as const

describe('merging', () => {
  test('[LC29] asks the directory, and is merged when it answers: the other one is named, open questions are withdrawn', () => {
    const room = said(opened(), { type: 'merge', into: OTHER, reason })
    expect(room.state.view).toMatchObject({ state: 'triggered', moving: { kind: 'merge', other: OTHER } })
    expect(room.named('move-alerts')).toMatchObject([{ move: { kind: 'merge', into: OTHER } }])
    answered(room, { ok: true, incident: OTHER, alerts: [] })
    expect(room.state.view).toMatchObject({
      state: 'merged',
      moving: null,
      links: [{ relation: 'merged-into', incident: OTHER }],
    })
    expect(room.named('archive')).toHaveLength(1)
  })

  test('[LC29] goes on as it was, with the reason on record, where the directory refuses', () => {
    const room = said(opened(), { type: 'merge', into: OTHER, reason })
    expect(
      types(
        room.say({ type: 'record-move', seq: room.state.view.seq, outcome: { ok: false, reason: 'incident-over' } }),
      ),
    ).toEqual(['move-refused'])
    expect(room.state.view).toMatchObject({ state: 'triggered', moving: null })
    expect(said(room, { type: 'acknowledge' }).state.view.state).toBe('acknowledged')
  })

  test('[LC29] is refused: a viewer, itself, no id, a drill of the real world, too long a reason, and in what is over', () => {
    const merge = (into: string, why = reason): PersonCommand => ({ type: 'merge', into, reason: why })
    expect(opened().refused(merge(OTHER), VAL)).toBe('role-too-low')
    expect(opened().refused(merge('inc_abcdef'), RAY)).toBe('same-incident')
    expect(opened().refused(merge('nothing'), RAY)).toBe('no-such-incident')
    expect(opened().refused(merge('inc_abcdef-abcdef'), RAY)).toBe('other-namespace')
    expect(opened().refused(merge(OTHER, 'x'.repeat(REASON_CHARS_MAX + 1)), RAY)).toBe('text-too-long')
    for (const room of [AT.closed(), AT.canceled(), AT.merged()])
      expect(room.refused(merge(OTHER), RAY)).toBe('invalid-transition')
    expect(said(AT.resolved(), merge(OTHER)).state.view.moving?.kind).toBe('merge')
  })

  test('[LC30] is taken back with the alerts that the directory gives back', () => {
    const room = said(merged(two()), { type: 'unmerge', reason })
    expect(room.named('move-alerts').at(-1)).toMatchObject({ move: { kind: 'unmerge', from: OTHER } })
    expect(room.refused({ type: 'unmerge', reason }, RAY)).toBe('move-pending')
    const back = [{ alert: resolved(room.at, second), reason: 'unmerged' }]
    answered(room, { ok: true, incident: OTHER, alerts: back })
    expect(room.state.view).toMatchObject({ state: 'triggered', links: [], moving: null, archived: null })
    expect(room.state.view.alerts[key(second)]?.status).toBe('resolved')
    expect(room.state.levels[key(first)]?.status).toBe('firing')
  })

  test('[LC30] an alert that comes back before the answer does is taken', () => {
    const room = merged()
    const early: CommandBody = {
      type: 'deliver-alerts',
      alerts: [{ alert: alert({ severity: 'critical' }), reason: 'unmerged' }],
    }
    expect(room.refused(early)).toBe('not-open')
    said(room, { type: 'unmerge', reason })
    room.say(early)
    expect(room.state.view.alerts[key(first)]?.severity).toBe('critical')
  })

  test('[LC30] only what was merged is taken back', () => {
    expect(AT.merged().refused({ type: 'unmerge', reason }, VAL)).toBe('role-too-low')
    for (const state of ['triggered', 'acknowledged', 'mitigated', 'resolved', 'closed', 'canceled'] as const)
      expect(AT[state]().refused({ type: 'unmerge', reason }, RAY)).toBe('invalid-transition')
  })

  test('[LC30] the other one lets go of them, once; what is left may be clear then', () => {
    const room = two()
    const detach: CommandBody = { type: 'detach-alerts', alerts: [second], to: OTHER }
    expect(types(room.say(detach))).toEqual(['alerts-detached'])
    expect(room.refused(detach)).toBe('nothing-changed')
    expect(Object.keys(room.state.view.alerts)).toEqual([key(first)])
    const last = two()
    last.say({ type: 'deliver-alerts', alerts: [{ alert: resolved(last.at), reason: 'x' }] })
    expect(types(last.say(detach))).toEqual(['alerts-detached', 'alerts-cleared', 'incident-resolved'])
    expect(AT.closed().refused(detach)).toBe('not-open')
  })
})

describe('splitting', () => {
  test('[LC31] asks for a new incident; the alerts leave when it is there', () => {
    const room = said(two(), split())
    expect(room.named('move-alerts')).toMatchObject([
      { move: { kind: 'split', alerts: [second], title: 'another thing', by: 'ray' } },
    ])
    answered(room, gone())
    expect(Object.keys(room.state.view.alerts)).toEqual([key(first)])
    expect(Object.keys(room.state.levels)).toEqual([key(first)])
    expect(room.state.view).toMatchObject({ moving: null, links: [{ relation: 'split-into', incident: OTHER }] })
  })

  test('[LC33] alerts that leave by another move end no split that is under way', () => {
    const room = two()
    room.say({ type: 'deliver-alerts', alerts: [{ alert: alert({ fingerprint: 'c' }), reason: 'same-service' }] })
    said(room, split())
    room.say({ type: 'detach-alerts', alerts: [{ source: 'metrics', fingerprint: 'c' }], to: 'inc_other2' })
    expect(room.state.view.moving?.kind).toBe('split')
    expect(answered(room, gone()).state.view.moving).toBeNull()
  })

  test('[LC31] what is left and clear shows so, and resolves where nobody is on it', () => {
    const room = two()
    room.say({ type: 'deliver-alerts', alerts: [{ alert: resolved(room.at), reason: 'x' }] })
    answered(said(room, split()), gone())
    expect(room.state.view).toMatchObject({ state: 'resolved', alertsClearSince: room.at })
  })

  test('[LC31] is refused: a viewer, no title, too long a one, no alert, one that it does not hold, all of them, too many, what is over', () => {
    const room = two()
    expect(room.refused(split(), VAL)).toBe('role-too-low')
    expect(room.refused({ type: 'split', alerts: [second], title: ' ', reason }, RAY)).toBe('empty-text')
    expect(room.refused({ type: 'split', alerts: [second], title: 'x'.repeat(TITLE_CHARS_MAX + 1), reason }, RAY)).toBe(
      'text-too-long',
    )
    expect(room.refused(split([]), RAY)).toBe('no-such-alert')
    expect(room.refused(split([{ source: 'metrics', fingerprint: 'constructor' }]), RAY)).toBe('no-such-alert')
    expect(room.refused(split([first, second]), RAY)).toBe('nothing-left')
    expect(room.refused(split([second, second, first]), RAY)).toBe('nothing-left')
    const many = Array.from({ length: SPLIT_ALERTS_MAX + 1 }, (_, n) => ({ source: 'metrics', fingerprint: `${n}` }))
    expect(room.refused(split(many), RAY)).toBe('too-many')
    for (const over of [AT.closed(), AT.canceled(), AT.merged()])
      expect(over.refused(split(), RAY)).toBe('invalid-transition')
  })

  test('[LC33] an answer that nobody waits for changes nothing', () => {
    const room = said(two(), split())
    const { seq } = room.state.view
    expect(room.refused({ type: 'record-move', seq: seq + 1, outcome: gone() })).toBe('nothing-changed')
    answered(room, gone())
    expect(room.refused({ type: 'record-move', seq, outcome: gone() })).toBe('nothing-changed')
  })
})

describe('parent and child', () => {
  const under = (parent: string | null): PersonCommand => ({ type: 'set-parent', parent, reason })

  test('[LC32] one parent at a time, told by the directory; another one takes its place, null takes it away', () => {
    const room = said(opened(), under(OTHER))
    expect(types(room.say(under('inc_other2'), RAY))).toEqual(['incident-unlinked', 'incident-linked'])
    expect(room.state.view.links).toEqual([{ relation: 'parent', incident: 'inc_other2' }])
    expect(said(room, under(null)).state.view.links).toEqual([])
    expect(room.named('link-parent').map(({ parent, linked }) => [parent, linked])).toEqual([
      [OTHER, true],
      [OTHER, false],
      ['inc_other2', true],
      ['inc_other2', false],
    ])
  })

  test('[LC32] a parent that is not there is taken out with the reason', () => {
    const room = said(opened(), under(OTHER))
    const body = {
      type: 'record-link',
      relation: 'parent',
      incident: OTHER,
      linked: false,
      reason: 'no-such-incident',
    } as const
    expect(types(room.say(body))).toEqual(['incident-unlinked'])
    expect(room.refused(body)).toBe('nothing-changed')
  })

  test('[LC32] a parent hears of its children, each once', () => {
    const room = opened()
    const child = { type: 'record-link', relation: 'child', incident: OTHER, linked: true, reason: '' } as const
    expect(types(room.say(child))).toEqual(['incident-linked'])
    expect(room.refused(child)).toBe('nothing-changed')
    expect(room.refused(under('inc_other2'), RAY)).toBe('would-be-cycle')
  })

  test('[LC32] is refused: a viewer, nothing new, itself, no id, another namespace', () => {
    expect(opened().refused(under(OTHER), VAL)).toBe('role-too-low')
    expect(opened().refused(under(null), RAY)).toBe('nothing-changed')
    expect(said(opened(), under(OTHER)).refused(under(OTHER), RAY)).toBe('nothing-changed')
    expect(opened().refused(under('inc_abcdef'), RAY)).toBe('same-incident')
    expect(opened().refused(under('x'), RAY)).toBe('no-such-incident')
    expect(opened().refused(under('inc_abcdef-abcdef'), RAY)).toBe('other-namespace')
  })
})
