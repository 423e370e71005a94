import { Show, createSignal, createUniqueId } from 'solid-js'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { type Problem, call } from '../../room/http.ts'
import { Dialog } from '../../ui/Dialog.tsx'

/** Typed to throw the switch either way: a slip of the hand must not stop or free every action. */
const WORD = { on: 'stop all actions', off: 'allow actions' } as const

/** Turns the one global switch, with a typed word and a reason that everybody sees. */
export function KillSwitchDialog(props: {
  on: boolean
  by: string
  reason: string
  onClose: () => void
  /** goes on to dry run, which calls nothing and shows what would be. */
  onDryRun?: () => void
}) {
  const id = createUniqueId()
  const next = () => (props.on ? 'off' : 'on')
  const [typed, setTyped] = createSignal('')
  const [reason, setReason] = createSignal('')
  const [problem, setProblem] = createSignal<Problem | null>(null)
  const ready = () => typed().trim() === WORD[next()] && reason().trim() !== ''

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!ready()) return
    const reply = await call('PUT', '/api/v1/kill-switch', { on: next() === 'on', reason: reason().trim() })
    if (reply.ok) props.onClose()
    else setProblem(reply.problem)
  }

  return (
    <Dialog title={props.on ? 'Kill switch is on' : 'Kill switch'} onClose={() => props.onClose()}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>
          <Show
            when={props.on}
            fallback="While it is on, no action starts anywhere, in drills neither. What was already called is not called back."
          >
            Set by {props.by}: {props.reason}. Turning it off lets approved actions run again.
          </Show>
        </p>
        <label for={`${id}-reason`}>Reason</label>
        <input
          id={`${id}-reason`}
          required
          maxLength={REASON_CHARS_MAX}
          value={reason()}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <label for={`${id}-word`}>
          Type <code>{WORD[next()]}</code> to confirm
        </label>
        <input
          id={`${id}-word`}
          autocomplete="off"
          autocapitalize="none"
          value={typed()}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <div class="form-foot">
          <button type="submit" class="button" classList={{ danger: !props.on, primary: props.on }} disabled={!ready()}>
            {props.on ? 'Turn off' : 'Turn on'}
          </button>
          <Show when={props.onDryRun}>
            {(go) => (
              <button type="button" class="button quiet" onClick={() => go()()}>
                Dry run…
              </button>
            )}
          </Show>
          <Show when={problem()}>
            {(known) => (
              <span class="word harm" role="alert">
                {known().title} {known().detail}
              </span>
            )}
          </Show>
        </div>
      </form>
    </Dialog>
  )
}
