import { A } from '@solidjs/router'
import { For, Show, createMemo, createSignal } from 'solid-js'
import type { HeldReason, SilenceRow, SuppressedRow } from '../../../../durable/protocol/noise.ts'
import { count, words } from '../../format/figures.ts'
import { age, clockTime, dayTime } from '../../format/time.ts'
import { TaintedText } from '../../panels/EvidenceChip.tsx'
import { type Problem, call } from '../../room/http.ts'
import { Blocks } from '../../ui/Blocks.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Segments } from '../../ui/Segments.tsx'
import { SilenceDialog } from './SilenceDialog.tsx'
import type { Intake } from './intake.ts'
import { readQuiet } from './quiet.ts'

type Filter = 'all' | HeldReason
const REASON_WORD: Record<HeldReason, string> = {
  silenced: 'silenced',
  'in-maintenance': 'in maintenance',
  'below-threshold': 'below threshold',
  flapping: 'flapping',
}

/** What is stored and not told: silences, maintenance windows, thresholds, flapping; each with why and until when. */
export function QuietPage(props: { intake: Intake; wall: number }) {
  const quiet = readQuiet()
  const [making, setMaking] = createSignal(false)
  const [filter, setFilter] = createSignal<Filter>('all')
  const held = () => quiet.held() ?? []
  const shown = createMemo(() => held().filter((row) => filter() === 'all' || row.reason === filter()))
  const kinds = (): HeldReason[] =>
    (Object.keys(REASON_WORD) as HeldReason[]).filter((reason) => held().some((row) => row.reason === reason))
  const lead = () => {
    const silences = quiet.silences()
    if (silences === null) return 'Reading what is kept quiet.'
    const n = silences.filter((one) => one.state === 'active').length
    return `${count(n, 'silence')} ${n === 1 ? 'is' : 'are'} active and ${count(held().length, 'alert')}${quiet.more() ? ' or more' : ''} ${held().length === 1 ? 'is' : 'are'} held back.`
  }
  return (
    <main class="room quiet-page">
      <header class="quiet-head">
        <div>
          <h1>Kept quiet</h1>
          <p class="dim" role="status">
            {lead()} Nothing here is discarded: it is stored, and comes through when its reason ends.
          </p>
        </div>
        <button type="button" class="button primary end" onClick={() => setMaking(true)}>
          <Icon name="plus" size={12} />
          New silence
        </button>
      </header>
      <Show when={quiet.problem()}>
        {(problem) => (
          <p class="quiet-problem word harm" role="alert">
            {problem().title} {problem().detail}
          </p>
        )}
      </Show>
      <section class="panel" aria-labelledby="silences">
        <header class="panel-head">
          <h2 id="silences">Silences</h2>
          <span class="label">silences and maintenance windows that are not over</span>
        </header>
        <ul>
          <For
            each={quiet.silences() ?? []}
            fallback={
              <li class="empty">
                {quiet.silences() === null ? 'Not read yet.' : 'None. Every alert that opens an incident is told.'}
              </li>
            }
          >
            {(silence) => <SilenceItem silence={silence} held={held()} onEnded={quiet.readAgain} />}
          </For>
        </ul>
      </section>
      <section class="panel" aria-labelledby="held">
        <header class="panel-head">
          <h2 id="held">Held back</h2>
          <Show when={kinds().length > 1}>
            <Segments<Filter>
              label="Held back for"
              value={filter()}
              choices={[
                { value: 'all', label: `All ${held().length}` },
                ...kinds().map((reason) => ({
                  value: reason,
                  label: `${REASON_WORD[reason]} ${held().filter((row) => row.reason === reason).length}`,
                })),
              ]}
              onChange={setFilter}
            />
          </Show>
        </header>
        <Show
          when={shown().length > 0}
          fallback={<p class="empty">{quiet.held() === null ? 'Not read yet.' : 'No alert is held back now.'}</p>}
        >
          <Blocks rows={shown()} grows="bottom" label="Alerts held back" class="alerts">
            {(row) => <HeldItem row={row} wall={props.wall} silences={quiet.silences() ?? []} />}
          </Blocks>
        </Show>
        <Show when={quiet.more()}>
          <button type="button" class="button quiet" onClick={() => void quiet.readMore()}>
            Read more
          </button>
        </Show>
      </section>
      <Reasons intake={props.intake} />
      <Show when={making()}>
        <SilenceDialog
          onClose={() => setMaking(false)}
          onKept={() => {
            setMaking(false)
            quiet.readAgain()
          }}
        />
      </Show>
    </main>
  )
}

