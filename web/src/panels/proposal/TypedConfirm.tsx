import { createSignal, createUniqueId, onMount } from 'solid-js'
import { type Order, Outcome } from '../Order.tsx'

/** The path beside the hold: the target's id is typed, then sent. */
export function TypedConfirm(props: {
  word: string
  submit: string
  order: Order
  onConfirm: () => void
  onCancel: () => void
}) {
  const id = createUniqueId()
  const [typed, setTyped] = createSignal('')
  let input: HTMLInputElement | undefined
  onMount(() => input?.focus())
  const matches = () => typed().trim() === props.word
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (matches()) props.onConfirm()
      }}
    >
      <label for={id}>
        Type <code>{props.word}</code> to confirm
      </label>
      <input
        ref={(element) => {
          input = element
        }}
        id={id}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={typed()}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button type="submit" class="button primary" disabled={!matches() || props.order.blocked()}>
          {props.submit}
        </button>
        <button type="button" class="button quiet" onClick={() => props.onCancel()}>
          Cancel
        </button>
        <Outcome of={props.order} />
      </div>
    </form>
  )
}
