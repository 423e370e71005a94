import { Show, createSignal } from 'solid-js'
import { clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Scrubber } from './Scrubber.tsx'
import type { Replay } from './replay.ts'

/** How long "copied" stands, ms: long enough to be read twice. */
const COPIED_MS = 4_000

/** Which moment is shown, how to go to another one, and its link. */
export function TimeBar(props: {
  replay: Replay
  seq: number
  at: number
  /** what the event said, as a sentence. */
  says: string
  /** null: what is shown has no address. */
  link: string | null
  onSeek: (seq: number) => void
}) {
  const last = () => props.replay.events.length
  const past = () => props.seq < last()
  return (
    <section class="time-bar" classList={{ past: past() }} aria-label="Moment">
      <div class="time-row">
        <div class="time-steps">
          <button type="button" class="button" disabled={props.seq === 1} onClick={() => props.onSeek(1)}>
            <span aria-hidden="true">⇤</span>
            <span class="sr-only">To the first event</span>
          </button>
          <button type="button" class="button" disabled={props.seq === 1} onClick={() => props.onSeek(props.seq - 1)}>
            <span aria-hidden="true">←</span>
            <span class="sr-only">One event back</span>
          </button>
          <button type="button" class="button" disabled={!past()} onClick={() => props.onSeek(props.seq + 1)}>
            <span aria-hidden="true">→</span>
            <span class="sr-only">One event on</span>
          </button>
        </div>
        <p class="moment">
          <time class="moment-time" dateTime={new Date(props.at).toISOString()}>
            {clockTime(props.at)}
          </time>{' '}
          <span class="nowrap">
            event <b>{props.seq}</b> of {last()}
          </span>{' '}
          <span class="moment-says">{props.says}</span>
        </p>
        <div class="time-ends">
          <Show when={past()}>
            <span class="past-word">
              <Icon name="clock" size={12} />
              You are looking at the past
            </span>
            <button type="button" class="button" onClick={() => props.onSeek(last())}>
              Go to the end
            </button>
          </Show>
          <CopyLink link={props.link} />
        </div>
      </div>
      <Scrubber
        replay={props.replay}
        seq={props.seq}
        says={`${clockTime(props.at)}, ${props.says}`}
        onSeek={props.onSeek}
      />
    </section>
  )
}

/** The address of this moment on the clipboard; where the browser gives no clipboard it stands there to be taken. */
function CopyLink(props: { link: string | null }) {
  const [state, setState] = createSignal<'idle' | 'copied' | 'by-hand'>('idle')
  const copy = async (link: string) => {
    try {
      await navigator.clipboard.writeText(link)
      setState('copied')
      setTimeout(() => setState('idle'), COPIED_MS)
    } catch {
      setState('by-hand')
    }
  }
  return (
    <Show when={props.link} fallback={<span class="label">a file has no address</span>}>
      {(link) => (
        <span class="copy-link">
          <button type="button" class="button" onClick={() => void copy(link())}>
            <Icon name="copy" />
            <span>
              Link<span class="copy-link-rest"> to this moment</span>
            </span>
          </button>
          <span role="status" class="label">
            {state() === 'copied' ? 'copied' : ''}
          </span>
          <Show when={state() === 'by-hand'}>
            <input class="link-text" readOnly aria-label="Link to this moment" value={link()} />
          </Show>
        </span>
      )}
    </Show>
  )
}
