import { Show, createSignal, createUniqueId } from 'solid-js'
import type { Proposal } from '../../../../durable/protocol/domain.ts'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { openProposal } from '../../../../durable/protocol/view.ts'
import { words } from '../../format/figures.ts'
import { Outcome, useOrder } from '../Order.tsx'
import { useRoom } from '../context.tsx'
import { HoldButton } from './HoldButton.tsx'
import { TypedConfirm } from './TypedConfirm.tsx'

const LIVELY: readonly string[] = ['triggered', 'acknowledged', 'mitigated']

/** What the rollback sets, in words. */
export function rollbackWords({ body }: Proposal): string {
  const { rollback } = body.plan
  if (!rollback) return 'nothing'
  const set = Object.entries(rollback.parameters).map(([name, value]) => `${words(name)} ${value}`)
  return `${words(rollback.type)} on ${rollback.target}${set.length === 0 ? '' : `: ${set.join(', ')}`}`
}

/** A commander orders the rollback that was approved with the action: a reason, then held or typed. */
export function Undo(props: { proposal: Proposal }) {
  const { room } = useRoom()
  const id = createUniqueId()
  const [mode, setMode] = createSignal<'closed' | 'hold' | 'type'>('closed')
  const [reason, setReason] = createSignal('')
  const order = useOrder()
  const may = () => {
    const role = room.state.you?.role
    const { status, execution, undo, body } = props.proposal
    const open = openProposal(room.state.view)
    return (
      (role === 'commander' || role === 'admin') &&
      (status === 'verifying' || status === 'done') &&
      execution?.outcome === 'ran' &&
      undo === undefined &&
      body.plan.rollback !== null &&
      LIVELY.includes(room.state.view.state) &&
      (open === null || open.id === props.proposal.id)
    )
  }

  async function send(): Promise<void> {
    const { id: proposal, digest } = props.proposal
    if (await order.give({ type: 'undo', proposal, digest, reason: reason().trim() })) setMode('closed')
  }

  return (
    <Show when={may()}>
      <div class="approval" role="group" aria-label="Undo">
        <Show
          when={mode() !== 'closed'}
          fallback={
            <button type="button" class="button" onClick={() => setMode('hold')}>
              Undo
            </button>
          }
        >
          <p>
            Sends the rollback that was approved with it, once: <b>{rollbackWords(props.proposal)}</b>. Only a kill
            switch stops it.
          </p>
          <div class="form">
            <label for={id}>Why is it taken back?</label>
            <textarea
              id={id}
              rows="2"
              required
              maxLength={REASON_CHARS_MAX}
              value={reason()}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </div>
          <Show
            when={mode() === 'type'}
            fallback={
              <>
                <HoldButton
                  verb="undo"
                  label={rollbackWords(props.proposal)}
                  disabled={reason().trim() === '' || order.blocked() || room.state.link.kind !== 'live'}
                  onHeld={() => void send()}
                  onType={() => setMode('type')}
                />
                <div class="buttons">
                  <button
                    type="button"
                    class="button"
                    disabled={reason().trim() === ''}
                    onClick={() => setMode('type')}
                  >
                    Type to undo
                  </button>
                  <button type="button" class="button quiet" onClick={() => setMode('closed')}>
                    Back
                  </button>
                </div>
                <Outcome of={order} />
              </>
            }
          >
            <TypedConfirm
              word={props.proposal.body.plan.action.target}
              submit="Undo"
              order={order}
              onConfirm={() => void send()}
              onCancel={() => setMode('hold')}
            />
          </Show>
        </Show>
      </div>
    </Show>
  )
}
