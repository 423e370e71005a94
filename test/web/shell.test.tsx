import { fireEvent, render } from '@solidjs/testing-library'
import { createRoot, createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Severity } from '../../durable/protocol/domain.ts'
import type { LobbyMessage } from '../../durable/protocol/messages.ts'
import { type IncidentRow, incidentRow } from '../../durable/protocol/rows.ts'
import { Banner } from '../../web/src/dashboards/operations/Banners.tsx'
import { ConnectionPill } from '../../web/src/dashboards/operations/ConnectionPill.tsx'
import { FirstRun } from '../../web/src/dashboards/operations/FirstRun.tsx'
import { IncidentList } from '../../web/src/dashboards/operations/IncidentList.tsx'
import { KillSwitchDialog } from '../../web/src/dashboards/operations/KillSwitch.tsx'
import { RoomPage } from '../../web/src/dashboards/operations/RoomPage.tsx'
import { watchSigning } from '../../web/src/dashboards/operations/signing.ts'
import { carried, ended, untilProposal } from '../../web/src/gallery/log.ts'
import { moved } from '../../web/src/gallery/crew.ts'
import { stillRoom } from '../../web/src/gallery/still.ts'
import { T0 } from '../../web/src/gallery/world.ts'
import type { LinkState } from '../../web/src/room/link.ts'
import { type LobbyState, joinLobby } from '../../web/src/room/lobby.ts'
import { becomePerson, person, socketProtocols, token } from '../../web/src/room/person.ts'
import { SeverityMark } from '../../web/src/ui/SeverityMark.tsx'
import { exchange } from './fakes.ts'
import { showPage, text } from './show.tsx'

const ROW = incidentRow(stillRoom([...untilProposal(), ...carried()]).room.state.view)
const row = (more: Partial<IncidentRow>): IncidentRow => ({ ...ROW, ...more })
const LIVE: LinkState = { kind: 'live', rttMs: 34 }
const nothing = () => undefined

interface Call {
  method: string
  path: string
  headers: Headers
  body: unknown
}

/** The network is not ours: answers by path, and what was asked. */
function network(answers: Record<string, { status: number; body: unknown }>) {
  const calls: Call[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    calls.push({
      method: init.method ?? 'GET',
      path,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
    })
    const answer = answers[path.split('?')[0] ?? ''] ?? { status: 404, body: { code: 'not-found', title: 'Not Found' } }
    return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }))
  })
  return calls
}

const SCENARIO = {
  name: 'database-cascade',
  title: 'Database cascade',
  summary: 'A pool runs out.',
  durationMs: 1_200_000,
  variants: [],
}

beforeEach(() => void network({}))
afterEach(() => {
  vi.unstubAllGlobals()
  becomePerson('dev')
})

