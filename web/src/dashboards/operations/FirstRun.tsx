import { Show, createSignal } from 'solid-js'
import type { DrillRow } from '../../../../durable/protocol/objects.ts'
import { signIn } from '../../room/person.ts'
import { Icon } from '../../ui/Icon.tsx'
import { DrillForm } from './DrillForm.tsx'

const FIRST_ALERT = `'[{"labels":{"alertname":"MyFirstAlert","service":"checkout","severity":"critical"}}]'`

/** Nothing yet: what is true, and the two next steps side by side. */
export function FirstRun(props: { onStarted: (drill: DrillRow) => void }) {
  return (
    <div class="first-run">
      <h1>No incidents yet. See one handled.</h1>
      <p class="lead">Two steps. Neither needs an account, a key or the internet.</p>
      <div class="two-steps">
        <section aria-labelledby="step-drill">
          <h2 id="step-drill">
            <span class="step-number">1</span> Run a drill
          </h2>
          <p>
            An outage is simulated here. Five agents work it, four of them vote on the fix, you approve it, and you
            watch whether it recovers. It is marked as a drill everywhere and left out of every metric.
          </p>
          <DrillForm onStarted={(drill) => props.onStarted(drill)} />
        </section>
        <section aria-labelledby="step-alert">
          <h2 id="step-alert">
            <span class="step-number">2</span> Send a real alert
          </h2>
          <p>
            An incident opens in this list as soon as the alert is stored. Any Prometheus or Alertmanager can send it
            too.
          </p>
          <Command />
          <p class="label">
            Alertmanager: webhook to <code>/api/v1/ingest/alertmanager</code>. Prometheus: this address as an
            Alertmanager, <code>/api/v2/alerts</code>. Bearer <code>{bearer()}</code>.
          </p>
        </section>
      </div>
      <div class="facts">
        <Fact ok title="Detect, diagnose, forecast, match runbooks, write updates">
          Local algorithms. Every finding cites its evidence.
        </Fact>
        <Fact ok title="Quorum: 3 of 4 voters, two of them required">
          Holds with one lying voter among four. A human approves.
        </Fact>
        <Fact ok={false} title="Actions on your systems">
          Off until the catalogue names an action endpoint. A drill has its own.
        </Fact>
      </div>
    </div>
  )
}

function Fact(props: { ok: boolean; title: string; children: string }) {
  return (
    <div class="fact">
      <span class={props.ok ? 'word well' : 'dim'}>
        <Show when={props.ok} fallback="–">
          <Icon name="check" />
        </Show>
      </span>
      <p>
        <b>{props.title}</b>
        <span class="label block">{props.children}</span>
      </p>
    </div>
  )
}

/** What a sender shows: in local mode what anybody may, elsewhere an ingest token of its own. */
function bearer(): string {
  return signIn().kind === 'local' ? 'dev' : 'ici_…'
}

function Command() {
  const [copied, setCopied] = createSignal<'no' | 'yes' | 'refused'>('no')
  const lines = () => [
    `curl -sS ${location.origin}/api/v2/alerts \\`,
    `  -H 'authorization: Bearer ${bearer()}' \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d ${FIRST_ALERT}`,
  ]

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(lines().join('\n'))
      setCopied('yes')
    } catch {
      // No clipboard outside of a secure context: the text can be selected.
      setCopied('refused')
    }
  }

  return (
    <>
      <pre class="command" tabIndex={0} aria-label="Command that sends a first alert">
        {lines().join('\n')}
      </pre>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name="copy" />
        Copy
      </button>
      <span role="status" class="label">
        {copied() === 'yes' ? ' Copied.' : copied() === 'refused' ? ' The browser refused; select the text.' : ''}
      </span>
    </>
  )
}
