import { fireEvent } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SilenceRow, StormRow, SuppressedRow } from '../../durable/protocol/noise.ts'
import { type IncidentRow, incidentRow } from '../../durable/protocol/rows.ts'
import { Banner } from '../../web/src/dashboards/operations/Banners.tsx'
import { IncidentList } from '../../web/src/dashboards/operations/IncidentList.tsx'
import { QuietPage } from '../../web/src/dashboards/operations/QuietPage.tsx'
import type { Intake, Noise } from '../../web/src/dashboards/operations/intake.ts'
import { carried, untilProposal } from '../../web/src/gallery/log.ts'
import { stillRoom } from '../../web/src/gallery/still.ts'
import { T0 } from '../../web/src/gallery/world.ts'
import { showPage, text } from './show.tsx'

const nothing = () => undefined
const SILENCE: SilenceRow = {
  id: 'sil_aaaaaaaaaaaa',
  kind: 'maintenance',
  matchers: [{ name: 'service', op: '=~', value: 'search-.*' }],
  comment: 'index is rebuilt',
  by: 'eve',
  state: 'active',
  createdAt: new Date(T0).toISOString(),
  startsAt: new Date(T0).toISOString(),
  endsAt: new Date(T0 + 7_200_000).toISOString(),
}
const HELD: SuppressedRow = {
  source: 'prometheus',
  fingerprint: 'a1',
  status: 'firing',
  severity: 'warning',
  service: 'search-api',
  title: 'Index is <i>old</i>',
  labels: {},
  startsAt: new Date(T0).toISOString(),
  reason: 'in-maintenance',
  by: SILENCE.id,
  heldSince: new Date(T0).toISOString(),
  incident: null,
}
const FLAPPING: SuppressedRow = {
  ...HELD,
  fingerprint: 'a2',
  service: 'checkout',
  reason: 'flapping',
  by: '',
  incident: 'inc_x',
}
const NOISE: Noise = {
  deduplicated: { repeated: 40 },
  suppressed: { 'in-maintenance': 1 },
  parked: [],
  storm: null,
}
const INTAKE: Intake = {
  counters: () => ({ received: 1_204, attached: 1_000, deduplicated: 190, suppressed: 12, quarantined: 2, pending: 0 }),
  noise: () => NOISE,
}

interface Call {
  method: string
  path: string
  body: unknown
}
type Answer = { status: number; body: unknown }

/** The network is not ours: answers by method and path. */
function network(answers: Record<string, Answer | ((path: string) => Answer)>) {
  const calls: Call[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const method = init.method ?? 'GET'
    calls.push({ method, path, body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null })
    const known = answers[`${method} ${path.split('?')[0]}`]
    const { status, body } = (typeof known === 'function' ? known(path) : known) ?? {
      status: 404,
      body: { code: 'not-found', title: 'Not Found' },
    }
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }))
  })
  return calls
}

const QUIET = {
  'GET /api/v1/silences': { status: 200, body: { items: [SILENCE], next: null } },
  'GET /api/v1/suppressed': (path: string): Answer => ({
    status: 200,
    body: path.includes('cursor') ? { items: [FLAPPING], next: null } : { items: [HELD], next: 'more' },
  }),
}

beforeEach(() => void network({}))
afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
})

