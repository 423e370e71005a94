import { Route, Router } from '@solidjs/router'
import { createStore } from 'solid-js/store'
import { Show } from 'solid-js'
import { render } from 'solid-js/web'
import '../styles.ts'
import type { IncidentRow } from '../../../durable/protocol/rows.ts'
import { incidentRow } from '../../../durable/protocol/rows.ts'
import { Banner, LocalMode } from '../dashboards/operations/Banners.tsx'
import { FirstRun } from '../dashboards/operations/FirstRun.tsx'
import { Header } from '../dashboards/operations/Header.tsx'
import { IncidentList } from '../dashboards/operations/IncidentList.tsx'
import { RoomPage } from '../dashboards/operations/RoomPage.tsx'
import type { LobbyState } from '../room/lobby.ts'
import type { LinkState } from '../room/link.ts'
import { POLICY, calling, crewed, flood, moved as movedAlerts } from './crew.ts'
import {
  type Said,
  ballot,
  carried,
  ended,
  moved,
  notCarried,
  recovered,
  unknown,
  untilProposal,
  verifying,
} from './log.ts'
import { ownProposal, refusedProposal } from './proposal.ts'
import { stillRoom } from './still.ts'
import { asked, byHand, outcast, steppedProposal, stepping, undoing, undone } from './undo.ts'
import { WhyStill } from './why.tsx'
import { T0 } from './world.ts'

/** Looks at the page in every state without a server: `/gallery.html?still=<name>`. Not part of the build. */
const STILLS: Record<string, () => Said[]> = {
  opened: () => untilProposal().slice(0, 5),
  voting: () => [...untilProposal(), ...ballot().slice(0, 3)],
  awaiting: () => [...untilProposal(), ...carried()],
  'not-carried': () => [...untilProposal(), ...notCarried()],
  refused: () => untilProposal(refusedProposal()),
  rejected: () => [...untilProposal(), ...carried(), moved('rejected', 'a person said no')],
  expired: () => [...untilProposal(), ...carried(), moved('expired', 'nobody decided')],
  unknown: () => [...untilProposal(), ...carried(), ...unknown()],
  verifying: () => [...untilProposal(), ...carried(), ...verifying()],
  outcast: () => [...untilProposal(), ...carried(), ...outcast()],
  'by-hand': () => byHand([...untilProposal(), ...carried(), ...unknown()]),
  asked: () => [...untilProposal(steppedProposal()), ...carried(), ...asked()],
  stepping: () => [...untilProposal(steppedProposal()), ...carried(), ...stepping()],
  undoing: () => [...untilProposal(), ...carried(), ...verifying(), ...undoing()],
  undone: () => [...untilProposal(), ...carried(), ...verifying(), ...undoing(), ...undone()],
  recovered: () => [...untilProposal(), ...carried(), ...recovered()],
  closed: () => [...untilProposal(), ...carried(), ...ended()],
  crew: () => [...withPolicy(untilProposal()), ...carried(), ...calling(), ...crewed().slice(0, -2)],
  calling: () => withPolicy([...untilProposal().slice(0, 2), ...calling()]),
  moved: () => [...untilProposal(), ...crewed(), ...movedAlerts().slice(0, 5)],
  flood: () => [...untilProposal(), ...carried(), ...flood(1_000, 2_000)],
  own: () => untilProposal(ownProposal()),
}

function withPolicy(said: Said[]): Said[] {
  return said.map(({ body, ...rest }) =>
    body.type === 'incident-opened'
      ? {
          ...rest,
          body: {
            ...body,
            catalogue: {
              ...body.catalogue,
              escalation: [POLICY],
              sla: [
                { severity: 'SEV-1', ackMs: 70_000, resolveMs: 3_600_000 },
                { severity: 'SEV-2', ackMs: 300_000, resolveMs: 3_600_000 },
              ],
            },
          },
        }
      : { body, ...rest },
  )
}

const query = new URLSearchParams(location.search)
const name = query.get('still') ?? 'awaiting'
const link: LinkState =
  query.get('link') === 'waiting'
    ? { kind: 'waiting', tries: 3, untilWall: T0 + 130_000, since: T0 + 100_000, online: true }
    : { kind: 'live', rttMs: 34 }

function Gallery() {
  document.documentElement.classList.add(query.get('theme') ?? 'light')
  const still = STILLS[name]
  const { room } = stillRoom(still ? still() : untilProposal(), {
    wall: T0 + 125_000,
    state: { link, ...(query.has('viewer') && { you: { name: 'vic', role: 'viewer' } }) },
  })
  const drill = query.has('drill')
  const row = incidentRow(room.state.view)
  const other = (more: Partial<IncidentRow>): IncidentRow => ({ ...row, proposal: null, awaitingHuman: false, ...more })
  const rows = still
    ? [
        row,
        other({
          id: 'inc_other0001',
          title: 'InvoiceQueueDepth on invoice-worker',
          severity: 'SEV-3',
          service: 'invoice-worker',
          state: 'mitigated',
        }),
        other({
          id: 'inc_other0002',
          title: 'CertificateExpiresSoon on edge-gateway with a long name',
          severity: 'SEV-4',
          service: 'edge-gateway',
        }),
        other({
          id: 'inc_other0003',
          title: 'DiskFilling on log-archive-3',
          severity: 'SEV-5',
          service: 'log-archive',
        }),
      ]
    : []
  const [lobby] = createStore<LobbyState>({
    link,
    known: true,
    rows: Object.fromEntries(rows.map((one) => [one.id, one])),
    killSwitch: { on: query.has('kill'), by: 'ada', reason: 'deploy freeze' },
    dryRun: { on: query.has('dry'), by: 'ada', reason: 'first week here' },
    heardWall: T0,
  })
  const nothing = () => undefined
  return (
    <div class="app" classList={{ 'in-room': still !== undefined }}>
      <Header
        link={link}
        seq={still ? room.state.view.seq : null}
        behind={Number(query.get('behind') ?? 0)}
        wall={T0 + 125_000}
        inRoom={still !== undefined}
        killSwitch={query.has('kill')}
        listHref="/ops"
        onRetry={nothing}
        onDrill={nothing}
        onKeys={nothing}
        onKillSwitch={nothing}
      />
      <LocalMode />
      <Banner
        killSwitch={lobby.killSwitch}
        link={link}
        signing={query.has('keyless') ? 'master-key-missing' : 'ready'}
        {...(query.has('dry') && { dryRun: lobby.dryRun })}
        drill={drill}
        storm={query.has('storm') ? { since: new Date(T0).toISOString(), incident: row.id, perMinute: 140 } : null}
        onKillSwitch={nothing}
        onRetry={nothing}
        onStopDrill={nothing}
      />
      <div class="columns">
        <IncidentList
          lobby={lobby}
          intake={{ counters: () => null, noise: () => null }}
          wall={T0 + 125_000}
          selected={still ? row.id : null}
          drill={drill}
          show="open"
          onDrill={nothing}
          onShow={nothing}
        />
        <Show
          when={still}
          fallback={
            <main class="room">
              <FirstRun onStarted={nothing} />
            </main>
          }
        >
          <RoomPage room={room} />
        </Show>
      </div>
    </div>
  )
}

function Why() {
  document.documentElement.classList.add(query.get('theme') ?? 'light')
  return <WhyStill query={query} />
}

const app = document.getElementById('app')
if (app)
  render(
    () => (
      <Router>
        <Route path="*" component={query.has('why') ? Why : Gallery} />
      </Router>
    ),
    app,
  )
