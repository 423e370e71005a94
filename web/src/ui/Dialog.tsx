import { type JSX, createUniqueId, onCleanup, onMount } from 'solid-js'
import { Icon } from './Icon.tsx'

/** A modal dialog: the browser traps focus, Escape closes, and focus returns to where it was. */
export function Dialog(props: { title: string; onClose: () => void; children: JSX.Element }) {
  const titleId = createUniqueId()
  let dialog: HTMLDialogElement | undefined
  const before = document.activeElement
  onMount(() => dialog?.showModal())
  onCleanup(() => {
    if (before instanceof HTMLElement) before.focus()
  })
  return (
    <dialog
      ref={(element) => {
        dialog = element
      }}
      class="dialog"
      aria-labelledby={titleId}
      onClose={() => props.onClose()}
    >
      <header class="dialog-head">
        <h2 id={titleId}>{props.title}</h2>
        <button type="button" class="button quiet square" onClick={() => dialog?.close()}>
          <Icon name="cross" />
          <span class="sr-only">Close dialog</span>
        </button>
      </header>
      {props.children}
    </dialog>
  )
}