describe('kept quiet', () => {
  const page = () => showPage(() => <QuietPage intake={INTAKE} wall={T0 + 60_000} />)

  it('[UI118] silences stand with what they match, why, by whom, what they hold back and when they end', async () => {
    network(QUIET)
    const screen = page()
    await vi.waitFor(() => expect(text(screen.container)).toContain('1 silence is active and 1 alert or more'))
    const row = text(screen.container.querySelector('.silence'))
    expect(row).toContain('service=~"search-.*" index is rebuilt maintenance window by eve, holds back 1 alert')
    expect(row).toMatch(/until \w{3} \d+\.\d+\. \d\d:\d\d/)
  })

  it('[UI118] alerts held back say why, as outsiders’ text; more are read when asked for', async () => {
    network(QUIET)
    const screen = page()
    await vi.waitFor(() => expect(screen.container.querySelectorAll('.alert-row')).toHaveLength(1))
    expect(text(screen.container.querySelector('.alert-row'))).toContain(
      'in maintenance search-api tainted Index is <i>old</i>',
    )
    expect(text(screen.container.querySelector('.alert-row'))).toContain('firing · index is rebuilt')
    fireEvent.click(screen.getByRole('button', { name: 'Read more' }))
    await vi.waitFor(() => expect(screen.container.querySelectorAll('.alert-row')).toHaveLength(2))
    expect(screen.getByRole('link', { name: 'its incident' }).getAttribute('href')).toBe('/ops/inc_x')
    expect(screen.queryByRole('button', { name: 'Read more' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'flapping 1' }))
    expect(screen.container.querySelectorAll('.alert-row')).toHaveLength(1)
  })

  it('[UI118] a silence is ended by a second press that says what may come through', async () => {
    const calls = network({ ...QUIET, [`DELETE /api/v1/silences/${SILENCE.id}`]: { status: 204, body: null } })
    const screen = page()
    fireEvent.click(await screen.findByRole('button', { name: 'End now' }))
    expect(calls.some(({ method }) => method === 'DELETE')).toBe(false)
    fireEvent.click(screen.getByRole('button', { name: 'End it, 1 alert may come through' }))
    await vi.waitFor(() =>
      expect(calls.filter(({ path, method }) => method === 'GET' && path.endsWith('/silences'))).toHaveLength(2),
    )
    expect(calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
  })

  it('[UI118] a window of the catalogue has no way to end it here', async () => {
    const planned: SilenceRow = { ...SILENCE, id: 'win_upgrade', by: 'catalogue', from: 'catalogue' }
    network({ ...QUIET, 'GET /api/v1/silences': { status: 200, body: { items: [planned], next: null } } })
    const screen = page()
    await screen.findByText('ends in the catalogue')
    expect(screen.queryByRole('button', { name: 'End now' })).toBeNull()
  })

  it('[UI118] what cannot be read says so', async () => {
    network({ 'GET /api/v1/silences': { status: 503, body: { code: 'storage', title: 'The store is busy.' } } })
    const screen = page()
    await vi.waitFor(() => expect(text(screen.getByRole('alert'))).toContain('The store is busy.'))
  })

  it('[UI118] reasons are counted', () => {
    expect(text(page().container.querySelector('.reasons'))).toBe('Repeated 40 repeated Held back 1 in maintenance')
  })

  it('[UI119] a silence asks which alerts, for how long and why', async () => {
    const calls = network({
      ...QUIET,
      'POST /api/v1/silences': (): Answer => ({
        status: 400,
        body: {
          code: 'invalid-matchers',
          title: 'Bad Request',
          detail: 'A matcher cannot be used.',
          errors: [{ at: 'matchers[1].value', says: 'is no pattern' }],
        },
      }),
    })
    const screen = page()
    fireEvent.click(screen.getByRole('button', { name: 'New silence' }))
    const keep = screen.getByRole<HTMLButtonElement>('button', { name: 'Keep them quiet' })
    expect(keep.disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Value 1'), { target: { value: 'search-api' } })
    fireEvent.click(screen.getByRole('button', { name: 'Add a condition' }))
    fireEvent.input(screen.getByLabelText('Label 2'), { target: { value: 'zone' } })
    fireEvent.change(screen.getByLabelText('Condition 2'), { target: { value: '!~' } })
    fireEvent.input(screen.getByLabelText('Value 2'), { target: { value: 'eu-.*' } })
    fireEvent.change(screen.getByLabelText('For'), { target: { value: String(4 * 3_600_000) } })
    expect(keep.disabled).toBe(true)
    fireEvent.input(screen.getByLabelText(/^Why, for/), { target: { value: 'index is rebuilt' } })
    fireEvent.click(keep)
    await vi.waitFor(() =>
      expect(text(screen.container)).toContain('A matcher cannot be used. matchers[1].value: is no pattern.'),
    )
    expect(calls.find(({ method }) => method === 'POST')?.body).toMatchObject({
      kind: 'silence',
      comment: 'index is rebuilt',
      matchers: [
        { name: 'service', op: '=', value: 'search-api' },
        { name: 'zone', op: '!~', value: 'eu-.*' },
      ],
    })
  })
})

describe('list', () => {
  const ROW = incidentRow(stillRoom([...untilProposal(), ...carried()]).room.state.view)
  const row = (more: Partial<IncidentRow>): IncidentRow => ({ ...ROW, ...more })
  const ROWS = [
    row({ id: 'inc_one', state: 'triggered' }),
    row({ id: 'inc_two', state: 'triggered', title: 'Two' }),
    row({ id: 'inc_three', state: 'acknowledged', title: 'Three', private: { named: ['bob'] } }),
  ]
  const list = () =>
    showPage(() => (
      <IncidentList
        lobby={{
          link: { kind: 'live', rttMs: 3 },
          known: true,
          rows: Object.fromEntries(ROWS.map((one) => [one.id, one])),
          killSwitch: { on: false, by: '', reason: '' },
          dryRun: { on: false, by: '', reason: '' },
          heardWall: T0,
        }}
        intake={INTAKE}
        wall={T0}
        selected={null}
        drill={false}
        show="open"
        onDrill={nothing}
        onShow={nothing}
      />
    ))

  it('[UI116] several are acknowledged together: each by an order of its own, each answer counted', async () => {
    const calls = network({
      'POST /api/v1/incidents/inc_one/acknowledge': { status: 200, body: {} },
      'POST /api/v1/incidents/inc_two/acknowledge': {
        status: 409,
        body: { code: 'invalid-transition', title: 'Conflict' },
      },
    })
    const screen = list()
    expect(screen.queryByRole('checkbox')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Select' }))
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Acknowledge' }).disabled).toBe(true)
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select Two' }))
    expect(text(screen.container.querySelector('.bulk b'))).toBe('1 selected')
    fireEvent.click(screen.getByRole('button', { name: 'All' }))
    fireEvent.click(screen.getByRole('button', { name: 'Acknowledge' }))
    await vi.waitFor(() =>
      expect(text(screen.container.querySelector('.bulk .outcome'))).toBe(
        '1 acknowledged, 1 was already, and 1 refused: invalid transition',
      ),
    )
    expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(2)
    expect(text(screen.container.querySelector('.bulk b'))).toBe('0 selected')
  })

  it('[UI117] the foot says where alerts went and leads to what is kept quiet', () => {
    const screen = list()
    const foot = text(screen.container.querySelector('.list-foot'))
    expect(foot).toContain('1,204 alerts received')
    expect(foot).toContain('1,000 attached, 190 repeated, 2 quarantined')
    expect(screen.getByRole('link', { name: '12 held back' }).getAttribute('href')).toBe('/ops/quiet')
  })

  it('[UI113] a private incident bears its mark in the list', () => {
    const screen = list()
    expect([...screen.container.querySelectorAll('.list-row')].map((one) => text(one).startsWith('private:'))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('[UI121] compact rows are remembered', () => {
    const first = list()
    fireEvent.click(first.getByRole('button', { name: 'Compact' }))
    expect(first.container.querySelector('.list.compact')).not.toBeNull()
    first.unmount()
    expect(list().container.querySelector('.list.compact')).not.toBeNull()
  })
})

describe('storm', () => {
  const banner = (storm: StormRow | null, killSwitch = false) =>
    showPage(() => (
      <Banner
        killSwitch={{ on: killSwitch, by: 'ada', reason: 'freeze' }}
        link={{ kind: 'live', rttMs: 3 }}
        drill={false}
        storm={storm}
        onKillSwitch={nothing}
        onRetry={nothing}
        onStopDrill={null}
      />
    ))

  it('[UI120] a storm is said with its rate and a way to the incident that gathers it; the kill switch comes first', () => {
    const storm = { since: new Date(T0).toISOString(), incident: 'inc_storm', perMinute: 1_400 }
    const screen = banner(storm)
    expect(text(screen.container)).toMatch(/Alert storm since \d\d:\d\d:\d\d\. 1,400 new alerts in the last minute\./)
    expect(screen.getByRole('link', { name: 'Open it' }).getAttribute('href')).toBe('/ops/inc_storm')
    screen.unmount()
    expect(text(banner(storm, true).container)).toContain('Kill switch is on.')
  })
})
