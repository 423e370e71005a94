import { For, createMemo, createSignal, createUniqueId } from 'solid-js'
import { REASON_CHARS_MAX, SPLIT_ALERTS_MAX, TITLE_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { alertKey } from '../../../../durable/protocol/view.ts'
import { count } from '../../format/figures.ts'
import { incidentShort } from '../../format/names.ts'
import { Blocks } from '../../ui/Blocks.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Outcome, useOrder } from '../Order.tsx'
import { TaintedText } from '../EvidenceChip.tsx'
import { useRoom } from '../context.tsx'
import { OtherIncident } from './Other.tsx'

/** Gives all of its alerts to another open incident; this one ends as merged, and can be taken back. */
export function MergeDialog(props: { onClose: () => void }) {
  const { room } = useRoom()
  const [into, setInto] = createSignal<string | null>(null)
  const [reason, setReason] = createSignal('')
  const order = useOrder()
  const alerts = () => Object.keys(room.state.view.alerts).length + room.state.view.alertsBeyond

  async function merge(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const to = into()
    if (to === null) return
    if (await order.give({ type: 'merge', into: to, reason: reason().trim() })) props.onClose()
  }

  return (
    <Dialog title="Merge into another incident" onClose={() => props.onClose()}>
      <form class="form" onSubmit={(event) => void merge(event)}>
        <OtherIncident label="Into" chosen={into()} onChoose={setInto} />
        <Why value={reason()} onChange={setReason} />
        <p class="label">
          {count(alerts(), 'alert')} {alerts() === 1 ? 'moves' : 'move'}; this incident ends as merged and points there.
          It can be taken back while the other one holds them.
        </p>
        <div class="form-foot">
          <button type="submit" class="button primary" disabled={order.blocked() || into() === null}>
            Merge into {into() === null ? '…' : incidentShort(into() ?? '')}
          </button>
          <Outcome of={order} />
        </div>
      </form>
    </Dialog>
  )
}

/** Gives some of its alerts an incident of their own; at least one stays. */
export function SplitDialog(props: { onClose: () => void }) {
  const { room } = useRoom()
  const id = createUniqueId()
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set())
  const [title, setTitle] = createSignal('')
  const [reason, setReason] = createSignal('')
  const order = useOrder()
  const alerts = createMemo(() =>
    Object.values(room.state.view.alerts).sort((a, b) => (a.service < b.service ? -1 : 1) || b.startsAt - a.startsAt),
  )
  const services = createMemo(() => [...new Set(alerts().map((alert) => alert.service))])
  const enough = () => chosen().size > 0 && chosen().size < alerts().length + room.state.view.alertsBeyond
  const all = (service: string) =>
    alerts()
      .filter((alert) => alert.service === service)
      .map(alertKey)

  function choose(keys: readonly string[], on: boolean): void {
    setChosen((known) => {
      const next = new Set(known)
      for (const key of keys) {
        if (on) next.add(key)
        else next.delete(key)
      }
      return next
    })
  }

  async function split(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (!enough() || title().trim() === '') return
    const moved = alerts()
      .filter((alert) => chosen().has(alertKey(alert)))
      .map(({ source, fingerprint }) => ({ source, fingerprint }))
    if (await order.give({ type: 'split', alerts: moved, title: title().trim(), reason: reason().trim() }))
      props.onClose()
  }

  return (
    <Dialog title="Split alerts off" onClose={() => props.onClose()}>
      <form class="form" onSubmit={(event) => void split(event)}>
        <p class="chips" role="group" aria-label="Choose by service">
          <For each={services()}>
            {(service) => (
              <button
                type="button"
                class="chip"
                aria-pressed={all(service).every((key) => chosen().has(key)) ? 'true' : 'false'}
                onClick={() => choose(all(service), !all(service).every((key) => chosen().has(key)))}
              >
                <b>{service}</b> {all(service).length}
              </button>
            )}
          </For>
        </p>
        <div class="alert-scroll choice" tabIndex={0} role="group" aria-label="Alerts that go">
          <Blocks rows={alerts()} grows="bottom" label="Alerts" class="alerts">
            {(alert) => (
              <li>
                <label class="alert-row">
                  <input
                    type="checkbox"
                    checked={chosen().has(alertKey(alert))}
                    onChange={(event) => choose([alertKey(alert)], event.currentTarget.checked)}
                  />
                  <span class="alert-what">
                    <span>
                      <b>{alert.service}</b> <TaintedText text={alert.title} />
                    </span>
                    <span class="dim">
                      {alert.source}, {alert.status}
                    </span>
                  </span>
                </label>
              </li>
            )}
          </Blocks>
        </div>
        <label for={`${id}-title`}>Title of the new incident</label>
        <input
          id={`${id}-title`}
          maxLength={TITLE_CHARS_MAX}
          value={title()}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <Why value={reason()} onChange={setReason} />
        <p class="label">At least one alert stays; {SPLIT_ALERTS_MAX} go at once.</p>
        <div class="form-foot">
          <button type="submit" class="button primary" disabled={order.blocked() || !enough() || title().trim() === ''}>
            Split off {count(chosen().size, 'alert')}
          </button>
          <Outcome of={order} />
        </div>
      </form>
    </Dialog>
  )
}

/** Puts this incident under another one, or takes it out. */
export function ParentDialog(props: { onClose: () => void }) {
  const { room } = useRoom()
  const known = () => room.state.view.links.find((link) => link.relation === 'parent')?.incident ?? null
  const [parent, setParent] = createSignal<string | null>(null)
  const [reason, setReason] = createSignal('')
  const order = useOrder()

  async function set(to: string | null): Promise<void> {
    if (await order.give({ type: 'set-parent', parent: to, reason: reason().trim() })) props.onClose()
  }

  return (
    <Dialog title="Parent incident" onClose={() => props.onClose()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (parent() !== null) void set(parent())
        }}
      >
        <p class="label">
          {known() === null ? 'It belongs to no other incident.' : `It belongs to ${incidentShort(known() ?? '')}.`}
        </p>
        <OtherIncident label="Parent" chosen={parent()} onChoose={setParent} />
        <Why value={reason()} onChange={setReason} />
        <div class="form-foot">
          <button type="submit" class="button primary" disabled={order.blocked() || parent() === null}>
            Put it under {parent() === null ? '…' : incidentShort(parent() ?? '')}
          </button>
          <button
            type="button"
            class="button"
            disabled={order.blocked() || known() === null}
            onClick={() => void set(null)}
          >
            Take it out
          </button>
          <Outcome of={order} />
        </div>
      </form>
    </Dialog>
  )
}

function Why(props: { value: string; onChange: (reason: string) => void }) {
  const id = createUniqueId()
  return (
    <>
      <label for={id}>Why (may be empty)</label>
      <input
        id={id}
        maxLength={REASON_CHARS_MAX}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </>
  )
}