describe('list', () => {
  const lobby = (rows: IncidentRow[]): LobbyState => ({
    link: LIVE,
    known: true,
    rows: Object.fromEntries(rows.map((one) => [one.id, one])),
    killSwitch: { on: false, by: '', reason: '' },
    dryRun: { on: false, by: '', reason: '' },
    heardWall: T0,
  })
  const list = (rows: IncidentRow[], more: { drill?: boolean } = {}) =>
    showPage(() => (
      <IncidentList
        lobby={lobby(rows)}
        intake={{ counters: () => null, noise: () => null }}
        wall={T0 + 180_000}
        selected={ROW.id}
        drill={more.drill === true}
        show="open"
        onDrill={nothing}
        onShow={nothing}
      />
    ))

  it('[UI70] incidents are grouped by severity, worst first, each with state or who is awaited', () => {
    const screen = list([
      row({ id: 'inc_aaaaaa', severity: 'SEV-4', awaitingHuman: false, state: 'mitigated', title: 'Replica lag' }),
      row({ awaitingHuman: true }),
      row({ id: 'inc_cccccc', severity: 'SEV-4', awaitingHuman: false, alertsClearSince: '2026-10-20T14:03:00Z' }),
    ])
    expect([...screen.container.querySelectorAll('section')].map((group) => group.getAttribute('aria-label'))).toEqual([
      'SEV-2',
      'SEV-4',
    ])
    const rows = [...screen.container.querySelectorAll('.list-row')].map(text)
    expect(rows[0]).toContain('Awaiting you')
    expect(rows.join(' ')).toContain('mitigated')
    expect(rows.join(' ')).toContain('alerts clear')
    expect(screen.container.querySelector('[aria-current="page"]')).not.toBeNull()
  })

  it('[UI70] what is over leaves the list', () => {
    const screen = list([row({ state: 'closed' }), row({ id: 'inc_merged', state: 'merged' })])
    expect(text(screen.container)).toContain('No open incidents')
  })

  it('[UI71] a drill’s row says drill, shows no age of another clock, and links within the drills', () => {
    const screen = list([row({ drill: 'drl_x' })], { drill: true })
    expect(text(screen.container.querySelector('.list-title .dim'))).toBe('drill')
    expect(screen.container.querySelector('.list-row a')?.getAttribute('href')).toBe(`/ops/${ROW.id}?drill=true`)
  })

  it('[UI72] each severity has its own shape, its number and its word', () => {
    const shapes = (['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5'] as Severity[]).map((severity) => {
      const { container, unmount } = render(() => <SeverityMark severity={severity} />)
      const shape = container.querySelector('svg')?.firstElementChild?.outerHTML ?? ''
      expect(text(container)).toBe(`${severity.slice(-1)} ${severity}`)
      unmount()
      return shape
    })
    expect(new Set(shapes).size).toBe(5)
  })
})

describe('lobby', () => {
  const hello = (items: IncidentRow[]): LobbyMessage => ({
    type: 'hello',
    version: 1,
    serverWall: T0,
    items,
    killSwitch: { on: false, by: '', reason: '' },
  })

  it('[UI73] the list is what the last hello and the rows since say; a row that is gone is gone', () => {
    const net = exchange()
    const joined = joinLobby(true, net.dial, () => 0)
    expect(net.last().path).toBe('/api/v1/lobby?drill=true')
    net.last().say(hello([row({ id: 'inc_one' }), row({ id: 'inc_two' })]))
    net.last().say({ type: 'row', row: row({ id: 'inc_two', title: 'Renamed', seq: ROW.seq + 1 }) })
    net.last().say({ type: 'row', row: row({ id: 'inc_two', title: 'Older', seq: ROW.seq - 1 }) })
    expect(joined.state.rows['inc_two']?.title).toBe('Renamed')
    net.last().say({ type: 'kill-switch', on: true, by: 'ada', reason: 'freeze' })
    expect(joined.state.killSwitch).toEqual({ on: true, by: 'ada', reason: 'freeze' })
    net.last().say(hello([row({ id: 'inc_two' })]))
    expect(Object.keys(joined.state.rows)).toEqual(['inc_two'])
    joined.leave()
  })
})

