import { describe, expect, test } from 'vitest'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import { type CrewRole, CREW_ROLES, maySee } from '../../../durable/protocol/crew.ts'
import {
  EXPERTS_MAX,
  FIELDS_PER_INCIDENT_MAX,
  FIELD_CHARS_MAX,
  NAMED_MAX,
  PERSON_CHARS_MAX,
  REASON_CHARS_MAX,
  TASKS_PER_INCIDENT_MAX,
  TASK_CHARS_MAX,
} from '../../../durable/protocol/limits.ts'
import { incidentRow } from '../../../durable/protocol/rows.ts'
import { privacyOf } from '../../../durable/protocol/view.ts'
import { AT, reason, said } from './life.ts'
import { ANN, RAY, VAL, type Who, opened } from './room.ts'

const give = (role: CrewRole, person: string): PersonCommand => ({ type: 'assign-role', role, person, reason: '' })
const take = (role: CrewRole, person: string): PersonCommand => ({ type: 'release-role', role, person, reason: '' })
const BEN: Who = { by: { kind: 'person', name: 'ben' }, role: 'responder' }

describe('roles', () => {
  test('[LC24] a role is one person, handed over on record; whoever holds one is on it', () => {
    const room = said(opened(), give('scribe', 'ben'))
    expect(room.say(give('scribe', 'cleo'), RAY)).toEqual([
      { type: 'role-assigned', role: 'scribe', person: 'cleo', from: 'ben', reason: '' },
    ])
    expect(room.state.view.crew).toEqual([{ role: 'scribe', person: 'cleo', since: room.at }])
    expect(room.state.view.people).toEqual(['ben', 'cleo'])
    expect(said(room, take('scribe', 'cleo')).state.view.crew).toEqual([])
  })

  test('[LC24] experts are several, the others one each', () => {
    const room = opened()
    for (const role of CREW_ROLES) said(room, give(role, 'ben'), ANN)
    for (const role of CREW_ROLES) said(room, give(role, 'cleo'), ANN)
    expect(room.say(give('subject-matter-expert', 'dora'), ANN)).toMatchObject([{ from: null }])
    said(room, take('subject-matter-expert', 'dora'), ANN)
    const held = room.state.view.crew.map(({ role, person }) => `${role} ${person}`)
    expect(held.toSorted()).toEqual(
      [...CREW_ROLES.map((role) => `${role} cleo`), 'subject-matter-expert ben'].toSorted(),
    )
  })

  test('[LC24] who leads is said by a commander or by whoever leads', () => {
    const room = opened()
    expect(room.refused(give('incident-commander', 'ben'), RAY)).toBe('role-too-low')
    said(room, give('incident-commander', 'ben'), ANN)
    expect(room.refused(take('incident-commander', 'ben'), RAY)).toBe('role-too-low')
    expect(said(room, give('incident-commander', 'cleo'), BEN).state.view.crew[0]?.person).toBe('cleo')
    expect(room.refused(give('incident-commander', 'dora'), BEN)).toBe('role-too-low')
  })

  test('[LC24] refused: a viewer, nobody, too long a name or reason, who holds it, who does not, too many, and after the end', () => {
    const room = said(opened(), give('deputy', 'ben'))
    expect(room.refused(give('deputy', 'cleo'), VAL)).toBe('role-too-low')
    expect(room.refused(give('deputy', '  '), RAY)).toBe('empty-text')
    expect(room.refused(give('deputy', 'x'.repeat(PERSON_CHARS_MAX + 1)), RAY)).toBe('text-too-long')
    const long = 'x'.repeat(REASON_CHARS_MAX + 1)
    expect(room.refused({ type: 'assign-role', role: 'deputy', person: 'cleo', reason: long }, RAY)).toBe(
      'text-too-long',
    )
    expect(room.refused(give('deputy', 'ben'), RAY)).toBe('nothing-changed')
    expect(room.refused(take('deputy', 'cleo'), RAY)).toBe('not-held')
    for (let n = 0; n < EXPERTS_MAX; n += 1) said(room, give('subject-matter-expert', `expert ${n}`))
    expect(room.refused(give('subject-matter-expert', 'one more'), RAY)).toBe('too-many')
    for (const over of [AT.closed(), AT.canceled(), AT.merged()])
      expect(over.refused(give('deputy', 'ben'), RAY)).toBe('invalid-transition')
  })
})

