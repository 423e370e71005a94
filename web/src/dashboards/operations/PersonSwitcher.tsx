import { createSignal, createUniqueId } from 'solid-js'
import { becomePerson, isName, person } from '../../room/person.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Icon } from '../../ui/Icon.tsx'

/** In local mode anybody may be several people: that is how a second approval is tried out. */
export function PersonSwitcher() {
  const [open, setOpen] = createSignal(false)
  return (
    <>
      <button type="button" class="button quiet" onClick={() => setOpen(true)}>
        <Icon name="person" />
        <span class="sr-only">You are</span> <span class="person-name">{person()}</span>
      </button>
      {open() && <PersonDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function PersonDialog(props: { onClose: () => void }) {
  const id = createUniqueId()
  const [name, setName] = createSignal(person())
  return (
    <Dialog title="Who are you?" onClose={() => props.onClose()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (becomePerson(name().trim())) props.onClose()
        }}
      >
        <label for={id}>Name in local mode, a commander</label>
        <input
          id={id}
          autocomplete="off"
          maxLength={32}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p class="label">Letters, digits, dot, dash and underscore. Each name is another person in the record.</p>
        <div class="form-foot">
          <button type="submit" class="button primary" disabled={!isName(name().trim())}>
            Go on as {name().trim() || '…'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
