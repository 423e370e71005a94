import { A } from '@solidjs/router'
import {
  For,
  type JSX,
  Match,
  Show,
  Suspense,
  Switch,
  createEffect,
  createMemo,
  createSignal,
  onCleanup,
  onMount,
} from 'solid-js'
import { firingAlerts, phaseOf } from '../../../../durable/protocol/view.ts'
import { confidence, count } from '../../format/figures.ts'
import { incidentShort } from '../../format/names.ts'
import { sentenceOf } from '../../format/sentence.ts'
import { dayTime } from '../../format/time.ts'
import { HypothesisBoard } from '../../panels/HypothesisBoard.tsx'
import { RoomProvider } from '../../panels/context.tsx'
import { together } from '../../panels/doubt/gaps.ts'
import { taintedTexts } from '../../panels/doubt/taint.ts'
import { FindingTable } from '../../panels/log/FindingTable.tsx'
import { SeverityMark } from '../../ui/SeverityMark.tsx'
import { VerdictMark } from '../../ui/VerdictMark.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { PANEL_ID, type Tab, Tabs, tabId } from './Tabs.tsx'
import { TimeBar } from './TimeBar.tsx'
import { VerifyPanel } from './VerifyPanel.tsx'
import { Decides, EventLog, EvidenceDrawer, GapTable, Records, TaintList, VotesTables, loadParts } from './parts.ts'
import { seqByKey } from './keys.ts'
import type { Log } from './load.ts'
import { roomAt } from './moment.ts'
import type { Replay } from './replay.ts'

export const TABS = ['reasoning', 'decisions', 'votes', 'gaps', 'taint', 'log'] as const
export type TabName = (typeof TABS)[number]

/** A log at one moment: everything on it is folded from the events up to that one. */
export function Recording(props: {
  log: Log
  replay: Replay
  seq: number
  tab: TabName
  link: string | null
  /** events that the room has and this log has not. */
  news: number
  offline: boolean
  onSeek: (seq: number) => void
  onTab: (tab: TabName) => void
  onShowNews: () => void
}) {
  const room = roomAt(
    props.log.name,
    () => props.replay,
    () => props.seq,
  )
  const view = () => room.state.view
  const [selected, setSelected] = createSignal<string | null>(null)
  const [brokenFrom, setBrokenFrom] = createSignal<number | null>(null)
  let opener: HTMLElement | null = null
  function open(evidence: string | null): void {
    const focused = document.activeElement
    if (evidence !== null && selected() === null && focused instanceof HTMLElement) opener = focused
    setSelected(evidence)
    if (evidence === null) opener?.focus()
  }
  const seek = (seq: number) => props.onSeek(Math.min(props.replay.events.length, Math.max(1, seq)))
  const says = createMemo(() => {
    const event = props.replay.events[props.seq - 1]
    if (!event) return ''
    const said = sentenceOf(event, (id) => view().proposals.find((proposal) => proposal.id === id))
    return `${said.who} ${said.did}`
  })
  const proposal = () => view().proposals.at(-1)
  const tabs = createMemo<Tab<TabName>[]>(() => [
    { value: 'reasoning', label: 'Reasoning', count: view().hypotheses.length },
    { value: 'decisions', label: 'Decisions', count: view().proposals.length },
    { value: 'votes', label: 'Votes', count: view().proposals.reduce((sum, one) => sum + one.votes.length, 0) },
    { value: 'gaps', label: 'Gaps', count: together(view().gaps).length },
    { value: 'taint', label: 'Taint', count: taintedTexts(view()).length },
    { value: 'log', label: 'Log', count: props.seq },
  ])

  createEffect(() => {
    const title = view().head?.title
    document.title = title === undefined ? 'Transparency, Incident Commander' : `Why: ${title}`
  })
  // Arrows move time wherever nothing else on the page wants them.
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || (document.activeElement ?? document.body) !== document.body) return
    const to = seqByKey(event, props.replay, props.seq)
    if (to === null || event.key === 'ArrowUp' || event.key === 'ArrowDown') return
    event.preventDefault()
    seek(to)
  }
  onMount(loadParts)
  onMount(() => addEventListener('keydown', press))
  onCleanup(() => removeEventListener('keydown', press))

  const drill = () => props.replay.events[0]?.body.type === 'incident-opened' && view().head?.drill !== null
  return (
    <RoomProvider screen={{ room, selected, open }}>
      <Notices
        drill={drill()}
        offline={props.offline}
        news={props.news}
        broken={brokenFrom()}
        onShowNews={props.onShowNews}
        onSeek={seek}
      />
      <div class="room-page transparency" classList={{ 'with-drawer': selected() !== null }}>
        <main class="room" classList={{ drill: drill() }}>
          <header class="why-head">
            <SeverityMark severity={view().severity} size={20} />
            <h1>{view().head?.title ?? 'Before the opening'}</h1>
            <span class="mono dim" title={view().head?.id ?? ''}>
              {incidentShort(view().head?.id ?? '')}
            </span>
            <span class="state-word">{view().state}</span>
            <Show when={drill()}>
              <span class="drill-word">
                <Icon name="flask" size={12} />
                drill
              </span>
            </Show>
            <Show when={view().named !== null}>
              <span class="private">
                <Icon name="gap" size={12} />
                private
              </span>
            </Show>
            <span class="label end">{dayTime(view().at)}, times in this browser’s zone</span>
          </header>
          <TimeBar replay={props.replay} seq={props.seq} at={view().at} says={says()} link={props.link} onSeek={seek} />
          <Tabs tabs={tabs()} value={props.tab} onChoose={props.onTab} />
          <div class="why-columns">
            <div class="why-panel" id={PANEL_ID} role="tabpanel" aria-labelledby={tabId(props.tab)} tabIndex={0}>
              <Suspense fallback={<p class="empty">Loading this part.</p>}>
                <Switch>
                  <Match when={props.tab === 'reasoning'}>
                    <HypothesisBoard />
                    <FindingTable />
                  </Match>
                  <Match when={props.tab === 'decisions'}>
                    <Records proposals={view().proposals} />
                  </Match>
                  <Match when={props.tab === 'votes'}>
                    <VotesTables proposals={view().proposals} />
                  </Match>
                  <Match when={props.tab === 'gaps'}>
                    <GapTable />
                  </Match>
                  <Match when={props.tab === 'taint'}>
                    <TaintList />
                  </Match>
                  <Match when={props.tab === 'log'}>
                    <EventLog brokenFrom={brokenFrom()} onSeek={seek} />
                  </Match>
                </Switch>
              </Suspense>
            </div>
            <aside class="why-aside" classList={{ 'on-votes': props.tab === 'votes' }} aria-label="What decides">
              <VerifyPanel
                events={props.replay.events}
                origin={props.log.origin}
                onSeek={seek}
                onBroken={setBrokenFrom}
              />
              <Show when={proposal()}>
                {(latest) => (
                  <Suspense>
                    <Decides proposal={latest()} />
                  </Suspense>
                )}
              </Show>
              <Then />
              <Where log={props.log} />
            </aside>
          </div>
        </main>
        <Show when={selected() !== null}>
          <Suspense>
            <EvidenceDrawer />
          </Suspense>
        </Show>
      </div>
    </RoomProvider>
  )

  /** How the room stood at this moment. */
  function Then(): JSX.Element {
    return (
      <section class="aside-part" aria-labelledby="then">
        <header class="aside-head">
          <h2 id="then">The room at this moment</h2>
        </header>
        <dl class="pairs wide-terms">
          <dt>State</dt>
          <dd>
            {view().state}, agents {phaseOf(view())}
          </dd>
          <dt>Alerts</dt>
          <dd>{firingAlerts(view())} firing</dd>
          <dt>People</dt>
          <dd>{view().people.length === 0 ? 'nobody yet' : view().people.join(', ')}</dd>
        </dl>
        <ul class="then-causes">
          <For each={view().hypotheses} fallback={<li class="label">No candidate cause yet.</li>}>
            {(hypothesis) => (
              <li>
                <span>{hypothesis.verdict === 'RULED_OUT' ? <s>{hypothesis.title}</s> : hypothesis.title}</span>
                <VerdictMark verdict={hypothesis.verdict} />
                <b class="tabular">{confidence(hypothesis.confidence)}</b>
              </li>
            )}
          </For>
        </ul>
      </section>
    )
  }
}

