import { For, Index, Show, createSignal, createUniqueId } from 'solid-js'
import type { MatchOp, Matcher, NewSilence, SilenceRow } from '../../../../durable/protocol/noise.ts'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { type Problem, call } from '../../room/http.ts'
import { wallNow } from '../../room/now.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Segments } from '../../ui/Segments.tsx'

const HOUR_MS = 3_600_000
const LASTS: readonly { ms: number; label: string }[] = [
  { ms: HOUR_MS, label: '1 hour' },
  { ms: 4 * HOUR_MS, label: '4 hours' },
  { ms: 24 * HOUR_MS, label: '1 day' },
  { ms: 7 * 24 * HOUR_MS, label: '1 week' },
]
const OPS: readonly { op: MatchOp; label: string }[] = [
  { op: '=', label: 'is' },
  { op: '!=', label: 'is not' },
  { op: '=~', label: 'matches' },
  { op: '!~', label: 'matches not' },
]
const FIRST: Matcher = { name: 'service', op: '=', value: '' }

/** Asks for a silence: which alerts, for how long, and why. Alerts are matched by their labels; all must hold. */
export function SilenceDialog(props: { onClose: () => void; onKept: (silence: SilenceRow) => void }) {
  const id = createUniqueId()
  const [kind, setKind] = createSignal<NewSilence['kind']>('silence')
  const [matchers, setMatchers] = createSignal<readonly Matcher[]>([FIRST])
  const [lasts, setLasts] = createSignal(HOUR_MS)
  const [comment, setComment] = createSignal('')
  const [problem, setProblem] = createSignal<Problem | null>(null)
  const [busy, setBusy] = createSignal(false)
  const ready = () =>
    !busy() && comment().trim() !== '' && matchers().every((one) => one.name.trim() !== '' && one.value !== '')
  const change = (at: number, more: Partial<Matcher>) =>
    setMatchers((known) => known.map((one, i) => (i === at ? { ...one, ...more } : one)))

  async function keep(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!ready()) return
    setBusy(true)
    setProblem(null)
    const reply = await call<SilenceRow>('POST', '/api/v1/silences', {
      kind: kind(),
      matchers: matchers().map((one) => ({ ...one, name: one.name.trim() })),
      comment: comment().trim(),
      endsAt: new Date(wallNow() + lasts()).toISOString(),
    })
    setBusy(false)
    if (reply.ok) props.onKept(reply.data)
    else setProblem(reply.problem)
  }

  return (
    <Dialog title="New silence" onClose={() => props.onClose()}>
      <form class="form" onSubmit={(event) => void keep(event)}>
        <Segments
          label="Kind"
          value={kind()}
          choices={[
            { value: 'silence', label: 'Silence' },
            { value: 'maintenance', label: 'Maintenance window' },
          ]}
          onChange={setKind}
        />
        <fieldset>
          <legend>Alerts whose labels all match</legend>
          <Index each={matchers()}>
            {(matcher, i) => (
              <div class="matcher">
                <input
                  aria-label={`Label ${i + 1}`}
                  autocapitalize="none"
                  value={matcher().name}
                  onInput={(event) => change(i, { name: event.currentTarget.value })}
                />
                <select
                  aria-label={`Condition ${i + 1}`}
                  value={matcher().op}
                  onChange={(event) => change(i, { op: event.currentTarget.value as MatchOp })}
                >
                  <For each={OPS}>{(one) => <option value={one.op}>{one.label}</option>}</For>
                </select>
                <input
                  aria-label={`Value ${i + 1}`}
                  autocapitalize="none"
                  value={matcher().value}
                  onInput={(event) => change(i, { value: event.currentTarget.value })}
                />
                <button
                  type="button"
                  class="button quiet"
                  disabled={matchers().length === 1}
                  onClick={() => setMatchers((known) => known.filter((_, at) => at !== i))}
                >
                  Remove
                </button>
              </div>
            )}
          </Index>
          <button
            type="button"
            class="button quiet add"
            onClick={() => setMatchers((known) => [...known, { name: '', op: '=', value: '' }])}
          >
            Add a condition
          </button>
        </fieldset>
        <label for={`${id}-lasts`}>For</label>
        <select id={`${id}-lasts`} value={lasts()} onChange={(event) => setLasts(Number(event.currentTarget.value))}>
          <For each={LASTS}>{(one) => <option value={one.ms}>{one.label}</option>}</For>
        </select>
        <label for={`${id}-why`}>Why, for whoever looks for these alerts</label>
        <textarea
          id={`${id}-why`}
          rows="2"
          required
          maxLength={REASON_CHARS_MAX}
          value={comment()}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
        <p class="label">
          New alerts that match are stored and listed, and nobody is told. What people know already stays with them.
        </p>
        <div class="form-foot">
          <button type="submit" class="button primary" disabled={!ready()}>
            Keep them quiet
          </button>
          <Show when={problem()}>
            {(said) => (
              <span class="word harm" role="alert">
                {said().title} {said().detail}
              </span>
            )}
          </Show>
        </div>
      </form>
    </Dialog>
  )
}