describe('connection and banners', () => {
  const pill = (link: LinkState, seq: number | null = 71, behind = 0) =>
    text(render(() => <ConnectionPill link={link} seq={seq} behind={behind} wall={T0} onRetry={nothing} />).container)

  it('[UI74] the pill says how live the screen is, with a number', () => {
    expect(pill(LIVE)).toBe('Live event 71 · 34 ms')
    expect(pill({ kind: 'waiting', tries: 3, untilWall: T0 + 4_000, since: null, online: true })).toContain(
      'Reconnecting in 4 s',
    )
    expect(pill({ kind: 'waiting', tries: 3, untilWall: T0 + 4_000, since: T0, online: false })).toMatch(
      /Offline, trying in 4 s stale since \d\d:\d\d:\d\d/,
    )
    expect(pill({ kind: 'stopped', code: 4001, reason: '', since: null })).toContain('Not connected, 4001')
    expect(pill({ kind: 'stopped', code: 4004, reason: 'gone', since: null })).toContain('Not connected, gone')
    expect(pill({ kind: 'live', rttMs: null, by: 'events' })).toBe('Live through SSE event 71')
    expect(pill(LIVE, 2_023, 1_523)).toBe('Catching up 1,523 event 2023')
    const sentAway: LinkState = {
      kind: 'waiting',
      tries: 1,
      untilWall: T0 + 4_000,
      since: T0,
      online: true,
      why: 'slow',
    }
    expect(pill(sentAway)).toContain('Reconnecting in 4 s sent away: slow')
    expect(pill({ kind: 'connecting', tries: 0, since: null })).toContain('Connecting')
  })

  const banner = (killSwitch: boolean, link: LinkState, drill: boolean) =>
    text(
      render(() => (
        <Banner
          killSwitch={{ on: killSwitch, by: 'ada', reason: 'freeze' }}
          link={link}
          drill={drill}
          storm={null}
          onKillSwitch={nothing}
          onRetry={nothing}
          onStopDrill={nothing}
        />
      )).container,
    )

  it('[UI150] an instance that cannot sign says so above dry run and drill, below stale, and can be asked again', () => {
    const asked: string[] = []
    const screen = showPage(() => (
      <Banner
        killSwitch={null}
        link={LIVE}
        signing="master-key-missing"
        onSigning={() => void asked.push('again')}
        dryRun={{ on: true, by: 'ada', reason: 'first week' }}
        drill={true}
        storm={null}
        onKillSwitch={nothing}
        onRetry={nothing}
        onStopDrill={null}
      />
    ))
    expect(text(screen.container)).toMatch(/Agents cannot sign: no ballot carries\. IC_MASTER_KEY is not set/)
    expect(text(screen.container)).not.toContain('DRY RUN')
    fireEvent.click(screen.getByRole('button', { name: 'Look again' }))
    expect(asked).toEqual(['again'])
  })

  it('[UI150] the page asks its instance, with each connection anew', async () => {
    const calls = network({ '/api/v1/signing': { status: 200, body: { state: 'master-key-invalid' } } })
    const [live, setLive] = createSignal(false)
    const signing = createRoot(() => watchSigning(live))
    expect([signing.state(), calls.length]).toEqual([null, 0])
    setLive(true)
    await vi.waitFor(() => expect(signing.state()).toBe('master-key-invalid'))
    setLive(false)
    setLive(true)
    await vi.waitFor(() => expect(calls).toHaveLength(2))
  })

  it('[UI75] one banner at a time, worst first: kill switch, stale, drill', () => {
    const stale: LinkState = { kind: 'waiting', tries: 1, untilWall: T0, since: T0, online: true }
    expect(banner(true, stale, true)).toContain('Kill switch is on. No action runs anywhere. Set by ada: freeze')
    expect(banner(false, stale, true)).toMatch(/^Stale since \d\d:\d\d:\d\d\./)
    expect(banner(false, LIVE, true)).toContain('Drill: simulated input.')
    expect(banner(false, LIVE, false)).toBe('')
  })

  it('[UI76] the kill switch asks for a typed word and a reason, and says what was refused', async () => {
    const calls = network({
      '/api/v1/kill-switch': {
        status: 403,
        body: { code: 'role-too-low', title: 'Forbidden', detail: 'commanders only' },
      },
    })
    const screen = render(() => <KillSwitchDialog on={false} by="" reason="" onClose={nothing} />)
    const submit = screen.getByText<HTMLButtonElement>('Turn on')
    fireEvent.input(screen.getByLabelText('Reason'), { target: { value: 'freeze' } })
    expect(submit.disabled).toBe(true)
    fireEvent.input(screen.getByLabelText('Type stop all actions to confirm'), {
      target: { value: 'stop all actions' },
    })
    fireEvent.click(submit)
    await vi.waitFor(() => expect(text(screen.container)).toContain('Forbidden commanders only'))
    expect(calls).toMatchObject([{ method: 'PUT', body: { on: true, reason: 'freeze' } }])
  })
})

