import { For, Show } from 'solid-js'
import type { Action, GateVerdict, GuardVerdict, Proposal } from '../../../../durable/protocol/domain.ts'
import { count, list, setting, words } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'

/** Guard, gate, expectation, undo: the sentences under the quorum. */
export function Checks(props: { proposal: Proposal }) {
  const plan = () => props.proposal.body.plan
  return (
    <dl class="pairs">
      <dt>Guard</dt>
      <dd>
        <Guard guard={props.proposal.guard} />
      </dd>
      <Show when={props.proposal.body.decidedBy === 'system'}>
        <dt>Gate</dt>
        <dd>
          <Gate gate={props.proposal.gate} />
        </dd>
      </Show>
      <dt>Expect</dt>
      <dd>{plan().expected}</dd>
      <dt>Undo</dt>
      <dd>
        <Show when={plan().rollback} fallback={<span class="word harm">cannot be undone</span>}>
          {(rollback) => <>{undo(rollback(), plan().previous)}</>}
        </Show>
      </dd>
    </dl>
  )
}

function undo(rollback: Pick<Action, 'type' | 'target' | 'parameters'>, previous: Record<string, number>): string {
  const set = Object.entries({ ...previous, ...rollback.parameters }).map(
    ([name, value]) => `${words(name)} ${setting(value)}`,
  )
  return `${words(rollback.type)} on ${rollback.target}${set.length === 0 ? '' : `, ${list(set)}`}`
}

function Guard(props: { guard: GuardVerdict }) {
  const refusing = () => props.guard.clauses.filter((clause) => clause.holds !== true)
  return (
    <details class="clauses">
      <summary>
        <Show
          when={props.guard.holds}
          fallback={
            <span class="word harm">refuses: {list(refusing().map((clause) => clause.reason || clause.name))}</span>
          }
        >
          holds, {count(props.guard.clauses.length, 'clause')} at {clockTime(props.guard.at)}; checked again before the
          run
        </Show>
      </summary>
      <ul>
        <For each={props.guard.clauses}>
          {(clause) => (
            <li>
              <span
                class="word"
                classList={{ well: clause.holds === true, harm: clause.holds === false, doubt: clause.holds === null }}
              >
                {clause.holds === true ? 'holds' : clause.holds === false ? 'refuses' : 'unreadable'}
              </span>{' '}
              {words(clause.name)}
              <span class="dim">
                {' '}
                {clause.kind}
                {clause.holds === true || clause.reason === '' ? '' : `: ${clause.reason}`}
              </span>
            </li>
          )}
        </For>
      </ul>
    </details>
  )
}

function Gate(props: { gate: GateVerdict }) {
  const facts = () =>
    `${count(props.gate.kinds.length, 'kind')}, ${count(props.gate.sources.length, 'source')}, ${props.gate.observedNow.length} seen now on target or path`
  return (
    <Show
      when={props.gate.passes}
      fallback={
        <>
          <span class="word harm">{props.gate.reason}</span>: {facts()}.{' '}
          <Show when={props.gate.wouldDecide !== ''}>Would decide: {props.gate.wouldDecide}</Show>
        </>
      }
    >
      {facts()}
      <Show when={props.gate.notCounted.length > 0}>
        <span class="dim block">
          not counted: {list(props.gate.notCounted.map((item) => `${item.evidence} (${words(item.why)})`))}
        </span>
      </Show>
    </Show>
  )
}
