import { For, Show, createMemo, createSignal, onCleanup, onMount } from 'solid-js'
import { clockTime, took } from '../../format/time.ts'
import { seqByKey } from './keys.ts'
import { type Label, ROWS, placeLabels, placeLeads } from './labels.ts'
import type { Mark, Replay, Stretch } from './replay.ts'
import { type Scale, scaleOf } from './scale.ts'

const HEIGHT_PX = 122
/** Room at both ends, so that the handle and the first word are whole. */
const EDGE_PX = 12
/** What is drawn before the page has been measured, and where nothing can be measured. */
const WIDTH_PX_UNMEASURED = 900
const BAND = { top: 48, height: 20 } as const
const TICKS = { top: 72, height: 12 } as const
const MARK_LABELS_TOP = 104
/** Baseline of the lower row of words on leader lines: clear of the handle. */
const LEAD_LABELS_TOP = 26
/** Rows of labels above and below the line. */
const ROW_PX = 12

/**
 * The log as a line: phases as a band, each event as a tick, what people look for as marks. A slider: arrows go by event,
 * with shift by phase, Home and End to the ends; a press goes there.
 */
export function Scrubber(props: { replay: Replay; seq: number; says: string; onSeek: (seq: number) => void }) {
  const [width, setWidth] = createSignal(WIDTH_PX_UNMEASURED)
  let box: HTMLDivElement | undefined
  onMount(() => {
    if (!box || typeof ResizeObserver !== 'function') return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(120, Math.floor(entry?.contentRect.width ?? 0))))
    observer.observe(box)
    onCleanup(() => observer.disconnect())
  })
  const scale = createMemo<Scale>(() => scaleOf(props.replay.events.map((event) => event.at)))
  const x = (seq: number) => EDGE_PX + (scale().places[seq - 1] ?? 1) * (width() - 2 * EDGE_PX)
  const last = () => props.replay.events.length
  const ticks = createMemo(() =>
    props.replay.events.map((event) => `M${x(event.seq).toFixed(1)} ${TICKS.top}v${TICKS.height}`).join(''),
  )
  const bands = createMemo(() =>
    props.replay.stretches.map((stretch, i) => {
      const to = props.replay.stretches[i + 1]
      const from = x(stretch.seq)
      return { stretch, from, width: Math.max(1, (to ? x(to.seq) : width() - EDGE_PX) - from) }
    }),
  )
  const inside = (band: { stretch: Stretch; width: number }) => band.width > wordPx(band.stretch.phase) + 12
  const above = createMemo(() =>
    placeLeads(
      bands()
        .filter((band) => !inside(band))
        .map((band): Label => ({ seq: band.stretch.seq, x: band.from, word: band.stretch.phase })),
      width(),
    ),
  )
  const below = createMemo(() =>
    placeLabels(
      props.replay.marks.map((mark): Label => ({ seq: mark.seq, x: x(mark.seq), word: mark.word })),
      width(),
    ),
  )
  // Rows of labels that nobody needs take no room.
  const spare = () => ({
    top: (ROWS - rowsOf(above())) * ROW_PX,
    bottom: (ROWS - rowsOf(below())) * ROW_PX,
  })
  const current = () => props.replay.stretches.findLast((stretch) => stretch.seq <= props.seq)

  function seekTo(clientX: number): void {
    const left = box?.getBoundingClientRect().left ?? 0
    props.onSeek(scale().at((clientX - left - EDGE_PX) / (width() - 2 * EDGE_PX)))
  }

  function key(event: KeyboardEvent): void {
    const to = seqByKey(event, props.replay, props.seq)
    if (to === null) return
    event.preventDefault()
    props.onSeek(to)
  }

  return (
    <div class="scrubber">
      <div
        class="scrubber-line"
        role="slider"
        tabIndex={0}
        aria-label="Moment in the log"
        aria-valuemin={1}
        aria-valuemax={last()}
        aria-valuenow={props.seq}
        aria-valuetext={`event ${props.seq} of ${last()}, ${props.says}`}
        aria-keyshortcuts="ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight Home End"
        ref={(element) => {
          box = element
        }}
        onKeyDown={key}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          seekTo(event.clientX)
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event.clientX)
        }}
      >
        <svg
          width={width()}
          height={HEIGHT_PX - spare().top - spare().bottom}
          viewBox={`0 ${spare().top} ${width()} ${HEIGHT_PX - spare().top - spare().bottom}`}
          aria-hidden="true"
        >
          <rect class="scrub-past" x="0" y={BAND.top - 4} width={x(props.seq)} height={TICKS.top + 18 - BAND.top} />
          <For each={bands()}>
            {(band) => (
              <g class="scrub-band" classList={{ on: band.stretch === current() }}>
                <rect x={band.from} y={BAND.top} width={Math.max(1, band.width - 1)} height={BAND.height} rx="2" />
                <Show when={inside(band)}>
                  <text x={band.from + 6} y={BAND.top + 14}>
                    {band.stretch.phase}
                  </text>
                </Show>
              </g>
            )}
          </For>
          <For each={above()}>
            {(label) => (
              <g class="scrub-lead">
                <path
                  d={`M${label.x + 0.5} ${BAND.top}V${LEAD_LABELS_TOP - label.row * ROW_PX - 4}h${label.from > label.x ? 4 : -4}`}
                />
                <text x={label.from} y={LEAD_LABELS_TOP - label.row * ROW_PX}>
                  {label.word}
                </text>
              </g>
            )}
          </For>
          <path class="scrub-ticks" d={ticks()} />
          <For each={scale().silences}>
            {(silence) => (
              <g class="scrub-silence">
                <path d={breakAt((x(silence.seq) + x(silence.seq + 1)) / 2)} />
                <title>nothing for {took(silence.ms)}</title>
              </g>
            )}
          </For>
          <For each={props.replay.marks}>
            {(mark) => (
              <g class={`scrub-mark ${mark.tone}`}>
                <path d={`M${x(mark.seq)} ${TICKS.top - 2}v${TICKS.height + 5}`} />
                <circle cx={x(mark.seq)} cy={TICKS.top + TICKS.height + 4} r="3" />
              </g>
            )}
          </For>
          <For each={below()}>
            {(label) => (
              <text class="scrub-word" x={label.from} y={MARK_LABELS_TOP + label.row * ROW_PX}>
                {label.word}
              </text>
            )}
          </For>
          <g class="scrub-handle">
            <path class="stem" d={`M${x(props.seq)} ${BAND.top - 2}V${TICKS.top + TICKS.height + 4}`} />
            <path d={`M${x(props.seq) - 6} ${BAND.top - 12}h12v7l-6 6-6-6z`} />
          </g>
        </svg>
      </div>
      <details class="scrubber-list">
        <summary class="label">
          {props.replay.stretches.length} phases and {props.replay.marks.length} marks with their times
        </summary>
        <Places title="Phases" places={props.replay.stretches.map((one) => ({ ...one, word: one.phase }))} {...props} />
        <Places title="Marks" places={props.replay.marks} {...props} />
        <Show when={scale().silences.length > 0}>
          <p class="label">
            Long silences are drawn shorter:{' '}
            {scale()
              .silences.map((silence) => `${took(silence.ms)} after event ${silence.seq}`)
              .join(', ')}
            .
          </p>
        </Show>
      </details>
    </div>
  )
}

function Places(props: {
  title: string
  places: readonly Pick<Mark, 'seq' | 'at' | 'word'>[]
  onSeek: (seq: number) => void
}) {
  return (
    <Show when={props.places.length > 0}>
      <h3 class="label">{props.title}</h3>
      <ol class="places">
        <For each={props.places}>
          {(place) => (
            <li>
              <button type="button" class="link-button" onClick={() => props.onSeek(place.seq)}>
                {place.word}
              </button>{' '}
              <span class="mono dim">
                {clockTime(place.at)}, event {place.seq}
              </span>
            </li>
          )}
        </For>
      </ol>
    </Show>
  )
}

/** Two strokes across the line: time is missing here. */
function breakAt(at: number): string {
  return `M${at - 4} ${TICKS.top + 12}l4-12M${at} ${TICKS.top + 12}l4-12`
}

const rowsOf = (labels: readonly { row: number }[]) => Math.max(0, ...labels.map(({ row }) => row + 1))

const wordPx = (word: string) => word.length * 6