const ORIGIN_SAYS: Record<Log['origin'], string> = {
  room: 'read from the room, event by event',
  history: 'read from the history: it was imported, or its room is gone',
  file: 'read from a file, checked before it was shown',
}

function Where(props: { log: Log }) {
  return (
    <p class="aside-part label">
      {count(props.log.events.length, 'event')}, {ORIGIN_SAYS[props.log.origin]}.{' '}
      <Show when={props.log.origin === 'room'}>
        <A class="link" href={`/ops/${props.log.name}`}>
          To the room
        </A>
      </Show>
    </p>
  )
}

/** One banner, worst first: the log is broken, nobody answers, the log grew, this is a drill. */
function Notices(props: {
  drill: boolean
  offline: boolean
  news: number
  broken: number | null
  onShowNews: () => void
  onSeek: (seq: number) => void
}) {
  return (
    <>
      <Show when={props.broken}>
        {(seq) => (
          <div class="banner harm" role="alert">
            <Icon name="cross" />
            <p>
              <b>This log does not hold from event {seq()} on.</b> What comes before it does.
            </p>
            <button type="button" class="button" onClick={() => props.onSeek(seq())}>
              Go there
            </button>
          </div>
        )}
      </Show>
      <Show when={props.offline}>
        <div class="banner doubt" role="status">
          <Icon name="offline" />
          <p>
            <b>Offline.</b> What was loaded stays whole and readable; whether there is more is not known.
          </p>
        </div>
      </Show>
      <Show when={props.news > 0}>
        <div class="banner news" role="status">
          <Icon name="clock" />
          <p>
            <b>{count(props.news, 'new event')}.</b> The log has grown since it was loaded.
          </p>
          <button type="button" class="button" onClick={() => props.onShowNews()}>
            Show
          </button>
        </div>
      </Show>
      <Show when={props.drill}>
        <div class="banner drill">
          <Icon name="flask" />
          <p>
            <b>Drill: simulated input.</b> No action left this drill and no metric counts it.
          </p>
        </div>
      </Show>
    </>
  )
}
