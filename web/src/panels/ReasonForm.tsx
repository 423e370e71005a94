import { createSignal, createUniqueId } from 'solid-js'
import { REASON_CHARS_MAX } from '../../../durable/protocol/limits.ts'
import { type Order, Outcome } from './Order.tsx'

/** Asks one question, kept in the record; nothing is sent without an answer. */
export function ReasonForm(props: {
  asks: string
  submit: string
  order: Order
  danger?: boolean
  /** something else is still to be chosen. */
  blocked?: boolean
  onSubmit: (reason: string) => void
}) {
  const id = createUniqueId()
  const [reason, setReason] = createSignal('')
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (reason().trim() !== '' && props.blocked !== true) props.onSubmit(reason().trim())
      }}
    >
      <label for={id}>{props.asks}</label>
      <textarea
        id={id}
        rows="3"
        required
        maxLength={REASON_CHARS_MAX}
        value={reason()}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button
          type="submit"
          class="button"
          classList={{ primary: props.danger !== true, danger: props.danger === true }}
          disabled={props.order.blocked() || props.blocked === true || reason().trim() === ''}
        >
          {props.submit}
        </button>
        <Outcome of={props.order} />
      </div>
    </form>
  )
}
