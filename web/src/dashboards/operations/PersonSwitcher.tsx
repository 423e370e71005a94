import { createSignal, createUniqueId } from 'solid-js'
import { becomePerson, isName, person, signIn, signOut } from '../../room/person.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Icon } from '../../ui/Icon.tsx'

/**
 * Who you are. In local mode anybody may be several people: that is how a second approval is tried out. Elsewhere it says as
 * whom you are signed in.
 */
export function PersonSwitcher() {
  const [open, setOpen] = createSignal(false)
  return (
    <>
      <button type="button" class="button quiet" onClick={() => setOpen(true)}>
        <Icon name="person" />
        <span class="sr-only">You are</span> <span class="person-name">{person()}</span>
        {signIn().kind === 'local' && <span class="label">local mode</span>}
      </button>
      {open() &&
        (signIn().kind === 'local' ? (
          <PersonDialog onClose={() => setOpen(false)} />
        ) : (
          <SignedInDialog onClose={() => setOpen(false)} />
        ))}
    </>
  )
}

function SignedInDialog(props: { onClose: () => void }) {
  return (
    <Dialog title="You are signed in" onClose={() => props.onClose()}>
      <p>As {person()}, in every record.</p>
      {signIn().kind === 'token' ? (
        <div class="form-foot">
          <button
            type="button"
            class="button"
            onClick={() => {
              props.onClose()
              signOut()
            }}
          >
            Sign out
          </button>
        </div>
      ) : (
        <p class="label">Your identity provider signed you in; sign out there.</p>
      )}
    </Dialog>
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
