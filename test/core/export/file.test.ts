import { expect, test } from 'vitest'
import { foldExport, readExport } from '../../../durable/core/export/file.ts'
import type { EventBody, RoomEvent } from '../../../durable/protocol/events.ts'
import { EVENT_VERSION } from '../../../durable/protocol/version.ts'
import { verifyChain } from '../../../durable/protocol/verify.ts'
import { exportHead, exportRows, exportTail, isAsExported } from '../../../durable/core/export/part.ts'
import { TEST_KEYS } from '../../agent-keys.ts'
import { BODIES, logOf as numbered } from '../../protocol/events.ts'
import { logOf, wholeRoom } from './whole.ts'
import { chained, fileOf, fileWith, sha256 } from './files.ts'

const refusal = (value: object) => {
  const read = readExport(value)
  if (!read.ok) return read.problems[0]?.at
  const folded = foldExport(read.file)
  return folded.ok ? 'taken' : folded.reason
}

test('[EX20] a file of one event of every type is read, verifies and folds', async () => {
  const file = fileOf()
  expect(readExport(JSON.parse(JSON.stringify(file)))).toEqual({ ok: true, file })
  expect(await verifyChain(file.events, sha256)).toEqual({ ok: true, head: file.chainHead, count: file.count })
  expect(foldExport(file)).toMatchObject({ ok: true, view: { seq: file.count, hash: file.chainHead } })
})

test('[EX23] a value of another shape is no export, and the place is named', () => {
  const file = fileOf()
  const [first] = file.events as [RoomEvent]
  const event = (change: object) => ({ ...file, events: [{ ...first, ...change }] })
  for (const [value, at] of [
    [{ ...file, format: 'other' }, 'format'],
    [{ ...file, version: 3 }, 'version'],
    [{ ...file, keys: [{ id: 'x' }] }, 'keys[0].agent'],
    [{ ...file, more: 1 }, 'more'],
    [{ ...file, chainHead: 'x' }, 'chainHead'],
    [{ ...file, count: -1 }, 'count'],
    [{ ...file, events: {} }, 'events'],
    [{ ...file, events: [] }, 'events'],
    [event({ seq: 1.5 }), 'events[0].seq'],
    [event({ at: null }), 'events[0].at'],
    [event({ by: { kind: 'god', name: 'x' } }), 'events[0].by.kind'],
    [event({ body: 'x' }), 'events[0].body.type'],
    [event({ body: { type: 'agent-stopped', agent: '__proto__' } }), 'events[0].body.agent'],
    [event({ body: { type: 'finding-reported', finding: { agent: 'constructor' } } }), 'events[0].body.finding.agent'],
    [event({ hash: 'F'.repeat(64) }), 'events[0].hash'],
  ] as const)
    expect([at, refusal(value)]).toEqual([at, at])
  for (const value of [null, 1, 'x', [], {}]) expect(readExport(value).ok).toBe(false)
})

test('[EX23] a log that cannot be told is refused with its word, also when its chain holds', () => {
  const opened = BODIES['incident-opened']
  const open = (change: object): EventBody => ({ ...opened, head: { ...opened.head, ...change } })
  const from = (bodies: unknown[]) => fileWith(chained(numbered(bodies as EventBody[])))
  const newer = chained(numbered([opened]).map((event) => ({ ...event, v: EVENT_VERSION + 1 })))
  for (const [word, file] of [
    ['newer-version', fileWith(newer)],
    ['never-opened', from([BODIES['alerts-cleared'], opened])],
    ['not-this-incident', from([open({ id: 'inc_another' })])],
    ['not-this-incident', from([open({ namespace: 'drill/drl_abcdef', drill: 'drl_abcdef' })])],
    ['not-this-incident', from([open({ drill: 'drl_abcdef' })])],
    ['unreadable-event', from([opened, { type: 'note-added' }, { type: 'alert-attached' }])],
    ['count-differs', { ...from([opened]), count: 2 }],
  ] as const)
    expect([word, refusal(file)]).toEqual([word, word])
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
})

test('[CN79] an export names the public keys of its log; its text is told from one that was written again', () => {
  const room = wholeRoom()
  const { view } = room.state
  const events = logOf(room)
  const text =
    exportHead('json', view, '2026-01-01T00:00:00.000Z') + exportRows('json', events, view, true) + exportTail('json')
  const read = readExport(JSON.parse(text))
  if (!read.ok) throw new Error('not read')
  expect(read.file.keys).toEqual(TEST_KEYS)
  expect(text).not.toContain('privateKey')
  expect(isAsExported(text, read.file, view)).toBe(true)
  expect(isAsExported(JSON.stringify(read.file), read.file, view)).toBe(true)
  for (const other of [text.replace('\n', ' '), text.replace(':', ': '), text.replace('"v":1', '"v":1.0'), ` ${text}`])
    expect([other.slice(0, 20), isAsExported(other, read.file, view)]).toEqual([other.slice(0, 20), false])
  expect(isAsExported(text.replace(view.head?.title ?? '', 'another'), { ...read.file, title: 'another' }, view)).toBe(
    false,
  )
  const { keys: _keys, ...head } = read.file
  const old = text.replace(`"keys":${JSON.stringify(TEST_KEYS)},`, '').replace('"version":2', '"version":1')
  expect(isAsExported(old, { ...head, version: 1 }, view)).toBe(true)
})
