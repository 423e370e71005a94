import { For, Show } from 'solid-js'
import type { GuardClause, GuardVerdict } from '../../../../durable/protocol/domain.ts'
import { words } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'

const HOLDS = (clause: GuardClause) =>
  clause.holds === true
    ? { word: 'holds', tone: 'well' }
    : clause.holds === false
      ? { word: 'refuses', tone: 'harm' }
      : { word: 'unreadable', tone: 'doubt' }

/** The guard, clause by clause: hard ones hold for everybody, judgement clauses may be passed by an own decision. */
export function GuardTable(props: { guard: GuardVerdict }) {
  const held = () => props.guard.clauses.filter((clause) => clause.holds === true).length
  return (
    <section>
      <h3>
        Guard{' '}
        <span class={`word ${props.guard.holds ? 'well' : 'harm'}`}>{props.guard.holds ? 'holds' : 'refuses'}</span>{' '}
        <span class="label">
          {held()} of {props.guard.clauses.length} clauses at {clockTime(props.guard.at)}
        </span>
      </h3>
      <table class="clause-table">
        <caption class="sr-only">Clauses of the guard</caption>
        <thead>
          <tr>
            <th scope="col">Clause</th>
            <th scope="col">Kind</th>
            <th scope="col">Judged</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.guard.clauses}>
            {(clause) => (
              <tr>
                <th scope="row">{words(clause.name)}</th>
                <td class="dim">{clause.kind}</td>
                <td>
                  <span class={`word ${HOLDS(clause).tone}`}>{HOLDS(clause).word}</span>
                  <Show when={clause.holds !== true && clause.reason !== ''}>
                    <span class="label block">{clause.reason}</span>
                  </Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  )
}
