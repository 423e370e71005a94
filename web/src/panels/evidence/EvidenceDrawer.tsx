import { type JSX, Match, Show, Switch, createEffect, createMemo } from 'solid-js'
import type { Evidence, SeriesWindow } from '../../../../durable/protocol/domain.ts'
import { AGENT_TITLE } from '../../format/names.ts'
import { count, figure, list, measured, words } from '../../format/figures.ts'
import { age, clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'
import { TaintedText } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'
import { Chart } from './Chart.tsx'
import { changeOf, chartOf, forecastOf, latestOf } from './chart.ts'

/** One piece of evidence: its picture, why it counts, and who cites it. */
export function EvidenceDrawer() {
  const { room, selected, open } = useRoom()
  const item = () => {
    const id = selected()
    return id === null ? undefined : room.state.view.evidence[id]
  }
  let heading: HTMLHeadingElement | undefined
  createEffect(() => {
    // Whoever opened it finds the reading position there; shutting gives it back to the document.
    if (selected() !== null) heading?.focus({ preventScroll: true })
  })
  return (
    <Show when={item()}>
      {(evidence) => (
        <aside class="drawer" aria-label="Evidence" onKeyDown={(event) => event.key === 'Escape' && open(null)}>
          <header class="drawer-head">
            <span class="chip on">
              <Icon name={evidence().kind} size={12} />
              <span class="mono">{evidence().id}</span>
            </span>
            <h2
              ref={(element) => {
                heading = element
              }}
              tabIndex={-1}
            >
              {evidence().title}
            </h2>
            <button type="button" class="button quiet square" onClick={() => open(null)}>
              <Icon name="cross" />
              <span class="sr-only">Close evidence</span>
            </button>
          </header>
          <Body item={evidence()} />
          <Why item={evidence()} />
        </aside>
      )}
    </Show>
  )
}

function Body(props: { item: Evidence }) {
  const data = () => props.item.data
  const of = <K extends Evidence['data']['kind']>(kind: K) => {
    const known = data()
    return known.kind === kind ? (known as Extract<Evidence['data'], { kind: K }>) : null
  }
  return (
    <Switch>
      <Match when={of('metric') ?? of('edge')}>
        {(known) => <SeriesBody item={props.item} series={known().series} />}
      </Match>
      <Match when={of('change')}>
        {(known) => (
          <DrawerPart title={`A ${known().change.kind} near the start`}>
            <Pair name="What">{known().change.title}</Pair>
            <Pair name="Where">{known().change.service}</Pair>
            <Pair name="When">{clockTime(known().change.at)}</Pair>
            <Show when={known().change.setting}>
              {(setting) => (
                <Pair name="Set">
                  <code>{setting().name}</code> {setting().from ?? 'unknown'} → {setting().to ?? 'unknown'}
                </Pair>
              )}
            </Show>
            <Show when={known().change.description !== ''}>
              <Pair name="Text">
                <TaintedText text={known().change.description} />
              </Pair>
            </Show>
          </DrawerPart>
        )}
      </Match>
      <Match when={of('log')}>
        {(known) => (
          <DrawerPart title="Log template">
            <Pair name="Template">
              <code>{known().template}</code>
            </Pair>
            <Pair name="Seen">
              {figure(known().count)} times, {figure(known().before)} before
            </Pair>
          </DrawerPart>
        )}
      </Match>
      <Match when={of('alert')}>
        {(known) => (
          <DrawerPart title="Alert">
            <Pair name="Status">{known().status}</Pair>
            <Pair name="Since">{clockTime(known().startsAt)}</Pair>
            <Pair name="Identity">
              <code>{known().fingerprint}</code>
            </Pair>
          </DrawerPart>
        )}
      </Match>
      <Match when={of('topology')}>
        {(known) => (
          <DrawerPart title="Path">
            <Pair name="Calls">{known().path.join(' → ')}</Pair>
          </DrawerPart>
        )}
      </Match>
      <Match when={of('note')}>
        {(known) => (
          <DrawerPart title="Note">
            <Pair name={known().by}>{known().note}</Pair>
          </DrawerPart>
        )}
      </Match>
      <Match when={of('past-incident')}>
        {(known) => (
          <DrawerPart title="Past incident">
            <Pair name="Incident">
              <code>{known().incident}</code>
            </Pair>
            <Pair name="Outcome">{known().outcome}</Pair>
          </DrawerPart>
        )}
      </Match>
    </Switch>
  )
}

function SeriesBody(props: { item: Evidence; series: SeriesWindow }) {
  const { room } = useRoom()
  const latest = () => latestOf(props.series)
  // The chart's own "now" moves with the view, not with each second: it is drawn again when there is something new.
  const model = createMemo(() => chartOf(room.state.view, props.item.id, room.state.view.at))
  const stale = () => room.now() - props.item.at > props.item.freshMs
  return (
    <section class="drawer-part">
      <p class="drawer-figure">
        <span class="big">{measured(latest().value, props.series.unit)}</span>
        <span class={stale() ? 'word doubt' : 'label'}>
          data as of {clockTime(props.item.at)}, {age(room.now() - props.item.at)} old
          {stale() ? `, past its limit of ${age(props.item.freshMs)}` : ''}
        </span>
      </p>
      <Show when={model()}>{(drawn) => <Chart model={drawn()} title={props.item.title} />}</Show>
      <dl class="pairs">
        <Show when={changeOf(room.state.view, props.item.id)}>
          {(change) => (
            <Pair name="Change">
              {figure(change().before)} → {figure(change().after)} at {clockTime(change().onsetAt)},{' '}
              {figure(change().sizeSigma)} robust standard deviations
            </Pair>
          )}
        </Show>
        <Show when={forecastOf(room.state.view, props.item.id)}>
          {(forecast) => (
            <Pair name="Forecast">
              limit {figure(forecast().limit)} in {figure(forecast().minutes.median)} min, 80 % between{' '}
              {figure(forecast().minutes.lo)} and{' '}
              {forecast().minutes.hi === null ? 'beyond the horizon' : `${figure(forecast().minutes.hi)} min`}
            </Pair>
          )}
        </Show>
        <Pair name="Samples">
          {latest().n} of {count(props.series.values.length, 'step')} of {age(props.series.stepMs)}
        </Pair>
        <Pair name="Series">
          <code>{props.series.name}</code>
          {props.series.peer === null ? '' : ` to ${props.series.peer}`}
        </Pair>
      </dl>
    </section>
  )
}

/** Why it counts: source, freshness, taint, citations. */
function Why(props: { item: Evidence }) {
  const { room } = useRoom()
  const view = () => room.state.view
  const citedBy = () => {
    const agents = Object.values(view().findings)
      .filter((finding) => finding.cites.includes(props.item.id))
      .map((finding) => AGENT_TITLE[finding.agent])
    const proposals = view()
      .proposals.filter((proposal) => proposal.body.plan.cites.includes(props.item.id))
      .map((proposal) => `P-${proposal.number}`)
    return [...agents, ...proposals]
  }
  return (
    <DrawerPart title="Why this counts">
      <Pair name="Kind">{words(props.item.kind)}</Pair>
      <Pair name="Source">{props.item.source}</Pair>
      <Pair name="About">{props.item.service ?? 'no mapped service'}</Pair>
      <Pair name="Fresh">
        {age(room.now() - props.item.at)} old, limit {age(props.item.freshMs)}
      </Pair>
      <Pair name="Taint">
        <Show when={props.item.tainted} fallback="none, outsiders cannot write it">
          <span class="word doubt">tainted: its text counts zero</span>
        </Show>
      </Pair>
      <Pair name="Cited by">{citedBy().length === 0 ? 'nobody' : list(citedBy())}</Pair>
    </DrawerPart>
  )
}

function DrawerPart(props: { title: string; children: JSX.Element }) {
  return (
    <section class="drawer-part">
      <h3>{props.title}</h3>
      <dl class="pairs">{props.children}</dl>
    </section>
  )
}

function Pair(props: { name: string; children: JSX.Element }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  )
}
