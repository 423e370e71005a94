import { For, Match, Show, Switch } from 'solid-js'
import type { ParameterSpec, Proposal } from '../../../../durable/protocol/domain.ts'
import { figure, setting, shortDigest, words } from '../../format/figures.ts'
import { useRoom } from '../context.tsx'

/** `24 → 36`: the words that the hold button repeats. */
export function changeWords(proposal: Proposal): string {
  const { action, previous } = proposal.body.plan
  const all = Object.entries(action.parameters).map(([name, value]) => {
    const before = previous[name]
    return before === undefined ? `${words(name)} ${setting(value)}` : `${figure(before)} → ${setting(value)}`
  })
  return all.length === 0 ? `${words(action.type)} on ${action.target}` : all.join(', ')
}

/** The exact change in large figures: previous → new, unit and bounds of the catalogue, digest. */
export function Change(props: { proposal: Proposal }) {
  const { room } = useRoom()
  const plan = () => props.proposal.body.plan
  const spec = (name: string) =>
    room.state.view.catalogue?.runbooks
      .find((runbook) => runbook.id === plan().action.runbook)
      ?.parameters.find((parameter) => parameter.name === name)
  return (
    <div class="change">
      <h3>{plan().title}</h3>
      <For
        each={Object.entries(plan().action.parameters)}
        fallback={
          <p class="change-figure">
            {words(plan().action.type)} <span class="label">no parameters</span>
          </p>
        }
      >
        {([name, value]) => (
          <div class="change-row">
            <span class="change-figure">
              <Show when={plan().previous[name] !== undefined}>
                {figure(plan().previous[name])} <span class="dim">→</span>{' '}
              </Show>
              {setting(value)}
            </span>
            <span class="label">
              {words(name)}
              <Show when={spec(name)}>{(known) => <Bounds spec={known()} />}</Show>
            </span>
          </div>
        )}
      </For>
      <p class="label change-facts">
        <span>
          on <b>{plan().action.target}</b>
        </span>
        <span>risk: {props.proposal.body.risk}</span>
        <span title={props.proposal.digest}>
          digest <code>{shortDigest(props.proposal.digest)}</code>
        </span>
      </p>
    </div>
  )
}

function Bounds(props: { spec: ParameterSpec }) {
  return (
    <Switch>
      <Match when={props.spec.type === 'choice' && props.spec}>
        {(spec) => (
          <>
            <br />
            one of {spec().values.join(', ')}
          </>
        )}
      </Match>
      <Match when={props.spec.type === 'cidr' && props.spec}>
        {(spec) => (
          <>
            <br />
            an address range, at most a /{spec().prefixMin}
          </>
        )}
      </Match>
      <Match when={props.spec.type !== 'choice' && props.spec.type !== 'cidr' && props.spec}>
        {(spec) => (
          <>
            {spec().unit === '' ? '' : `, ${spec().unit}`}
            <br />
            bounds {figure(spec().min)}–{figure(spec().max)}
          </>
        )}
      </Match>
    </Switch>
  )
}
