import { describe, expect, it } from 'vitest'
import { addressRange } from '../../../durable/core/runbooks/address-range.ts'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import { parametersProblem } from '../../../durable/core/runbooks/parameters.ts'
import type { Endpoint, ParameterSpec, Runbook, RunbookStep } from '../../../durable/protocol/domain.ts'
import { CATALOGUE } from '../incident/shop.ts'

const base = CATALOGUE.runbooks[0] as Runbook

/** What the check says of the shop's first runbook with something changed. */
function says(change: Partial<Runbook> | Record<string, unknown>): string[] {
  return problems({ runbooks: [{ ...base, ...change }] })
}

function problems(change: Record<string, unknown>): string[] {
  const checked = checkCatalogue({ ...CATALOGUE, ...change })
  return checked.ok ? [] : checked.problems.map(({ at, says }) => `${at}: ${says}`)
}

const when = { of: 'target', signal: 'errors', is: 'below', value: 0.1 } as const
const http: RunbookStep = { kind: 'http', id: 'act' }
const manual = (id: string): RunbookStep => ({ kind: 'manual', id, says: 'look' })
const branch = (then: string, otherwise: string): RunbookStep => ({ kind: 'branch', id: 'fork', when, then, otherwise })
const WAIT_DAY: RunbookStep = { kind: 'wait', id: 'rest', ms: 86_400_000 }

describe('the steps of a runbook', () => {
  it('[CA53] may be all six kinds, with a branch that leads forward', () => {
    const steps: RunbookStep[] = [
      branch('look', 'ask'),
      manual('look'),
      { kind: 'approval', id: 'ask', says: 'is it worth it?' },
      { kind: 'wait', id: 'rest', ms: 60_000 },
      { kind: 'verify', id: 'calm', when, withinMs: 30_000 },
      http,
      manual('tidy-up'),
    ]
    expect(says({ steps })).toEqual([])
    expect(says({ steps, checklist: [] })).toEqual([])
    expect(says({ checklist: [] })).toEqual(['runbooks[0].checklist: people have nothing to go by'])
  })

  it.each<[string, RunbookStep[], string]>([
    [
      'a branch back',
      [manual('first'), branch('first', 'act'), http],
      'steps[1].then: first is no later step: branches lead forward only',
    ],
    [
      'a branch to itself',
      [branch('fork', 'act'), http],
      'steps[0].then: fork is no later step: branches lead forward only',
    ],
    ['a branch nowhere', [branch('act', 'ghost'), http], 'steps[0].otherwise: ghost is no step of this runbook'],
    [
      'a branch past the action',
      [branch('act', 'end'), http, manual('end')],
      'steps[0].otherwise: end comes after the action, which would be left out',
    ],
    [
      'a branch that decides nothing',
      [branch('act', 'act'), http],
      'steps[0].otherwise: both ways lead to the same step',
    ],
    ['two actions', [http, { kind: 'http', id: 'again' }], 'steps[1]: a second action: one approval makes one call'],
    ['no action for its endpoint', [manual('look')], 'steps: no step takes the action through shop: one of kind http'],
    [
      'a wait after the action',
      [http, { kind: 'wait', id: 'rest', ms: 1 }],
      'steps[1]: after the action people work by hand; settling and judging are verify',
    ],
    ['a name twice', [manual('act'), http], 'steps[1].id: act stands there twice'],
    [
      'more than a day',
      [WAIT_DAY, { kind: 'verify', id: 'calm', when, withinMs: 1 }, http],
      'steps: waiting and looking take more than 24 hours',
    ],
    ['too many', [...Array.from({ length: 20 }, (_, n) => manual(`s${n}`)), http], 'steps: has more than 20 steps'],
  ])('[CA53] %s is refused with its place', (_, steps, said) => {
    expect(says({ steps })).toEqual([`runbooks[0].${said}`])
  })

  it('[CA53] waiting for a whole day is just allowed', () => {
    expect(says({ steps: [WAIT_DAY, http] })).toEqual([])
  })

  it('[CA53] what is no step, or has a member of another kind, is named', () => {
    expect(says({ steps: [{ kind: 'shell', id: 'x' }] })).toEqual([
      'runbooks[0].steps[0].kind: must be one of manual, approval, wait, http, verify, branch',
    ])
    expect(says({ steps: [{ ...http, url: 'https://elsewhere.test' }] })).toEqual([
      'runbooks[0].steps[0].url: is not known here',
    ])
    for (const id of ['', 'Act', 'a b', 'undo', 'x'.repeat(41)])
      expect(says({ steps: [{ kind: 'http', id }] })).toEqual([
        'runbooks[0].steps[0].id: must be a name of a-z, 0-9 and -, and not undo',
      ])
    expect(says({ steps: [{ kind: 'wait', id: 'w', ms: 0 }, http] })).toEqual([
      'runbooks[0].steps[0].ms: must be at least 1',
    ])
  })

  it('[CA54] tiers and symptoms are lists that fit something', () => {
    expect(says({ match: { ...base.match, tiers: [1, 2], symptoms: ['errors'] } })).toEqual([])
    expect(says({ match: { ...base.match, tiers: [] } })).toEqual([
      'runbooks[0].match.tiers: it fits none: leave it out',
    ])
    expect(says({ match: { ...base.match, tiers: [5], symptoms: ['mood'] } })).toEqual([
      'runbooks[0].match.tiers[0]: must be one of 1, 2, 3, 4',
      'runbooks[0].match.symptoms[0]: must be one of rate, errors, latency, saturation, other',
    ])
  })
})

