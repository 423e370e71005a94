import { For, Show, createSignal, createUniqueId } from 'solid-js'
import type { ParameterSpec, Proposal } from '../../../../durable/protocol/domain.ts'
import { type Order, Outcome } from '../Order.tsx'
import { useRoom } from '../context.tsx'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { ParameterInput, parameterValue } from './ParameterInput.tsx'

/** Not this, but the same action with other parameters: within the runbook's bounds, judged and approved anew. */
export function RequestChanges(props: {
  proposal: Proposal
  order: Order
  onSubmit: (wants: Record<string, number | string>, reason: string) => void
  onCancel: () => void
}) {
  const { room } = useRoom()
  const id = createUniqueId()
  const action = () => props.proposal.body.plan.action
  const specs = (): ParameterSpec[] =>
    room.state.view.catalogue?.runbooks.find((runbook) => runbook.id === action().runbook)?.parameters ?? []
  const [values, setValues] = createSignal<Record<string, string>>(
    Object.fromEntries(Object.entries(action().parameters).map(([name, value]) => [name, String(value)])),
  )
  const [reason, setReason] = createSignal('')
  /** only what is another value than the one proposed. */
  const wants = () =>
    Object.fromEntries(
      specs()
        .map((spec) => [spec.name, parameterValue(spec, values()[spec.name] ?? '')] as const)
        .filter(([name, value]) => value !== action().parameters[name]),
    )
  const filled = () => Object.values(wants()).every((value) => value !== '' && !Number.isNaN(value))
  return (
    <form
      class="form"
      aria-label="Request changes"
      onSubmit={(event) => {
        event.preventDefault()
        if (filled() && reason().trim() !== '') props.onSubmit(wants(), reason().trim())
      }}
    >
      <p class="label">
        The next proposal of this action is drafted as you ask, with a ballot and an approval of its own.
      </p>
      <For each={specs()}>
        {(spec) => (
          <ParameterInput
            id={`${id}-${spec.name}`}
            spec={spec}
            value={values()[spec.name] ?? ''}
            onInput={(value) => setValues({ ...values(), [spec.name]: value })}
          />
        )}
      </For>
      <label for={`${id}-reason`}>What should be different, and why?</label>
      <textarea
        id={`${id}-reason`}
        rows="2"
        required
        maxLength={REASON_CHARS_MAX}
        value={reason()}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <Show when={specs().length === 0}>
        <p class="label">This action has no parameters: say in words what is wrong with it.</p>
      </Show>
      <div class="form-foot">
        <button
          type="submit"
          class="button primary"
          disabled={!filled() || reason().trim() === '' || props.order.blocked()}
        >
          Request changes
        </button>
        <button type="button" class="button quiet" onClick={() => props.onCancel()}>
          Back
        </button>
        <Outcome of={props.order} />
      </div>
    </form>
  )
}
