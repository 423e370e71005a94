import { Show, createSignal } from 'solid-js'
import type { Proposal } from '../../../../durable/protocol/domain.ts'
import { useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'

/** The driver gave no definite answer: a person who looked says what happened. Nothing is repeated by itself. */
export function Settle(props: { proposal: Proposal }) {
  const { room } = useRoom()
  /** the rollback, where that is what nobody knows. */
  const undo = () => (props.proposal.undo?.outcome === 'unknown' ? props.proposal.undo : undefined)
  const [outcome, setOutcome] = createSignal<'it-ran' | 'it-did-not' | null>(null)
  const order = useOrder()
  const may = () => room.state.you !== null && room.state.you.role !== 'viewer'
  return (
    <div class="approval">
      <p>
        <span class="word doubt">
          {undo() ? 'Nobody knows whether it was undone.' : 'Nobody knows whether it ran.'}
        </span>{' '}
        {(undo() ?? props.proposal.execution)?.detail} Nothing is sent again and no other action on{' '}
        {props.proposal.body.plan.action.target} may start until this is settled. The driver is asked for its status
        meanwhile.
      </p>
      <Show when={may()}>
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
