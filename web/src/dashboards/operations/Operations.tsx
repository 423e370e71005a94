import { useNavigate, useParams, useSearchParams } from '@solidjs/router'
import { Match, Show, Switch, createEffect, createMemo, createResource, createSignal, on, onCleanup } from 'solid-js'
import { isIncidentId } from '../../../../durable/protocol/namespace.ts'
import type { DrillRow } from '../../../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../../../durable/protocol/rows.ts'
import { call } from '../../room/http.ts'
import { joinLobby } from '../../room/lobby.ts'
import { wallNow, watchTime } from '../../room/now.ts'
import { person, signIn } from '../../room/person.ts'
import { joinRoom } from '../../room/room.ts'
import { onKeys } from '../../ui/keys.ts'
import { Banner, LocalMode } from './Banners.tsx'
import { DrillDialog } from './DrillForm.tsx'
import { DryRunDialog } from './DryRunDialog.tsx'
import { FirstRun } from './FirstRun.tsx'
import { Header } from './Header.tsx'
import { IncidentList, type Shown, openRows } from './IncidentList.tsx'
import { KeySheet } from './KeySheet.tsx'
import { KillSwitchDialog } from './KillSwitch.tsx'
import { QuietPage } from './QuietPage.tsx'
import { RoomPage } from './RoomPage.tsx'
import { watchIntake } from './intake.ts'
import { watchSigning } from './signing.ts'

interface Me {
  name: string
  role: string
  mode: string
}

/** What is most pressing among the open ones, as a sentence. */
function waiting(rows: readonly IncidentRow[]): string {
  const worst = rows.map((row) => row.severity).toSorted()[0]
  const parts = [
    `${rows.filter((row) => row.severity === worst).length} ${worst ?? ''}`,
    `${rows.filter((row) => row.awaitingHuman).length} waiting for a person`,
    `${rows.filter((row) => row.state === 'triggered').length} not acknowledged`,
  ]
  return `${parts.join(', ')}.`
}

/** A drill calls nothing real: dry run of the instance is not about it. */
const NO_DRY_RUN = { on: false, by: '', reason: '' }

