import { For, Match, Show, Switch, createEffect, createSignal, on } from 'solid-js'
import type { RoomEvent } from '../../../../durable/protocol/events.ts'
import { count } from '../../format/figures.ts'
import { took } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'
import type { Origin } from './load.ts'
import type { Report } from './verify.ts'

/** Wrong events that are named; the first is where to look. */
const PROBLEMS_SHOWN = 5

/** Checks the whole log in this browser and says what was checked, how often, and where it is wrong first. */
export function VerifyPanel(props: {
  events: readonly RoomEvent[]
  origin: Origin
  onSeek: (seq: number) => void
  onBroken: (from: number | null) => void
}) {
  const [report, setReport] = createSignal<Report | null>(null)
  const [busy, setBusy] = createSignal(false)
  createEffect(
    on(
      () => props.events,
      () => {
        setReport(null)
        props.onBroken(null)
      },
      { defer: true },
    ),
  )

  async function verify(): Promise<void> {
    setBusy(true)
    const { events } = props
    // The checks' code is loaded when somebody asks for them.
    const loaded = await import('./verify.ts').catch(() => null)
    const answer: Report = loaded
      ? await loaded.verifyAll(events, await loaded.publishedFor(events, props.origin))
      : { ok: false, why: 'The code that checks could not be loaded. Try again.' }
    setBusy(false)
    if (events !== props.events) return
    setReport(answer)
    props.onBroken(answer.ok ? (answer.verdict.problems[0]?.seq ?? null) : null)
  }

  return (
    <section class="aside-part" aria-labelledby="verify">
      <header class="aside-head">
        <h2 id="verify">Is this log whole?</h2>
        <button type="button" class="button" disabled={busy()} onClick={() => void verify()}>
          <Icon name="shield" />
          {report() ? 'Verify again' : 'Verify'}
        </button>
      </header>
      <div role="status">
        <Switch
          fallback={
            <p class="label">
              Chain, digests, votes and certificates, checked in this browser with nobody to trust for it.
            </p>
          }
        >
          <Match when={busy()}>
            <p class="label">Checking {count(props.events.length, 'event')}.</p>
          </Match>
          <Match when={report()} keyed>
            {(said) => (
              <Show when={said.ok ? said : null} fallback={<p class="word doubt">{said.ok ? '' : said.why}</p>} keyed>
                {(done) => <Verdict report={done} onSeek={props.onSeek} />}
              </Show>
            )}
          </Match>
        </Switch>
      </div>
    </section>
  )
}

function Verdict(props: { report: Extract<Report, { ok: true }>; onSeek: (seq: number) => void }) {
  const verdict = () => props.report.verdict
  const first = () => verdict().problems[0]
  const unsigned = () => verdict().checked.votes - props.report.signed
  return (
    <div class="verdict-box" classList={{ well: verdict().ok, harm: !verdict().ok }}>
      <p>
        <Icon name={verdict().ok ? 'check' : 'cross'} size={16} />
        <b>
          {verdict().ok
            ? `Verified in this browser, ${took(props.report.tookMs)}`
            : `Wrong from event ${first()?.seq ?? 0} on`}
        </b>
      </p>
      <dl class="pairs wide-terms">
        <dt>Hash chain</dt>
        <dd>{count(verdict().checked.events, 'link')} checked</dd>
        <dt>Digests</dt>
        <dd>{count(verdict().checked.proposals, 'proposal')} checked</dd>
        <dt>Votes</dt>
        <dd>
          {count(verdict().checked.votes, 'vote')} checked, {props.report.signed} signed
          <Show when={unsigned() > 0}>
            <span class="block">{unsigned()} cast before votes were signed</span>
          </Show>
        </dd>
        <dt>Certificates</dt>
        <dd>{count(verdict().checked.certificates, 'certificate')} checked</dd>
        <dt>Keys</dt>
        <dd>
          {props.report.published.keys === null
            ? `as named by ${props.report.published.source}`
            : `compared with ${count(props.report.published.keys.length, 'key')} of ${props.report.published.source}`}
        </dd>
      </dl>
      <Show when={!verdict().ok}>
        <ul class="problems">
          <For each={verdict().problems.slice(0, PROBLEMS_SHOWN)}>
            {(problem) => (
              <li>
                <button type="button" class="link-button" onClick={() => props.onSeek(problem.seq)}>
                  event {problem.seq}
                </button>{' '}
                {problem.what}
              </li>
            )}
          </For>
        </ul>
        <Show when={verdict().problems.length > PROBLEMS_SHOWN}>
          <p>and {verdict().problems.length - PROBLEMS_SHOWN} more</p>
        </Show>
      </Show>
      <p class="verdict-says">
        {verdict().ok
          ? 'Nothing was altered by anyone without the instance’s keys. It proves nothing against whoever operates the instance.'
          : 'What comes before that event holds. What is shown from there on may not be what happened.'}
      </p>
    </div>
  )
}
