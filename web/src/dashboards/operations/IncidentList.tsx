import { A } from '@solidjs/router'
import { For, Show, createMemo, createResource, createSignal } from 'solid-js'
import type { Severity } from '../../../../durable/protocol/domain.ts'
import type { HistoryRow, Page } from '../../../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../../../durable/protocol/rows.ts'
import { SEVERITY_SAYS } from '../../format/names.ts'
import { age } from '../../format/time.ts'
import { call } from '../../room/http.ts'
import type { LobbyState } from '../../room/lobby.ts'
import { remember, remembered } from '../../room/person.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Segments } from '../../ui/Segments.tsx'
import { SeverityMark } from '../../ui/SeverityMark.tsx'
import { IntakeFoot } from './IntakeFoot.tsx'
import type { Intake } from './intake.ts'
import { type Selection, createSelection } from './selection.ts'

const SEVERITIES: readonly Severity[] = ['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4', 'SEV-5']
const OVER: readonly string[] = ['closed', 'canceled', 'merged']

export type Shown = 'open' | 'closed'

/** Rows that still want somebody, newest first. */
export function openRows(lobby: LobbyState): IncidentRow[] {
  return Object.values(lobby.rows)
    .filter((row) => !OVER.includes(row.state))
    .sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt))
}

interface Filters {
  drill: boolean
  show: Shown
  onDrill: (drill: boolean) => void
  onShow: (show: Shown) => void
}

const DENSITY_KEY = 'ic.density'

/** Incidents grouped by severity; what is filtered stands in the address. */
export function IncidentList(
  props: { lobby: LobbyState; intake: Intake; wall: number; selected: string | null } & Filters,
) {
  const rows = createMemo(() => openRows(props.lobby))
  const selection = createSelection()
  const [compact, setCompact] = createSignal(remembered(DENSITY_KEY) === 'compact')
  const density = () => {
    remember(DENSITY_KEY, compact() ? 'comfortable' : 'compact')
    setCompact((was) => !was)
  }
  const bySeverity = (severity: Severity) => rows().filter((row) => row.severity === severity)
  return (
    <nav class="list" classList={{ compact: compact() }} aria-label="Incidents">
      <header class="list-head">
        <h2>Incidents</h2>
        <Segments
          label="Live or drills"
          value={props.drill ? 'drill' : 'live'}
          choices={[
            { value: 'live', label: 'Live' },
            { value: 'drill', label: 'Drills' },
          ]}
          onChange={(value) => props.onDrill(value === 'drill')}
        />
        <Segments
          label="Open or closed"
          value={props.show}
          choices={[
            { value: 'open', label: `Open ${rows().length}` },
            { value: 'closed', label: 'Closed' },
          ]}
          onChange={(value) => props.onShow(value)}
        />
        <Show when={props.show === 'open' && rows().length > 1}>
          <div class="list-tools">
            <button
              type="button"
              class="button quiet"
              aria-pressed={selection.on() ? 'true' : 'false'}
              onClick={() => selection.toggle()}
            >
              Select
            </button>
            <button
              type="button"
              class="button quiet"
              aria-pressed={compact() ? 'true' : 'false'}
              onClick={() => density()}
            >
              Compact
            </button>
          </div>
        </Show>
        <Show when={selection.on() && props.show === 'open'}>
          <Bulk rows={rows()} selection={selection} />
        </Show>
      </header>
      <Show when={props.show === 'open'} fallback={<History drill={props.drill} selected={props.selected} />}>
        <Show
          when={rows().length > 0}
          fallback={
            <p class="empty">
              <b>{props.lobby.known ? `No open ${props.drill ? 'drills' : 'incidents'}` : 'Reading the list'}</b>
              <br />
              {props.lobby.known ? 'Whatever opens appears here at once.' : 'Nothing was received yet.'}
            </p>
          }
        >
          <For each={SEVERITIES.filter((severity) => bySeverity(severity).length > 0)}>
            {(severity) => (
              <section aria-label={severity}>
                <h3 class="group-head">
                  <SeverityMark severity={severity} />
                  <span class="dim">{SEVERITY_SAYS[severity]}</span>
                  <span class="dim end">{bySeverity(severity).length}</span>
                </h3>
                <ul>
                  <For each={bySeverity(severity)}>
                    {(row) => (
                      <IncidentItem
                        row={row}
                        wall={props.wall}
                        selected={props.selected === row.id}
                        drill={props.drill}
                        selection={selection}
                      />
                    )}
                  </For>
                </ul>
              </section>
            )}
          </For>
        </Show>
      </Show>
      <IntakeFoot intake={props.intake} />
    </nav>
  )
}