describe('tasks and action items', () => {
  const task = (change: Partial<Extract<PersonCommand, { type: 'add-task' }>> = {}): PersonCommand => ({
    type: 'add-task',
    kind: 'task',
    text: 'call the owner',
    owner: null,
    dueWall: null,
    ...change,
  })

  test('[LC25] are numbered, with owner and due time, and change one by one', () => {
    const room = said(opened(), task({ text: ' call the owner ', owner: 'ben', dueWall: 5 }))
    expect(room.state.view.tasks).toEqual([
      {
        id: 'T-01',
        kind: 'task',
        text: 'call the owner',
        owner: 'ben',
        dueWall: 5,
        state: 'open',
        by: 'ray',
        at: room.at,
      },
    ])
    expect(room.say({ type: 'change-task', task: 'T-01', change: { state: 'done', owner: 'ben' } }, RAY)).toEqual([
      { type: 'task-changed', task: 'T-01', change: { state: 'done' } },
    ])
    said(room, { type: 'change-task', task: 'T-01', change: { owner: null, dueWall: null } })
    expect(room.state.view.tasks[0]).toMatchObject({ owner: null, dueWall: null, state: 'done' })
  })

  test('[LC25] action items are added and done after the end too; tasks are not added then', () => {
    for (const over of [AT.closed(), AT.canceled(), AT.merged()]) {
      expect(over.refused(task(), RAY)).toBe('invalid-transition')
      said(over, task({ kind: 'action-item' }))
      said(over, { type: 'change-task', task: 'T-01', change: { state: 'done' } })
      expect(over.state.view.tasks[0]?.state).toBe('done')
    }
  })

  test('[LC25] refused: a viewer, no text, too much of it, an unknown one, no change, an odd time, too many', () => {
    const room = said(opened(), task())
    const change = (change: object) => ({ type: 'change-task', task: 'T-01', change }) as const
    expect(room.refused(task(), VAL)).toBe('role-too-low')
    expect(room.refused(change({ state: 'done' }), VAL)).toBe('role-too-low')
    expect(room.refused(task({ text: ' ' }), RAY)).toBe('empty-text')
    expect(room.refused(task({ text: 'x'.repeat(TASK_CHARS_MAX + 1) }), RAY)).toBe('text-too-long')
    expect(room.refused(task({ owner: '' }), RAY)).toBe('empty-text')
    expect(room.refused(task({ dueWall: 0.5 }), RAY)).toBe('bad-name')
    expect(room.refused({ type: 'change-task', task: 'T-02', change: { state: 'done' } }, RAY)).toBe('no-such-task')
    expect(room.refused(change({}), RAY)).toBe('nothing-changed')
    expect(room.refused(change({ state: 'open' }), RAY)).toBe('nothing-changed')
    for (let n = 1; n < TASKS_PER_INCIDENT_MAX; n += 1) said(room, task())
    expect(room.refused(task(), RAY)).toBe('too-many')
  })
})

describe('fields', () => {
  const field = (name: string, value: string | null): PersonCommand => ({ type: 'set-field', name, value })

  test('[LC26] are set, changed and taken away, with what they said before', () => {
    const room = said(opened(), field('region', 'eu-1'))
    expect(room.say(field('region', 'eu-2'), RAY)).toEqual([
      { type: 'field-set', name: 'region', value: 'eu-2', was: 'eu-1' },
    ])
    expect(room.state.view.fields).toEqual({ region: 'eu-2' })
    expect(said(room, field('region', null)).state.view.fields).toEqual({})
  })

  test('[LC26] a name that objects have by themselves is a field like any other', () => {
    const room = said(opened(), field('constructor', 'x'))
    expect(room.state.view.fields['constructor']).toBe('x')
    expect(opened().refused(field('constructor', null), RAY)).toBe('no-such-field')
  })

  test('[LC26] refused: a viewer, an odd name, nothing new, nothing there, no text, too much, too many', () => {
    const room = said(opened(), field('region', 'eu-1'))
    expect(room.refused(field('region', 'x'), VAL)).toBe('role-too-low')
    for (const name of ['', 'Region', '__proto__', 'a b', 'x'.repeat(41)])
      expect(room.refused(field(name, 'x'), RAY)).toBe('bad-name')
    expect(room.refused(field('region', 'eu-1'), RAY)).toBe('nothing-changed')
    expect(room.refused(field('zone', null), RAY)).toBe('no-such-field')
    expect(room.refused(field('zone', ' '), RAY)).toBe('empty-text')
    expect(room.refused(field('zone', 'x'.repeat(FIELD_CHARS_MAX + 1)), RAY)).toBe('text-too-long')
    for (let n = 1; n < FIELDS_PER_INCIDENT_MAX; n += 1) said(room, field(`f${n}`, 'x'))
    expect(room.refused(field('one-more', 'x'), RAY)).toBe('too-many')
    said(room, field('region', 'still changes'))
  })
})

