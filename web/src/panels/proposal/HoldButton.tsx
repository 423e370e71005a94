import { Show, createSignal, onCleanup } from 'solid-js'
import { prefersReducedMotion } from '../../ui/theme.ts'

/** How long a hold lasts before it counts (LANGUAGE "Hold"). */
export const HOLD_MS = 1_200

/**
 * Held with a pointer for HOLD_MS it fires once; releasing, leaving or losing the pointer cancels. A key, a screen
 * reader's press or reduced motion goes to the typed confirm instead: one key never approves.
 */
export function HoldButton(props: {
  label: string
  /** what holding does; absent: approve. */
  verb?: string
  disabled: boolean
  onHeld: () => void
  onType: () => void
}) {
  const verb = () => props.verb ?? 'approve'
  const [holding, setHolding] = createSignal(false)
  const [released, setReleased] = createSignal(false)
  let fill: HTMLSpanElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let paint = 0
  /** a press whose end must not count as a click for the typed confirm. */
  let byPointer = false

  function begin(event: PointerEvent): void {
    if (props.disabled || event.button !== 0) return
    byPointer = true
    if (prefersReducedMotion()) return props.onType()
    const from = performance.now()
    setHolding(true)
    setReleased(false)
    const step = () => {
      fill?.style.setProperty('width', `${Math.min(100, ((performance.now() - from) / HOLD_MS) * 100)}%`)
      paint = requestAnimationFrame(step)
    }
    step()
    timer = setTimeout(() => {
      stop()
      props.onHeld()
    }, HOLD_MS)
  }

  function stop(): void {
    clearTimeout(timer)
    cancelAnimationFrame(paint)
    fill?.style.setProperty('width', '0')
    setHolding(false)
  }

  function cancel(): void {
    if (!holding()) return
    stop()
    setReleased(true)
  }

  onCleanup(stop)
  return (
    <div class="hold-box">
      <button
        type="button"
        class="hold"
        classList={{ holding: holding() }}
        disabled={props.disabled}
        aria-keyshortcuts={props.verb === undefined ? 'Shift+A' : undefined}
        onPointerDown={begin}
        onPointerUp={cancel}
        onPointerLeave={cancel}
        onPointerCancel={cancel}
        onKeyDown={() => {
          // A press that ended elsewhere left no click behind: the next key is a key.
          byPointer = false
        }}
        onContextMenu={(event) => event.preventDefault()}
        onClick={() => {
          if (!byPointer) props.onType()
          byPointer = false
        }}
      >
        <span
          ref={(element) => {
            fill = element
          }}
          class="hold-fill"
          aria-hidden="true"
        />
        <span class="hold-label">
          {holding() ? `Keep holding to ${verb()}` : `Hold to ${verb()}`} {props.label}
        </span>
      </button>
      <Show when={released()}>
        <p class="label" role="status">
          Released: nothing was sent. Hold for {HOLD_MS / 1_000} s, or type to confirm.
        </p>
      </Show>
    </div>
  )
}
