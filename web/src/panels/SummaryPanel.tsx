import { For, Show } from 'solid-js'
import type { Summary } from '../../../durable/protocol/domain.ts'
import { clockTime } from '../format/time.ts'
import { Provenance } from '../ui/Provenance.tsx'
import { useRoom } from './context.tsx'

const QUESTIONS: readonly { key: keyof Summary; title: string }[] = [
  { key: 'happening', title: 'What is happening' },
  { key: 'cause', title: 'What we think' },
  { key: 'next', title: 'What happens next' },
]

/** Communication's three sentences for responders. */
export function SummaryPanel() {
  const { room } = useRoom()
  const finding = () => room.state.view.findings.communication
  const summary = () => {
    const detail = finding()?.detail
    return detail?.agent === 'communication' ? detail.responders : null
  }
  return (
    <section class="summary" aria-label="Summary">
      <For each={QUESTIONS}>
        {(question) => (
          <div>
            <h2 class="label">{question.title}</h2>
            <p>
              <Show when={summary()} fallback={<span class="dim">Not written yet; Communication speaks last.</span>}>
                {(said) => <>{said()[question.key]}</>}
              </Show>
            </p>
            <Show when={finding()}>
              {(written) => (
                <p class="label as-of">
                  <Provenance of={written().provenance.model === null ? 'computed' : 'model'} word />
                  <span>as of {clockTime(written().at)}</span>
                </p>
              )}
            </Show>
          </div>
        )}
      </For>
    </section>
  )
}
