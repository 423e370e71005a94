import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../durable/protocol/canonical.ts'

describe('canonical JSON', () => {
  it('[PV20] sorts keys by code unit, leaves out undefined members and white space', () => {
    expect(canonical({ b: 1, a: [true, null, 'é'], A: { z: undefined, y: 0 } })).toBe(
      '{"A":{"y":0},"a":[true,null,"é"],"b":1}',
    )
    expect(canonical({ '10': 1, '9': 2 })).toBe('{"10":1,"9":2}')
    expect(canonical([undefined])).toBe('[null]')
  })

  it('[PV21] is the same text for the same value whatever the order of keys, and parses back to it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(value)
        // JSON has no minus zero: both sides are read back from text.
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonical(reversed(value))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it('[PV22] refuses what has no JSON', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, 1n, Symbol('s')])
      expect(() => canonical(value)).toThrow(TypeError)
  })
})

/** The same value with every object's keys inserted in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const)
  return Object.fromEntries(entries.toReversed())
}