describe('first run', () => {
  it('[UI77] with nothing yet it leads to the first drill and the first real alert', async () => {
    const calls = network({
      '/api/v1/scenarios': { status: 200, body: { items: [SCENARIO], next: null } },
      '/api/v1/drills': { status: 201, body: { id: 'drl_aaaaaa' } },
    })
    const started: string[] = []
    const screen = showPage(() => <FirstRun onStarted={(drill) => void started.push(drill.id)} />)
    expect(text(screen.container)).toContain(`curl -sS ${location.origin}/api/v2/alerts`)
    await vi.waitFor(() => expect(text(screen.container)).toContain('Database cascade'))
    fireEvent.click(screen.getByRole('button', { name: 'Start the drill' }))
    await vi.waitFor(() => expect(started).toEqual(['drl_aaaaaa']))
    expect(calls.at(-1)).toMatchObject({
      method: 'POST',
      path: '/api/v1/drills',
      body: { scenario: 'database-cascade', seed: 1, speed: 60 },
    })
  })

  it('[DR69] faults are chosen beside the drill button, by voter and for all, and go with the drill', async () => {
    const calls = network({
      '/api/v1/scenarios': { status: 200, body: { items: [SCENARIO], next: null } },
      '/api/v1/drills': { status: 201, body: { id: 'drl_aaaaaa' } },
    })
    const screen = showPage(() => <FirstRun onStarted={nothing} />)
    await vi.waitFor(() => expect(text(screen.container)).toContain('Database cascade'))
    expect(text(screen.container)).toContain('Faults in this drill: none')
    fireEvent.change(screen.getByLabelText('Diagnosis'), { target: { value: 'equivocation' } })
    fireEvent.change(screen.getByLabelText('Resolution'), { target: { value: 'silence' } })
    fireEvent.change(screen.getByLabelText('Resolution'), { target: { value: '' } })
    fireEvent.click(screen.getByLabelText('One poisoned metric'))
    fireEvent.click(screen.getByRole('button', { name: 'Start the drill with faults' }))
    await vi.waitFor(() => expect(calls.at(-1)?.path).toBe('/api/v1/drills'))
    expect(calls.at(-1)?.body).toEqual({
      scenario: 'database-cascade',
      seed: 1,
      speed: 60,
      faults: [{ kind: 'equivocation', agent: 'diagnosis' }, { kind: 'poisoned-metric' }],
    })
  })

  it('[UI77] a drill that cannot start says why', async () => {
    network({
      '/api/v1/scenarios': { status: 200, body: { items: [SCENARIO], next: null } },
      '/api/v1/drills': {
        status: 422,
        body: { code: 'no-such-scenario', title: 'Unprocessable', detail: 'There is no such scenario.' },
      },
    })
    const screen = showPage(() => <FirstRun onStarted={nothing} />)
    await vi.waitFor(() => expect(text(screen.container)).toContain('Database cascade'))
    fireEvent.click(screen.getByRole('button', { name: 'Start the drill' }))
    await vi.waitFor(() => expect(text(screen.container)).toContain('There is no such scenario.'))
  })
})

describe('person', () => {
  it('[UI78] who speaks is chosen by name; the token goes as bearer and as subprotocol', async () => {
    const calls = network({ '/api/v1/scenarios': { status: 200, body: { items: [], next: null } } })
    expect(token()).toBe('dev')
    expect(becomePerson('eve')).toBe(true)
    expect(token()).toBe('dev:eve')
    expect(socketProtocols()).toEqual(['ic.v1', 'ic.token.ZGV2OmV2ZQ'])
    showPage(() => <FirstRun onStarted={nothing} />)
    await vi.waitFor(() => expect(calls).toHaveLength(1))
    expect(calls[0]?.headers.get('authorization')).toBe('Bearer dev:eve')
  })

  it('[UI78] what is no name is refused, and a browser without storage still works', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new Error('denied')
      },
      setItem: () => {
        throw new Error('denied')
      },
    })
    expect(becomePerson('no name: here')).toBe(false)
    expect(becomePerson('bob')).toBe(true)
    expect(person()).toBe('bob')
  })
})

