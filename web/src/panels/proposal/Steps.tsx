import { For, Show, createSignal } from 'solid-js'
import type { Proposal, RunbookStep, StepRun } from '../../../../durable/protocol/domain.ts'
import { stepsBefore } from '../../../../durable/protocol/steps.ts'
import { clockTime, stopwatch } from '../../format/time.ts'
import { useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'

const STATE_WORD: Record<StepRun['state'], string> = {
  waiting: 'waits',
  running: 'now',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
}
const STATE_TONE: Record<StepRun['state'], string> = {
  waiting: 'plain',
  running: 'you',
  done: 'well',
  failed: 'harm',
  skipped: 'plain',
}

/** The runbook's steps: those before the action with how far each is, the action, and what people do after it. */
export function Steps(props: { proposal: Proposal }) {
  const steps = () => props.proposal.body.plan.steps ?? []
  const before = () => stepsBefore(props.proposal.body.plan)
  const run = (step: RunbookStep) => props.proposal.steps?.find(({ id }) => id === step.id)
  return (
    <Show when={before().length > 0 || steps().some(({ kind }) => kind === 'manual')}>
      <section class="runbook-steps" aria-label="Steps">
        <h3>Steps</h3>
        <ol>
          <For each={steps()}>
            {(step) => (
              <li>
                <b>{step.id}</b> {stepWords(step)}{' '}
                <Show
                  when={run(step)}
                  fallback={<span class="label">{before().includes(step) ? '' : later(step)}</span>}
                >
                  {(now) => <StepNow proposal={props.proposal} step={step} run={now()} />}
                </Show>
              </li>
            )}
          </For>
        </ol>
      </section>
    </Show>
  )
}

function later(step: RunbookStep): string {
  return step.kind === 'http' ? 'called once, after a last check' : 'becomes a task once it ran'
}

/** What one step does, as a sentence's end. */
export function stepWords(step: RunbookStep): string {
  switch (step.kind) {
    case 'manual':
      return `by hand: ${step.says}`
    case 'approval':
      return `a commander agrees: ${step.says}`
    case 'wait':
      return `waits ${stopwatch(step.ms)}`
    case 'http':
      return 'the action'
    case 'verify':
      return `needs ${condition(step.when)} within ${stopwatch(step.withinMs)}`
    case 'branch':
      return `goes on at ${step.then} where ${condition(step.when)}, else at ${step.otherwise}`
    default:
      return step satisfies never
  }
}

function condition({ of, signal, is, value }: Extract<RunbookStep, { kind: 'verify' }>['when']): string {
  return `${signal} of the ${of} ${is} ${value}`
}

function StepNow(props: { proposal: Proposal; step: RunbookStep; run: StepRun }) {
  const { room } = useRoom()
  const byHand = () =>
    props.proposal.status === 'approved' &&
    props.run.state === 'running' &&
    (props.step.kind === 'manual' || props.step.kind === 'approval')
  const may = () => {
    const role = room.state.you?.role
    if (props.step.kind === 'approval') return role === 'commander' || role === 'admin'
    return role !== undefined && role !== 'viewer'
  }
  return (
    <>
      <span class={`word ${STATE_TONE[props.run.state]}`}>{STATE_WORD[props.run.state]}</span>
      <Show when={props.run.at !== null && props.run.state !== 'waiting' && props.run.at}>
        {(at) => (
          <span class="label">
            {' '}
            {clockTime(at())}
            {props.run.by === null ? '' : `, ${props.run.by}`}
            {props.run.detail === '' ? '' : `: ${props.run.detail}`}
          </span>
        )}
      </Show>
      <Show when={byHand() && may()}>
        <Complete proposal={props.proposal} step={props.step.id} />
      </Show>
    </>
  )
}

/** Whoever did it says so; what could not be done ends the attempt before anything ran. */
export function Complete(props: { proposal: Proposal; step: string }) {
  const order = useOrder()
  const [could, setCould] = createSignal(true)
  const send = (outcome: 'done' | 'could-not', reason: string): void =>
    void order.give({ type: 'complete-step', proposal: props.proposal.id, step: props.step, outcome, reason })
  return (
    <Show
      when={could()}
      fallback={
        <>
          <ReasonForm
            asks="Why could it not be done?"
            submit="It could not be done"
            danger
            order={order}
            onSubmit={(reason) => send('could-not', reason)}
          />
          <button type="button" class="button quiet" onClick={() => setCould(true)}>
            Back
          </button>
        </>
      }
    >
      <div class="buttons" role="group" aria-label={`Complete ${props.step}`}>
        <button type="button" class="button primary" disabled={order.blocked()} onClick={() => send('done', '')}>
          Done
        </button>
        <button type="button" class="button" onClick={() => setCould(false)}>
          Could not
        </button>
      </div>
    </Show>
  )
}
