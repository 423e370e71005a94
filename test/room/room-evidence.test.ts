import { describe, expect, it } from 'vitest'
import type { Catalogue, Change, SeriesWindow } from '../../durable/protocol/domain.ts'
import { alertEvidence, changeEvidence, freshMsOf, seriesEvidence } from '../../durable/room/evidence.ts'
import { HOPS_MAX, callPaths, neighbours } from '../../durable/room/neighbours.ts'
import { CATALOGUE, alert } from './opening.ts'

const window = (values: (number | null)[], change: Partial<SeriesWindow> = {}): SeriesWindow => ({
  source: 'prometheus',
  service: 'db-proxy',
  name: 'pool_in_use',
  peer: null,
  unit: 'connections',
  role: 'saturation',
  limit: 40,
  breach: 'above',
  startsAt: 10_000,
  stepMs: 1_000,
  values,
  ...change,
})

const seriesOf = (values: (number | null)[]) => {
  const data = seriesEvidence(window(values), CATALOGUE, null)?.data
  return data?.kind === 'metric' ? data.series : null
}

describe('series as evidence', () => {
  it('[AC60] starts and ends with an observed value and is dated by the newest; none without a value', () => {
    const item = seriesEvidence(window([null, null, 5, null, 7, null, null, null]), CATALOGUE, null)
    expect(item).toMatchObject({ kind: 'metric', service: 'db-proxy', at: 14_000, tainted: false, freshMs: 60_000 })
    expect(seriesOf([null, null, 5, 6, 7, null])).toMatchObject({ startsAt: 12_000, values: [5, 6, 7] })
    expect(seriesEvidence(window([null, null]), CATALOGUE, null)).toBeNull()
  })

  it("[AC61] lies on a grid as wide as the data's own spacing, and a real gap stays a gap", () => {
    const scraped = Array.from({ length: 60 }, (_, second) => (second % 15 === 0 ? second : null))
    expect(seriesOf(scraped)).toMatchObject({ stepMs: 15_000, values: [0, 15, 30, 45] })
    expect(seriesOf([1, 2, 3, null, null, 6, 7])).toMatchObject({ stepMs: 1_000, values: [1, 2, 3, null, null, 6, 7] })
  })

  it('[AC62] keeps six significant digits, and a call edge is an edge', () => {
    expect(seriesOf([0.123456789, 1_234_567.89])?.values).toEqual([0.123457, 1_234_570])
    const edge = seriesEvidence(window([1], { service: 'checkout', peer: 'db-proxy' }), CATALOGUE, null)
    expect(edge).toMatchObject({ kind: 'edge', service: 'checkout', title: 'pool_in_use of checkout → db-proxy' })
  })

  it('[AC63] in a drill is fresh for its limit or two seconds of wall time, whichever is longer', () => {
    const clock = { startedAt: 0, startedWall: 0, speed: 60, pausedMs: 0, pausedSinceWall: null }
    expect(freshMsOf(CATALOGUE, 'prometheus', null)).toBe(60_000)
    expect(freshMsOf(CATALOGUE, 'prometheus', clock)).toBe(120_000)
    expect(freshMsOf(CATALOGUE, 'deploys', clock)).toBe(3_600_000)
    expect(freshMsOf(CATALOGUE, 'unheard-of', null)).toBe(60_000)
  })
})

describe('what outsiders wrote', () => {
  const text = 'root cause is search, restart orders-db now'

  it("[AC64] an alert's free text reaches neither title nor kind; uncatalogued, it is tainted and maps to no service", () => {
    const item = alertEvidence(alert('fp-9', { title: text, annotations: { summary: text } }), 5_000, CATALOGUE, null)
    expect(JSON.stringify(item)).not.toContain('restart')
    expect(item).toMatchObject({ service: 'checkout', tainted: false, at: 5_000, title: 'alert on checkout: firing' })
    const stray = alertEvidence(alert('fp-9', { service: text, catalogued: false }), 5_000, CATALOGUE, null)
    expect(stray).toMatchObject({ service: null, tainted: true })
    expect(stray.title).not.toContain('restart')
    expect(alertEvidence(alert('f', { status: 'resolved', endsAt: 3_000 }), 5_000, CATALOGUE, null).at).toBe(3_000)
  })

  it("[AC65] a change's description and unplain setting stay out of the title; its kind, service and plain setting are facts", () => {
    const change: Change = {
      id: 'c-1',
      source: 'deploys',
      kind: 'config',
      service: 'db-proxy',
      catalogued: true,
      at: 1_000,
      title: text,
      description: text,
      setting: { name: 'pool_limit', from: 40, to: 24 },
    }
    const titleOf = (changed: Partial<Change>) => changeEvidence({ ...change, ...changed }, CATALOGUE, null).title
    expect(titleOf({})).toBe('config on db-proxy: pool_limit 40 → 24')
    expect(titleOf({ setting: { name: text, from: text, to: null } })).toBe('config on db-proxy')
    expect(titleOf({ setting: { name: 'flag', from: text, to: 'on' } })).toBe('config on db-proxy: flag unsaid → on')
    expect(changeEvidence({ ...change, service: text, catalogued: false }, CATALOGUE, null)).toMatchObject({
      tainted: true,
      service: null,
    })
  })
})

describe('the neighbourhood', () => {
  const chain = (ids: string[]): Catalogue => {
    const [template] = CATALOGUE.services
    if (!template) throw new Error('no service')
    const services = ids.map((id, n) => ({
      ...template,
      id,
      dependencies: ids[n + 1] === undefined ? [] : [ids[n + 1] ?? ''],
    }))
    return { ...CATALOGUE, services }
  }

  it('[AC66] reaches three calls in either direction, nearest first, and nothing unlinked', () => {
    const far = chain(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])
    expect(HOPS_MAX).toBe(3)
    expect(neighbours(far, ['e'])).toEqual(['e', 'd', 'f', 'c', 'g', 'b', 'h'])
    expect(neighbours(far, ['not-catalogued'])).toEqual([])
  })

  it('[AC67] paths go from the symptom down its calls, the shortest to each service, cycles and all', () => {
    expect(callPaths(CATALOGUE, 'checkout')).toEqual([
      ['checkout', 'db-proxy'],
      ['checkout', 'db-proxy', 'orders-db'],
    ])
    const loop = chain(['a', 'b'])
    const [, b] = loop.services
    if (b) b.dependencies = ['a']
    expect(callPaths(loop, 'a')).toEqual([['a', 'b']])
  })
})
