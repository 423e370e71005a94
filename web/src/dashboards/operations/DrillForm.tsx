import { For, Show, createResource, createSignal, createUniqueId } from 'solid-js'
import type { DrillRow, Page } from '../../../../durable/protocol/objects.ts'
import { type Problem, call } from '../../room/http.ts'
import { age } from '../../format/time.ts'
import { words } from '../../format/figures.ts'
import type { Fault } from '../../../../durable/protocol/faults.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { FaultChoice } from './FaultChoice.tsx'

export interface Scenario {
  name: string
  title: string
  summary: string
  durationMs: number
  variants: readonly { name: string; title: string }[]
}

const SPEEDS: readonly number[] = [1, 10, 60, 120]
/** At this speed a proposal stands within a minute of wall time. */
const SPEED_DEFAULT = 60
const SEED_DEFAULT = '1'

/** Chooses a story, a seed and a speed, and starts it. The same seed plays the same story. */
export function DrillForm(props: { onStarted: (drill: DrillRow) => void }) {
  const id = createUniqueId()
  const [scenarios] = createResource(() => call<Page<Scenario>>('GET', '/api/v1/scenarios'))
  const [chosen, setChosen] = createSignal<string | null>(null)
  const [variant, setVariant] = createSignal('')
  const [seed, setSeed] = createSignal(SEED_DEFAULT)
  const [speed, setSpeed] = createSignal(SPEED_DEFAULT)
  const [faults, setFaults] = createSignal<Fault[]>([])
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<Problem | null>(null)
  const known = () => {
    const reply = scenarios()
    return reply?.ok ? reply.data.items : []
  }
  const failed = () => {
    const reply = scenarios()
    return reply && !reply.ok ? reply.problem : null
  }
  const scenario = () => known().find((one) => one.name === chosen()) ?? known()[0]
  const ready = () => scenario() !== undefined && /^\d{1,9}$/.test(seed()) && !busy()

  async function start(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const story = scenario()
    if (!story || !ready()) return
    setBusy(true)
    setProblem(null)
    const body = {
      scenario: story.name,
      seed: Number(seed()),
      speed: speed(),
      ...(variant() === '' ? {} : { variant: variant() }),
      ...(faults().length === 0 ? {} : { faults: faults() }),
    }
    const reply = await call<DrillRow>('POST', '/api/v1/drills', body)
    setBusy(false)
    if (reply.ok) props.onStarted(reply.data)
    else setProblem(reply.problem)
  }

  return (
    <form class="form" aria-label="Start a drill" onSubmit={(event) => void start(event)}>
      <fieldset class="choices">
        <legend class="sr-only">Scenario</legend>
        <For each={known()} fallback={<p class="dim">{failed() ? failed()?.title : 'Reading the scenarios.'}</p>}>
          {(story) => (
            <label>
              <input
                type="radio"
                name={`${id}-scenario`}
                checked={scenario()?.name === story.name}
                onChange={() => {
                  setChosen(story.name)
                  setVariant('')
                }}
              />
              <span>
                <b>{story.title}</b>
                <span class="label block">
                  {story.summary} {age(story.durationMs)} of scenario time.
                </span>
              </span>
            </label>
          )}
        </For>
      </fieldset>
      <div class="form-row">
        <span>
          <label for={`${id}-seed`}>Seed</label>
          <input
            id={`${id}-seed`}
            inputmode="numeric"
            value={seed()}
            onInput={(event) => setSeed(event.currentTarget.value.trim())}
          />
        </span>
        <span>
          <label for={`${id}-speed`}>Speed</label>
          <select id={`${id}-speed`} value={speed()} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
            <For each={SPEEDS}>{(one) => <option value={one}>{one}×</option>}</For>
          </select>
        </span>
        <Show when={(scenario()?.variants.length ?? 0) > 0}>
          <span>
            <label for={`${id}-variant`}>Variant</label>
            <select id={`${id}-variant`} value={variant()} onChange={(event) => setVariant(event.currentTarget.value)}>
              <option value="">as told</option>
              <For each={scenario()?.variants ?? []}>
                {(one) => <option value={one.name}>{one.title || words(one.name)}</option>}
              </For>
            </select>
          </span>
        </Show>
      </div>
      <FaultChoice faults={faults()} onChange={setFaults} />
      <div class="form-foot">
        <button type="submit" class="button primary" disabled={!ready()}>
          {faults().length === 0 ? 'Start the drill' : 'Start the drill with faults'}
        </button>
        <span role="status" class="outcome">
          <Show when={problem() ?? failed()}>
            {(said) => (
              <span class="word harm">
                {said().title} {said().detail}
              </span>
            )}
          </Show>
        </span>
      </div>
    </form>
  )
}

export function DrillDialog(props: { onClose: () => void; onStarted: (drill: DrillRow) => void }) {
  return (
    <Dialog title="Start a drill" onClose={() => props.onClose()}>
      <p class="dialog-text">
        Simulated input in a namespace of its own: its actions reach only its own stage, no metric counts it.
      </p>
      <DrillForm onStarted={(drill) => props.onStarted(drill)} />
    </Dialog>
  )
}
