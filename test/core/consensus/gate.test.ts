import { describe, expect, test } from 'vitest'
import { judgeGate } from '../../../durable/core/consensus/gate.ts'
import { onPath } from '../../../durable/core/consensus/reach.ts'
import type { Evidence, EvidenceData, EvidenceKind } from '../../../durable/protocol/domain.ts'
import { CATALOGUE, START, change, metric } from '../incident/shop.ts'
import { casesOf, words } from './cases.ts'

const AT = START + 600_000

function dataOf(kind: EvidenceKind, service: string, marks: string[]): EvidenceData {
  const mark = (name: string) => marks.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
  switch (kind) {
    case 'metric':
      return metric('pool', service, 1, AT).data
    case 'edge': {
      const { data } = metric('calls', service, 1, AT)
      if (data.kind !== 'metric') throw new Error('a metric')
      return { kind, series: { ...data.series, peer: mark('peer') ?? null } }
    }
    case 'change':
      return change(service, AT).data
    case 'alert':
      return { kind, fingerprint: 'f', status: marks.includes('resolved') ? 'resolved' : 'firing', startsAt: AT }
    case 'log':
      return { kind, template: 'pool exhausted', count: 9, before: 0 }
    case 'past-incident':
      return { kind, incident: 'inc_oldone', outcome: 'recovered' }
    case 'note':
      return { kind, note: 'N-01', by: mark('by') ?? 'ray' }
    case 'topology':
      return { kind, path: ['checkout', 'db-proxy'] }
    default:
      return kind satisfies never
  }
}

function item(id: string, [kind = '', source = '', service = '', ...marks]: string[]): Evidence {
  return {
    id,
    kind: kind as EvidenceKind,
    source,
    service: service === '-' ? null : service,
    at: marks.includes('stale') ? AT - 60_001 : AT - 60_000,
    freshMs: 60_000,
    tainted: marks.includes('tainted'),
    title: '',
    data: dataOf(kind as EvidenceKind, service, marks),
  }
}

const judge = (cited: Evidence[]) =>
  judgeGate({ cited, catalogue: CATALOGUE, symptoms: ['checkout'], target: 'db-proxy', at: AT, approvers: ['ann'] })

describe('the table of gate cases', () => {
  test.each(casesOf('gate-cases.txt').map((found) => [found.title, found] as const))('[CN6] %s', (_title, found) => {
    const cited = found.lines.filter(([first]) => first !== 'gate').map((line, index) => item(`E-0${index + 1}`, line))
    const verdict = judge(cited)
    expect([verdict.reason]).toEqual(words(found, 'gate'))
    expect(verdict.passes).toBe(verdict.reason === 'passes')
    expect(verdict.wouldDecide === '').toBe(verdict.passes)
    expect(new Set(verdict.notCounted.map(({ evidence }) => evidence)).size).toBe(verdict.notCounted.length)
  })
})

describe('what lies on the path', () => {
  test('[CN89] what the symptom does not call passes with nothing, however much is seen there', () => {
    const beside = [item('E-01', ['change', 'deploys', 'search']), item('E-02', ['metric', 'metrics', 'search'])]
    const input = { cited: beside, catalogue: CATALOGUE, symptoms: ['checkout'], at: AT, approvers: [] }
    expect(judgeGate({ ...input, target: 'search' })).toMatchObject({ passes: false, reason: 'target-off-path' })
    expect(judgeGate({ ...input, target: 'search', symptoms: ['checkout', 'search'] }).passes).toBe(true)
    // Whoever calls it is not beneath it either: trouble comes from below.
    const above = beside.map((one) => ({ ...one, service: 'storefront' }))
    expect(judgeGate({ ...input, cited: above, target: 'storefront' }).reason).toBe('target-off-path')
  })

  test('[CN7] the path is every call path from the symptom down to the target, both ends included', () => {
    expect([...onPath(CATALOGUE, ['storefront'], 'db-proxy')].sort()).toEqual(['checkout', 'db-proxy', 'storefront'])
    expect([...onPath(CATALOGUE, ['checkout'], 'checkout')]).toEqual(['checkout'])
  })

  test('[CN7] a target that the symptom does not call is alone on its path, and a cycle ends', () => {
    expect([...onPath(CATALOGUE, ['checkout'], 'search')]).toEqual(['search'])
    const [first, ...rest] = CATALOGUE.services
    if (!first) throw new Error('services')
    const ring = { ...CATALOGUE, services: [first, ...rest.map((one) => ({ ...one, dependencies: ['storefront'] }))] }
    expect([...onPath(ring, ['storefront'], 'checkout')].sort()).toEqual(['checkout', 'storefront'])
  })
})
