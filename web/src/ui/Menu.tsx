import { For, type JSX, Show, createSignal, createUniqueId, onCleanup } from 'solid-js'

export interface MenuItem {
  label: string
  /** said under the label where the word alone does not tell. */
  hint?: string
  danger?: boolean
  disabled?: boolean
  act: () => void
}

/** Rarer acts behind one button: arrows move, Escape and a press outside shut it, focus returns to the button. */
export function Menu(props: { label: JSX.Element; items: readonly MenuItem[]; disabled?: boolean; class?: string }) {
  const id = createUniqueId()
  const [open, setOpen] = createSignal(false)
  let box: HTMLSpanElement | undefined
  let button: HTMLButtonElement | undefined
  const items = () => [...(box?.querySelectorAll<HTMLButtonElement>('[role=menuitem]:not(:disabled)') ?? [])]

  const outside = (event: PointerEvent) => {
    if (event.target instanceof Node && !box?.contains(event.target)) shut(false)
  }
  onCleanup(() => document.removeEventListener('pointerdown', outside))

  function show(): void {
    setOpen(true)
    document.addEventListener('pointerdown', outside)
    items()[0]?.focus()
  }

  function shut(back: boolean): void {
    setOpen(false)
    document.removeEventListener('pointerdown', outside)
    if (back) button?.focus()
  }

  function key(event: KeyboardEvent): void {
    if (!open()) return
    if (event.key === 'Escape') {
      event.preventDefault()
      return shut(true)
    }
    if (event.key === 'Tab') return shut(false)
    const all = items()
    const at = all.findIndex((item) => item === document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    all.at(to % all.length)?.focus()
  }

  return (
    // Keys bubble up from the buttons inside.
    <span
      class={`menu-box ${props.class ?? ''}`}
      onKeyDown={key}
      ref={(element) => {
        box = element
      }}
    >
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={open() ? 'true' : 'false'}
        aria-controls={open() ? id : undefined}
        disabled={props.disabled === true}
        ref={(element) => {
          button = element
        }}
        onClick={() => (open() ? shut(true) : show())}
      >
        {props.label}
      </button>
      <Show when={open()}>
        <div id={id} class="menu" role="menu">
          <For each={props.items}>
            {(item) => (
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                classList={{ danger: item.danger === true }}
                disabled={item.disabled === true}
                onClick={() => {
                  // Focus goes back first: a dialog that opens now returns it there when it closes.
                  shut(true)
                  item.act()
                }}
              >
                {item.label}
                <Show when={item.hint}>{(hint) => <span class="label block">{hint()}</span>}</Show>
              </button>
            )}
          </For>
        </div>
      </Show>
    </span>
  )
}
