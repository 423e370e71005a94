import { For, Show, createMemo, createSignal, createUniqueId } from 'solid-js'
import type { GuardClauseName, Runbook } from '../../../../durable/protocol/domain.ts'
import { REASON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { openProposal } from '../../../../durable/protocol/view.ts'
import { words } from '../../format/figures.ts'
import { Outcome, useOrder } from '../Order.tsx'
import { useRoom } from '../context.tsx'
import { ParameterInput, parameterValue } from './ParameterInput.tsx'

const LIVELY: readonly string[] = ['triggered', 'acknowledged', 'mitigated']
const JUDGEMENT: readonly GuardClauseName[] = [
  'preconditions-hold',
  'data-fresh',
  'cooldown-over',
  'not-same-failing-fix',
  'no-freeze',
  'no-maintenance',
  'blast-radius-in-bounds',
  'rate-in-bounds',
]

/**
 * A commander runs a catalogued action by own decision: never a hold; the target is typed, a reason given, and each
 * judgement clause that does not hold is ticked by name. Hard clauses hold for everybody.
 */
export function OwnDecision() {
  const { room } = useRoom()
  const [shown, setShown] = createSignal(false)
  const view = () => room.state.view
  const may = () => {
    const role = room.state.you?.role
    return (role === 'commander' || role === 'admin') && LIVELY.includes(view().state) && !openProposal(view())
  }
  const runbooks = () => {
    const { catalogue } = view()
    if (!catalogue) return []
    return catalogue.runbooks.filter((runbook) =>
      catalogue.endpoints.some((endpoint) => endpoint.name === runbook.endpoint),
    )
  }
  return (
    <Show when={may()}>
      <div class="own-decision">
        <Show
          when={shown()}
          fallback={
            <>
              <button type="button" class="button" disabled={runbooks().length === 0} onClick={() => setShown(true)}>
                Decide myself
              </button>
              <p class="label">
                {runbooks().length === 0
                  ? 'No runbook of this catalogue has an action endpoint: nothing can be run from here.'
                  : 'A commander may run a catalogued action by own decision. It skips ballot and gate, never the hard clauses.'}
              </p>
            </>
          }
        >
          <OwnDecisionForm runbooks={runbooks()} onDone={() => setShown(false)} />
        </Show>
      </div>
    </Show>
  )
}

function OwnDecisionForm(props: { runbooks: Runbook[]; onDone: () => void }) {
  const { room } = useRoom()
  const view = () => room.state.view
  const id = createUniqueId()
  const last = view().proposals.at(-1)
  const lastAction = last?.body.plan.action
  const [runbookId, setRunbook] = createSignal(
    props.runbooks.find((runbook) => runbook.id === lastAction?.runbook)?.id ?? props.runbooks[0]?.id ?? '',
  )
  const [target, setTarget] = createSignal(
    lastAction?.target ?? view().hypotheses[0]?.cause.service ?? view().head?.service ?? '',
  )
  const [values, setValues] = createSignal<Record<string, string>>(
    Object.fromEntries(Object.entries(lastAction?.parameters ?? {}).map(([name, value]) => [name, String(value)])),
  )
  const [passed, setPassed] = createSignal<GuardClauseName[]>([])
  const [confirm, setConfirm] = createSignal('')
  const [reason, setReason] = createSignal('')
  const order = useOrder()
  const runbook = createMemo(() => props.runbooks.find((candidate) => candidate.id === runbookId()))
  const clause = (name: GuardClauseName) => last?.guard.clauses.find((candidate) => candidate.name === name)
  /** the clause that the room named when it refused this form. */
  const refused = () => {
    const said = order.refusal()
    return said?.reason === 'clause-not-named' ? said.detail : null
  }
  const parameters = () =>
    Object.fromEntries(
      (runbook()?.parameters ?? []).map((spec) => [spec.name, parameterValue(spec, values()[spec.name] ?? '')]),
    )
  const filled = () =>
    Object.values(parameters()).every((value) => (typeof value === 'string' ? value !== '' : Number.isFinite(value)))
  const ready = () =>
    filled() && confirm().trim() === target() && reason().trim() !== '' && room.state.link.kind === 'live'

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!ready()) return
    const given = await order.give({
      type: 'decide-myself',
      runbook: runbookId(),
      target: target(),
      parameters: parameters(),
      confirm: confirm().trim(),
      passed: passed(),
      reason: reason().trim(),
    })
    if (given) props.onDone()
  }

  return (
    <form class="form" aria-label="Own decision" onSubmit={(event) => void submit(event)}>
      <h3>Own decision</h3>
      <p class="label">Recorded as decided by human, counted apart from what the quorum carried.</p>
      <label for={`${id}-runbook`}>Runbook</label>
      <select id={`${id}-runbook`} value={runbookId()} onChange={(event) => setRunbook(event.currentTarget.value)}>
        <For each={props.runbooks}>
          {(candidate) => (
            <option value={candidate.id}>
              {candidate.title} ({candidate.risk})
            </option>
          )}
        </For>
      </select>
      <label for={`${id}-target`}>Target</label>
      <select id={`${id}-target`} value={target()} onChange={(event) => setTarget(event.currentTarget.value)}>
        <For each={view().catalogue?.services ?? []}>
          {(service) => (
            <option value={service.id} disabled={service.protected}>
              {service.id}
              {service.protected ? ' (protected)' : ''}
            </option>
          )}
        </For>
      </select>
      <For each={runbook()?.parameters ?? []}>
        {(spec) => (
          <ParameterInput
            id={`${id}-${spec.name}`}
            spec={spec}
            value={values()[spec.name] ?? ''}
            onInput={(value) => setValues({ ...values(), [spec.name]: value })}
          />
        )}
      </For>
      <fieldset>
        <legend>Judgement clauses you pass, each named in the record</legend>
        <For each={JUDGEMENT}>
          {(name) => (
            <label class="tick">
              <input
                type="checkbox"
                checked={passed().includes(name)}
                onChange={(event) =>
                  setPassed(
                    event.currentTarget.checked ? [...passed(), name] : passed().filter((other) => other !== name),
                  )
                }
              />
              <span>
                {words(name)}
                <Show
                  when={refused() !== name}
                  fallback={<b class="word harm"> does not hold now: tick it to pass it</b>}
                >
                  <Show when={clause(name)}>
                    {(judged) => (
                      <span class={judged().holds === true ? 'dim' : 'word harm'}>
                        {judged().holds === true ? ' held last time' : ` refused: ${judged().reason}`}
                      </span>
                    )}
                  </Show>
                </Show>
              </span>
            </label>
          )}
        </For>
      </fieldset>
      <label for={`${id}-reason`}>Why do you decide this?</label>
      <textarea
        id={`${id}-reason`}
        rows="2"
        required
        maxLength={REASON_CHARS_MAX}
        value={reason()}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <label for={`${id}-confirm`}>
        Type <code>{target()}</code> to confirm
      </label>
      <input
        id={`${id}-confirm`}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={confirm()}
        onInput={(event) => setConfirm(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button type="submit" class="button danger" disabled={!ready() || order.blocked()}>
          Run by own decision
        </button>
        <button type="button" class="button quiet" onClick={() => props.onDone()}>
          Cancel
        </button>
        <Outcome of={order} />
      </div>
    </form>
  )
}
