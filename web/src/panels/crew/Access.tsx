import { For, Show, createSignal } from 'solid-js'
import { privacyOf } from '../../../../durable/protocol/view.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Outcome, useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'
import { PersonField } from './Person.tsx'

/** Who sees this incident: everybody who is signed in, or commanders, whoever is on it, and those named. */
export function AccessDialog(props: { onClose: () => void }) {
  const { room } = useRoom()
  const order = useOrder()
  const [person, setPerson] = createSignal('')
  const view = () => room.state.view
  const named = () => view().named
  const byWork = () => (privacyOf(view())?.named ?? []).filter((name) => !named()?.includes(name))

  async function name(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const who = person().trim()
    if (who !== '' && (await order.give({ type: 'set-access', person: who, allowed: true }))) setPerson('')
  }

  return (
    <Dialog title="Who sees this incident" onClose={() => props.onClose()}>
      <Show
        when={named()}
        fallback={
          <>
            <p class="dialog-text">Everybody who is signed in sees it. Private, only commanders and people on it do.</p>
            <ReasonForm
              asks="Why is it private? Said to those who look for it."
              submit="Make it private"
              order={order}
              onSubmit={(reason) =>
                void order
                  .give({ type: 'set-privacy', private: true, reason })
                  .then((given) => given && props.onClose())
              }
            />
          </>
        }
      >
        {(list) => (
          <>
            <p class="dialog-text">
              Commanders see it
              {byWork().length === 0 ? '' : `, ${byWork().join(', ')} by being on it`}, and those named here.
            </p>
            <ul class="named">
              <For each={list()} fallback={<li class="label">Nobody else is named.</li>}>
                {(who) => (
                  <li>
                    {who}{' '}
                    <button
                      type="button"
                      class="link-button"
                      aria-label={`Remove ${who}`}
                      disabled={order.blocked()}
                      onClick={() => void order.give({ type: 'set-access', person: who, allowed: false })}
                    >
                      Remove
                    </button>
                  </li>
                )}
              </For>
            </ul>
            <form class="form" onSubmit={(event) => void name(event)}>
              <PersonField label="Name somebody" value={person()} onChange={setPerson} />
              <div class="form-foot">
                <button type="submit" class="button" disabled={order.blocked() || person().trim() === ''}>
                  Let {person().trim() || '…'} see it
                </button>
                <Outcome of={order} />
              </div>
            </form>
            <ReasonForm
              asks="Why may everybody see it again?"
              submit="Open it to everybody"
              order={order}
              onSubmit={(reason) =>
                void order
                  .give({ type: 'set-privacy', private: false, reason })
                  .then((given) => given && props.onClose())
              }
            />
          </>
        )}
      </Show>
    </Dialog>
  )
}
