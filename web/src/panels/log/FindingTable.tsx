import { For, Show } from 'solid-js'
import { AGENTS, type AgentName } from '../../../../durable/protocol/domain.ts'
import { AGENT_TITLE } from '../../format/names.ts'
import { clockTime, took } from '../../format/time.ts'
import { Provenance } from '../../ui/Provenance.tsx'
import { EvidenceChips } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'

/** What each agent last said: from which evidence, computed by what, in what time. */
export function FindingTable() {
  const { room } = useRoom()
  const view = () => room.state.view
  const finding = (agent: AgentName) => view().findings[agent]
  const model = (agent: AgentName) => finding(agent)?.provenance.model ?? null
  return (
    <section class="findings" aria-labelledby="findings">
      <header class="ballot-head">
        <h2 id="findings">Agents</h2>
        <span class="label">what each read and concluded, as of this moment</span>
      </header>
      <ul class="finding-list">
        <For each={AGENTS}>
          {(agent) => (
            <li>
              <header>
                <h3>{AGENT_TITLE[agent]}</h3>
                <span class="label">{view().agents[agent].state}</span>
                <Show when={finding(agent)}>
                  {(said) => (
                    <span class="label end">
                      run {said().run}, {clockTime(said().at)}, {took(said().provenance.latencyMs)}
                    </span>
                  )}
                </Show>
              </header>
              <Show when={finding(agent)} fallback={<p class="dim">Nothing said yet.</p>}>
                {(said) => (
                  <>
                    <p>{said().summary}</p>
                    <Show when={said().reason !== ''}>
                      <p class="label">
                        {said().outcome}: {said().reason}
                      </p>
                    </Show>
                    <EvidenceChips ids={said().cites} brief max={12} none="cites nothing" />
                    <p class="finding-from">
                      <Provenance
                        of={model(agent) === null ? 'computed' : 'model'}
                        word
                        detail={`${said().provenance.driver}${model(agent) === null ? '' : `, ${model(agent)}`}`}
                      />
                      <Show when={said().provenance.degraded}>
                        {(why) => <span class="word doubt">degraded: {why()}</span>}
                      </Show>
                    </p>
                  </>
                )}
              </Show>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}