describe('parameters', () => {
  const choice: ParameterSpec = { name: 'zone', type: 'choice', values: ['a', 'b'], from: { kind: 'person' } }
  const range: ParameterSpec = { name: 'range', type: 'cidr', prefixMin: 24, from: { kind: 'person' } }
  const figure: ParameterSpec = { name: 'n', unit: 'x', min: 1, max: 5, from: { kind: 'constant', value: 2 } }

  it('[CA55] are figures, words of a list, or address ranges, each with bounds that have room', () => {
    expect(says({ parameters: [choice, range, figure] })).toEqual([])
    const at = 'runbooks[0].parameters'
    expect(says({ parameters: [{ ...choice, values: [] }] })).toEqual([`${at}: zone: offers 1 to 50 words`])
    expect(says({ parameters: [{ ...choice, values: ['a', 'a'] }] })).toEqual([`${at}: zone: offers a word twice`])
    expect(says({ parameters: [{ ...choice, from: { kind: 'constant', value: 'c' } }] })).toEqual([
      `${at}: zone: its constant is out of its bounds`,
    ])
    expect(says({ parameters: [{ ...range, prefixMin: 7 }] })).toEqual([`${at}[0].prefixMin: must be at least 8`])
    for (const prefixMin of [33, 24.5])
      expect(says({ parameters: [{ ...range, prefixMin }] })).toEqual([
        `${at}: range: prefixMin must be a whole number from 8 to 32`,
      ])
    expect(says({ parameters: [{ ...range, from: { kind: 'constant', value: '0.0.0.0/0' } }] })).toEqual([
      `${at}[0].from.kind: must be one of person`,
    ])
    expect(says({ parameters: [{ ...figure, from: { kind: 'person' } }] })).toEqual([
      `${at}[0].from.kind: must be one of limit-times, constant`,
    ])
    expect(says({ parameters: [{ ...figure, type: 'text' }] })).toEqual([
      `${at}[0].type: must be one of number, choice, cidr`,
    ])
    expect(says({ parameters: [figure, figure] })).toEqual([`${at}[1].name: n stands there twice`])
  })

  it('[AC140] a value of the wrong type, out of bounds, unknown or missing is refused by name', () => {
    const runbook = { ...base, parameters: [choice, range, figure] }
    const fine = { zone: 'a', range: '203.0.113.0/24', n: 5 }
    const problem = (change: Record<string, number | string>) => parametersProblem(runbook, { ...fine, ...change })
    expect(problem({})).toBeNull()
    expect(problem({ zone: 'c' })).toBe('out-of-bounds:zone')
    expect(problem({ zone: 1 })).toBe('out-of-bounds:zone')
    expect(problem({ n: '5' })).toBe('out-of-bounds:n')
    expect(problem({ n: 6 })).toBe('out-of-bounds:n')
    expect(problem({ n: Number.NaN })).toBe('parameter-missing:n')
    expect(problem({ range: '203.0.0.0/16' })).toBe('out-of-bounds:range')
    expect(problem({ other: 1 })).toBe('unknown-parameter')
    expect(parametersProblem(runbook, { zone: 'a', n: 5 })).toBe('parameter-missing:range')
  })

  it.each([
    ['203.0.113.0/24', 4, 24],
    ['203.0.113.7/32', 4, 32],
    ['0.0.0.0/0', 4, 0],
    ['2001:db8:1::/56', 6, 56],
    ['::/0', 6, 0],
    ['2001:db8:0:0:1:2:3:4/128', 6, 128],
  ] as const)('[AC140] %s is a range', (text, family, prefix) => {
    expect(addressRange(text)).toEqual({ family, prefix })
  })

  it.each([
    '203.0.113.1/24',
    '203.0.113.0',
    '203.0.113.0/33',
    '203.0.113.0/024',
    '203.0.0113.0/24',
    '203.0.113/24',
    '300.0.113.0/24',
    ' 203.0.113.0/24',
    '203.0.113.0/24; drop',
    '203.0.113.0/24/1',
    '0xcb.0.113.0/24',
    '2001:DB8::/32',
    '2001:db8::1/64',
    '2001::db8::/32',
    '1:2:3:4:5:6:7/64',
    'x::/8',
    '/24',
    '',
  ])('[AC140] "%s" is none', (text) => {
    expect(addressRange(text)).toBeNull()
  })

  it('[AC140] an IPv6 range is bounded by networks, as an IPv4 range is by addresses', () => {
    const runbook = { ...base, parameters: [range] }
    expect(parametersProblem(runbook, { range: '2001:db8:1::/56' })).toBeNull()
    expect(parametersProblem(runbook, { range: '2001:db8::/48' })).toBe('out-of-bounds:range')
  })
})

