import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCatalogue } from '../../durable/core/runbooks/catalogue.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'

const file = () => new URL('../../durable/directory/catalogue.json', import.meta.url)
const sample = () => JSON.parse(readFileSync(file(), 'utf8')) as Catalogue

/** The sample with one thing changed, and what the check then says. */
function says(change: (catalogue: Catalogue) => void): string[] {
  const catalogue = sample()
  change(catalogue)
  const checked = checkCatalogue(catalogue)
  return checked.ok ? [] : checked.problems.map((problem) => `${problem.at}: ${problem.says}`)
}
const at = <T>(list: T[], index: number): T => {
  const item = list[index]
  if (item === undefined) throw new Error(`no item ${index}`)
  return item
}

describe('the catalogue of the instance', () => {
  test('[IN50] the sample file passes its own check', () => {
    expect(checkCatalogue(sample())).toMatchObject({ ok: true })
  })

  test('[IN50] it names a shop, one system behind alerts and series, a library of runbooks, and nothing wired', () => {
    const { services, sources, runbooks, endpoints } = sample()
    expect(services.length).toBeGreaterThanOrEqual(8)
    expect(services.filter((service) => service.protected).map((service) => service.id)).toEqual(['orders-db'])
    expect(sources.find(({ name }) => name === 'prometheus')?.intakes).toEqual(['alertmanager', 'alerts', 'telemetry'])
    expect(sources.find(({ name }) => name === 'deploys')).toMatchObject({ intakes: ['changes'], freshMs: 3_600_000 })
    expect(runbooks.length).toBeGreaterThanOrEqual(12)
    expect(endpoints).toEqual([])
  })

  test('[IN51] a missing, unknown or mistyped member is named with its place', () => {
    expect(says((it) => Object.assign(at(it.services, 0), { tier: 9 }))).toEqual([
      'services[0].tier: must be one of 1, 2, 3, 4',
    ])
    expect(says((it) => Object.assign(it, { services: 'many' }))).toEqual(['services: must be a list'])
    expect(says((it) => Object.assign(at(it.runbooks, 1), { cooldown: 1 }))).toEqual([
      'runbooks[1].cooldown: is not known here',
    ])
    expect(says((it) => Reflect.deleteProperty(it, 'version'))).toEqual(['version: must be a text that is not empty'])
    expect(says((it) => Object.assign(at(at(it.runbooks, 0).parameters, 0), { from: { kind: 'guess' } }))).toEqual([
      'runbooks[0].parameters[0].from.kind: must be one of limit-times, constant',
    ])
  })

  test('[IN51] what an outage costs is a figure with its currency, or is left out', () => {
    const cost = (value: object) => (it: Catalogue) => Object.assign(at(it.services, 0), { cost: value })
    expect(says(cost({ perMinute: 120.5, currency: 'EUR' }))).toEqual([])
    expect(says(cost({ perMinute: -1, currency: 'euro' }))).toEqual([
      'services[0].cost.perMinute: must be at least 0',
      'services[0].cost.currency: must be a currency: EUR',
    ])
  })

  test('[IN51] any value is answered, none throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(checkCatalogue(value).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('[IN52] what is referred to exists, once', () => {
    expect(says((it) => at(it.services, 0).dependencies.push('ghost'))).toEqual([
      'services[0].dependencies[3]: ghost is no service of this catalogue',
    ])
    expect(says((it) => at(it.services, 0).dependencies.push('storefront'))).toEqual([
      'services[0].dependencies[3]: storefront depends on itself',
    ])
    expect(says((it) => it.services.push(at(it.services, 0)))).toEqual([
      expect.stringMatching(/^services\[\d+\]\.id: storefront stands there twice$/),
    ])
    expect(says((it) => at(it.sources, 1).intakes.push('telemetry'))).toEqual([
      'sources[1].intakes: telemetry stands there twice',
    ])
  })

  test('[IN53] bounds have room, a constant lies within, and only the irreversible has no rollback', () => {
    const bounds = (it: Catalogue) => at(at(it.runbooks, 0).parameters, 0)
    expect(says((it) => Object.assign(bounds(it), { min: 200 }))).toEqual([
      'runbooks[0].parameters: limit: min must be under max',
    ])
    expect(says((it) => Object.assign(bounds(it), { from: { kind: 'constant', value: 201 } }))).toEqual([
      'runbooks[0].parameters: limit: its constant is out of its bounds',
    ])
    const rollback = 'runbooks[0].rollback: an action has a rollback exactly when it is not irreversible'
    expect(says((it) => Object.assign(at(it.runbooks, 0), { rollback: null }))).toEqual([rollback])
    expect(says((it) => Object.assign(at(it.runbooks, 0), { risk: 'irreversible' }))).toEqual([rollback])
    expect(says((it) => Object.assign(at(it.runbooks, 0).verify, { settleMs: 180_000 }))).toEqual([
      'runbooks[0].verify: it must settle before the window ends',
    ])
  })
})
