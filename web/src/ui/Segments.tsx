import { For } from 'solid-js'

/** A few exclusive choices as buttons; the chosen one is pressed. */
export function Segments<T extends string>(props: {
  label: string
  value: T
  choices: readonly { value: T; label: string }[]
  onChange: (value: T) => void
}) {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      <For each={props.choices}>
        {(choice) => (
          <button
            type="button"
            aria-pressed={props.value === choice.value ? 'true' : 'false'}
            onClick={() => props.onChange(choice.value)}
          >
            {choice.label}
          </button>
        )}
      </For>
    </div>
  )
}
