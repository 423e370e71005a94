import { For, Show } from 'solid-js'
import type { GateVerdict, Proposal } from '../../../../durable/protocol/domain.ts'
import { EvidenceChip, EvidenceChips } from '../EvidenceChip.tsx'
import { GateFacts } from './GateFacts.tsx'

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
