import { Match, Show, Switch, createSignal, onCleanup, onMount } from 'solid-js'
import type { Proposal } from '../../../../durable/protocol/domain.ts'
import { saysYes } from '../../../../durable/protocol/decisions.ts'
import { approveByWall } from '../../../../durable/protocol/steps.ts'
import { count } from '../../format/figures.ts'
import { keysOn } from '../../ui/keys.ts'
import { Outcome, useOrder } from '../Order.tsx'
import { ReasonForm } from '../ReasonForm.tsx'
import { useRoom } from '../context.tsx'
import { changeWords } from './Change.tsx'
import { HoldButton } from './HoldButton.tsx'
import { RequestChanges } from './RequestChanges.tsx'
import { TypedConfirm } from './TypedConfirm.tsx'

/** Approve by hold or by typing, or reject with a reason: bound to the digest that is on the screen. */
export function Approval(props: { proposal: Proposal }) {
  const { room } = useRoom()
  const [mode, setMode] = createSignal<'hold' | 'type' | 'reject' | 'changes'>('hold')
  const order = useOrder()
  let box: HTMLDivElement | undefined
  const you = () => room.state.you
  const approvals = () => props.proposal.decisions.filter(saysYes)
  const already = () => approvals().some((decision) => decision.by === you()?.name)
  const live = () => room.state.link.kind === 'live'
  const expired = () => room.wall() >= approveByWall(props.proposal.body)
  const why = () => {
    if (you() === null || you()?.role === 'viewer') return 'Your role may watch, not decide.'
    if (already())
      return `You said yes. ${count(props.proposal.approvalsNeeded, 'human')} needed, each a different one.`
    if (!live()) return 'Not connected: nothing you press is sent.'
    if (expired()) return 'Expired: nothing can be approved any more.'
    return null
  }

  async function decide(type: 'approve' | 'reject', reason: string): Promise<void> {
    const { id, digest } = props.proposal
    if (await order.give({ type, proposal: id, digest, reason })) setMode('hold')
  }

  async function requestChanges(wants: Record<string, number | string>, reason: string): Promise<void> {
    const { id, digest } = props.proposal
    if (await order.give({ type: 'request-changes', proposal: id, digest, wants, reason })) setMode('hold')
  }

  // Shift+A focuses, it never fires.
  const focus = (event: KeyboardEvent) => {
    const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
    if (event.shiftKey && event.key === 'A' && !typing && keysOn()) box?.querySelector('button')?.focus()
  }
  onMount(() => addEventListener('keydown', focus))
  onCleanup(() => removeEventListener('keydown', focus))

  return (
    <div
      class="approval"
      ref={(element) => {
        box = element
      }}
    >
      <Show when={why()}>{(reason) => <p class="word doubt">{reason()}</p>}</Show>
      <Switch>
        <Match when={mode() === 'hold'}>
          <HoldButton
            label={changeWords(props.proposal)}
            disabled={why() !== null || order.blocked()}
            onHeld={() => void decide('approve', 'held to approve')}
            onType={() => setMode('type')}
          />
          <div class="buttons">
            <button type="button" class="button" disabled={why() !== null} onClick={() => setMode('type')}>
              Type to approve
            </button>
            <button type="button" class="button" disabled={why() !== null} onClick={() => setMode('changes')}>
              Request changes
            </button>
            <button type="button" class="button danger" disabled={why() !== null} onClick={() => setMode('reject')}>
              Reject
            </button>
          </div>
          <Outcome of={order} />
        </Match>
        <Match when={mode() === 'type'}>
          <TypedConfirm
            word={props.proposal.body.plan.action.target}
            submit={`Approve ${changeWords(props.proposal)}`}
            order={order}
            onConfirm={() => void decide('approve', 'typed to approve')}
            onCancel={() => setMode('hold')}
          />
        </Match>
        <Match when={mode() === 'changes'}>
          <RequestChanges
            proposal={props.proposal}
            order={order}
            onSubmit={(wants, reason) => void requestChanges(wants, reason)}
            onCancel={() => setMode('hold')}
          />
        </Match>
        <Match when={mode() === 'reject'}>
          <ReasonForm
            asks="Why not?"
            submit="Reject"
            danger
            order={order}
            onSubmit={(reason) => void decide('reject', reason)}
          />
          <button type="button" class="button quiet" onClick={() => setMode('hold')}>
            Back
          </button>
        </Match>
      </Switch>
    </div>
  )
}
