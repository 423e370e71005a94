import { Show, createSignal } from 'solid-js'
import type { PersonCommand } from '../../../durable/protocol/commands.ts'
import { words } from '../format/figures.ts'
import { useRoom } from './context.tsx'

/** One command of a person on its way: busy until the room answers, then the refusal if there is one. */
export interface Order {
  busy: () => boolean
  /** nothing can be pressed now: one is on its way, or there is no connection to send it on. */
  blocked: () => boolean
  refusal: () => { reason: string; detail: string } | null
  /** true when the room took it. `expectSeq`: only if nothing that people decide on changed after that event. */
  give: (command: PersonCommand, expectSeq?: number) => Promise<boolean>
}

export function useOrder(): Order {
  const { room } = useRoom()
  const [busy, setBusy] = createSignal(false)
  const [refusal, setRefusal] = createSignal<{ reason: string; detail: string } | null>(null)
  return {
    busy,
    blocked: () => busy() || room.state.link.kind !== 'live',
    refusal,
    give: async (command, expectSeq) => {
      setRefusal(null)
      setBusy(true)
      const answer = await room.send(command, expectSeq)
      setBusy(false)
      if (!answer.ok) setRefusal({ reason: answer.reason, detail: answer.detail })
      return answer.ok
    },
  }
}

/** What the room said to it, in words, where the person pressed. */
export function Outcome(props: { of: Order }) {
  return (
    <span role="status" class="outcome">
      <Show when={props.of.busy()}>
        <span class="dim">Sent, waiting for the room.</span>
      </Show>
      <Show when={props.of.refusal()}>
        {(refusal) => (
          <span class="word harm">
            Refused, {words(refusal().reason)}: {refusal().detail}
          </span>
        )}
      </Show>
    </span>
  )
}
