import { Match, Show, Switch, createEffect, createSignal } from 'solid-js'
import { incidentShort } from '../../format/names.ts'
import type { Room, RoomState } from '../../room/room.ts'
import { AgentStrip } from '../../panels/AgentStrip.tsx'
import { AlertList } from '../../panels/AlertList.tsx'
import { HypothesisBoard } from '../../panels/HypothesisBoard.tsx'
import { RoomHead } from '../../panels/RoomHead.tsx'
import { SummaryPanel } from '../../panels/SummaryPanel.tsx'
import { Timeline } from '../../panels/Timeline.tsx'
import { Calls } from '../../panels/crew/Calls.tsx'
import { Fields } from '../../panels/crew/Fields.tsx'
import { Tasks } from '../../panels/crew/Tasks.tsx'
import { RoomProvider } from '../../panels/context.tsx'
import { EvidenceDrawer } from '../../panels/evidence/EvidenceDrawer.tsx'
import { DecisionPanel } from '../../panels/proposal/DecisionPanel.tsx'

/** One incident's room: everything on it is folded from its events. */
export function RoomPage(props: { room: Room }) {
  const [selected, setSelected] = createSignal<string | null>(null)
  const state = () => props.room.state
  let opener: HTMLElement | null = null

  function open(evidence: string | null): void {
    const focused = document.activeElement
    if (evidence !== null && selected() === null && focused instanceof HTMLElement) opener = focused
    setSelected(evidence)
    if (evidence === null) opener?.focus()
  }

  createEffect(() => {
    const title = state().view.head?.title
    document.title = title ? `${state().view.severity} ${title}` : 'Incident Commander'
  })

  return (
    <RoomProvider screen={{ room: props.room, selected, open }}>
      <Switch>
        <Match when={!state().known && state().link.kind === 'stopped'}>
          <NoRoom room={props.room} />
        </Match>
        <Match when={!state().known}>
          <Loading link={state().link.kind} />
        </Match>
        <Match when={state().known}>
          <div class="room-page" classList={{ 'with-drawer': selected() !== null }}>
            <main class="room" classList={{ drill: state().view.head?.drill != null }}>
              <RoomHead />
              <Over state={state()} />
              <SummaryPanel />
              <AgentStrip />
              <div class="work">
                <div class="work-main">
                  <HypothesisBoard />
                  <AlertList />
                  <Timeline />
                </div>
                <div class="work-side">
                  <DecisionPanel />
                  <Tasks />
                  <Calls />
                  <Fields />
                </div>
              </div>
            </main>
            <EvidenceDrawer />
          </div>
        </Match>
      </Switch>
    </RoomProvider>
  )
}

/** Where an incident that has ended stands, and what can still be done. */
function Over(props: { state: RoomState }) {
  const view = () => props.state.view
  const says = () => {
    const { state, archived, links } = view()
    if (state === 'closed')
      return `Closed and read only${archived ? `, archived in the ${archived.store} store` : ', archiving'}.`
    if (state === 'canceled') return 'Canceled as a false alarm. Reopen it if it was none.'
    const into = links.find((link) => link.relation === 'merged-into')?.incident ?? ''
    if (state === 'merged')
      return `Merged into ${incidentShort(into)}: its alerts are there, until they are taken back.`
    return ''
  }
  return <Show when={says()}>{(words) => <p class="read-only">{words()}</p>}</Show>
}

function Loading(props: { link: string }) {
  return (
    <main class="room loading" aria-busy="true">
      <p role="status">
        {props.link === 'waiting' ? 'The room does not answer yet; trying again.' : 'Joining the room.'}
      </p>
      <div class="skeleton" />
      <div class="skeleton" />
      <div class="skeleton" />
    </main>
  )
}

function NoRoom(props: { room: Room }) {
  const why = () => {
    const { link } = props.room.state
    return link.kind === 'stopped' ? `${link.reason === '' ? 'refused' : link.reason} (${link.code})` : ''
  }
  return (
    <main class="room notice">
      <h1>This room cannot be joined</h1>
      <p>The server said: {why()}. The list still works.</p>
      <button type="button" class="button primary" onClick={() => props.room.retry()}>
        Try again
      </button>
    </main>
  )
}
