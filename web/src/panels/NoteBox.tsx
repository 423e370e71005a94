import { Show, createSignal, createUniqueId } from 'solid-js'
import { NOTE_CHARS_MAX } from '../../../durable/protocol/limits.ts'
import { Icon } from '../ui/Icon.tsx'
import { Outcome, useOrder } from './Order.tsx'
import { useRoom } from './context.tsx'

/** A note for everybody in the room; it becomes evidence once, and part of the record. */
export function NoteBox() {
  const { room } = useRoom()
  const id = createUniqueId()
  const [open, setOpen] = createSignal(false)
  const [text, setText] = createSignal('')
  const [everybody, setEverybody] = createSignal(false)
  const order = useOrder()
  const may = () => room.state.you !== null && room.state.you.role !== 'viewer' && room.state.view.state !== 'closed'

  async function add(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (text().trim() === '') return
    if (!(await order.give({ type: 'add-note', text: text().trim(), visibility: everybody() ? 'public' : 'private' })))
      return
    setText('')
    setEverybody(false)
    setOpen(false)
  }

  return (
    <Show when={may()}>
      <button
        type="button"
        class="button quiet end note-button"
        aria-expanded={open() ? 'true' : 'false'}
        onClick={() => setOpen((was) => !was)}
      >
        <Icon name="plus" size={12} />
        Note
      </button>
      <Show when={open()}>
        <form class="note-form" onSubmit={(event) => void add(event)}>
          <label class="sr-only" for={id}>
            Note
          </label>
          <textarea
            id={id}
            ref={(field) => queueMicrotask(() => field.focus())}
            rows="2"
            maxLength={NOTE_CHARS_MAX}
            placeholder="What you saw or did"
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <label class="tick">
            <input
              type="checkbox"
              checked={everybody()}
              onChange={(event) => setEverybody(event.currentTarget.checked)}
            />
            <span>may be said to everybody</span>
          </label>
          <button type="submit" class="button primary" disabled={order.blocked() || text().trim() === ''}>
            Add note
          </button>
          <Outcome of={order} />
        </form>
      </Show>
    </Show>
  )
}
