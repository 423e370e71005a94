import { For, Show } from 'solid-js'
import type { GateVerdict, Proposal } from '../../../../durable/protocol/domain.ts'
import { list } from '../../format/figures.ts'
import { EvidenceChip, EvidenceChips } from '../EvidenceChip.tsx'

/** The gate asks for two kinds from two sources, one of them observed now (DESIGN "Consensus"). */
const KINDS_NEEDED = 2
const SOURCES_NEEDED = 2
const NOW_NEEDED = 1

const NOT_COUNTED_SAYS: Record<GateVerdict['notCounted'][number]['why'], string> = {
  'supports-only': 'supports, never counts: topology and past incidents',
  tainted: 'outsiders could have written it: counts zero',
  'off-path': 'not on the target, nor on the path to the symptom',
  stale: 'past its limit when it was judged',
}

/** The evidence gate: what it counted, and what it did not count and why. */
export function GateTable(props: { proposal: Proposal }) {
  const gate = () => props.proposal.gate
  return (
    <section>
      <h3>
        Evidence gate{' '}
        <Show
          when={props.proposal.body.decidedBy === 'system'}
          fallback={<span class="label">skipped by an own decision; this is what it would have said</span>}
        >
          <span class={`word ${gate().passes ? 'well' : 'harm'}`}>{gate().passes ? 'passed' : gate().reason}</span>
        </Show>
      </h3>
      <GateFacts gate={gate()} />
      <Show when={gate().observedNow.length > 0}>
        <p class="label gate-line">seen now on target or path</p>
        <EvidenceChips ids={gate().observedNow} brief />
      </Show>
      <Show when={gate().notCounted.length > 0} fallback={<p class="label gate-line">Everything cited was counted.</p>}>
        <p class="label gate-line">not counted, and why</p>
        <ul class="not-counted">
          <For each={gate().notCounted}>
            {(item) => (
              <li>
                <EvidenceChip id={item.evidence} brief />
                <span>
                  <b>{item.why}</b> <span class="dim">{NOT_COUNTED_SAYS[item.why]}</span>
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={!gate().passes && gate().wouldDecide !== ''}>
        <p class="gate-line">Would decide: {gate().wouldDecide}</p>
      </Show>
    </section>
  )
}

/** Kinds, sources and what was seen now, each beside what is needed. */
export function GateFacts(props: { gate: GateVerdict }) {
  return (
    <dl class="pairs wide-terms">
      <dt>Kinds</dt>
      <dd>
        <b>{props.gate.kinds.length}</b>, needs {KINDS_NEEDED}
        {props.gate.kinds.length === 0 ? '' : `: ${list(props.gate.kinds)}`}
      </dd>
      <dt>Sources</dt>
      <dd>
        <b>{props.gate.sources.length}</b>, needs {SOURCES_NEEDED}
        {props.gate.sources.length === 0 ? '' : `: ${list(props.gate.sources)}`}
      </dd>
      <dt>Now</dt>
      <dd>
        <b>{props.gate.observedNow.length}</b> seen now on target or path, needs {NOW_NEEDED}
      </dd>
      <dt>Tainted</dt>
      <dd>
        <b>{props.gate.notCounted.filter((item) => item.why === 'tainted').length}</b> cited; tainted text counts zero
      </dd>
    </dl>
  )
}
