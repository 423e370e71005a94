import { For, Show } from 'solid-js'
import type { Proposal } from '../../../../durable/protocol/domain.ts'
import { count } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'

/** What it would have done, as its driver said: shown apart from anything that ran. */
export function DryRunReport(props: { proposal: Proposal }) {
  return (
    <Show when={props.proposal.dryRun}>
      {(report) => (
        <section class="dry-run" aria-label="Dry run">
          <p>
            <span class="word you">Dry run at {clockTime(report().at)}: nothing was called.</span> {report().says}{' '}
            {report().effect}
          </p>
          <Show when={report().calls.length > 0} fallback={<p class="label">It would call nothing.</p>}>
            <p class="label">It would make {count(report().calls.length, 'call')}:</p>
            <ul>
              <For each={report().calls}>
                {(call) => (
                  <li>
                    <code>
                      {call.method} {call.url}
                    </code>
                    <Show when={call.body !== ''}>
                      <pre>{call.body}</pre>
                    </Show>
                  </li>
                )}
              </For>
            </ul>
          </Show>
          <Show when={!report().canCheck}>
            <p class="label">The target itself was not asked: what it would answer is not known.</p>
          </Show>
        </section>
      )}
    </Show>
  )
}

/** The clause that stood in for an approval, and the record that earned it. */
export function AutonomyLine(props: { proposal: Proposal }) {
  return (
    <Show when={props.proposal.autonomy}>
      {(used) => (
        <p>
          <span class="word you">Autonomy, clause {used().clause}:</span> {used().record.n} verified recoveries,{' '}
          {count(used().record.regressions, 'regression')}. No person approved it.
        </p>
      )}
    </Show>
  )
}
