import { For, Show, createMemo } from 'solid-js'
import { firingAlerts } from '../../../durable/protocol/view.ts'
import { count } from '../format/figures.ts'
import { age, clockTime } from '../format/time.ts'
import { TaintedText } from './EvidenceChip.tsx'
import { useRoom } from './context.tsx'

/** Rows drawn at once; an incident can hold two hundred. */
const ROWS_MAX = 50

/** What the sources say: firing first; the title is outsiders' text and shown as such. */
export function AlertList() {
  const { room } = useRoom()
  const view = () => room.state.view
  const alerts = createMemo(() =>
    Object.values(view().alerts).sort(
      (a, b) => Number(a.status === 'resolved') - Number(b.status === 'resolved') || b.startsAt - a.startsAt,
    ),
  )
  const total = () => alerts().length + view().alertsBeyond
  return (
    <section class="panel" aria-labelledby="alerts">
      <header class="panel-head">
        <h2 id="alerts">Alerts</h2>
        <span class="label">
          {total() === 0 ? 'none' : `${firingAlerts(view())} of ${count(total(), 'alert')} firing`}
        </span>
        <Show when={view().alertsClearSince}>
          {(since) => (
            <span class="word well end">
              Alerts clear since {clockTime(since())}
              {view().people.length > 0 && view().state !== 'resolved' && view().state !== 'closed'
                ? ', waiting for a person to resolve'
                : ''}
            </span>
          )}
        </Show>
      </header>
      <Show
        when={alerts().length > 0}
        fallback={<p class="empty">No source reported an alert; a person declared this incident.</p>}
      >
        <ul class="alerts">
          <For each={alerts().slice(0, ROWS_MAX)}>
            {(alert) => (
              <li>
                <span class="word" classList={{ harm: alert.status === 'firing', well: alert.status === 'resolved' }}>
                  {alert.status}
                </span>
                <span class="strong">{alert.service}</span>
                <span class="grow">
                  <TaintedText text={alert.title} />
                </span>
                <span class="dim nowrap">
                  {alert.source}, {alert.severity}, {age(room.now() - alert.startsAt)}
                </span>
              </li>
            )}
          </For>
        </ul>
        <Show when={total() > ROWS_MAX}>
          <p class="empty">and {total() - ROWS_MAX} more, kept in the directory's journal</p>
        </Show>
      </Show>
    </section>
  )
}
