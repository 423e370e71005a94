import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { plannedSilence, spanAt } from '../../../durable/core/correlate/window.ts'
import { checkCatalogue } from '../../../durable/core/runbooks/catalogue.ts'
import { MAINTENANCE_WINDOWS_MAX } from '../../../durable/core/runbooks/maintenance.ts'
import type { Catalogue } from '../../../durable/protocol/domain.ts'
import { MATCHERS_MAX } from '../../../durable/protocol/limits.ts'
import type { MaintenanceWindow } from '../../../durable/protocol/noise.ts'

const sample = JSON.parse(
  readFileSync(new URL('../../../durable/directory/catalogue.json', import.meta.url), 'utf8'),
) as Catalogue

const matchers = [{ name: 'service', value: 'db' }]
const nightly = (weekly: Partial<MaintenanceWindow['weekly']> = {}): MaintenanceWindow => ({
  name: 'patch-night',
  matchers,
  comment: 'patches',
  weekly: { days: ['saturday'], from: '22:00', until: '02:00', zone: 'Europe/Berlin', ...weekly },
})

function said(window: MaintenanceWindow, at: string): string | null {
  const span = spanAt(window, Date.parse(at))
  return span && `${new Date(span.startsAt).toISOString()} ${new Date(span.endsAt).toISOString()}`
}

describe('when a window holds', () => {
  const once: MaintenanceWindow = {
    name: 'upgrade',
    matchers,
    comment: 'upgrade to 18',
    from: '2026-11-23T22:00:00+01:00',
    until: '2026-11-24T02:00:00+01:00',
  }

  test('[CA41] once: from its start until its end, and never again', () => {
    const span = '2026-11-23T21:00:00.000Z 2026-11-24T01:00:00.000Z'
    expect(said(once, '2026-11-01T00:00:00Z')).toBe(span)
    expect(said(once, '2026-11-24T00:59:59Z')).toBe(span)
    expect(said(once, '2026-11-24T01:00:00Z')).toBeNull()
    expect(plannedSilence(once, Date.parse('2026-11-24T01:00:00Z'))).toBeNull()
  })

  test('[CA41] weekly: over midnight, and after its end the next week’s', () => {
    // 2026-11-21 is a Saturday.
    const span = '2026-11-21T21:00:00.000Z 2026-11-22T01:00:00.000Z'
    for (const at of ['2026-11-15T12:00:00Z', '2026-11-21T21:30:00Z', '2026-11-22T00:59:59Z'])
      expect([at, said(nightly(), at)]).toEqual([at, span])
    expect(said(nightly(), '2026-11-22T01:00:00Z')).toBe('2026-11-28T21:00:00.000Z 2026-11-29T01:00:00.000Z')
    expect(said(nightly({ days: ['saturday', 'sunday'] }), '2026-11-22T01:00:00Z')).toBe(
      '2026-11-22T21:00:00.000Z 2026-11-23T01:00:00.000Z',
    )
    expect(said(nightly({ from: '00:00', until: '00:00', zone: 'UTC' }), '2026-11-21T12:00:00Z')).toBe(
      '2026-11-21T00:00:00.000Z 2026-11-22T00:00:00.000Z',
    )
  })

  test('[CA41] weekly windows keep to the wall clock: a night of daylight saving is longer or shorter, one that is left out is none', () => {
    const hours = (at: string, window = nightly({ until: '06:00' })) => {
      const span = spanAt(window, Date.parse(at))
      return span && (span.endsAt - span.startsAt) / 3_600_000
    }
    expect([hours('2026-10-20T00:00:00Z'), hours('2026-10-27T00:00:00Z'), hours('2027-03-25T00:00:00Z')]).toEqual([
      9, 8, 7,
    ])
    const leapt = nightly({ days: ['sunday'], from: '02:10', until: '02:50' })
    expect(said(leapt, '2027-03-27T12:00:00Z')).toBe('2027-04-04T00:10:00.000Z 2027-04-04T00:50:00.000Z')
  })
})

