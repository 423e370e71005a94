import { Show, createMemo, createSignal, untrack } from 'solid-js'
import type { RoomEvent } from '../../../durable/protocol/events.ts'
import { type Lookup, type Sentence, sentenceOf } from '../format/sentence.ts'
import { clockTime } from '../format/time.ts'
import { Blocks } from '../ui/Blocks.tsx'
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

const EMPTY: Record<Filter, string> = {
  key: 'Nothing of note has happened yet.',
  all: 'Nothing has happened yet.',
  notes: 'Nobody wrote a note yet.',
}
/** Chips drawn under one row. */
const CHIPS_MAX = 4

/** Everything that happened, newest first, one sentence each; a log of thousands draws what is near the screen. */
export function Timeline() {
  const { room } = useRoom()
  const [filter, setFilter] = createSignal<Filter>('key')
  const words = wording((id) => room.state.view.proposals.find((proposal) => proposal.id === id))
  const rows = createMemo(() => {
    const log = room.events()
    return untrack(() => words(log))
  })
  const chosen = createMemo(() =>
    rows()
      .filter(({ event, said }) =>
        filter() === 'all' ? true : filter() === 'notes' ? event.body.type === 'note-added' : said.key,
      )
      .toReversed(),
  )
  const notes = () => room.state.view.notes.length
  // Only what arrives while somebody looks is news, and only once: scrolling back to it is not.
  const from = untrack(() => room.state.view.seq)
  const shown = new WeakSet<RoomEvent>()
  const fresh = (event: RoomEvent) => {
    if (event.seq <= from || shown.has(event)) return false
    shown.add(event)
    return true
  }
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
      <Show when={chosen().length > 0} fallback={<p class="empty">{EMPTY[filter()]}</p>}>
        <Blocks rows={chosen()} grows="top" label="Timeline, newest first" class="timeline-rows">
          {(item) => <TimelineRow row={item} fresh={fresh(item.event)} />}
        </Blocks>
      </Show>
    </section>
  )
}

/**
 * Words events in order and keeps each row: a new event must not word two thousand old ones again. An agent that says the
 * same in its next run has said nothing new: its finding stays under All and leaves Key. What Communication writes stands
 * in the summary; in the timeline it is routine.
 */
function wording(lookup: Lookup): (log: readonly RoomEvent[]) => Row[] {
  const worded = new WeakMap<RoomEvent, { plain: Row; echo: Row }>()
  const forms = (event: RoomEvent) => {
    const known = worded.get(event)
    if (known) return known
    const said = sentenceOf(event, lookup)
    const made = { plain: { event, said }, echo: { event, said: { ...said, key: false } } }
    worded.set(event, made)
    return made
  }
  return (log) => {
    const last = new Map<string, string>()
    return log.map((event) => {
      const { plain, echo } = forms(event)
      if (event.body.type !== 'finding-reported') return plain
      const { agent, outcome, reason, summary } = event.body.finding
      const says = `${outcome} ${reason} ${summary}`
      const repeats = agent === 'communication' || last.get(agent) === says
      last.set(agent, says)
      return repeats ? echo : plain
    })
  }
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

function TimelineRow(props: { row: Row; fresh: boolean }) {
  const said = () => props.row.said
  return (
    <li class={`timeline-row ${said().tone}`} classList={{ fresh: props.fresh }}>
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
