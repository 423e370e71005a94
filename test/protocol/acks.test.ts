import { describe, expect, it } from 'vitest'
import { Acks } from '../../durable/protocol/acks.ts'
import { ACK_BYTES, ACK_EVENTS, WINDOW_BYTES_MAX, WINDOW_EVENTS_MAX } from '../../durable/protocol/limits.ts'

describe('when a client says how far it has read', () => {
  it('[PV60] at once after 128 events, however they came', () => {
    for (const step of [1, 5, 127, 128, 500]) {
      const acks = new Acks()
      acks.begin(1_000)
      let seq = 1_000
      let said = null
      while (said === null) {
        expect(seq - 1_000).toBeLessThan(128)
        seq += step
        said = acks.read(seq, 10)
      }
      expect(said).toEqual({ type: 'ack', seq })
      expect(acks.unsaid).toBe(false)
    }
    expect(ACK_EVENTS).toBe(128)
  })

  it('[PV60] at once after 256 kB, before either window is full', () => {
    const acks = new Acks()
    acks.begin(0)
    expect(acks.read(1, ACK_BYTES - 1)).toBeNull()
    expect(acks.read(2, 1)).toEqual({ type: 'ack', seq: 2 })
    expect([ACK_EVENTS * 2, ACK_BYTES * 2]).toEqual([WINDOW_EVENTS_MAX, WINDOW_BYTES_MAX])
  })

  it('[PV61] else when its owner’s timer rings, and there is nothing to say while nothing new was read', () => {
    const acks = new Acks()
    acks.begin(7)
    expect([acks.unsaid, acks.say()]).toEqual([false, null])
    expect(acks.read(9, 100)).toBeNull()
    expect(acks.unsaid).toBe(true)
    expect(acks.say()).toEqual({ type: 'ack', seq: 9 })
    expect([acks.unsaid, acks.say()]).toEqual([false, null])
    expect(acks.read(9, 100)).toBeNull()
    expect(acks.unsaid).toBe(false)
  })

  it('[PV61] a connection begins with nothing to say: what it was greeted with is taken as read', () => {
    const acks = new Acks()
    acks.begin(0)
    acks.read(100, 100)
    acks.begin(400)
    expect(acks.unsaid).toBe(false)
    expect(acks.read(400 + ACK_EVENTS - 1, 100)).toBeNull()
    expect(acks.read(400 + ACK_EVENTS, 100)).toEqual({ type: 'ack', seq: 400 + ACK_EVENTS })
  })
})
