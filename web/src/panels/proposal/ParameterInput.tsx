import { For, Match, Switch } from 'solid-js'
import type { ParameterSpec } from '../../../../durable/protocol/domain.ts'
import { figure, words } from '../../format/figures.ts'

/** What a form holds as text, as the value that is sent: NaN for no figure yet. The room judges the bounds. */
export function parameterValue(spec: ParameterSpec, text: string): number | string {
  if (spec.type === 'choice' || spec.type === 'cidr') return text.trim()
  return Number.parseFloat(text)
}

/** One parameter of a runbook: a figure within its bounds, one of its words, or an address range. */
export function ParameterInput(props: {
  id: string
  spec: ParameterSpec
  value: string
  onInput: (value: string) => void
}) {
  return (
    <Switch>
      <Match when={props.spec.type === 'choice' && props.spec}>
        {(spec) => (
          <>
            <label for={props.id}>{words(spec().name)}</label>
            <select
              id={props.id}
              required
              value={props.value}
              onChange={(event) => props.onInput(event.currentTarget.value)}
            >
              <option value="">choose one</option>
              <For each={spec().values}>{(value) => <option value={value}>{value}</option>}</For>
            </select>
          </>
        )}
      </Match>
      <Match when={props.spec.type === 'cidr' && props.spec}>
        {(spec) => (
          <>
            <label for={props.id}>
              {words(spec().name)}, an address range, at most a /{spec().prefixMin}
            </label>
            <input
              id={props.id}
              required
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              placeholder="203.0.113.0/24"
              value={props.value}
              onInput={(event) => props.onInput(event.currentTarget.value)}
            />
          </>
        )}
      </Match>
      <Match when={props.spec.type !== 'choice' && props.spec.type !== 'cidr' && props.spec}>
        {(spec) => (
          <>
            <label for={props.id}>
              {words(spec().name)}, {figure(spec().min)} to {figure(spec().max)} {spec().unit}
            </label>
            <input
              id={props.id}
              type="number"
              step="any"
              min={spec().min}
              max={spec().max}
              required
              value={props.value}
              onInput={(event) => props.onInput(event.currentTarget.value)}
            />
          </>
        )}
      </Match>
    </Switch>
  )
}
