import { Match, Show, Switch } from 'solid-js'
import type { Vote } from '../../../durable/protocol/domain.ts'

export type Cast = 'support' | 'oppose' | 'abstain' | 'void' | 'not-voted'

/** A void vote counts as not cast and is drawn as void. */
export function castOf(vote: Vote | undefined): Cast {
  if (!vote) return 'not-voted'
  return vote.void === null ? vote.vote : 'void'
}

/** The glyph around its own origin, 9 units to each side; `required` puts a second outline around it. */
export function VoteGlyph(props: { cast: Cast; required?: boolean }) {
  return (
    <g class={`vote-glyph ${props.cast}`}>
      <Show when={props.required === true}>
        <circle class="required" r="10.6" />
      </Show>
      <Switch>
        <Match when={props.cast === 'support'}>
          <circle class="fill" r="8" />
          <path class="cut" d="M-3.6.2-1 2.8 3.8-2.6" />
        </Match>
        <Match when={props.cast === 'oppose'}>
          <rect class="fill" x="-7.4" y="-7.4" width="14.8" height="14.8" rx="1.5" />
          <path class="cut" d="m-3-3 6 6m0-6-6 6" />
        </Match>
        <Match when={props.cast === 'abstain'}>
          <circle class="ring" r="7.2" />
          <path class="ring" d="M-3.4 0h6.8" />
        </Match>
        <Match when={props.cast === 'void'}>
          <circle class="ring dashed" r="7.2" />
          <path class="ring" d="m-3.6 3.6 7.2-7.2" />
        </Match>
        <Match when={props.cast === 'not-voted'}>
          <circle class="ring dotted" r="7.2" />
        </Match>
      </Switch>
    </g>
  )
}

/** A mark in a line of text. `size` in px, never under 14. */
export function VoteMark(props: { cast: Cast; size?: number }) {
  return (
    <svg class="vote-mark" width={props.size ?? 14} height={props.size ?? 14} viewBox="-9 -9 18 18" aria-hidden="true">
      <VoteGlyph cast={props.cast} />
    </svg>
  )
}
