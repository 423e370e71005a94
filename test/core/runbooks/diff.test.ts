import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffCatalogues, sayChange } from '../../../durable/core/runbooks/diff.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'

const file = new URL('../../../durable/directory/catalogue.json', import.meta.url)
const sample = () => JSON.parse(readFileSync(file, 'utf8')) as Catalogue

function lines(change: (catalogue: Catalogue) => void): string[] {
  const next = sample()
  change(next)
  return diffCatalogues(sample(), next).map(sayChange)
}

const service = (it: Catalogue, id: string) => it.services.find((one) => one.id === id) as Catalogue['services'][number]

test('[CA4] a change is one line at the place a person would name', () => {
  expect(lines((it) => (service(it, 'checkout').tier = 2))).toEqual(['~ services/checkout/tier: 1 → 2'])
  expect(lines((it) => service(it, 'checkout').dependencies.push('search-api'))).toEqual([
    '+ services/checkout/dependencies: "search-api"',
  ])
  expect(lines((it) => it.services.unshift({ ...service(it, 'checkout'), id: 'kiosk' }))).toEqual(['+ services/kiosk'])
  expect(lines((it) => it.runbooks.splice(0, 1))).toEqual([`- runbooks/${sample().runbooks[0]?.id}`])
  expect(lines((it) => (it.correlation = { windowMs: 60_000 }))).toEqual(['+ correlation'])
})

test('[CA4] nothing changed is no line; an order that changed is said', () => {
  expect(lines(() => undefined)).toEqual([])
  expect(lines((it) => (it.runbooks = it.runbooks.toReversed()))).toEqual([
    expect.stringContaining('~ runbooks (order): ["'),
  ])
})

test('[CA4] any two documents are compared, and the same ones are equal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [one, other] = [
        { ...sample(), a },
        { ...sample(), a: b },
      ] as unknown as Catalogue[]
      const same = JSON.stringify(a) === JSON.stringify(b)
      const changes = diffCatalogues(one as Catalogue, other as Catalogue)
      if (same) expect(changes).toEqual([])
      for (const change of changes) expect(sayChange(change).length).toBeGreaterThan(3)
      expect(diffCatalogues(other as Catalogue, one as Catalogue).length > 0).toBe(changes.length > 0)
    }),
    { numRuns: 300 },
  )
})
