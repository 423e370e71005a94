import { For, Show } from 'solid-js'
import { AGENTS, type AgentName } from '../../../durable/protocol/domain.ts'
import { AGENT_TITLE } from '../format/names.ts'
import { took } from '../format/time.ts'
import { Meter } from '../ui/Meter.tsx'
import { useRoom } from './context.tsx'

/** Agents answer within ten seconds of wall time; the bar is against that. */
const AGENT_BUDGET_MS = 10_000

const DOUBT: readonly string[] = ['late', 'failed', 'inconclusive', 'abstained', 'degraded']

/** Five seats: state word, last finding in two lines, time used. */
export function AgentStrip() {
  const { room } = useRoom()
  const view = () => room.state.view
  const waiting = (agent: AgentName) =>
    agent === 'resolution' && view().proposals.some((proposal) => proposal.status === 'awaiting-approval')
  const word = (agent: AgentName): string => {
    const seat = view().agents[agent]
    const finding = view().findings[agent]
    if (seat.state === 'working') return 'working'
    if (waiting(agent)) return 'your turn'
    if (finding && finding.provenance.degraded !== null && seat.state === 'done') return 'degraded'
    if (agent === 'communication' && seat.state === 'done') return 'clerk'
    return seat.state === 'idle' ? 'watching' : seat.state
  }
  const says = (agent: AgentName): string => {
    const seat = view().agents[agent]
    const finding = view().findings[agent]
    if (seat.state === 'late' || seat.state === 'failed') return seat.reason
    if (finding) return finding.summary
    return seat.state === 'working' ? 'Reading the evidence.' : 'Nothing said yet.'
  }
  return (
    <section class="agents" aria-label="Agents">
      <For each={AGENTS}>
        {(agent) => (
          <article classList={{ waiting: waiting(agent) }}>
            <header>
              <h2>{AGENT_TITLE[agent]}</h2>
              <span
                class="agent-word"
                classList={{ you: waiting(agent), doubt: DOUBT.includes(word(agent)), live: word(agent) === 'working' }}
              >
                {word(agent)}
              </span>
            </header>
            <p class="two-lines" title={says(agent)}>
              {says(agent)}
            </p>
            <footer>
              <Show when={view().agents[agent].tookMs !== null} fallback={<span class="dim">no time yet</span>}>
                <Meter
                  value={(view().agents[agent].tookMs ?? 0) / AGENT_BUDGET_MS}
                  label={`${took(view().agents[agent].tookMs ?? 0)} of ${took(AGENT_BUDGET_MS)} used`}
                />
                <span aria-hidden="true">
                  {took(view().agents[agent].tookMs ?? 0)} of {AGENT_BUDGET_MS / 1_000} s
                </span>
              </Show>
            </footer>
          </article>
        )}
      </For>
    </section>
  )
}