describe('room page', () => {
  const page = (more: Parameters<typeof stillRoom>[1] = {}, said = [...untilProposal(), ...carried()]) =>
    showPage(() => <RoomPage room={stillRoom(said, more).room} />)

  it('[UI79] before the first snapshot it says that it is joining, and shows no figure', () => {
    const screen = page({ state: { known: false, link: { kind: 'connecting', tries: 0, since: null } } })
    expect(text(screen.container)).toBe('Joining the room.')
    expect(screen.container.querySelector('[aria-busy]')).not.toBeNull()
  })

  it('[UI79] a room that cannot be joined says why and offers one action', () => {
    const screen = page({ state: { known: false, link: { kind: 'stopped', code: 4004, reason: 'gone', since: null } } })
    expect(text(screen.container)).toContain('The server said: gone (4004).')
    expect(screen.getAllByRole('button')).toHaveLength(1)
  })

  it('[UI79] a lost connection keeps what was last received on the screen, and nothing can be pressed', () => {
    const screen = page({ state: { link: { kind: 'waiting', tries: 2, untilWall: T0, since: T0, online: true } } })
    expect(text(screen.container)).toContain('Pool limit on db-proxy exhausted')
    for (const name of ['Mitigated', 'Resolve', 'Type to approve'])
      expect(screen.getByRole<HTMLButtonElement>('button', { name }).disabled).toBe(true)
  })

  it('[UI80] a closed incident is read only and says where it is archived', () => {
    const screen = page({}, [...untilProposal(), ...carried(), ...ended()])
    expect(text(screen.container)).toContain('Closed and read only, archived in the embedded store.')
    expect(screen.queryByRole('button', { name: 'Note' })).toBeNull()
  })

  it('[UI80] a false alarm and a merged incident say so, and what can still be done', () => {
    const canceled = page({}, [...untilProposal(), ...moved().slice(-1)])
    expect(text(canceled.container.querySelector('.read-only'))).toContain('Canceled as a false alarm.')
    canceled.unmount()
    const merged = page({}, [...untilProposal(), ...moved().slice(0, 5)])
    expect(text(merged.container.querySelector('.read-only'))).toContain('Merged into cident: its alerts are there')
  })

  it('[UI81] landmarks and headings name every region; the evidence opens beside them and gives focus back', () => {
    const screen = page()
    expect(screen.getByRole('main')).toBeTruthy()
    for (const name of ['Summary', 'Agents', 'Hypotheses', 'Alerts', 'Timeline', 'Proposal P-1'])
      expect(screen.getByRole('region', { name })).toBeTruthy()
    const [chip] = screen.container.querySelectorAll<HTMLButtonElement>('.hypothesis .chip')
    chip?.focus()
    if (chip) fireEvent.click(chip)
    expect(screen.getByRole('complementary', { name: 'Evidence' })).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Close evidence' }))
    expect(document.activeElement).toBe(chip)
  })

  it('[UI82] no element carries an inline style or handler: the policy allows neither', () => {
    const screen = page()
    expect(screen.container.innerHTML).not.toMatch(/<style|\son\w+=/)
    // A width set through the CSSOM shows as an attribute here; nothing but meters and the hold's fill may have one.
    const styled = [...screen.container.querySelectorAll('[style]')].filter(
      (element) => !element.matches('.meter > span, .hold-fill'),
    )
    expect(styled).toEqual([])
  })
})
