import { For, Show, createMemo, createResource, createSignal, createUniqueId } from 'solid-js'
import type { Page } from '../../../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../../../durable/protocol/rows.ts'
import { incidentShort } from '../../format/names.ts'
import { call } from '../../room/http.ts'
import { SeverityMark } from '../../ui/SeverityMark.tsx'
import { useRoom } from '../context.tsx'

/** Incidents drawn to choose from; a word finds the others. */
const CHOICES_MAX = 8

/** Chooses another open incident of the same namespace, by name. */
export function OtherIncident(props: { label: string; chosen: string | null; onChoose: (id: string) => void }) {
  const { room } = useRoom()
  const id = createUniqueId()
  const [wanted, setWanted] = createSignal('')
  const drill = () => room.state.view.head?.drill ?? null
  const [page] = createResource(() => call<Page<IncidentRow>>('GET', `/api/v1/incidents?drill=${drill() !== null}`))
  const others = createMemo(() => {
    const reply = page()
    const word = wanted().trim().toLowerCase()
    return (reply?.ok ? reply.data.items : []).filter(
      (row) =>
        row.id !== room.id &&
        row.drill === drill() &&
        (word === '' || `${row.title} ${row.service} ${row.id}`.toLowerCase().includes(word)),
    )
  })
  const says = () => {
    const reply = page()
    if (!reply) return 'Reading the open incidents.'
    return reply.ok ? 'No other open incident fits.' : reply.problem.title
  }
  return (
    <fieldset>
      <legend>{props.label}</legend>
      <div class="choices">
        <input
          type="search"
          aria-label="Find an incident"
          placeholder="Title, service or id"
          value={wanted()}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <For each={others().slice(0, CHOICES_MAX)} fallback={<p class="dim">{says()}</p>}>
          {(row) => (
            <label>
              <input type="radio" name={id} checked={props.chosen === row.id} onChange={() => props.onChoose(row.id)} />
              <span class="grow">
                {row.title}
                <span class="label block">
                  <span class="mono">{incidentShort(row.id)}</span> {row.service}, {row.state}
                </span>
              </span>
              <SeverityMark severity={row.severity} />
            </label>
          )}
        </For>
        <Show when={others().length > CHOICES_MAX}>
          <p class="dim">and {others().length - CHOICES_MAX} more; a word above finds them</p>
        </Show>
      </div>
    </fieldset>
  )
}
