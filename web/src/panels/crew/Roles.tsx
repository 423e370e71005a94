import { For, Show, createSignal } from 'solid-js'
import { CREW_ROLES, type CrewRole } from '../../../../durable/protocol/crew.ts'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { list } from '../../format/figures.ts'
import { CREW_SIGN, CREW_TITLE } from '../../format/names.ts'
import { age } from '../../format/time.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Outcome, useOrder } from '../Order.tsx'
import { useRoom } from '../context.tsx'
import { PersonField } from './Person.tsx'
import { isOver, mayAs } from './may.ts'

/** Who does what, in one line; without somebody who leads it offers to lead. */
export function RolesLine() {
  const { room } = useRoom()
  const [open, setOpen] = createSignal(false)
  const order = useOrder()
  const view = () => room.state.view
  const leads = () => view().crew.some(({ role }) => role === 'incident-commander')
  const mayLead = () => mayAs(room, 'commander') && !leads() && !isOver(view())
  return (
    <span class="crew">
      <For each={CREW_ROLES}>
        {(role) => {
          const people = () => view().crew.filter((member) => member.role === role)
          return (
            <Show when={people().length > 0}>
              <span class="crew-member">
                <abbr class="crew-sign" title={CREW_TITLE[role]}>
                  {CREW_SIGN[role]}
                </abbr>
                <span class="sr-only">{CREW_TITLE[role]}</span>{' '}
                {list(people().map(({ person }) => (person === room.state.you?.name ? 'you' : person)))}
              </span>
            </Show>
          )
        }}
      </For>
      <Show when={!leads() && !isOver(view())}>
        <span class="word doubt">nobody leads</span>
      </Show>
      <Show when={mayLead()}>
        <button
          type="button"
          class="link-button"
          disabled={order.blocked()}
          onClick={() =>
            void order.give({
              type: 'assign-role',
              role: 'incident-commander',
              person: room.state.you?.name ?? '',
              reason: '',
            })
          }
        >
          Take command
        </button>
      </Show>
      <Show when={mayAs(room, 'responder') && !isOver(view())}>
        <button type="button" class="link-button" onClick={() => setOpen(true)}>
          Roles
        </button>
      </Show>
      <Outcome of={order} />
      <Show when={open()}>
        <RolesDialog onClose={() => setOpen(false)} />
      </Show>
    </span>
  )
}

/** Every role with who has it since when; giving one that is taken hands it over, on record. */
export function RolesDialog(props: { onClose: () => void }) {
  const { room } = useRoom()
  const [giving, setGiving] = createSignal<CrewRole | null>(null)
  const order = useOrder()
  const holders = (role: CrewRole) => room.state.view.crew.filter((member) => member.role === role)
  const me = () => room.state.you?.name ?? ''
  // Experts are several: one more takes nothing from the others.
  const verb = (role: CrewRole) => (holders(role).length > 0 && role !== 'subject-matter-expert' ? 'Hand over' : 'Give')
  const mine = (role: CrewRole) => holders(role).some(({ person }) => person === me())
  return (
    <Dialog title="Roles in this incident" onClose={() => props.onClose()}>
      <ul class="role-rows">
        <For each={CREW_ROLES}>
          {(role) => (
            <li>
              <div class="role-row">
                <span class="role-who">
                  <b>{CREW_TITLE[role]}</b>
                  <For each={holders(role)} fallback={<span class="label">nobody</span>}>
                    {(member) => (
                      <span class="label">
                        {member.person === me() ? 'you' : member.person}, for {age(room.now() - member.since)}{' '}
                        <button
                          type="button"
                          class="link-button"
                          aria-label={`Release ${member.person}`}
                          disabled={order.blocked()}
                          onClick={() =>
                            void order.give({ type: 'release-role', role, person: member.person, reason: '' })
                          }
                        >
                          Release
                        </button>
                      </span>
                    )}
                  </For>
                </span>
                <Show when={!mine(role)}>
                  <button
                    type="button"
                    class="button"
                    aria-label={`Take it: ${CREW_TITLE[role]}`}
                    disabled={order.blocked()}
                    onClick={() => void order.give({ type: 'assign-role', role, person: me(), reason: '' })}
                  >
                    Take it
                  </button>
                </Show>
                <button
                  type="button"
                  class="button"
                  aria-label={`${verb(role)}: ${CREW_TITLE[role]}`}
                  aria-expanded={giving() === role ? 'true' : 'false'}
                  onClick={() => setGiving((open) => (open === role ? null : role))}
                >
                  {verb(role)}
                </button>
              </div>
              <Show when={giving() === role}>
                <GiveForm role={role} onGiven={() => setGiving(null)} />
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Outcome of={order} />
    </Dialog>
  )
}

function GiveForm(props: { role: CrewRole; onGiven: () => void }) {
  const [person, setPerson] = createSignal('')
  const [reason, setReason] = createSignal('')
  const order = useOrder()

  async function give(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const name = person().trim()
    if (name === '') return
    if (await order.give({ type: 'assign-role', role: props.role, person: name, reason: reason().trim() }))
      props.onGiven()
  }

  return (
    <form class="form role-give" onSubmit={(event) => void give(event)}>
      <PersonField label="To" value={person()} onChange={setPerson} />
      <label for={`why-${props.role}`}>What they need to know, kept in the record (may be empty)</label>
      <input
        id={`why-${props.role}`}
        maxLength={REASON_CHARS_MAX}
        value={reason()}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button type="submit" class="button primary" disabled={order.blocked() || person().trim() === ''}>
          Make {person().trim() || '…'} {CREW_TITLE[props.role].toLowerCase()}
        </button>
        <Outcome of={order} />
      </div>
    </form>
  )
}
