import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesOf, changesSchema } from '../../worker/ingest/changes/parse.ts'
import { at, hostile, only } from './bodies.ts'

const RECEIVED = at('2026-11-22T08:00:00Z')
const CHANGE = { kind: 'config', service: 'db-proxy', title: 'Pool limit lowered' }

function parse(body: unknown, receivedAt = RECEIVED) {
  const result = changesSchema.safeParse(body)
  return result.success ? changesOf(result.data, receivedAt) : 'undecodable'
}

function one(change: object, receivedAt = RECEIVED) {
  const parsed = parse({ changes: [change] }, receivedAt)
  if (parsed === 'undecodable') throw new Error('the change was refused')
  return only(parsed)
}

test('[IN7] a change says what was set, on what, when; time as epoch ms or RFC 3339', () => {
  const setting = { name: 'pool_limit', from: 40, to: 24 }
  const time = at('2026-11-22T07:59:00Z')
  const change = { id: 'c-1', ...CHANGE, description: 'by hand', setting }
  expect(one({ ...change, at: time })).toEqual({ ...change, at: time })
  expect(one({ ...change, at: '2026-11-22T07:59:00Z' })).toEqual({ ...change, at: time })
  expect(one(CHANGE)).toMatchObject({ at: RECEIVED, description: '', setting: null })
})

test('[IN7] without an id the content is the id, whenever it comes', () => {
  expect(one(CHANGE).id).toBe(one(CHANGE, RECEIVED + 5_000).id)
  expect(one(CHANGE).id).not.toBe(one({ ...CHANGE, title: 'Another' }).id)
})

test('[IN6] a change from more than five minutes ahead happened when it came', () => {
  expect(one({ ...CHANGE, at: RECEIVED + 300_000 }).at).toBe(RECEIVED + 300_000)
  expect(one({ ...CHANGE, at: RECEIVED + 300_001 }).at).toBe(RECEIVED)
})

test('[IN7] what is no list of changes is refused', () => {
  const bad = [
    { ...CHANGE, kind: 'rumour' },
    { ...CHANGE, service: ' ' },
    { ...CHANGE, title: 'x'.repeat(301) },
    { ...CHANGE, at: 'yesterday' },
    { ...CHANGE, at: -1 },
    { ...CHANGE, setting: { from: 1, to: 2 } },
  ]
  for (const change of bad) expect(parse({ changes: [change] })).toBe('undecodable')
  for (const body of [null, [], {}, { changes: [] }, [CHANGE]]) expect(parse(body)).toBe('undecodable')
})

test('[LM5] more than 1,000 changes in one post are refused', () => {
  expect(parse({ changes: Array.from({ length: 1_000 }, () => CHANGE) })).toHaveLength(1_000)
  expect(parse({ changes: Array.from({ length: 1_001 }, () => CHANGE) })).toBe('undecodable')
})

test('[IN10] any body at all is changes or refused, never thrown at', () => {
  fc.assert(
    fc.property(hostile, (body) => {
      parse(body)
      parse({ changes: [body] })
      parse({ changes: [{ ...CHANGE, setting: body, at: body }] })
    }),
    { numRuns: 1_000 },
  )
})
