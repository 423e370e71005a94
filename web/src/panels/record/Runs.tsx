import { For, Show } from 'solid-js'
import type { Execution, Proposal } from '../../../../durable/protocol/domain.ts'
import { shortDigest, words } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'

const OUTCOME: Record<Execution['outcome'], { says: string; tone: string }> = {
  running: { says: 'sent, no answer yet', tone: '' },
  ran: { says: 'ran', tone: 'well' },
  failed: { says: 'surely did not run', tone: 'doubt' },
  unknown: { says: 'no definite answer', tone: 'doubt' },
  'did-not-run': { says: 'did not run', tone: 'doubt' },
}

const UNDO_WHY = {
  worse: 'because it made things worse',
  'no-better': 'because it made things no better',
  'by-person': 'because a person ordered it',
} as const

const STEP_TONE = {
  waiting: 'dim',
  running: 'word you',
  done: 'word well',
  failed: 'word harm',
  skipped: 'dim',
} as const

/** What was done: the steps before the call, the one call, a dry run in its place, and the rollback. */
export function Runs(props: { proposal: Proposal }) {
  return (
    <section>
      <h3>What ran</h3>
      <Show when={props.proposal.steps?.length}>
        <ol class="record-list steps-run" aria-label="Steps before the action">
          <For each={props.proposal.steps}>
            {(step) => (
              <li>
                <span class={STEP_TONE[step.state]}>{step.state}</span>
                <span>
                  <code>{step.id}</code>
                  <span class="label block">
                    {step.at === null ? 'not yet' : clockTime(step.at)}
                    {step.by === null ? '' : `, by ${step.by}`}
                    {step.detail === '' ? '' : `: ${step.detail}`}
                  </span>
                </span>
              </li>
            )}
          </For>
        </ol>
      </Show>
      <Show
        when={props.proposal.execution}
        fallback={<p class="dim">{props.proposal.dryRun ? '' : 'At this moment nothing has run.'}</p>}
      >
        {(execution) => <Run title="The action" execution={execution()} />}
      </Show>
      <Show when={props.proposal.dryRun}>
        {(dryRun) => (
          <p>
            <b>Dry run.</b> Nothing was called. {dryRun().says}
          </p>
        )}
      </Show>
      <Show
        when={props.proposal.undo}
        fallback={
          <p class="label">
            {props.proposal.undoWhy
              ? `An undo is due, ${UNDO_WHY[props.proposal.undoWhy]}.`
              : props.proposal.body.plan.rollback
                ? `Not undone. The undo would be ${words(props.proposal.body.plan.rollback.type)} on ${props.proposal.body.plan.rollback.target}.`
                : 'It cannot be undone.'}
          </p>
        }
      >
        {(undo) => (
          <Run
            title={`The undo${props.proposal.undoWhy ? `, ${UNDO_WHY[props.proposal.undoWhy]}` : ''}`}
            execution={undo()}
          />
        )}
      </Show>
    </section>
  )
}

function Run(props: { title: string; execution: Execution }) {
  const outcome = () => OUTCOME[props.execution.outcome]
  return (
    <div class="run">
      <p>
        <b>{props.title}</b> <span class={`word ${outcome().tone}`}>{outcome().says}</span>
      </p>
      <dl class="pairs wide-terms">
        <dt>Sent</dt>
        <dd>
          {clockTime(props.execution.startedAt)}, once, fencing token {props.execution.token}
        </dd>
        <dt>Key</dt>
        <dd>
          <code title={props.execution.key}>{shortDigest(props.execution.key)}</code>
        </dd>
        <Show when={props.execution.endedAt}>
          {(at) => (
            <>
              <dt>Answered</dt>
              <dd>{clockTime(at())}</dd>
            </>
          )}
        </Show>
        <Show when={props.execution.detail !== ''}>
          <dt>Says</dt>
          <dd>{props.execution.detail}</dd>
        </Show>
        <Show when={props.execution.settledBy}>
          {(by) => (
            <>
              <dt>Settled by</dt>
              <dd>{by()}</dd>
            </>
          )}
        </Show>
      </dl>
    </div>
  )
}
