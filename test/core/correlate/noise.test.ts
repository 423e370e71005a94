import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHANGE_REACH_MS, reachOf, sameChange } from '../../../durable/core/correlate/change.ts'
import { FLAP_TURNS_MAX, FLAP_WINDOW_MS, STEADY, flapped, flapWords } from '../../../durable/core/correlate/flap.ts'
import { GROUP_AGE_MS_MAX, type OpenIncident, correlate } from '../../../durable/core/correlate/group.ts'
import { compile, PATTERN_CHARS_MAX } from '../../../durable/core/correlate/pattern.ts'
import { matcherProblems, readySilence, silencing } from '../../../durable/core/correlate/silence.ts'
import { identityPairs, similarity } from '../../../durable/core/correlate/similar.ts'
import { Rate, type Storm, storms } from '../../../durable/core/correlate/storm.ts'
import { reaches, thresholdOf } from '../../../durable/core/correlate/threshold.ts'
import { linksOf } from '../../../durable/core/correlate/topology.ts'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import type { Silence } from '../../../durable/protocol/noise.ts'
import { alert } from './alerts.ts'

const sample = JSON.parse(
  readFileSync(new URL('../../../durable/directory/catalogue.json', import.meta.url), 'utf8'),
) as Catalogue

const NOW = 100_000_000
const services = [
  { id: 'storefront', dependencies: ['checkout'] },
  { id: 'checkout', dependencies: ['db-proxy'] },
  { id: 'db-proxy', dependencies: ['orders-db'] },
  { id: 'orders-db', dependencies: ['network'] },
  { id: 'network', dependencies: [] },
  { id: 'search', dependencies: ['network'] },
]

const incident = (said: Partial<OpenIncident> = {}): OpenIncident => ({
  id: 'inc_one0000',
  state: 'triggered',
  services: new Set(['elsewhere']),
  groups: new Set<string>(),
  lastAlertAt: NOW - 1_000,
  openedAt: NOW - 1_000,
  likenesses: [],
  storm: false,
  endedAt: null,
  ...said,
})

