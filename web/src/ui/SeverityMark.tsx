import { Match, Switch } from 'solid-js'
import type { Severity } from '../../../durable/protocol/domain.ts'

/** Shape, fill, number and word; the colour comes last. Below 16 px the number would not be read and is left out. */
export function SeverityMark(props: { severity: Severity; size?: number; word?: boolean }) {
  const size = () => props.size ?? 16
  return (
    <span class={`severity ${props.severity.toLowerCase()}`}>
      <svg width={size()} height={size()} viewBox="0 0 16 16" aria-hidden="true">
        <Switch>
          <Match when={props.severity === 'SEV-1'}>
            <path class="fill" d="M4.9.5h6.2l4.4 4.4v6.2l-4.4 4.4H4.9L.5 11.1V4.9z" />
          </Match>
          <Match when={props.severity === 'SEV-2'}>
            <path class="fill" d="M8 .3 16 15.4H0z" />
          </Match>
          <Match when={props.severity === 'SEV-3'}>
            <path class="outline" d="M8 .9 15.1 8 8 15.1.9 8z" />
          </Match>
          <Match when={props.severity === 'SEV-4'}>
            <rect class="outline" x="1.2" y="1.2" width="13.6" height="13.6" rx="2" />
          </Match>
          <Match when={props.severity === 'SEV-5'}>
            <circle class="outline dashed" cx="8" cy="8" r="6.8" />
          </Match>
        </Switch>
        <text x="8" y={props.severity === 'SEV-2' ? 13.6 : 11.2} text-anchor="middle">
          {props.severity.slice(-1)}
        </text>
      </svg>
      <span classList={{ 'sr-only': props.word === false }}>{props.severity}</span>
    </span>
  )
}
