import { A } from '@solidjs/router'
import { For, Show, createResource, createSignal, createUniqueId } from 'solid-js'
import type { HistoryRow, Page } from '../../../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../../../durable/protocol/rows.ts'
import { count } from '../../format/figures.ts'
import { incidentShort } from '../../format/names.ts'
import { dayTime } from '../../format/time.ts'
import { type Problem, call } from '../../room/http.ts'
import { Icon } from '../../ui/Icon.tsx'
import { SeverityMark } from '../../ui/SeverityMark.tsx'
import { FILE_BYTES_MAX, type Opened, openFile } from './file.ts'
import type { Log } from './load.ts'

/** Rows asked for at a time. */
const ROWS = 12

interface Row {
  id: string
  title: string
  severity: IncidentRow['severity']
  service: string
  openedAt: string
  says: string
}

interface Listed {
  rows: Row[]
  next: string | null
  problem: Problem | null
}

const LISTS = [
  { title: 'Open incidents', none: 'None is open.', path: '/api/v1/incidents?drill=false' },
  { title: 'Closed incidents', none: 'None has been closed yet.', path: '/api/v1/history?drill=false' },
  { title: 'Open drills', none: 'No drill is running.', path: '/api/v1/incidents?drill=true' },
  { title: 'Closed drills', none: 'No drill has ended yet.', path: '/api/v1/history?drill=true' },
] as const

/** Which incident to look into: recent ones and drills, or a file. */
export function Chooser(props: { onFile: (log: Log) => void }) {
  return (
    <main class="room chooser">
      <header class="chooser-head">
        <h1>How was it decided?</h1>
        <p>
          Every incident keeps its log: what was seen, what each agent concluded, who voted for what, who approved and
          what ran. Choose one, or open an exported file, and look at any moment of it.
        </p>
      </header>
      <FilePicker onFile={props.onFile} />
      <div class="chooser-lists">
        <For each={LISTS}>{(list) => <List {...list} drill={list.path.endsWith('true')} />}</For>
      </div>
    </main>
  )
}

function List(props: { title: string; none: string; path: string; drill: boolean }) {
  const id = createUniqueId()
  const [pages, setPages] = createSignal<Row[]>([])
  const [cursor, setCursor] = createSignal<string | null>('')
  const [listed, { refetch }] = createResource(cursor, async (at): Promise<Listed> => {
    const reply = await call<Page<IncidentRow | HistoryRow>>(
      'GET',
      `${props.path}&limit=${ROWS}${at === '' ? '' : `&cursor=${encodeURIComponent(at)}`}`,
    )
    if (!reply.ok) return { rows: [], next: null, problem: reply.problem }
    const rows = reply.data.items.map(rowOf)
    setPages((known) => (at === '' ? rows : [...known, ...rows]))
    return { rows, next: reply.data.next, problem: null }
  })
  return (
    <section aria-labelledby={id} class="chooser-list" classList={{ drill: props.drill }} aria-busy={listed.loading}>
      <h2 id={id}>{props.title}</h2>
      <Show when={listed.latest?.problem}>
        {(problem) => (
          <p class="empty" role="alert">
            {problem().title}{' '}
            <button type="button" class="link-button" onClick={() => void refetch()}>
              Try again
            </button>
          </p>
        )}
      </Show>
      <ul>
        <For
          each={pages()}
          fallback={
            <Show when={!listed.latest?.problem}>
              <li class="empty">{listed.loading ? 'Loading.' : props.none}</li>
            </Show>
          }
        >
          {(row) => (
            <li>
              <A href={`/transparency/${row.id}`}>
                <SeverityMark severity={row.severity} size={16} />
                <span class="chooser-what">
                  <b>{row.title}</b>
                  <span class="label">
                    {row.says} · {row.service} · {dayTime(Date.parse(row.openedAt))} ·{' '}
                    <span class="mono">{incidentShort(row.id)}</span>
                  </span>
                </span>
                <Show when={props.drill}>
                  <span class="drill-word">
                    <Icon name="flask" size={12} />
                    drill
                  </span>
                </Show>
              </A>
            </li>
          )}
        </For>
      </ul>
      <Show when={listed.latest?.next}>
        {(next) => (
          <button type="button" class="button" disabled={listed.loading} onClick={() => setCursor(next())}>
            Older ones
          </button>
        )}
      </Show>
    </section>
  )
}

function rowOf(row: IncidentRow | HistoryRow): Row {
  const { id, title, severity, service, openedAt } = row
  const says = 'state' in row ? row.state : `${row.outcome}${row.imported ? ', imported' : ''}`
  return { id, title, severity, service, openedAt, says }
}

/** An exported incident from this machine: checked whole before anything of it is shown; it leaves the browser nowhere. */
function FilePicker(props: { onFile: (log: Log) => void }) {
  const id = createUniqueId()
  const [busy, setBusy] = createSignal(false)
  const [over, setOver] = createSignal(false)
  const [refused, setRefused] = createSignal<Extract<Opened, { ok: false }> | null>(null)
  const take = async (file: File | undefined) => {
    if (!file) return
    setBusy(true)
    setRefused(null)
    const opened = await openFile(file)
    setBusy(false)
    if (opened.ok) props.onFile(opened.log)
    else setRefused(opened)
  }
  return (
    <section
      class="file-drop"
      classList={{ over: over() }}
      aria-labelledby={`${id}-title`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void take(event.dataTransfer?.files[0])
      }}
    >
      <h2 id={`${id}-title`}>Open an export</h2>
      <p class="label">
        A file of <code>…/export?format=json</code> or <code>ic export</code>, dropped here or chosen, up to{' '}
        {FILE_BYTES_MAX / 1_000_000} MB. It is checked first, and stays in this browser.
      </p>
      <label class="button" for={id}>
        <Icon name="plus" />
        Choose a file
      </label>
      <input
        id={id}
        class="file-input"
        type="file"
        accept=".json,application/json"
        disabled={busy()}
        onChange={(event) => {
          void take(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <p role="status" class="label">
        {busy() ? 'Checking the file.' : ''}
      </p>
      <Show when={refused()}>
        {(no) => (
          <div class="verdict-box harm" role="alert">
            <p>
              <Icon name="cross" size={16} />
              <b>
                {no().reason === 'chain-broken' ? `Altered: it does not hold from event ${no().seq} on` : 'Not opened'}
              </b>
            </p>
            <p>{no().detail}</p>
            <Show when={no().before}>
              {(before) => (
                <button type="button" class="button" onClick={() => props.onFile(before())}>
                  Show the {count(before().events.length, 'event')} before it, which hold
                </button>
              )}
            </Show>
          </div>
        )}
      </Show>
    </section>
  )
}
