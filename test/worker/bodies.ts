import * as fc from 'fast-check'
import { expect } from 'vitest'

export function at(time: string): number {
  return Date.parse(time)
}

/** The one item of a list that has one. */
export function only<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1)
  return items[0] as T
}

/** Words that mean something to a parser, to JavaScript or to a terminal. */
const WORDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'alerts',
  'labels',
  'annotations',
  'status',
  'firing',
  'resolved',
  'fingerprint',
  'groupKey',
  'startsAt',
  'endsAt',
  'generatorURL',
  'series',
  'samples',
  'changes',
  'setting',
  'service',
  'severity',
  '0001-01-01T00:00:00Z',
  '2026-11-22T07:11:56.904Z',
  '9999-12-31T23:59:59Z',
  'javascript:alert(1)',
  '\u0000',
  '\ud800',
  '\u001b[31m',
]

const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 20, unit: 'binary' }))
const leaf = fc.oneof(word, fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), fc.constant(1e308))

/** JSON values made of those words: what a parser must survive. `__proto__` is an own key, as JSON.parse makes it. */
export const hostile: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 6 }),
  object: fc
    .array(fc.tuple(word, tie('value')), { maxLength: 6 })
    .map((entries) => JSON.parse(asJson(entries)) as unknown),
})).value

function asJson(entries: readonly [string, unknown][]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value) ?? 'null'}`).join(',')}}`
}
