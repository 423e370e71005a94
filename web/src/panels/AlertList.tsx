import { For, Show, createMemo, createSignal, createUniqueId } from 'solid-js'
import type { View } from '../../../durable/protocol/view.ts'
import { firingAlerts } from '../../../durable/protocol/view.ts'
import { count, words } from '../format/figures.ts'
import { age, clockTime } from '../format/time.ts'
import { Blocks } from '../ui/Blocks.tsx'
import { TaintedText } from './EvidenceChip.tsx'
import { useRoom } from './context.tsx'

/** Rows drawn before somebody asks for all: a flood must not push the timeline away. */
const ROWS_AT_FIRST = 6
/** From so many on a word finds one faster than scrolling. */
const FILTER_FROM = 20

export type RoomAlert = View['alerts'][string]

/** What the sources say: firing first; the title is outsiders' text and shown as such. */
export function AlertList() {
  const { room } = useRoom()
  const id = createUniqueId()
  const view = () => room.state.view
  const [all, setAll] = createSignal(false)
  const [wanted, setWanted] = createSignal('')
  const alerts = createMemo(() =>
    Object.values(view().alerts).sort(
      (a, b) => Number(a.status === 'resolved') - Number(b.status === 'resolved') || b.startsAt - a.startsAt,
    ),
  )
  const found = createMemo(() => {
    const word = wanted().trim().toLowerCase()
    if (word === '') return alerts()
    return alerts().filter((alert) => `${alert.service} ${alert.title} ${alert.source}`.toLowerCase().includes(word))
  })
  const says = () => {
    if (total() === 0) return 'none'
    const firing = firingAlerts(view())
    // What is counted and not held may fire or not: nobody here knows.
    return view().alertsBeyond === 0
      ? `${firing} of ${count(total(), 'alert')} firing`
      : `${firing} of ${alerts().length} held here firing, ${count(total(), 'alert')} in all`
  }
  const total = () => alerts().length + view().alertsBeyond
  const over = () => ['resolved', 'closed', 'canceled', 'merged'].includes(view().state)
  return (
    <section class="panel" aria-labelledby="alerts">
      <header class="panel-head">
        <h2 id="alerts">Alerts</h2>
        <span class="label">{says()}</span>
        <Show when={view().alertsClearSince}>
          {(since) => (
            <span class="word well end">
              Alerts clear since {clockTime(since())}
              {view().people.length > 0 && !over() ? ', waiting for a person to resolve' : ''}
            </span>
          )}
        </Show>
        <Show when={alerts().length > ROWS_AT_FIRST}>
          <button
            type="button"
            class="button quiet end"
            aria-expanded={all() ? 'true' : 'false'}
            aria-controls={id}
            onClick={() => setAll((was) => !was)}
          >
            {all() ? 'Show fewer' : `Show all ${alerts().length}`}
          </button>
        </Show>
      </header>
      <Show
        when={alerts().length > 0}
        fallback={<p class="empty">No source reported an alert; a person declared this incident.</p>}
      >
        <Show when={alerts().length > FILTER_FROM}>
          <ByService alerts={alerts()} onChoose={(service) => (setWanted(service), setAll(true))} />
        </Show>
        <div id={id}>
          <Show
            when={all()}
            fallback={
              <ul class="alerts">
                <For each={alerts().slice(0, ROWS_AT_FIRST)}>{(alert) => <AlertRow alert={alert} />}</For>
              </ul>
            }
          >
            <Show when={alerts().length > FILTER_FROM}>
              <p class="alert-filter">
                <label class="sr-only" for={`${id}-word`}>
                  Alerts with the words
                </label>
                <input
                  id={`${id}-word`}
                  type="search"
                  placeholder="Service, title or source"
                  value={wanted()}
                  onInput={(event) => setWanted(event.currentTarget.value)}
                />
                <span class="label" role="status">
                  {found().length} of {alerts().length}
                </span>
              </p>
            </Show>
            <div class="alert-scroll" tabIndex={0} role="group" aria-label="All alerts">
              <Blocks rows={found()} grows="bottom" label="Alerts" class="alerts">
                {(alert) => <AlertRow alert={alert} />}
              </Blocks>
            </div>
          </Show>
        </div>
        <Show when={view().alertsBeyond > 0}>
          <p class="empty">and {view().alertsBeyond} more, counted here and kept in full in the directory's journal</p>
        </Show>
      </Show>
    </section>
  )
}

function AlertRow(props: { alert: RoomAlert }) {
  const { room } = useRoom()
  const alert = () => props.alert
  return (
    <li class="alert-row">
      <span class="word" classList={{ harm: alert().status === 'firing', well: alert().status === 'resolved' }}>
        {alert().status}
      </span>
      <span class="alert-what">
        <span>
          <b>{alert().service}</b> <TaintedText text={alert().title} />
        </span>
        <span class="dim">
          {alert().source}, {alert().severity}
          {alert().severityInferred ? ' (inferred)' : ''}
          <Show when={alert().reason !== ''}>
            {' '}
            · here for {words(alert().reason)}
            {alert().matched === undefined ? '' : `: ${alert().matched}`}
          </Show>
        </span>
      </span>
      <span class="dim nowrap">{age(room.now() - alert().startsAt)}</span>
    </li>
  )
}

/** Services named in one line of a flood. */
const SERVICES_MAX = 8

/** A flood by service: where it is before what it says. */
function ByService(props: { alerts: readonly RoomAlert[]; onChoose: (service: string) => void }) {
  const services = createMemo(() => {
    const counted = new Map<string, { service: string; firing: number; all: number }>()
    for (const alert of props.alerts) {
      const known = counted.get(alert.service) ?? { service: alert.service, firing: 0, all: 0 }
      known.all += 1
      if (alert.status === 'firing') known.firing += 1
      counted.set(alert.service, known)
    }
    return [...counted.values()].sort((a, b) => b.firing - a.firing || b.all - a.all)
  })
  return (
    <p class="by-service chips" role="group" aria-label="Alerts by service">
      <For each={services().slice(0, SERVICES_MAX)}>
        {(one) => (
          <button type="button" class="chip" onClick={() => props.onChoose(one.service)}>
            <b>{one.service}</b>
            <span>
              {one.firing} of {one.all} firing
            </span>
          </button>
        )}
      </For>
      <Show when={services().length > SERVICES_MAX}>
        <span class="label">and {count(services().length - SERVICES_MAX, 'service')} more</span>
      </Show>
    </p>
  )
}
