import { For, Show, createMemo, createSignal } from 'solid-js'
import { count } from '../../format/figures.ts'
import { EvidenceChip, TaintedText } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'
import { taintedTexts } from './taint.ts'

/** Drawn at once; a storm brings thousands. */
const TEXTS_AT_ONCE = 60

/** Every text here that outsiders could have written, and what that means. */
export function TaintList() {
  const { room } = useRoom()
  const texts = createMemo(() => taintedTexts(room.state.view))
  const [shown, setShown] = createSignal(TEXTS_AT_ONCE)
  return (
    <section class="doubts" aria-labelledby="taint">
      <header class="ballot-head">
        <h2 id="taint">Taint</h2>
        <span class="label">{count(texts().length, 'text')} that outsiders could have written</span>
      </header>
      <p class="ballot-says">
        Whoever can cause an alert, name a deploy or write a log line wrote these. They are shown as text, hatched and
        named; they count zero at the evidence gate, and none of them reaches an action, its target or its parameters. A
        label counts only where the catalogue knows the service that it names.
      </p>
      <ul class="taint-list">
        <For
          each={texts().slice(0, shown())}
          fallback={<li class="dim">At this moment the room holds no such text.</li>}
        >
          {(item) => (
            <li>
              <span class="taint-where">
                <Show when={item.evidence} fallback={item.where}>
                  {(id) => (
                    <>
                      <EvidenceChip id={id()} brief /> {item.where}
                    </>
                  )}
                </Show>
              </span>
              <TaintedText text={item.text} />
            </li>
          )}
        </For>
      </ul>
      <Show when={texts().length > shown()}>
        <button type="button" class="button" onClick={() => setShown((n) => n + TEXTS_AT_ONCE)}>
          Show {Math.min(TEXTS_AT_ONCE, texts().length - shown())} more of {texts().length}
        </button>
      </Show>
    </section>
  )
}
