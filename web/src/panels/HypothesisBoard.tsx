import { For, Show } from 'solid-js'
import type { Hypothesis } from '../../../durable/protocol/domain.ts'
import { confidence } from '../format/figures.ts'
import { clockTime } from '../format/time.ts'
import { Meter } from '../ui/Meter.tsx'
import { VerdictMark } from '../ui/VerdictMark.tsx'
import { EvidenceChips } from './EvidenceChip.tsx'
import { useRoom } from './context.tsx'

/** Candidate causes, most confident first; the ruled-out ones are kept, struck. */
export function HypothesisBoard() {
  const { room } = useRoom()
  const view = () => room.state.view
  const sorted = () =>
    [...view().hypotheses].sort(
      (a, b) =>
        Number(a.verdict === 'RULED_OUT') - Number(b.verdict === 'RULED_OUT') ||
        (b.confidence ?? -1) - (a.confidence ?? -1),
    )
  return (
    <section class="panel" aria-labelledby="hypotheses">
      <header class="panel-head">
        <h2 id="hypotheses">Hypotheses</h2>
        <span class="label">confidence settled by code</span>
        <Show when={view().findings.diagnosis}>
          {(finding) => <span class="label end">as of {clockTime(finding().at)}</span>}
        </Show>
      </header>
      <For
        each={sorted()}
        fallback={
          <p class="empty">
            {view().findings.diagnosis ? 'Diagnosis holds no candidate cause.' : 'Diagnosis has not spoken yet.'}
          </p>
        }
      >
        {(hypothesis) => <HypothesisRow hypothesis={hypothesis} />}
      </For>
      <Gaps />
    </section>
  )
}

/** Chips each way under a cause that was ruled out: it is kept to be read, not to be weighed again. */
const BRIEF_MAX = 3

function HypothesisRow(props: { hypothesis: Hypothesis }) {
  const out = () => props.hypothesis.verdict === 'RULED_OUT'
  return (
    <article class="hypothesis" classList={{ out: out() }}>
      <div class="hypothesis-title">
        <h3>
          <Show when={out()} fallback={props.hypothesis.title}>
            <s>{props.hypothesis.title}</s>
          </Show>
        </h3>
        <span class="figure">{confidence(props.hypothesis.confidence)}</span>
      </div>
      <Show when={props.hypothesis.confidence !== null}>
        <Meter
          value={props.hypothesis.confidence ?? 0}
          label={`settled confidence ${confidence(props.hypothesis.confidence)}`}
        />
      </Show>
      <p class="verdict-line">
        <VerdictMark verdict={props.hypothesis.verdict} />
        <span>{props.hypothesis.reason}</span>
      </p>
      <Show
        when={!out()}
        fallback={
          <p class="hypothesis-brief">
            <span class="label">for</span>
            <EvidenceChips ids={props.hypothesis.for} none="nothing" brief max={BRIEF_MAX} />
            <span class="label">against</span>
            <EvidenceChips ids={props.hypothesis.against} none="nothing" brief max={BRIEF_MAX} />
          </p>
        }
      >
        <dl class="pairs narrow">
          <dt>for</dt>
          <dd>
            <EvidenceChips ids={props.hypothesis.for} none="nothing" max={6} />
          </dd>
          <dt>against</dt>
          <dd>
            <EvidenceChips ids={props.hypothesis.against} none="nothing held against it" max={6} />
          </dd>
          <Show when={props.hypothesis.next !== ''}>
            <dt>next</dt>
            <dd>{props.hypothesis.next}</dd>
          </Show>
        </dl>
      </Show>
    </article>
  )
}

/** Gaps drawn at once. */
const GAPS_MAX = 8

/** What could not be read, and why: an answer without it would look surer than it is. Several may miss the same. */
export function Gaps() {
  const { room } = useRoom()
  const gaps = () => [...new Set(room.state.view.gaps.map((gap) => `${gap.what}: ${gap.reason}`))]
  return (
    <Show when={gaps().length > 0}>
      <div class="gaps" role="group" aria-label="Gaps">
        <span class="label">not read</span>
        <span class="chips">
          <For each={gaps().slice(0, GAPS_MAX)}>{(gap) => <span class="chip gap">{gap}</span>}</For>
          <Show when={gaps().length > GAPS_MAX}>
            <details>
              <summary class="label">and {gaps().length - GAPS_MAX} more</summary>
              <p class="label">{gaps().slice(GAPS_MAX).join(', ')}</p>
            </details>
          </Show>
        </span>
      </div>
    </Show>
  )
}