describe('what a catalogue may say of planned work', () => {
  const problems = (...maintenance: unknown[]) => {
    const checked = checkCatalogue({ ...sample, maintenance })
    return checked.ok ? [] : checked.problems.map(({ at, says }) => `${at}: ${says}`)
  }
  const { weekly, ...bare } = nightly()

  test('[CA40] a window that is whole is taken, once or weekly, with or without operators', () => {
    expect(problems(nightly())).toEqual([])
    expect(problems({ ...bare, from: '2026-11-23T22:00:00Z', until: '2026-11-24T02:00:00Z' })).toEqual([])
    expect(problems({ ...nightly(), matchers: [...matchers, { name: 'zone', op: '!~', value: 'b|c' }] })).toEqual([])
  })

  test.each([
    [{ ...bare }, 'maintenance[0]: must say from and until, or weekly'],
    [{ ...nightly(), from: '2026-11-23T22:00:00Z' }, 'maintenance[0]: must say from and until, or weekly'],
    [
      { ...bare, from: '2026-11-24T22:00:00Z', until: '2026-11-24T02:00:00Z' },
      'maintenance[0].until: ends before it starts',
    ],
    [{ ...bare, from: 'tonight', until: '2026-11-24T02:00:00Z' }, 'maintenance[0].from: must be an RFC 3339 instant'],
    [{ ...bare, weekly: { ...weekly, zone: 'Mars/Olympus' } }, 'maintenance[0].weekly.zone: must be an IANA'],
    [{ ...bare, weekly: { ...weekly, days: ['someday'] } }, 'maintenance[0].weekly.days[0]: must be one of monday'],
    [{ ...bare, weekly: { ...weekly, days: [] } }, 'maintenance[0].weekly.days: names no day'],
    [{ ...bare, weekly: { ...weekly, from: '24:00' } }, 'maintenance[0].weekly.from: must be a time of day'],
    [{ ...nightly(), name: 'Patch Night' }, 'maintenance[0].name: must be a name'],
    [{ ...nightly(), comment: '' }, 'maintenance[0].comment: must be a text'],
    [{ ...nightly(), matchers: [] }, 'maintenance[0].matchers: must be 1 to'],
    [{ ...nightly(), matchers: [{ name: 'a', op: '=~', value: '(' }] }, 'maintenance[0].matchers[0].value: '],
    [
      { ...nightly(), matchers: [{ name: 'a', op: '=~', value: '.*' }] },
      'maintenance[0].matchers: one matcher at least',
    ],
    [{ ...nightly(), matchers: [{ name: 'a', op: '~', value: 'x' }] }, 'maintenance[0].matchers[0].op: must be one of'],
    [{ ...nightly(), forever: true }, 'maintenance[0].forever'],
  ])('[CA40] %j is refused with its place', (window, says) => {
    expect(problems(window)).toEqual([expect.stringContaining(says)])
  })

  test('[LM66] more than 100 windows, 20 matchers of one, or one name twice are refused', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => ({ ...nightly(), name: `w${i}` }))
    expect(problems(...many(MAINTENANCE_WINDOWS_MAX))).toEqual([])
    expect(problems(...many(MAINTENANCE_WINDOWS_MAX + 1))).toEqual(['maintenance: must be at most 100'])
    const matched = (n: number) => ({
      ...nightly(),
      matchers: Array.from({ length: n }, (_, i) => ({ name: `l${i}`, value: 'x' })),
    })
    expect(problems(matched(MATCHERS_MAX))).toEqual([])
    expect(problems(matched(MATCHERS_MAX + 1))).toEqual(['maintenance[0].matchers: must be 1 to 20'])
    expect(problems(nightly(), nightly())).toEqual(['maintenance[1].name: patch-night stands there twice'])
  })
})
