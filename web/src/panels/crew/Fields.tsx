import { For, Show, createSignal, createUniqueId } from 'solid-js'
import { FIELD_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { words } from '../../format/figures.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Outcome, useOrder } from '../Order.tsx'
import { useRoom } from '../context.tsx'
import { mayAs } from './may.ts'

/** As the room takes it: letters, digits, dash and underscore, a letter first. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/

/** Fields of the team's own: a ticket, a customer, whatever their reports ask for. */
export function Fields() {
  const { room } = useRoom()
  const [editing, setEditing] = createSignal<string | null>(null)
  const fields = () => Object.entries(room.state.view.fields).sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    <section class="panel side" aria-labelledby="fields">
      <header class="panel-head">
        <h2 id="fields">Fields</h2>
        <Show when={mayAs(room, 'responder')}>
          <button
            type="button"
            class="button quiet end"
            aria-expanded={editing() === '' ? 'true' : 'false'}
            onClick={() => setEditing((was) => (was === '' ? null : ''))}
          >
            <Icon name="plus" size={12} />
            Field
          </button>
        </Show>
      </header>
      <Show when={editing() === ''}>
        <FieldForm name="" value="" onSet={() => setEditing(null)} />
      </Show>
      <Show
        when={fields().length > 0}
        fallback={
          <Show when={editing() === null}>
            <p class="empty">No field of your own is set.</p>
          </Show>
        }
      >
        <dl class="pairs fields">
          <For each={fields()}>
            {([name, value]) => (
              <>
                <dt>{words(name)}</dt>
                <dd>
                  <Show
                    when={editing() === name}
                    fallback={
                      <>
                        {value}{' '}
                        <Show when={mayAs(room, 'responder')}>
                          <button
                            type="button"
                            class="link-button"
                            aria-label={`Change ${words(name)}`}
                            onClick={() => setEditing(name)}
                          >
                            Change
                          </button>
                        </Show>
                      </>
                    }
                  >
                    <FieldForm name={name} value={value} onSet={() => setEditing(null)} />
                  </Show>
                </dd>
              </>
            )}
          </For>
        </dl>
      </Show>
    </section>
  )
}

function FieldForm(props: { name: string; value: string; onSet: () => void }) {
  const id = createUniqueId()
  const known = () => props.name !== ''
  const [name, setName] = createSignal(props.name)
  const [value, setValue] = createSignal(props.value)
  const order = useOrder()

  async function set(to: string | null): Promise<void> {
    if (await order.give({ type: 'set-field', name: name(), value: to })) props.onSet()
  }

  return (
    <form
      class="form task-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (NAME.test(name()) && value().trim() !== '') void set(value().trim())
      }}
    >
      <Show when={!known()}>
        <label for={`${id}-name`}>Name: a-z, 0-9, dash and underscore</label>
        <input
          id={`${id}-name`}
          autocapitalize="none"
          maxLength={40}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value.toLowerCase().replaceAll(' ', '-'))}
        />
      </Show>
      <label for={`${id}-value`}>Value</label>
      <input
        id={`${id}-value`}
        maxLength={FIELD_CHARS_MAX}
        value={value()}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button
          type="submit"
          class="button primary"
          disabled={order.blocked() || !NAME.test(name()) || value().trim() === ''}
        >
          Set
        </button>
        <Show when={known()}>
          <button type="button" class="button danger" disabled={order.blocked()} onClick={() => void set(null)}>
            Clear
          </button>
        </Show>
        <Outcome of={order} />
      </div>
    </form>
  )
}
