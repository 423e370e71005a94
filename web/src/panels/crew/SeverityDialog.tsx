import { For, createSignal, createUniqueId } from 'solid-js'
import type { Severity } from '../../../../durable/protocol/domain.ts'
import { SEVERITY_SAYS } from '../../format/names.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { SeverityMark } from '../../ui/SeverityMark.tsx'
import { useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'

const SEVERITIES: readonly Severity[] = ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5']

/** Says how bad it is, up or down, with a reason; a worse one calls people again. */
export function SeverityDialog(props: { onClose: () => void }) {
  const { room } = useRoom()
  const id = createUniqueId()
  const order = useOrder()
  const now = () => room.state.view.severity
  const [chosen, setChosen] = createSignal<Severity>(now())
  const verb = () =>
    chosen() === now() ? 'Choose another severity' : `${chosen() < now() ? 'Raise' : 'Lower'} to ${chosen()}`
  return (
    <Dialog title="Severity" onClose={() => props.onClose()}>
      <div class="form">
        <fieldset class="choices">
          <legend class="sr-only">Severity</legend>
          <For each={SEVERITIES}>
            {(severity) => (
              <label>
                <input type="radio" name={id} checked={chosen() === severity} onChange={() => setChosen(severity)} />
                <SeverityMark severity={severity} />
                <span class="label">
                  {SEVERITY_SAYS[severity]}
                  {severity === now() ? ', now' : ''}
                </span>
              </label>
            )}
          </For>
        </fieldset>
      </div>
      <ReasonForm
        asks="Why?"
        submit={verb()}
        order={order}
        blocked={chosen() === now()}
        onSubmit={(reason) =>
          void order
            .give({ type: 'set-severity', severity: chosen(), reason })
            .then((given) => given && props.onClose())
        }
      />
    </Dialog>
  )
}
