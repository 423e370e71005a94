import { Show, createSignal } from 'solid-js'
import { stoppedBy } from '../../../durable/protocol/fold-controls.ts'
import { openProposal } from '../../../durable/protocol/view.ts'
import { list } from '../format/figures.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useOrder } from './Order.tsx'
import { ReasonForm } from './ReasonForm.tsx'
import { useRoom } from './context.tsx'
import { isOver, mayAs } from './crew/may.ts'

type Control = 'kill-switch' | 'dry-run'

const WORDS: Record<Control, Record<'on' | 'off', { button: string; title: string; asks: string }>> = {
  'kill-switch': {
    on: { button: 'Stop actions here', title: 'Stop every action of this incident', asks: 'What must not happen now?' },
    off: {
      button: 'Allow actions here',
      title: 'Allow actions of this incident again',
      asks: 'Why may they run again?',
    },
  },
  'dry-run': {
    on: { button: 'Dry run', title: 'Dry run: nothing of this incident is called', asks: 'Why only show it?' },
    off: { button: 'End dry run', title: 'End dry run: actions are called again', asks: 'Why may they be called?' },
  },
}

/** What holds actions of this incident back, and who may say so: its own switch and dry run, each with a reason. */
export function ControlsLine() {
  const { room } = useRoom()
  const view = () => room.state.view
  const [asked, setAsked] = createSignal<Control | null>(null)
  const may = () => mayAs(room, 'commander') && !isOver(view())
  const isOn = (control: Control) =>
    (control === 'kill-switch' ? view().stops.incident : view().dryRun.incident) !== null
  const wordsOf = (control: Control) => WORDS[control][isOn(control) ? 'off' : 'on']
  const target = () => openProposal(view())?.body.plan.action.target ?? ''
  const services = () => Object.keys(view().stops.services)
  const shown = () => view().dryRun.incident ?? view().dryRun.global
  return (
    <span class="controls-line">
      <Show when={view().stops.incident !== null && view().stops.incident}>
        {(reason) => (
          <span class="word harm">
            <Icon name="power" size={12} /> no action of this incident runs: {reason()}
          </span>
        )}
      </Show>
      <Show when={services().length > 0}>
        <span class={stoppedBy(view(), target()) === 'service' ? 'word harm' : 'word doubt'}>
          no action runs on {list(services())}
        </span>
      </Show>
      <Show when={shown()}>
        {(reason) => <span class="word you">DRY RUN, nothing will be called: {reason()}</span>}
      </Show>
      <Show when={may()}>
        <button type="button" class="button quiet" onClick={() => setAsked('kill-switch')}>
          {wordsOf('kill-switch').button}
        </button>
        <button type="button" class="button quiet" onClick={() => setAsked('dry-run')}>
          {wordsOf('dry-run').button}
        </button>
      </Show>
      <Show when={asked()} keyed>
        {(control) => <ControlDialog control={control} on={!isOn(control)} onClose={() => setAsked(null)} />}
      </Show>
    </span>
  )
}

function ControlDialog(props: { control: Control; on: boolean; onClose: () => void }) {
  const order = useOrder()
  const said = () => WORDS[props.control][props.on ? 'on' : 'off']
  return (
    <Dialog title={said().title} onClose={() => props.onClose()}>
      <ReasonForm
        asks={said().asks}
        submit={said().button}
        order={order}
        danger={props.control === 'kill-switch' && props.on}
        onSubmit={(reason) =>
          void order
            .give({ type: 'set-incident-control', control: props.control, on: props.on, reason })
            .then((given) => given && props.onClose())
        }
      />
    </Dialog>
  )
}
