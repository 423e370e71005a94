import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import type { Relation } from '../../../../durable/protocol/crew.ts'
import { incidentShort } from '../../format/names.ts'
import { useRoom } from '../context.tsx'

const SAYS: Record<Relation, string> = {
  parent: 'part of',
  child: 'has part',
  'merged-into': 'merged into',
  'merged-from': 'took in',
  'split-from': 'split off',
  'split-into': 'split into',
}

/** What this incident belongs to, took in or was split into, each a way there; and what is on its way. */
export function Relations() {
  const { room } = useRoom()
  const drills = () => (room.state.view.head?.drill == null ? '' : '?drill=true')
  const links = () => room.state.view.links
  return (
    <>
      <Show when={room.state.view.moving}>
        {(moving) => (
          <span class="word you" role="status">
            {moving().kind === 'split' ? 'splitting' : moving().kind === 'merge' ? 'merging' : 'taking back'}, the
            directory decides
          </span>
        )}
      </Show>
      <For each={links()}>
        {(link) => (
          <span class="dim">
            {SAYS[link.relation]}{' '}
            <A class="link mono" href={`/ops/${link.incident}${drills()}`}>
              {incidentShort(link.incident)}
            </A>
          </span>
        )}
      </For>
    </>
  )
}
