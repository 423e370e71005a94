import { For, Show, createMemo, createSignal } from 'solid-js'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { type Sentence, sentenceOf } from '../format/sentence.ts'
import { clockTime } from '../format/time.ts'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { Provenance } from '../ui/Provenance.tsx'
import { Segments } from '../ui/Segments.tsx'
import { EvidenceChips, TaintedText } from './EvidenceChip.tsx'
import { NoteBox } from './NoteBox.tsx'
import { useRoom } from './context.tsx'

type Filter = 'key' | 'all' | 'notes'
interface Row {
  event: RoomEvent
  said: Sentence
}

/** Rows drawn at first and added by each press of "older": a long incident stays quick. */
const ROWS_STEP = 100
/** Chips drawn under one row. */
const CHIPS_MAX = 4

/** Everything that happened, newest first, one sentence each. */
export function Timeline() {
  const { room } = useRoom()
  const [filter, setFilter] = createSignal<Filter>('key')
  const [limit, setLimit] = createSignal(ROWS_STEP)
  // Sentences are kept by event: a new event must not word two thousand old ones again.
  const worded = new WeakMap<RoomEvent, Row>()
  const lookup = (id: string) => room.state.view.proposals.find((proposal) => proposal.id === id)
  const row = (event: RoomEvent): Row => {
    const known = worded.get(event)
    if (known) return known
    const made = { event, said: sentenceOf(event, lookup) }
    worded.set(event, made)
    return made
  }
  const rows = createMemo(() => withoutEchoes(room.events().map(row)))
  const chosen = createMemo(() =>
    rows()
      .filter(({ event, said }) =>
        filter() === 'all' ? true : filter() === 'notes' ? event.body.type === 'note-added' : said.key,
      )
      .toReversed(),
  )
  const notes = () => room.state.view.notes.length
  return (
    <section class="panel timeline" aria-labelledby="timeline">
      <header class="panel-head">
        <h2 id="timeline">Timeline</h2>
        <Segments
          label="Show in the timeline"
          value={filter()}
          choices={[
            { value: 'key', label: 'Key' },
            { value: 'all', label: `All ${rows().length}` },
            { value: 'notes', label: `Notes ${notes()}` },
          ]}
          onChange={setFilter}
        />
        <NoteBox />
      </header>
      <p class="sr-only" role="log" aria-live="polite" aria-label="New key events">
        {announcement(rows())}
      </p>
      <ol class="timeline-rows">
        <For each={chosen().slice(0, limit())} fallback={<li class="empty">Nothing here yet.</li>}>
          {(item) => <TimelineRow row={item} />}
        </For>
      </ol>
      <Show when={chosen().length > limit()}>
        <button type="button" class="button quiet" onClick={() => setLimit((n) => n + ROWS_STEP)}>
          Show older, {chosen().length - limit()} more
        </button>
      </Show>
    </section>
  )
}

/**
 * An agent that says the same in its next run has said nothing new: its finding stays under All and leaves Key. What
 * Communication writes stands in the summary; in the timeline it is routine.
 */
function withoutEchoes(rows: readonly Row[]): Row[] {
  const last = new Map<string, string>()
  return rows.map((row) => {
    if (row.event.body.type !== 'finding-reported') return row
    const { agent, outcome, reason, summary } = row.event.body.finding
    const says = `${outcome} ${reason} ${summary}`
    const echo = agent === 'communication' || last.get(agent) === says
    last.set(agent, says)
    return echo && row.said.key ? { event: row.event, said: { ...row.said, key: false } } : row
  })
}

/** The latest key event as one sentence for a screen reader. */
function announcement(rows: readonly Row[]): string {
  const last = rows.findLast((row) => row.said.key)
  return last ? `${last.said.who} ${last.said.did}` : ''
}

function actorIcon(event: RoomEvent): IconName {
  if (event.body.type === 'alert-attached' || event.body.type === 'alert-updated') return 'alert'
  if (event.body.type === 'note-added') return 'note'
  switch (event.by.kind) {
    case 'person':
    case 'responder-script':
      return 'person'
    case 'agent':
      return 'metric'
    case 'source':
      return 'source'
    case 'system':
      return 'room'
    default:
      return event.by.kind satisfies never
  }
}

function TimelineRow(props: { row: Row }) {
  const said = () => props.row.said
  return (
    <li class={`timeline-row ${said().tone}`}>
      <time class="mono" dateTime={new Date(props.row.event.at).toISOString()}>
        {clockTime(props.row.event.at)}
      </time>
      <span class="actor">
        <Icon name={actorIcon(props.row.event)} />
      </span>
      <div class="said">
        <span>
          <b>{said().who}</b> {said().did}
        </span>
        <Show when={said().quote !== ''}>
          <p class="quote">
            <Show when={said().tainted} fallback={said().quote}>
              <TaintedText text={said().quote} />
            </Show>
          </p>
        </Show>
        <Show when={said().cites.length > 0}>
          <EvidenceChips ids={said().cites} brief max={CHIPS_MAX} />
        </Show>
      </div>
      <span class="seq mono" title={`event ${props.row.event.seq}`}>
        {props.row.event.seq}
      </span>
      <Provenance of={said().provenance} />
    </li>
  )
}
