import { Show, createSignal, createUniqueId } from 'solid-js'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { type Problem, call } from '../../room/http.ts'
import { Dialog } from '../../ui/Dialog.tsx'

/** Turns dry run of the instance, with a reason that everybody sees. */
export function DryRunDialog(props: { on: boolean; by: string; reason: string; onClose: () => void }) {
  const id = createUniqueId()
  const [reason, setReason] = createSignal('')
  const [problem, setProblem] = createSignal<Problem | null>(null)

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (reason().trim() === '') return
    const reply = await call('PUT', '/api/v1/dry-run', { on: !props.on, reason: reason().trim() })
    if (reply.ok) props.onClose()
    else setProblem(reply.problem)
  }

  return (
    <Dialog title={props.on ? 'Dry run is on' : 'Dry run'} onClose={() => props.onClose()}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>
          <Show
            when={props.on}
            fallback="While it is on nothing real is called: every check holds as ever, then the driver says what it would do. Drills go on as they are."
          >
            Set by {props.by}: {props.reason}. Turning it off lets approved actions be called.
          </Show>
        </p>
        <label for={id}>Reason</label>
        <input
          id={id}
          required
          maxLength={REASON_CHARS_MAX}
          value={reason()}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <div class="form-foot">
          <button
            type="submit"
            class="button"
            classList={{ danger: props.on, primary: !props.on }}
            disabled={reason().trim() === ''}
          >
            {props.on ? 'Turn off' : 'Turn on'}
          </button>
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