describe('why an alert joins', () => {
  const change = { id: 'c1', source: 'deploys', title: 'network 7', service: 'network', at: NOW - 60_000 }
  const around = { links: linksOf(services), changes: reachOf([change], services), windowMs: 300_000 }

  test('[NO1] a change that reaches both services, however far apart they are, and says which change it was', () => {
    const open = incident({ services: new Set(['search']) })
    const of = (at: number) =>
      correlate(
        alert({ service: 'storefront' }),
        null,
        [open],
        { ...around, changes: reachOf([{ ...change, at }], services) },
        NOW,
      )
    expect(of(NOW - 60_000)).toEqual({ incident: open.id, reason: 'same-change', matched: 'c1' })
    expect(of(NOW - CHANGE_REACH_MS - 1).reason).toBe('new-alert')
    expect(correlate(alert({ service: 'unheard-of' }), null, [open], around, NOW).reason).toBe('new-alert')
  })

  test('[NO1] one rollout to many services is one change; the youngest that reaches both counts', () => {
    const rollout = ['a', 'b'].map((service, n) => ({
      id: `r${n}`,
      source: 'deploys',
      title: 'v2',
      service,
      at: NOW - n,
    }))
    expect(sameChange(reachOf(rollout, []), 'a', new Set(['b']), NOW)).toBe('r1')
    const two = [...rollout, { id: 'old', source: 'flags', title: 'x', service: 'a', at: NOW - 5_000 }]
    expect(sameChange(reachOf(two, []), 'a', new Set(['a']), NOW)).toBe('r1')
  })

  test('[NO2] labels that are nearly the same, and the figure is shown; severity is no identity', () => {
    const labels = {
      alertname: 'DiskFull',
      cluster: 'eu',
      region: 'west',
      host: 'h1',
      service: 'a',
      severity: 'critical',
    }
    const open = incident({ likenesses: [identityPairs(labels)] })
    const of = (other: Record<string, string>) =>
      correlate(alert({ service: 'b', labels: { ...labels, ...other } }), null, [open], around, NOW)
    expect(of({ service: 'b', severity: 'info' })).toEqual({
      incident: open.id,
      reason: 'similar-labels',
      matched: '0.67 of labels shared',
    })
    expect(of({ service: 'b', host: 'h2' }).reason).toBe('new-alert')
    expect(similarity(['a=1', 'b=2'], ['a=1', 'b=2'])).toBe(0)
  })

  test('[NO2] group, service, neighbour, change, labels: in this order', () => {
    const labels = { alertname: 'A', cluster: 'c', zone: 'z', rack: 'r' }
    const said = alert({ service: 'storefront', groupKey: 'g', labels })
    const by = {
      labels: incident({ id: 'inc_labels0', likenesses: [identityPairs(labels)] }),
      change: incident({ id: 'inc_change0', services: new Set(['search']) }),
      near: incident({ id: 'inc_near000', services: new Set(['db-proxy']) }),
      service: incident({ id: 'inc_service', services: new Set(['storefront']) }),
      group: incident({ id: 'inc_group00', groups: new Set(['prometheus g']) }),
    }
    const all = Object.values(by)
    const found: string[] = []
    for (let left = all.length; left > 0; left -= 1)
      found.push(correlate(said, null, all.slice(0, left), around, NOW).reason)
    expect(found).toEqual(['same-group', 'same-service', 'topology-neighbour', 'same-change', 'similar-labels'])
  })

  test('[NO5] the window is the catalogue’s, and no incident takes others’ alerts a day after it opened', () => {
    const of = (said: Partial<OpenIncident>, windowMs: number) =>
      correlate(alert(), null, [incident({ services: new Set(['checkout']), ...said })], { ...around, windowMs }, NOW)
        .reason
    expect(of({ lastAlertAt: NOW - 900_000 }, 300_000)).toBe('new-alert')
    expect(of({ lastAlertAt: NOW - 900_000 }, 3_600_000)).toBe('same-service')
    expect(of({ openedAt: NOW - GROUP_AGE_MS_MAX }, 3_600_000)).toBe('same-service')
    expect(of({ openedAt: NOW - GROUP_AGE_MS_MAX - 1 }, 3_600_000)).toBe('new-alert')
  })

  test('[NO11] a storm’s incident takes by group and service only', () => {
    const storm = { storm: true, services: new Set(['checkout']), groups: new Set(['prometheus g']) }
    const of = (said: Parameters<typeof alert>[0]) =>
      correlate(alert(said), null, [incident(storm)], around, NOW).reason
    expect(of({})).toBe('same-service')
    expect(of({ service: 'x', groupKey: 'g' })).toBe('same-group')
    expect(of({ service: 'db-proxy' })).toBe('new-alert')
  })

  test('[NO13] any order, doubled: each alert joins the same incidents by level, and 1,000 shuffles find no new one', () => {
    const names = ['checkout', 'db-proxy', 'search', 'lone']
    const order = fc.shuffledSubarray([...names, ...names, ...names], { minLength: 12 })
    fc.assert(
      fc.property(order, (arrivals) => {
        const open: OpenIncident[] = []
        const own = new Map<string, OpenIncident>()
        for (const [n, service] of arrivals.entries()) {
          const found = correlate(
            alert({ service, fingerprint: service }),
            own.get(service) ?? null,
            open,
            around,
            NOW + n,
          )
          const known = open.find(({ id }) => id === found.incident)
          const at = known ?? incident({ id: `inc_${open.length}`, services: new Set([service]), lastAlertAt: NOW + n })
          if (!known) open.push(at)
          else if (!at.services.has(service)) at.services = new Set([...at.services, service])
          own.set(service, at)
        }
        expect(open.length).toBeLessThanOrEqual(3)
        const before = open.length
        for (const service of arrivals)
          expect(
            correlate(alert({ service }), own.get(service) ?? null, open, around, NOW + 99).incident,
          ).not.toBeNull()
        expect(open).toHaveLength(before)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('thresholds', () => {
  test('[NO3] a service’s own threshold goes before the one for all, and every condition given must hold', () => {
    const rules = {
      thresholds: [
        { service: '*', count: 3 },
        { service: 'a', severity: 'error' as const },
      ],
    }
    expect(thresholdOf(rules, 'a')).toMatchObject({ severity: 'error' })
    expect(thresholdOf(rules, 'b')).toMatchObject({ count: 3 })
    expect(thresholdOf(undefined, 'b')).toBeNull()
    const one = { severity: 'critical' as const, startsAt: NOW - 10_000 }
    const mild = { severity: 'info' as const, startsAt: NOW - 10_000 }
    expect(reaches({ service: 'a', count: 2, severity: 'warning' }, [one, mild], NOW)).toMatchObject({
      reached: false,
      missing: '1 of 2 warning or worse',
    })
    expect(reaches({ service: 'a', count: 2 }, [one, mild], NOW)).toEqual({ reached: true })
  })

  test('[NO4] a duration says when it will be reached: by the alert that completes the count', () => {
    const at = (startsAt: number) => ({ severity: 'error' as const, startsAt })
    const found = reaches(
      { service: 'a', count: 2, durationMs: 60_000 },
      [at(NOW - 70_000), at(NOW - 20_000), at(NOW)],
      NOW,
    )
    expect(found).toMatchObject({ reached: false, due: NOW + 40_000 })
  })

  test('[NO14] the catalogue’s rules for correlation are checked: window, thresholds, storm, heartbeat, address', () => {
    const problems = (more: object, source: object = {}) => {
      const checked = checkCatalogue({
        ...sample,
        ...more,
        sources: sample.sources.map((one, index) => (index === 0 ? { ...one, ...source } : one)),
      })
      return checked.ok ? [] : checked.problems.map(({ at }) => at)
    }
    const good = { windowMs: 600_000, stormPerMinute: 50, thresholds: [{ service: '*', count: 2 }] }
    expect(problems({ correlation: good }, { heartbeatMs: 60_000, url: 'https://am.example/prefix' })).toEqual([])
    expect(problems({ correlation: { windowMs: 86_400_001 } })).toEqual(['correlation.windowMs'])
    const thresholds = [{ service: 'nobody', count: 1.5 }, { service: '*' }, { service: '*', count: 1 }]
    expect(problems({ correlation: { thresholds: thresholds.slice(0, 1) } })).toEqual([
      'correlation.thresholds[0].count',
    ])
    expect(problems({ correlation: { thresholds: thresholds.slice(1) } })).toEqual([
      'correlation.thresholds[0]',
      'correlation.thresholds[1].service',
    ])
    expect(problems({}, { heartbeatMs: 10, url: 'https://user@am.example' })).toEqual([
      'sources[0].heartbeatMs',
      'sources[0].url',
    ])
  })
})

describe('patterns of strangers', () => {
  const matches = (pattern: string, text: string) => {
    const compiled = compile(pattern)
    if (!compiled.ok) throw new Error(compiled.says)
    return compiled.test(text)
  }

  test('[NO8] what the subset has means what it means everywhere, anchored at both ends', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', 'a?', 'b*', '(a|b)', '(?:ab)+', 'a{1,2}', '\\w', 'a{2}')
    const pattern = fc.array(atom, { maxLength: 5 }).map((atoms) => atoms.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '-'), { maxLength: 6 }).map((chars) => chars.join(''))
    fc.assert(
      fc.property(pattern, text, (source, value) => {
        expect([source, value, matches(source, value)]).toEqual([
          source,
          value,
          new RegExp(`^(?:${source})$`, 'u').test(value),
        ])
      }),
      { numRuns: 2_000 },
    )
    expect(matches('prod-.*', 'prod-eu')).toBe(true)
    expect(matches('prod-.*', 'my-prod-eu')).toBe(false)
    expect(matches('[]x-]+', 'x]-')).toBe(true)
    expect(matches('\\d{1,3}\\.\\d+', '10.42')).toBe(true)
  })

  test('[NO8] what makes others go on for ever ends at once, and what cannot be read is refused with a reason', () => {
    expect(matches('(a*)*b', 'a'.repeat(1_024))).toBe(false)
    expect(matches('(a|a)*c', 'a'.repeat(1_024))).toBe(false)
    for (const bad of [
      '(',
      ')',
      '[a',
      'a{5,2}',
      '*',
      '(?=a)',
      '\\1',
      '\\p',
      'a{101}',
      '((((a{99}){99}){99}))',
      '((){99}){99}'.repeat(3),
    ])
      expect([bad, compile(bad).ok]).toEqual([bad, false])
    expect(compile('a'.repeat(PATTERN_CHARS_MAX + 1)).ok).toBe(false)
    fc.assert(fc.property(fc.string({ maxLength: 40 }), (source) => typeof compile(source).ok === 'boolean'))
  })
})

describe('silences', () => {
  const silence = (matchers: Silence['matchers'], said: Partial<Silence> = {}): Silence => ({
    id: 'sil_one',
    kind: 'silence',
    matchers,
    comment: '',
    by: 'ada',
    createdAt: 0,
    startsAt: NOW - 10,
    endsAt: NOW + 10,
    ...said,
  })
  const by = (matchers: Silence['matchers'], said = {}, now = NOW) =>
    silencing([readySilence(silence(matchers))], alert({ labels: { alertname: 'A', env: 'prod' }, ...said }), now) !==
    null

  test('[NO6] = != =~ !~ over labels; one that is not there is the empty text; service, source and severity always are', () => {
    expect(by([{ name: 'env', op: '=', value: 'prod' }])).toBe(true)
    expect(by([{ name: 'env', op: '!=', value: 'prod' }])).toBe(false)
    expect(
      by([
        { name: 'env', op: '=~', value: 'pr.*' },
        { name: 'service', op: '=', value: 'checkout' },
      ]),
    ).toBe(true)
    expect(by([{ name: 'env', op: '!~', value: 'pr.*' }])).toBe(false)
    expect(
      by([
        { name: 'team', op: '=', value: '' },
        { name: 'source', op: '=', value: 'prometheus' },
      ]),
    ).toBe(true)
    expect(by([{ name: 'env', op: '=~', value: 'rod' }])).toBe(false)
    expect(by([{ name: '__proto__', op: '=~', value: '.+' }])).toBe(false)
  })

  test('[NO6] it holds from its start until just before its end; of several the one that ends last is named', () => {
    const match = [{ name: 'env', op: '=' as const, value: 'prod' }]
    expect([NOW - 11, NOW - 10, NOW + 9, NOW + 10].map((at) => by(match, {}, at))).toEqual([false, true, true, false])
    const two = ['sil_b', 'sil_a', 'sil_long'].map((id) =>
      readySilence(silence(match, { id, endsAt: id === 'sil_long' ? NOW + 99 : NOW + 10 })),
    )
    const said = alert({ labels: { env: 'prod' } })
    expect(silencing(two, said, NOW)?.id).toBe('sil_long')
    expect(silencing(two.slice(0, 2), said, NOW)?.id).toBe('sil_a')
  })

  test('[NO8] a silence of everything and one with an unreadable pattern are refused', () => {
    expect(matcherProblems([{ name: 'a', op: '=~', value: '.*' }])).toMatchObject([{ at: 'matchers' }])
    expect(matcherProblems([{ name: 'a', op: '=~', value: '(' }])).toMatchObject([{ at: 'matchers.0.value' }])
    expect(matcherProblems([{ name: 'a', op: '!=', value: 'x' }])).toHaveLength(1)
    expect(matcherProblems([{ name: 'a', op: '=', value: 'x' }])).toEqual([])
  })
})

describe('flapping and storms', () => {
  test('[NO10] from half of 21 changes in an hour on it flaps, until it is down to a fifth', () => {
    let state = STEADY
    const seen: boolean[] = []
    for (let n = 0; n < 12; n += 1) {
      state = flapped(state, true, NOW + n)
      seen.push(state.flapping)
    }
    expect(seen.indexOf(true)).toBe(10)
    expect(flapWords(state, NOW + 12)).toBe('12 of 21 changes')
    expect(flapped(state, false, NOW + 20).flapping).toBe(true)
    expect(flapped(state, false, NOW + FLAP_WINDOW_MS + 7).flapping).toBe(false)
    for (let n = 0; n < 100; n += 1) state = flapped(state, true, NOW + n)
    expect(state.turns).toHaveLength(FLAP_TURNS_MAX)
    expect(flapped(STEADY, false, NOW)).toBe(STEADY)
  })

  test('[NO11] a storm begins above its rate and ends at half of it, never before a whole minute was watched', () => {
    const rate = new Rate(NOW)
    let storm: Storm | null = null
    for (let n = 0; n < 101; n += 1) {
      expect(storms(storm, rate, 100, NOW)).toBe(false)
      rate.add(NOW + n)
    }
    expect(storms(storm, rate, 100, NOW + 200)).toBe(true)
    storm = { since: NOW, incident: null }
    rate.settle()
    for (let n = 0; n < 50; n += 1) rate.add(NOW + 61_000)
    rate.rollBack()
    expect(rate.perMinute(NOW + 61_000)).toBe(0)
    expect(storms(storm, rate, 100, NOW + 59_000)).toBe(true)
    for (let n = 0; n < 51; n += 1) rate.add(NOW + 61_500)
    expect(storms(storm, rate, 100, NOW + 62_000)).toBe(true)
    expect(storms(storm, rate, 100, NOW + 125_000)).toBe(false)
    expect(storms(storm, new Rate(NOW + 200_000), 100, NOW + 230_000)).toBe(true)
  })
})
