import { Match, Show, Switch } from 'solid-js'
import type { LinkState } from '../../room/link.ts'
import { words } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'

/**
 * How live this screen is: own icon and number for each state. `seq` is null where no log is followed; `behind` is how
 * many events of that log are still being read.
 */
export function ConnectionPill(props: {
  link: LinkState
  seq: number | null
  behind: number
  wall: number
  onRetry: () => void
}) {
  const is = <K extends LinkState['kind']>(kind: K) =>
    props.link.kind === kind ? (props.link as Extract<LinkState, { kind: K }>) : null
  return (
    // A new state is told to a screen reader; a number that moves within one is not.
    <span class="pill-box" role="status" aria-atomic="false" aria-relevant="additions" aria-label="Connection">
      <Switch>
        <Match when={props.behind > 0 && is('live')}>
          <span class="pill doubt">
            <Icon name="again" size={12} />
            Catching up <span class="tabular">{props.behind.toLocaleString('en')}</span>
            <Show when={props.seq !== null}>
              <span class="pill-more tabular">event {props.seq}</span>
            </Show>
          </span>
        </Match>
        <Match when={is('live')}>
          {(live) => (
            <span class="pill live">
              <Show when={live().by === 'events'} fallback={<i class="disc" aria-hidden="true" />}>
                <Icon name="source" size={12} />
              </Show>
              {live().by === 'events' ? 'Live through SSE' : 'Live'}
              <span class="dim tabular">
                <span class="pill-more">
                  {props.seq === null ? 'list' : `event ${props.seq}`}
                  {live().rttMs === null ? '' : ' · '}
                </span>
                <Show when={live().rttMs !== null}>{Math.max(1, Math.round(live().rttMs ?? 0))} ms</Show>
              </span>
            </span>
          )}
        </Match>
        <Match when={is('connecting')}>
          {(connecting) => (
            <span class="pill" classList={{ doubt: connecting().tries > 0 }}>
              <Icon name="again" size={12} />
              Connecting
              <Show when={connecting().tries > 0}>
                <span>try {connecting().tries + 1}</span>
              </Show>
            </span>
          )}
        </Match>
        <Match when={is('waiting')}>
          {(waiting) => (
            <button type="button" class="pill doubt" onClick={() => props.onRetry()}>
              <Icon name={waiting().online ? 'again' : 'offline'} size={12} />
              {waiting().online ? 'Reconnecting' : 'Offline, trying'} in{' '}
              <span class="tabular">{Math.max(0, Math.ceil((waiting().untilWall - props.wall) / 1_000))} s</span>
              <Show when={waiting().why}>{(why) => <span>sent away: {words(why())}</span>}</Show>
              <Show when={waiting().since}>
                {(since) => <span class="pill-more">stale since {clockTime(since())}</span>}
              </Show>
              <span class="sr-only">Try now</span>
            </button>
          )}
        </Match>
        <Match when={is('stopped')}>
          {(stopped) => (
            <button type="button" class="pill harm" onClick={() => props.onRetry()}>
              <Icon name="offline" size={12} />
              Not connected, {stopped().reason === '' ? stopped().code : words(stopped().reason)}
              <span class="sr-only">Try now</span>
            </button>
          )}
        </Match>
      </Switch>
    </span>
  )
}