describe('privacy', () => {
  const privately = (on: boolean): PersonCommand => ({ type: 'set-privacy', private: on, reason })
  const access = (person: string, allowed: boolean): PersonCommand => ({ type: 'set-access', person, allowed })
  const sees = (room: ReturnType<typeof opened>, name: string, role: Who['role']) =>
    maySee(privacyOf(room.state.view), { name, role: role ?? 'viewer' })

  test('[LC27] a private incident is seen by commanders, those on it, those with a role in it and those named', () => {
    const room = said(opened(), { type: 'acknowledge' }, { by: { kind: 'person', name: 'ada' }, role: 'responder' })
    said(room, give('scribe', 'ben'))
    expect(sees(room, 'eve', 'viewer')).toBe(true)
    said(room, privately(true), ANN)
    said(room, access('dora', true), ANN)
    expect(['ada', 'ben', 'dora', 'eve'].map((name) => sees(room, name, 'responder'))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect([sees(room, 'x', 'commander'), sees(room, 'x', 'admin')]).toEqual([true, true])
    expect(incidentRow(room.state.view).private).toEqual({ named: ['dora', 'ada', 'ben'] })
    said(room, access('dora', false), ANN)
    expect(sees(room, 'dora', 'responder')).toBe(false)
    expect(sees(said(room, privately(false), ANN), 'eve', 'viewer')).toBe(true)
    expect(incidentRow(room.state.view).private).toBeUndefined()
  })

  test('[LC27] refused: below commander, without a reason, nothing new, nobody, too many, names where it is open to all', () => {
    const room = opened()
    expect(room.refused(privately(true), RAY)).toBe('role-too-low')
    expect(room.refused(access('dora', true), RAY)).toBe('role-too-low')
    expect(room.refused(privately(false), ANN)).toBe('nothing-changed')
    expect(room.refused({ type: 'set-privacy', private: true, reason: '' }, ANN)).toBe('reason-needed')
    expect(room.refused(access('dora', true), ANN)).toBe('invalid-transition')
    said(room, privately(true), ANN)
    expect(room.refused(access('', true), ANN)).toBe('empty-text')
    expect(room.refused(access('dora', false), ANN)).toBe('nothing-changed')
    for (let n = 0; n < NAMED_MAX; n += 1) said(room, access(`person ${n}`, true), ANN)
    expect(room.refused(access('one more', true), ANN)).toBe('too-many')
  })
})

describe('notes', () => {
  test('[LC35] a note is private unless it says that it is public', () => {
    const room = said(opened(), { type: 'add-note', text: 'inside' })
    said(room, { type: 'add-note', text: 'for all', visibility: 'public' })
    expect(room.state.view.notes.map((note) => note.visibility ?? 'private')).toEqual(['private', 'public'])
  })
})

describe('two people on the same state', () => {
  test('[LC34] of two who decide on the same seq one wins, the other is told what changed', () => {
    const room = opened()
    const expectSeq = room.state.view.seq
    const at = (who: Who, body: PersonCommand) => ({ ...room.command(body, who), expectSeq })
    room.commit(room.decided(at(RAY, { type: 'mitigate', reason })))
    const late = room.judge(at(ANN, { type: 'resolve', reason }))
    expect(late).toMatchObject({ refused: 'seq-moved' })
    expect('detail' in late && late.detail).toContain('incident-mitigated by ray')
  })

  test('[LC34] what agents and couriers do moves nobody; a seq that is not here yet does', () => {
    const room = opened()
    const expectSeq = room.state.view.seq
    room.say({ type: 'record-evidence', run: 1, drafts: [], gaps: [] })
    expect(room.judge({ ...room.command({ type: 'acknowledge' }, RAY), expectSeq })).toHaveLength(1)
    expect(room.judge({ ...room.command({ type: 'acknowledge' }, RAY), expectSeq: 999 })).toMatchObject({
      refused: 'seq-moved',
    })
  })

  test('[LC34] of many changes the first few are named and the others counted', () => {
    const room = opened()
    for (let n = 0; n < 30; n += 1) said(room, { type: 'add-note', text: `${n}` })
    const answer = room.judge({ ...room.command({ type: 'acknowledge' }, RAY), expectSeq: 1 })
    expect('detail' in answer && answer.detail).toMatch(/ and 15 more$/)
  })
})
