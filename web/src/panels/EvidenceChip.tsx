import { For, Show } from 'solid-js'
import { age } from '../format/time.ts'
import { Icon } from '../ui/Icon.tsx'
import { useRoom } from './context.tsx'

/** Kind, id, a short fact and its age; tainted is hatched and says so, an id that the room does not hold is struck. */
export function EvidenceChip(props: { id: string; brief?: boolean }) {
  const { room, selected, open } = useRoom()
  const item = () => room.state.view.evidence[props.id]
  return (
    <Show
      when={item()}
      fallback={
        <span class="chip unknown">
          <s>{props.id}</s> not held
        </span>
      }
    >
      {(known) => (
        <button
          type="button"
          class="chip"
          classList={{ tainted: known().tainted, on: selected() === props.id }}
          aria-pressed={selected() === props.id ? 'true' : 'false'}
          onClick={() => open(selected() === props.id ? null : props.id)}
        >
          <Icon name={known().tainted ? 'shield' : known().kind} size={12} />
          <span class="mono">{props.id}</span>
          <Show when={props.brief !== true}>
            <span class="fact">{known().title}</span>
          </Show>
          <Show when={known().tainted}>
            <span>tainted</span>
          </Show>
          <Show when={props.brief !== true}>
            <span class="dim">{age(room.now() - known().at)}</span>
          </Show>
        </button>
      )}
    </Show>
  )
}

/** Chips in a row that wraps; without any it says what `none` says. */
export function EvidenceChips(props: { ids: readonly string[]; none?: string; brief?: boolean; max?: number }) {
  const shown = () => props.ids.slice(0, props.max ?? props.ids.length)
  return (
    <span class="chips">
      <For each={shown()} fallback={<span class="dim">{props.none ?? ''}</span>}>
        {(id) => <EvidenceChip id={id} brief={props.brief === true} />}
      </For>
      <Show when={props.ids.length > shown().length}>
        <span class="dim">and {props.ids.length - shown().length} more</span>
      </Show>
    </span>
  )
}

/** Text that outsiders could have written: shown as text, hatched, and named. */
export function TaintedText(props: { text: string }) {
  return (
    <span class="tainted-text">
      <span class="tainted-word">
        <Icon name="shield" size={11} /> tainted
      </span>{' '}
      {props.text}
    </span>
  )
}
