import { For, Show, createSignal } from 'solid-js'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import type { IncidentState } from '../../../durable/protocol/domain.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Outcome, useOrder } from './Order.tsx'
import { ReasonForm } from './ReasonForm.tsx'
import { useRoom } from './context.tsx'

type Step = 'mitigate' | 'resolve' | 'close'

const WORDS: Record<Step, { button: string; title: string; asks: string }> = {
  mitigate: { button: 'Mitigated', title: 'Mark as mitigated', asks: 'What stopped the harm?' },
  resolve: { button: 'Resolve', title: 'Resolve the incident', asks: 'How did it end?' },
  close: { button: 'Close', title: 'Close the incident', asks: 'What should readers of the record know?' },
}

function stepsOf(state: IncidentState): Step[] {
  if (state === 'triggered' || state === 'acknowledged') return ['mitigate', 'resolve']
  if (state === 'mitigated') return ['resolve']
  return state === 'resolved' ? ['close'] : []
}

/** What a person can do to the incident as a whole. Acknowledging is one press; the rest asks for a reason. */
export function StateButtons() {
  const { room } = useRoom()
  const [asking, setAsking] = createSignal<Step | null>(null)
  const order = useOrder()
  const state = () => room.state.view.state
  const may = () => room.state.you !== null && room.state.you.role !== 'viewer'

  async function give(command: PersonCommand): Promise<void> {
    if (await order.give(command)) setAsking(null)
  }

  return (
    <Show when={may()}>
      <span class="state-buttons">
        <Show when={state() === 'triggered'}>
          <button
            type="button"
            class="button primary"
            disabled={order.blocked()}
            onClick={() => void give({ type: 'acknowledge' })}
          >
            Acknowledge
          </button>
        </Show>
        <For each={stepsOf(state())}>
          {(step) => (
            <button type="button" class="button" disabled={order.blocked()} onClick={() => setAsking(step)}>
              {WORDS[step].button}
            </button>
          )}
        </For>
        <Show when={asking() === null}>
          <Outcome of={order} />
        </Show>
        <Show when={asking()} keyed>
          {(step) => (
            <Dialog title={WORDS[step].title} onClose={() => setAsking(null)}>
              <ReasonForm
                asks={WORDS[step].asks}
                submit={WORDS[step].button}
                order={order}
                onSubmit={(reason) => void give({ type: step, reason })}
              />
            </Dialog>
          )}
        </Show>
      </span>
    </Show>
  )
}
