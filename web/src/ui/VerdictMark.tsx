import { Match, Switch } from 'solid-js'
import type { Verdict } from '../../../durable/protocol/domain.ts'
import { VERDICT_WORD } from '../format/names.ts'

/** Full disc with tick, three-quarter disc, dashed ring with a question mark, ring with a slash; and the word. */
export function VerdictMark(props: { verdict: Verdict }) {
  return (
    <span class={`verdict ${props.verdict.toLowerCase()}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
        <Switch>
          <Match when={props.verdict === 'CONFIRMED'}>
            <circle class="fill" cx="8" cy="8" r="7.2" />
            <path class="cut" d="M4.6 8.2 7 10.6l4.4-5" />
          </Match>
          <Match when={props.verdict === 'LIKELY'}>
            <circle class="ring" cx="8" cy="8" r="6.6" />
            <path class="fill" d="M8 1.4A6.6 6.6 0 1 1 1.4 8H8z" />
          </Match>
          <Match when={props.verdict === 'INCONCLUSIVE'}>
            <circle class="ring dashed" cx="8" cy="8" r="6.6" />
            <path class="ring" d="M6.2 6.4c0-2.4 3.6-2.3 3.6-.1 0 1.4-1.8 1.5-1.8 2.8M8 11.4v.2" />
          </Match>
          <Match when={props.verdict === 'RULED_OUT'}>
            <circle class="ring" cx="8" cy="8" r="6.6" />
            <path class="ring" d="M3.6 12.4 12.4 3.6" />
          </Match>
        </Switch>
      </svg>
      {VERDICT_WORD[props.verdict]}
    </span>
  )
}