/** `/ops` and `/ops/:incident`: the list, and the room beside it. */
export function Operations() {
  const params = useParams<{ incident?: string }>()
  const [search, setSearch] = useSearchParams<{ drill?: string; show?: string }>()
  const navigate = useNavigate()
  onCleanup(watchTime())

  const drill = () => search.drill === 'true'
  const shown = (): Shown => (search.show === 'closed' ? 'closed' : 'open')
  const incident = () => (params.incident !== undefined && isIncidentId(params.incident) ? params.incident : null)
  const [me] = createResource(person, () => call<Me>('GET', '/api/v1/me'))
  const [dialog, setDialog] = createSignal<'drill' | 'kill-switch' | 'dry-run' | 'keys' | null>(null)
  /** a drill just started here whose first incident is to be opened. */
  const [expected, setExpected] = createSignal<string | null>(null)

  // Another person or another list is another connection.
  const lobby = createMemo(() => {
    person()
    const joined = joinLobby(drill())
    onCleanup(() => joined.leave())
    return joined
  })
  const room = createMemo(() => {
    person()
    const id = incident()
    if (id === null) return null
    const joined = joinRoom(id)
    onCleanup(() => joined.leave())
    return joined
  })

  const rows = () => openRows(lobby().state)
  const intake = watchIntake(() => lobby().state.heardWall)
  const signing = watchSigning(() => lobby().state.link.kind === 'live')
  const quiet = () => params.incident === 'quiet'
  createEffect(() => {
    const waiting = expected()
    const row = waiting === null ? undefined : rows().find((candidate) => candidate.drill === waiting)
    if (!row) return
    setExpected(null)
    navigate(`/ops/${row.id}?drill=true`)
  })
  createEffect(
    on(incident, (id) => {
      if (id === null) document.title = 'Operations, Incident Commander'
    }),
  )

  // In the order of the list: by severity, then newest.
  const step = (by: 1 | -1) => {
    const ids = rows()
      .toSorted((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0))
      .map((row) => row.id)
    const at = ids.indexOf(incident() ?? '')
    const next = ids[at === -1 ? (by === 1 ? 0 : ids.length - 1) : at + by]
    if (next !== undefined) navigate(`/ops/${next}${drill() ? '?drill=true' : ''}`)
  }
  const press = (selector: string) => document.querySelector<HTMLElement>(selector)
  onKeys(
    {
      j: () => step(1),
      k: () => step(-1),
      n: () => press('.note-button')?.click(),
      l: () => press('.list a')?.focus(),
      t: () => {
        press('#timeline')?.scrollIntoView({ block: 'start' })
        press('.timeline .segments button')?.focus()
      },
      '?': () => setDialog('keys'),
    },
    ['?'],
  )

  function started(row: DrillRow): void {
    setDialog(null)
    setExpected(row.id)
    navigate('/ops?drill=true')
  }

  const link = () => room()?.state.link ?? lobby().state.link
  const wall = () => room()?.wall() ?? wallNow()
  const retry = () => {
    lobby().retry()
    room()?.retry()
  }
  // What came before a snapshot is read page by page; until then the timeline has a hole at its end.
  const behind = () => {
    const joined = room()
    return joined?.state.known ? Math.max(0, joined.state.view.seq - joined.events().length) : 0
  }
  const drillOfRoom = () => room()?.state.view.head?.drill ?? null
  const problem = () => {
    const reply = me()
    return reply && !reply.ok ? reply.problem : null
  }

  return (
    <div class="app" classList={{ 'in-room': incident() !== null || quiet() }}>
      <Header
        link={link()}
        seq={room()?.state.view.seq ?? null}
        behind={behind()}
        wall={wallNow()}
        inRoom={incident() !== null || quiet()}
        killSwitch={lobby().state.killSwitch.on}
        listHref={drill() ? '/ops?drill=true' : '/ops'}
        onRetry={retry}
        onDrill={() => setDialog('drill')}
        onKeys={() => setDialog('keys')}
        onKillSwitch={() => setDialog('kill-switch')}
      />
      <Show when={me()?.ok === true && signIn().kind === 'local'}>
        <LocalMode />
      </Show>
      <Banner
        killSwitch={lobby().state.killSwitch}
        link={link()}
        signing={signing.state()}
        onSigning={signing.again}
        drill={drill() || drillOfRoom() !== null}
        storm={drill() ? null : (intake.noise()?.storm ?? null)}
        dryRun={drill() || drillOfRoom() !== null ? NO_DRY_RUN : lobby().state.dryRun}
        onKillSwitch={() => setDialog('kill-switch')}
        onDryRun={() => setDialog('dry-run')}
        onRetry={retry}
        onStopDrill={drillOfRoom() === null ? null : () => void call('POST', `/api/v1/drills/${drillOfRoom()}/stop`)}
      />
      <div class="columns">
        <IncidentList
          lobby={lobby().state}
          intake={intake}
          wall={wall()}
          selected={incident()}
          drill={drill()}
          show={shown()}
          onDrill={(next) => setSearch({ drill: next ? 'true' : undefined, show: undefined })}
          onShow={(next) => setSearch({ show: next === 'closed' ? 'closed' : undefined })}
        />
        <Switch>
          <Match when={problem()}>
            {(said) => (
              <main class="room notice">
                <h1>{said().title}</h1>
                <p>{said().detail}</p>
                <button type="button" class="button primary" onClick={() => location.reload()}>
                  Try again
                </button>
              </main>
            )}
          </Match>
          <Match when={room()} keyed>
            {(joined) => <RoomPage room={joined} />}
          </Match>
          <Match when={quiet()}>
            <QuietPage intake={intake} wall={wallNow()} />
          </Match>
          <Match when={params.incident !== undefined}>
            <main class="room notice">
              <h1>No such incident</h1>
              <p>
                <code>{params.incident}</code> is not an incident id. Choose one from the list.
              </p>
            </main>
          </Match>
          <Match when={expected()}>
            <main class="room notice">
              <h1>The drill is running</h1>
              <p role="status">Its room opens here when the first alert fires.</p>
            </main>
          </Match>
          <Match when={lobby().state.known && rows().length === 0}>
            <main class="room">
              <FirstRun onStarted={started} />
            </main>
          </Match>
          <Match when={lobby().state.known}>
            <main class="room notice">
              <h1>{rows().length === 1 ? 'One incident is open' : `${rows().length} incidents are open`}</h1>
              <p>{waiting(rows())} Choose one from the list to join its room.</p>
            </main>
          </Match>
          <Match when={true}>
            <main class="room notice" aria-busy="true">
              <p role="status">Connecting.</p>
            </main>
          </Match>
        </Switch>
      </div>
      <Switch>
        <Match when={dialog() === 'drill'}>
          <DrillDialog onClose={() => setDialog(null)} onStarted={started} />
        </Match>
        <Match when={dialog() === 'keys'}>
          <KeySheet onClose={() => setDialog(null)} />
        </Match>
        <Match when={dialog() === 'kill-switch'}>
          <KillSwitchDialog
            {...lobby().state.killSwitch}
            onClose={() => setDialog(null)}
            {...(!drill() && { onDryRun: () => setDialog('dry-run') })}
          />
        </Match>
        <Match when={dialog() === 'dry-run'}>
          <DryRunDialog {...lobby().state.dryRun} onClose={() => setDialog(null)} />
        </Match>
      </Switch>
    </div>
  )
}
