import { For, Match, Show, Switch } from 'solid-js'
import type { EscalationPolicy, Notification, Page, Paging } from '../../../../durable/protocol/oncall.ts'
import { type SlaState, ackLapsesAt, policyOf, slaClocks } from '../../../../durable/protocol/sla.ts'
import { count, list, words } from '../../format/figures.ts'
import { addressee } from '../../format/sentence-crew.ts'
import { clockTime, stopwatch } from '../../format/time.ts'
import { useRoom } from '../context.tsx'

/** A promise so near its end is shown as due, in ms of the incident's clock. */
const SOON_MS = 5 * 60_000

/** Whom the policy calls next, in words; empty where the present step is the last. */
function nextCalled(policy: EscalationPolicy | null, { round, step }: Paging): string {
  if (!policy) return ''
  const next = policy.steps[step + 1] ?? (round < policy.repeat ? policy.steps[0] : undefined)
  return next ? list(next.to.map(addressee)) : ''
}

/** The clocks of an incident in one line: promises, who is called next, and when an acknowledgement lapses. */
export function Clocks() {
  const { room } = useRoom()
  const view = () => room.state.view
  const paging = () => view().paging
  const lapses = () => ackLapsesAt(view())
  const parked = () => view().notifications.filter((one) => one.state === 'parked').length
  return (
    <>
      <For each={slaClocks(view())}>{(clock) => <PromiseClock clock={clock} now={room.now()} />}</For>
      <Show when={paging()}>
        {(calls) => (
          <Show
            when={calls().nextAt}
            fallback={
              <span
                class="dim"
                classList={{ word: calls().stopped === 'exhausted', harm: calls().stopped === 'exhausted' }}
              >
                {calls().stopped === 'exhausted' ? 'everybody was called, nobody answered' : 'nobody else is called'}
                <Show when={calls().stopped !== 'exhausted' && calls().stopped !== ''}>: {words(calls().stopped)}</Show>
              </span>
            }
          >
            {(at) => (
              <span class="word due">
                <Show
                  when={nextCalled(policyOf(view()), calls())}
                  fallback={<>nobody left to call, last answer in {stopwatch(at() - room.now())}</>}
                >
                  {(next) => (
                    <>
                      calls {next()} in <span class="tabular">{stopwatch(at() - room.now())}</span>
                    </>
                  )}
                </Show>
              </span>
            )}
          </Show>
        )}
      </Show>
      <Show when={lapses()}>
        {(at) => (
          <span
            classList={{
              dim: at() - room.now() > SOON_MS,
              word: at() - room.now() <= SOON_MS,
              due: at() - room.now() <= SOON_MS,
            }}
          >
            back to triggered in <span class="tabular">{stopwatch(at() - room.now())}</span> if nobody acts
          </span>
        )}
      </Show>
      <Show when={parked() > 0}>
        <span class="word harm">{count(parked(), 'call')} did not arrive</span>
      </Show>
    </>
  )
}

const PROMISE: Record<SlaState['clock'], string> = { acknowledge: 'acknowledge', resolve: 'resolve' }

function PromiseClock(props: { clock: SlaState; now: number }) {
  const left = () => props.clock.due - props.now
  const word = () => PROMISE[props.clock.clock]
  return (
    <Switch>
      <Match when={props.clock.state === 'met'}>
        <span class="dim">{word()}d in time</span>
      </Match>
      <Match when={props.clock.state === 'breached'}>
        <span class="word harm">
          {word()} was due {clockTime(props.clock.due)}
        </span>
      </Match>
      <Match when={props.clock.state === 'running'}>
        <span classList={{ dim: left() > SOON_MS, word: left() <= SOON_MS, due: left() <= SOON_MS }}>
          {word()} by {clockTime(props.clock.due)}, <span class="tabular">{stopwatch(left())}</span> left
        </span>
      </Match>
    </Switch>
  )
}

const STATE_TONE: Record<Notification['state'], string> = {
  waiting: 'plain',
  sent: 'well',
  failed: 'doubt',
  parked: 'harm',
}
const STATE_WORD: Record<Notification['state'], string> = {
  waiting: 'on its way',
  sent: 'sent',
  failed: 'failed',
  parked: 'given up',
}

/** Who was called, when and why, and the receipt of each call; newest first. */
export function Calls() {
  const { room } = useRoom()
  const pages = () => room.state.view.pages.toReversed()
  return (
    <Show when={pages().length > 0}>
      <section class="panel side" aria-labelledby="calls">
        <header class="panel-head">
          <h2 id="calls">Calls</h2>
          <span class="label">
            {count(pages().length, 'page')} by policy {room.state.view.paging?.policy ?? pages()[0]?.policy}
          </span>
        </header>
        <ul class="pages">
          <For each={pages()}>{(page) => <PageRow page={page} />}</For>
        </ul>
      </section>
    </Show>
  )
}

function PageRow(props: { page: Page }) {
  const { room } = useRoom()
  const receipts = () => room.state.view.notifications.filter((one) => one.page === props.page.id)
  return (
    <li class="page">
      <p>
        <time class="mono dim" dateTime={new Date(props.page.at).toISOString()}>
          {clockTime(props.page.at)}
        </time>{' '}
        <b>step {props.page.step + 1}</b>
        {props.page.round === 0 ? '' : `, round ${props.page.round + 1}`}, {words(props.page.reason)}
      </p>
      <ul>
        <For each={receipts()}>
          {(receipt) => (
            <li class="receipt">
              <span class={`word ${STATE_TONE[receipt.state]}`}>{STATE_WORD[receipt.state]}</span>
              <span class="receipt-to">
                {receiver(receipt, props.page)}
                <span class="label block">
                  {receipt.attempt === 0 ? 'not tried yet' : `try ${receipt.attempt} at ${clockTime(receipt.at)}`}
                  {receipt.reason === '' ? '' : `, ${words(receipt.reason)}`}
                  <Show when={receipt.retryWall}>{(at) => <>, again in {stopwatch(at() - room.wall())}</>}</Show>
                </span>
              </span>
            </li>
          )}
        </For>
      </ul>
    </li>
  )
}

function receiver(receipt: Notification, page: Page): string {
  const to = page.to[receipt.to]
  const asked = to ? addressee(to) : 'nobody'
  const duty = to && 'rotation' in to ? `on call in ${to.rotation}` : asked
  if (receipt.person !== null)
    return `${receipt.person}, ${duty}${receipt.target === '' ? '' : ` through ${receipt.target}`}`
  return receipt.target === '' ? asked : receipt.target
}
