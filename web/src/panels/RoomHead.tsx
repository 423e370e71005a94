import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import type { IncidentState, Instant } from '../../../durable/protocol/domain.ts'
import { phaseOf } from '../../../durable/protocol/view.ts'
import { list } from '../format/figures.ts'
import { incidentShort } from '../format/names.ts'
import { age, clockTime, stopwatch } from '../format/time.ts'
import { Icon } from '../ui/Icon.tsx'
import { SeverityMark } from '../ui/SeverityMark.tsx'
import { ControlsLine } from './Controls.tsx'
import { useRoom } from './context.tsx'
import { Clocks } from './crew/Calls.tsx'
import { Lifecycle } from './crew/Lifecycle.tsx'
import { Relations } from './crew/Relations.tsx'
import { RolesLine } from './crew/Roles.tsx'

const STEPS: readonly IncidentState[] = ['triggered', 'acknowledged', 'mitigated', 'resolved', 'closed']

/** Title, severity, the stepper of states, the clocks that run, who does what and who is here. */
export function RoomHead() {
  const { room } = useRoom()
  const view = () => room.state.view
  const reached = (step: IncidentState): Instant | null => {
    if (step === 'triggered') return view().head?.openedAt ?? null
    return step === 'acknowledged' || step === 'mitigated' || step === 'resolved' || step === 'closed'
      ? view().times[step]
      : null
  }
  const ended = () => view().times.resolved ?? view().times.closed
  // Who leads or has a role stands by name beside it already.
  const others = () => view().people.filter((name) => !view().crew.some(({ person }) => person === name))
  return (
    <Show when={view().head}>
      {(head) => (
        <header class="room-head">
          <div class="room-title">
            <SeverityMark severity={view().severity} size={20} />
            <h1>{head().title}</h1>
            <Show when={view().named !== null}>
              <span class="private">
                <Icon name="gap" size={12} />
                private
              </span>
            </Show>
            <div class="timer">
              <span class="timer-figure">{stopwatch((ended() ?? room.now()) - head().openedAt)}</span>
              <span class="label">
                {ended() === null ? 'since' : 'took, from'} {clockTime(head().openedAt)}
              </span>
            </div>
            <Lifecycle />
          </div>
          <div class="room-facts">
            <span class="mono dim" title={head().id}>
              {incidentShort(head().id)}
            </span>
            <ol class="steps" aria-label="State of the incident">
              <For each={STEPS}>
                {(step) => (
                  <li
                    classList={{ reached: reached(step) !== null, current: view().state === step }}
                    aria-current={view().state === step ? 'step' : undefined}
                  >
                    <Show when={reached(step) !== null && view().state !== step} fallback={<i aria-hidden="true" />}>
                      <Icon name="check" size={11} />
                    </Show>
                    {step}
                    <Show when={step !== 'triggered' && reached(step)}>
                      {(at) => <span class="dim">in {age(at() - head().openedAt)}</span>}
                    </Show>
                  </li>
                )}
              </For>
              <Show when={view().state === 'canceled' || view().state === 'merged'}>
                <li class="current" aria-current="step">
                  <i aria-hidden="true" />
                  {view().state === 'canceled' ? 'false alarm' : 'merged'}
                </li>
              </Show>
            </ol>
            <span class="dim">agents: {phaseOf(view())}</span>
            <A class="link" href={`/transparency/${head().id}`}>
              Why?<span class="sr-only"> How this was decided, event by event</span>
            </A>
            <Show when={view().reopened > 0}>
              <span class="word doubt">reopened {view().reopened}×</span>
            </Show>
            <Show when={view().escalated}>
              {(escalated) => <span class="word harm">escalated: {escalated().reason}</span>}
            </Show>
            <span class="people">
              <Icon name="person" size={12} />
              <span>
                {others().length > 0
                  ? `on it: ${list(others())}`
                  : view().people.length === 0
                    ? 'nobody is on it yet'
                    : `${view().people.length} on it`}
                <Show when={room.state.people.length > 0}> · {room.state.people.length} here</Show>
              </span>
            </span>
          </div>
          <div class="room-facts">
            <RolesLine />
            <ControlsLine />
            <Relations />
            <Clocks />
          </div>
        </header>
      )}
    </Show>
  )
}
