import { Show, createMemo, createSignal } from 'solid-js'
import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import { sentenceOf } from '../../format/sentence.ts'
import { clockTime } from '../../format/time.ts'
import { Blocks } from '../../ui/Blocks.tsx'
import { Provenance } from '../../ui/Provenance.tsx'
import { Segments } from '../../ui/Segments.tsx'
import { EvidenceChips, TaintedText } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'

/** Chips drawn under one row. */
const CHIPS_MAX = 8

/** The log up to this moment, newest first; each event's number leads to it. */
export function EventLog(props: {
  /** from this event on the chain does not hold; null: it holds, or nobody looked. */
  brokenFrom: number | null
  onSeek: (seq: number) => void
}) {
  const { room } = useRoom()
  const [filter, setFilter] = createSignal<'key' | 'all'>('all')
  const proposals = createMemo(() => new Map(room.state.view.proposals.map((proposal) => [proposal.id, proposal])))
  const say = (event: RoomEvent) => sentenceOf(event, (id) => proposals().get(id))
  const rows = createMemo(() => {
    const log = room.events()
    return (filter() === 'all' ? log : log.filter((event) => say(event).key)).toReversed()
  })
  return (
    <section class="event-log" aria-labelledby="event-log">
      <header class="ballot-head">
        <h2 id="event-log">Log</h2>
        <Segments
          label="Show in the log"
          value={filter()}
          choices={[
            { value: 'all', label: `All ${room.events().length}` },
            { value: 'key', label: 'Key' },
          ]}
          onChange={setFilter}
        />
        <span class="label end">up to this moment, newest first</span>
      </header>
      <Blocks rows={rows()} grows="top" label="Log, newest first" class="timeline-rows">
        {(event) => (
          <Row
            event={event}
            said={say(event)}
            broken={props.brokenFrom !== null && event.seq >= props.brokenFrom}
            onSeek={props.onSeek}
          />
        )}
      </Blocks>
    </section>
  )
}

function Row(props: {
  event: RoomEvent
  said: ReturnType<typeof sentenceOf>
  broken: boolean
  onSeek: (seq: number) => void
}) {
  return (
    <li class={`log-row ${props.said.tone}`} classList={{ broken: props.broken }}>
      <button type="button" class="link-button mono seq-button" onClick={() => props.onSeek(props.event.seq)}>
        <span class="sr-only">Go to event </span>
        {props.event.seq}
      </button>
      <time class="mono" dateTime={new Date(props.event.at).toISOString()}>
        {clockTime(props.event.at)}
      </time>
      <div class="said">
        <span>
          <b>{props.said.who}</b> {props.said.did}
        </span>
        <Show when={props.broken}>
          <span class="word harm block">not covered by the chain</span>
        </Show>
        <Show when={props.said.quote !== ''}>
          <p class="quote">
            <Show when={props.said.tainted} fallback={props.said.quote}>
              <TaintedText text={props.said.quote} />
            </Show>
          </p>
        </Show>
        <Show when={props.said.cites.length > 0}>
          <EvidenceChips ids={props.said.cites} brief max={CHIPS_MAX} />
        </Show>
      </div>
      <code class="label log-hash" title={props.event.hash}>
        {props.event.hash.slice(0, 8)}
      </code>
      <Provenance of={props.said.provenance} />
    </li>
  )
}