/** What can be done to all that is ticked. */
function Bulk(props: { rows: readonly IncidentRow[]; selection: Selection }) {
  const n = () => props.selection.chosen().size
  return (
    <div class="bulk" role="group" aria-label="Selected incidents">
      <b class="tabular">{n()} selected</b>
      <button type="button" class="button quiet end" onClick={() => props.selection.chooseAll(props.rows)}>
        {n() === props.rows.length ? 'None' : 'All'}
      </button>
      <button
        type="button"
        class="button primary"
        disabled={n() === 0 || props.selection.busy()}
        onClick={() => void props.selection.acknowledge(props.rows)}
      >
        Acknowledge
      </button>
      <span role="status" class="outcome">
        {props.selection.busy() ? 'Sent, waiting for the rooms.' : props.selection.said()}
      </span>
    </div>
  )
}

function IncidentItem(props: {
  row: IncidentRow
  wall: number
  selected: boolean
  drill: boolean
  selection: Selection
}) {
  const short = () => props.row.id.slice(-6)
  const ticked = () => props.selection.chosen().has(props.row.id)
  return (
    <li
      class={`list-row ${props.row.severity.toLowerCase()}`}
      classList={{ selected: props.selected, drill: props.row.drill !== null, ticking: props.selection.on() }}
    >
      <Show when={props.selection.on()}>
        <label class="tick-box">
          <input
            type="checkbox"
            checked={ticked()}
            onChange={(event) => props.selection.choose(props.row.id, event.currentTarget.checked)}
          />
          <span class="sr-only">Select {props.row.title}</span>
        </label>
      </Show>
      <A
        href={`/ops/${props.row.id}${props.drill ? '?drill=true' : ''}`}
        aria-current={props.selected ? 'page' : undefined}
      >
        <span class="list-title">
          <span class="ellipsis">
            <Show when={props.row.private}>
              <span class="row-private">
                <Icon name="gap" size={11} />
                <span class="sr-only">private: </span>
              </span>
            </Show>
            {props.row.title}
          </span>
          {/* A drill's clock is not the wall: its age would be a wrong number. */}
          <span class="dim">
            {props.row.drill === null ? age(props.wall - Date.parse(props.row.openedAt)) : 'drill'}
          </span>
        </span>
        <span class="list-facts">
          <span class="mono">{short()}</span>
          <span class="ellipsis grow">{props.row.service}</span>
          <Show
            when={props.row.awaitingHuman}
            fallback={<span>{props.row.alertsClearSince ? 'alerts clear' : props.row.state}</span>}
          >
            <span class="awaiting">
              <span class="awaiting-word">Awaiting </span>you
            </span>
          </Show>
        </span>
      </A>
    </li>
  )
}

function History(props: { drill: boolean; selected: string | null }) {
  const [page] = createResource(
    () => props.drill,
    (drill) => call<Page<HistoryRow>>('GET', `/api/v1/history?drill=${drill}`),
  )
  const items = () => {
    const reply = page()
    return reply?.ok ? reply.data.items : []
  }
  const says = () => {
    const reply = page()
    if (!reply) return 'Reading what was closed.'
    return reply.ok ? 'Nothing was closed yet.' : reply.problem.title
  }
  return (
    <ul>
      <For each={items()} fallback={<li class="empty">{says()}</li>}>
        {(row) => (
          <li
            class={`list-row quiet ${row.severity.toLowerCase()}`}
            classList={{ selected: props.selected === row.id, drill: row.drill !== null }}
          >
            <A href={`/ops/${row.id}?show=closed${props.drill ? '&drill=true' : ''}`}>
              <span class="list-title">
                <span class="ellipsis">{row.title}</span>
                <SeverityMark severity={row.severity} word={false} size={16} />
              </span>
              <span class="list-facts">
                <span class="mono">{row.id.slice(-6)}</span>
                <span class="ellipsis grow">{row.service}</span>
                <span>{row.outcome}</span>
              </span>
            </A>
          </li>
        )}
      </For>
    </ul>
  )
}
