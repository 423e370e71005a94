import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { upgrade } from '../../durable/protocol/upgrade.ts'
import { CHAIN_START, chainInput, verifyChain } from '../../durable/protocol/verify.ts'
import { EVENT_VERSION } from '../../durable/protocol/version.ts'
import { BODIES, logOf } from './events.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function chained(): RoomEvent[] {
  let head = CHAIN_START
  return logOf(Object.values(BODIES)).map((event) => {
    head = sha256(chainInput(head, event))
    return { ...event, hash: head }
  })
}

const at = (events: RoomEvent[], index: number): RoomEvent => {
  const event = events[index]
  if (!event) throw new Error('no such event')
  return event
}

describe('the hash chain', () => {
  it('[PV30] verifies a whole log, with synchronous or asynchronous SHA-256', async () => {
    const events = chained()
    const verdict = { ok: true, head: events.at(-1)?.hash, count: events.length }
    expect(await verifyChain(events, sha256)).toEqual(verdict)
    expect(await verifyChain(events, (text) => Promise.resolve(sha256(text)))).toEqual(verdict)
    expect(await verifyChain([], sha256)).toEqual({ ok: true, head: CHAIN_START, count: 0 })
  })

  it('[PV31] a changed member of any event is found at that event', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(Object.keys(BODIES).length - 1),
        fc.constantFrom('at', 'by', 'v', 'hash', 'body'),
        async (index, member) => {
          const events = chained()
          const event = at(events, index)
          const changed: Record<typeof member, Partial<RoomEvent>> = {
            at: { at: event.at + 1 },
            by: { by: { kind: 'person', name: 'mallory' } },
            v: { v: event.v + 1 },
            hash: { hash: event.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
            body: { body: { type: 'escalated', reason: 'never said' } },
          }
          events[index] = { ...event, ...changed[member] }
          expect(await verifyChain(events, sha256)).toEqual({ ok: false, seq: index + 1, reason: 'hash-differs' })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('[PV32] a missing, repeated or swapped event is a gap', async () => {
    const events = chained()
    const [first, second, third] = [at(events, 0), at(events, 1), at(events, 2)]
    expect(await verifyChain([first, third], sha256)).toEqual({ ok: false, seq: 3, reason: 'gap' })
    expect(await verifyChain([first, first], sha256)).toEqual({ ok: false, seq: 1, reason: 'gap' })
    expect(await verifyChain([second, first], sha256)).toEqual({ ok: false, seq: 2, reason: 'gap' })
  })

  it('[PV33] the order of keys and a trip through JSON change no hash', async () => {
    const events = chained().map((event) => {
      const entries = Object.entries(JSON.parse(JSON.stringify(event)) as RoomEvent)
      return Object.fromEntries(entries.toReversed()) as unknown as RoomEvent
    })
    expect((await verifyChain(events, sha256)).ok).toBe(true)
  })
})

describe('stored events', () => {
  it('[PV34] of this version pass as they are, of a newer one they are refused', () => {
    const event = at(chained(), 0)
    expect(upgrade(event)).toBe(event)
    expect(() => upgrade({ ...event, v: EVENT_VERSION + 1 })).toThrow(/newer/)
  })
})
