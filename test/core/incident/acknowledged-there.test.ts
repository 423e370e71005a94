import { expect, test } from 'vitest'
import { ANN, ROOM, type Who, opened, types } from './room.ts'

const PAGER: Who = { by: { kind: 'source', name: 'pager' }, role: 'responder' }
const there = { type: 'acknowledged-there' } as const

test('[IN86] a source passes on that somebody there took it, and nobody here counts as on it', () => {
  const room = opened()
  expect(types(room.say(there, PAGER))).toContain('incident-acknowledged')
  expect(room.state.view.state).toBe('acknowledged')
  expect(room.state.view.people).toEqual([])
  expect(room.refused(there, PAGER)).toBe('nothing-changed')
})

test('[IN86] nobody but a source says so, and nothing reopens what is over', () => {
  for (const kind of ['person', 'agent', 'system', 'responder-script'] as const)
    expect(opened().refused(there, { by: { kind, name: 'x' }, role: 'admin' })).toBe('role-too-low')
  expect(opened().refused(there, ROOM)).toBe('role-too-low')
  const over = opened()
  over.say({ type: 'resolve', reason: 'done' }, ANN)
  expect(over.refused(there, PAGER)).toBe('invalid-transition')
})