function SilenceItem(props: { silence: SilenceRow; held: readonly SuppressedRow[]; onEnded: () => void }) {
  const [sure, setSure] = createSignal(false)
  const [problem, setProblem] = createSignal<Problem | null>(null)
  const holds = () => props.held.filter((row) => row.by === props.silence.id).length

  async function end(): Promise<void> {
    const reply = await call('DELETE', `/api/v1/silences/${props.silence.id}`)
    if (reply.ok) props.onEnded()
    else setProblem(reply.problem)
  }

  return (
    <li class="silence">
      <span class="silence-what">
        <code>{props.silence.matchers.map(({ name, op, value }) => `${name}${op}"${value}"`).join(' ')}</code>
        <span>{props.silence.comment}</span>
        <span class="label">
          {props.silence.kind === 'maintenance' ? 'maintenance window' : 'silence'} by {props.silence.by}
          {props.silence.state === 'pending'
            ? `, starts ${clockTime(Date.parse(props.silence.startsAt))}`
            : `, holds back ${count(holds(), 'alert')}`}
        </span>
      </span>
      <span class="label nowrap">until {dayTime(Date.parse(props.silence.endsAt))}</span>
      <Show
        when={sure()}
        fallback={
          <Show when={props.silence.from !== 'catalogue'} fallback={<span class="label">ends in the catalogue</span>}>
            <button type="button" class="button" onClick={() => setSure(true)}>
              End now
            </button>
          </Show>
        }
      >
        <span class="silence-sure" role="group" aria-label="End the silence?">
          <button type="button" class="button danger" onClick={() => void end()}>
            {holds() === 0 ? 'End it' : `End it, ${count(holds(), 'alert')} may come through`}
          </button>
          <button type="button" class="button quiet" onClick={() => setSure(false)}>
            Keep
          </button>
        </span>
      </Show>
      <Show when={problem()}>{(said) => <span class="word harm">{said().title}</span>}</Show>
    </li>
  )
}

function HeldItem(props: { row: SuppressedRow; wall: number; silences: readonly SilenceRow[] }) {
  // A silence is named by what somebody wrote about it; a threshold says itself in words.
  const by = () => props.silences.find((silence) => silence.id === props.row.by)?.comment ?? props.row.by
  return (
    <li class="alert-row">
      <span class="word doubt held-word">{REASON_WORD[props.row.reason]}</span>
      <span class="alert-what">
        <span>
          <b>{props.row.service}</b> <TaintedText text={props.row.title} />
        </span>
        <span class="dim">
          {props.row.source}, {props.row.severity}, {props.row.status}
          {by() === '' ? '' : ` · ${by()}`}
          <Show when={props.row.incident}>
            {(incident) => (
              <>
                {' · '}
                <A class="link" href={`/ops/${incident()}`}>
                  its incident
                </A>
              </>
            )}
          </Show>
        </span>
      </span>
      <span class="dim nowrap">{age(props.wall - Date.parse(props.row.heldSince))}</span>
    </li>
  )
}

/** Why alerts ended where they did, counted since the instance began. */
function Reasons(props: { intake: Intake }) {
  const groups = (): [string, Record<string, number>][] => {
    const noise = props.intake.noise()
    if (!noise) return []
    const all: [string, Record<string, number>][] = [
      ['Repeated', noise.deduplicated],
      ['Held back', noise.suppressed],
      ['Parked', Object.fromEntries(noise.parked.map((one) => [`${one.reason}, to ${one.target}`, one.units]))],
    ]
    return all.filter(([, reasons]) => Object.keys(reasons).length > 0)
  }
  return (
    <section class="panel" aria-labelledby="reasons">
      <header class="panel-head">
        <h2 id="reasons">Why</h2>
        <span class="label">every live alert that opened or joined nothing, since the instance began</span>
      </header>
      <Show when={groups().length > 0} fallback={<p class="empty">No alert was kept from an incident yet.</p>}>
        <dl class="pairs reasons">
          <For each={groups()}>
            {([name, reasons]) => (
              <>
                <dt>{name}</dt>
                <dd>
                  {Object.entries(reasons)
                    .map(([reason, n]) => `${n.toLocaleString('en')} ${words(reason)}`)
                    .join(', ')}
                </dd>
              </>
            )}
          </For>
        </dl>
      </Show>
    </section>
  )
}
