import { For, Match, Show, Switch, createSignal } from 'solid-js'
import type { PersonCommand } from '../../../../durable/protocol/commands.ts'
import type { IncidentState } from '../../../../durable/protocol/domain.ts'
import type { View } from '../../../../durable/protocol/view.ts'
import type { Room } from '../../room/room.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Menu, type MenuItem } from '../../ui/Menu.tsx'
import { Outcome, useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'
import { AccessDialog } from './Access.tsx'
import { MergeDialog, ParentDialog, SplitDialog } from './Moves.tsx'
import { SeverityDialog } from './SeverityDialog.tsx'
import { isOver, mayAs } from './may.ts'

/** A step that asks one question and takes its answer as the reason. */
type Step = 'mitigate' | 'resolve' | 'close' | 'reopen' | 'cancel' | 'unmerge' | 'escalate'
type Ask = Step | 'severity' | 'merge' | 'split' | 'parent' | 'access'

const WORDS: Record<Step, { button: string; title: string; asks: string; danger?: boolean }> = {
  mitigate: { button: 'Mitigated', title: 'Mark as mitigated', asks: 'What stopped the harm?' },
  resolve: { button: 'Resolve', title: 'Resolve the incident', asks: 'How did it end?' },
  close: { button: 'Close', title: 'Close the incident', asks: 'What should readers of the record know?' },
  reopen: { button: 'Reopen', title: 'Reopen the incident', asks: 'What shows that it is not over?' },
  cancel: {
    button: 'False alarm',
    title: 'Cancel as a false alarm',
    asks: 'What shows that nothing was wrong?',
    danger: true,
  },
  unmerge: {
    button: 'Take it back',
    title: 'Take its alerts back',
    asks: 'Why is it an incident of its own after all?',
  },
  escalate: { button: 'Call the next step', title: 'Call the next step now', asks: 'Why can it not wait?' },
}

/** Buttons of their own; the rest stands in the menu. */
function stepsOf(state: IncidentState): Step[] {
  if (state === 'triggered' || state === 'acknowledged') return ['mitigate', 'resolve']
  if (state === 'mitigated') return ['resolve']
  if (state === 'canceled') return ['reopen']
  if (state === 'merged') return ['unmerge']
  return state === 'resolved' ? ['close', 'reopen'] : []
}

function rarer(room: Room, view: View, ask: (what: Ask) => void): MenuItem[] {
  if (!mayAs(room, 'responder') || view.state === 'closed') return []
  const over = isOver(view)
  const items: MenuItem[] = []
  const add = (label: string, what: Ask, more: Partial<MenuItem> = {}) =>
    items.push({ label, act: () => ask(what), ...more })
  if (!over) add('Severity…', 'severity')
  if (view.state === 'mitigated') add('Reopen…', 'reopen')
  const calls = (view.catalogue?.escalation ?? []).length > 0
  if (!over && view.state !== 'resolved' && calls) add('Call the next step…', 'escalate')
  if (!over) {
    add('Merge into another…', 'merge', { disabled: view.moving !== null })
    const n = Object.keys(view.alerts).length
    add('Split alerts off…', 'split', {
      disabled: view.moving !== null || n < 2,
      ...(n < 2 ? { hint: 'needs two alerts' } : {}),
    })
  }
  add('Parent…', 'parent')
  if (mayAs(room, 'commander')) add(view.named === null ? 'Make private…' : 'Who sees it…', 'access')
  if (!over) add('False alarm…', 'cancel', { danger: true })
  return items
}

/** What a person can do to the incident as a whole. Acknowledging is one press; the rest asks for a reason. */
export function Lifecycle() {
  const { room } = useRoom()
  const [asking, setAsking] = createSignal<Ask | null>(null)
  const order = useOrder()
  const view = () => room.state.view
  const done = () => setAsking(null)
  const menu = () => rarer(room, view(), ask)

  // What somebody decides in a dialog they decide on what they saw when it opened; refused once, they have seen the rest.
  let seen = 0
  const ask = (what: Ask) => {
    seen = view().seq
    setAsking(what)
  }

  async function give(command: PersonCommand): Promise<void> {
    if (await order.give(command, seen)) done()
    else seen = view().seq
  }

  const step = () => {
    const what = asking()
    return what !== null && Object.hasOwn(WORDS, what) ? (what as Step) : null
  }

  return (
    <Show when={mayAs(room, 'responder')}>
      <span class="state-buttons">
        <Show when={view().state === 'triggered'}>
          <button
            type="button"
            class="button primary"
            disabled={order.blocked()}
            onClick={() => void order.give({ type: 'acknowledge' })}
          >
            Acknowledge
          </button>
        </Show>
        <For each={stepsOf(view().state)}>
          {(one) => (
            <button type="button" class="button" disabled={order.blocked()} onClick={() => ask(one)}>
              {WORDS[one].button}
            </button>
          )}
        </For>
        <Show when={menu().length > 0}>
          <Menu label="More" items={menu()} disabled={order.blocked()} />
        </Show>
        <Show when={asking() === null}>
          <Outcome of={order} />
        </Show>
      </span>
      <Switch>
        <Match when={step()} keyed>
          {(one) => (
            <Dialog title={WORDS[one].title} onClose={done}>
              <ReasonForm
                asks={WORDS[one].asks}
                submit={WORDS[one].button}
                danger={WORDS[one].danger === true}
                order={order}
                onSubmit={(reason) => void give({ type: one, reason })}
              />
            </Dialog>
          )}
        </Match>
        <Match when={asking() === 'severity'}>
          <SeverityDialog onClose={done} />
        </Match>
        <Match when={asking() === 'merge'}>
          <MergeDialog onClose={done} />
        </Match>
        <Match when={asking() === 'split'}>
          <SplitDialog onClose={done} />
        </Match>
        <Match when={asking() === 'parent'}>
          <ParentDialog onClose={done} />
        </Match>
        <Match when={asking() === 'access'}>
          <AccessDialog onClose={done} />
        </Match>
      </Switch>
    </Show>
  )
}