describe('endpoints', () => {
  const one = (endpoint: Partial<Endpoint>) =>
    problems({ endpoints: [{ name: 'shop', url: 'https://shop.test', ...endpoint }] })
  const github = { owner: 'acme', repo: 'runbooks', workflow: 'act.yml', ref: 'main' }
  const kubernetes = {
    namespace: 'shop',
    workloads: { checkout: { kind: 'deployment' as const, name: 'checkout', replicasMax: 10 } },
  }

  it('[CA56] each driver has what it needs and nothing of another one', () => {
    expect(one({})).toEqual([])
    expect(one({ driver: 'manual', url: '' })).toEqual([])
    expect(one({ driver: 'github', secret: 'gh', github })).toEqual([])
    expect(one({ driver: 'kubernetes', secret: 'k8s', kubernetes, binding: 'CLUSTER' })).toEqual([])
    expect(one({ url: '' })).toEqual(['endpoints[0].url: http needs it'])
    expect(one({ driver: 'manual' })).toEqual(['endpoints[0].url: manual has no use for it'])
    expect(one({ driver: 'github', github })).toEqual(['endpoints[0].secret: github needs it'])
    expect(one({ driver: 'kubernetes', secret: 'k8s', github })).toEqual([
      'endpoints[0].github: kubernetes has no use for it',
      'endpoints[0].kubernetes: kubernetes needs it',
    ])
    expect(one({ secret: 'k8s' })).toEqual(['endpoints[0].secret: http has no use for it'])
  })

  it.each<[string, Partial<Endpoint>, string]>([
    [
      'a user in it',
      { url: 'https://a:b@shop.test' },
      'url: must be an http or https address without user, query or fragment',
    ],
    [
      'a query',
      { url: 'https://shop.test/?a=1' },
      'url: must be an http or https address without user, query or fragment',
    ],
    [
      'a path in the owner',
      { driver: 'github', secret: 's', github: { ...github, owner: '../x' } },
      'github.owner: must be the name of an owner',
    ],
    [
      'a repository that leads up',
      { driver: 'github', secret: 's', github: { ...github, repo: '..' } },
      'github.repo: must be the name of a repository',
    ],
    [
      'a workflow elsewhere',
      { driver: 'github', secret: 's', github: { ...github, workflow: 'a/b.yml' } },
      'github.workflow: must be the file name of a workflow: deploy.yml',
    ],
    [
      'a namespace of two',
      { driver: 'kubernetes', secret: 's', kubernetes: { ...kubernetes, namespace: 'a/b' } },
      'kubernetes.namespace: must be the name of a namespace',
    ],
    [
      'no workload',
      { driver: 'kubernetes', secret: 's', kubernetes: { ...kubernetes, workloads: {} } },
      'kubernetes.workloads: names no workload',
    ],
    [
      'a workload of nobody',
      {
        driver: 'kubernetes',
        secret: 's',
        kubernetes: { ...kubernetes, workloads: { ghost: { kind: 'deployment', name: 'g', replicasMax: 1 } } },
      },
      'kubernetes.workloads: ghost is no service of this catalogue',
    ],
  ])('[CA56] %s is refused with its place', (_, endpoint, said) => {
    expect(one(endpoint)).toEqual([`endpoints[0].${said}`])
  })
})
