import { Show, createSignal } from 'solid-js'
import type { Execution, Proposal } from '../../../../durable/protocol/domain.ts'
import { UNDO_STEP, actionStep, isByHand } from '../../../../durable/protocol/steps.ts'
import { useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'
import { mayAs } from '../crew/may.ts'
import { Complete } from './Steps.tsx'

/**
 * The driver gave no definite answer: a commander who looked says what happened. Where nothing is wired people did it, and
 * whoever did says so. Nothing is repeated by itself.
 */
export function Settle(props: { proposal: Proposal }) {
  const { room } = useRoom()
  /** the rollback, where that is what nobody knows. */
  const undo = () => (props.proposal.undo?.outcome === 'unknown' ? props.proposal.undo : undefined)
  const plan = () => props.proposal.body.plan
  return (
    <Show
      when={isByHand(room.state.view.catalogue, plan())}
      fallback={<Unknown proposal={props.proposal} undo={undo()} />}
    >
      <div class="approval">
        <p>
          <span class="word you">{undo() ? 'People undo it by hand.' : 'People do it by hand.'}</span>{' '}
          {sentence((undo() ?? props.proposal.execution)?.detail)} No other action on {plan().action.target} may start
          until somebody says what came of it.
        </p>
        <Show when={mayAs(room, 'responder')} fallback={<p class="label">A responder or a commander says so.</p>}>
          <Complete proposal={props.proposal} step={undo() ? UNDO_STEP : actionStep(plan())} />
        </Show>
      </div>
    </Show>
  )
}

/** A driver's own words, ended as a sentence before ours follow. */
function sentence(words = ''): string {
  return words === '' || /[.!?]$/.test(words) ? words : `${words}.`
}

function Unknown(props: { proposal: Proposal; undo: Execution | undefined }) {
  const { room } = useRoom()
  const [outcome, setOutcome] = createSignal<'it-ran' | 'it-did-not' | null>(null)
  const order = useOrder()
  return (
    <div class="approval">
      <p>
        <span class="word doubt">
          {props.undo ? 'Nobody knows whether it was undone.' : 'Nobody knows whether it ran.'}
        </span>{' '}
        {sentence((props.undo ?? props.proposal.execution)?.detail)} Nothing is sent again and no other action on{' '}
        {props.proposal.body.plan.action.target} may start until this is settled. The driver is asked for its status
        meanwhile.
      </p>
      <Show when={mayAs(room, 'commander')} fallback={<p class="label">A commander who looked says what happened.</p>}>
        <div class="buttons" role="group" aria-label="Settle the outcome">
          <button
            type="button"
            class="button"
            aria-pressed={outcome() === 'it-ran' ? 'true' : 'false'}
            onClick={() => setOutcome('it-ran')}
          >
            It ran
          </button>
          <button
            type="button"
            class="button"
            aria-pressed={outcome() === 'it-did-not' ? 'true' : 'false'}
            onClick={() => setOutcome('it-did-not')}
          >
            It did not run
          </button>
        </div>
        <Show when={outcome()} keyed>
          {(chosen) => (
            <ReasonForm
              asks="How do you know?"
              submit={chosen === 'it-ran' ? 'Record that it ran' : 'Record that it did not run'}
              order={order}
              onSubmit={(reason) =>
                void order.give({ type: 'settle-outcome', proposal: props.proposal.id, outcome: chosen, reason })
              }
            />
          )}
        </Show>
      </Show>
    </div>
  )
}
