import { A } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import type { SigningState } from '../../../../durable/protocol/access.ts'
import type { StormRow } from '../../../../durable/protocol/noise.ts'
import type { LinkState } from '../../room/link.ts'
import { count } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'

const NO_KEY = {
  'master-key-missing': 'IC_MASTER_KEY is not set',
  'master-key-invalid': 'IC_MASTER_KEY is not 32 bytes in base64',
} as const

/** One banner, worst first: kill switch, stale, no signing, dry run, storm, drill. Each says what still works and offers one action. */
export function Banner(props: {
  killSwitch: { on: boolean; by: string; reason: string } | null
  /** left out where nothing real is shown. */
  dryRun?: { on: boolean; by: string; reason: string }
  link: LinkState
  /** left out or null where nobody knows yet. */
  signing?: SigningState | null
  onSigning?: () => void
  drill: boolean
  storm: StormRow | null
  onKillSwitch: () => void
  onDryRun?: () => void
  onRetry: () => void
  onStopDrill: (() => void) | null
}) {
  const noKey = () => (props.signing && props.signing !== 'ready' ? NO_KEY[props.signing] : null)
  const since = () => (props.link.kind === 'live' ? null : props.link.since)
  return (
    <Switch>
      <Match when={props.killSwitch?.on === true && props.killSwitch}>
        {(kill) => (
          <div class="banner harm" role="status">
            <Icon name="power" />
            <p>
              <b>Kill switch is on.</b> No action runs anywhere.
              <Show when={kill().by !== ''}>
                {' '}
                Set by {kill().by}: {kill().reason}
              </Show>
            </p>
            <button type="button" class="button" onClick={() => props.onKillSwitch()}>
              Show
            </button>
          </div>
        )}
      </Match>
      <Match when={since()}>
        {(lost) => (
          <div class="banner harm" role="status">
            <Icon name="offline" />
            <p>
              <b>Stale since {clockTime(lost())}.</b> You read what was last received. Nothing you press is sent until
              the connection is back.
            </p>
            <button type="button" class="button" onClick={() => props.onRetry()}>
              Try now
            </button>
          </div>
        )}
      </Match>
      <Match when={noKey()}>
        {(why) => (
          <div class="banner harm" role="status">
            <Icon name="alert" />
            <p>
              <b>Agents cannot sign: no ballot carries.</b> {why()}. An admin sets it as a Worker secret (
              <code>ic doctor</code> says how); until then a commander decides.
            </p>
            <button type="button" class="button" onClick={() => props.onSigning?.()}>
              Look again
            </button>
          </div>
        )}
      </Match>
      <Match when={props.dryRun?.on === true && props.dryRun}>
        {(dry) => (
          <div class="banner drill" role="status">
            <Icon name="gap" />
            <p>
              <b>DRY RUN: nothing will be called.</b> What would be is shown. Set by {dry().by}: {dry().reason}
            </p>
            <button type="button" class="button" onClick={() => props.onDryRun?.()}>
              Show
            </button>
          </div>
        )}
      </Match>
      <Match when={props.storm}>
        {(storm) => (
          <div class="banner doubt" role="status">
            <Icon name="alert" />
            <p>
              <b>Alert storm since {clockTime(Date.parse(storm().since))}.</b> {count(storm().perMinute, 'new alert')}{' '}
              in the last minute. What belongs nowhere else gathers in one incident; nothing is dropped.
            </p>
            <Show when={storm().incident}>
              {(incident) => (
                <A class="button" href={`/ops/${incident()}`}>
                  Open it
                </A>
              )}
            </Show>
          </div>
        )}
      </Match>
      <Match when={props.drill}>
        <div class="banner drill" role="status">
          <Icon name="flask" />
          <p>
            <b>Drill: simulated input.</b> No action leaves this drill and no metric counts it.
          </p>
          <Show when={props.onStopDrill}>
            {(stop) => (
              <button type="button" class="button" onClick={() => stop()()}>
                Stop drill
              </button>
            )}
          </Show>
        </div>
      </Match>
    </Switch>
  )
}

/** Local mode is never mistaken for a guarded instance. */
export function LocalMode() {
  return (
    <p class="local-mode">
      <b>Local mode.</b> Whoever reaches this address on this machine is a commander. No account, no outside connection.
    </p>
  )
}
