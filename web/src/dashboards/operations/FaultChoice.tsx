import { For, createUniqueId } from 'solid-js'
import { VOTERS, type VoterName } from '../../../../durable/protocol/domain.ts'
import {
  COMMON_FAULTS,
  type CommonFault,
  type Fault,
  SEAT_FAULTS,
  type SeatFault,
} from '../../../../durable/protocol/faults.ts'
import { words } from '../../format/figures.ts'
import { AGENT_TITLE } from '../../format/names.ts'

/** What reaches everybody, in a person's words. */
const COMMON_TITLE: Record<CommonFault, string> = {
  'injected-log': 'Injected log lines',
  'poisoned-metric': 'One poisoned metric',
  'state-changed': 'The world changes between approval and run',
}

/** Chooses what goes wrong in a drill: for each voter one fault, and what reaches all of them. */
export function FaultChoice(props: { faults: readonly Fault[]; onChange: (faults: Fault[]) => void }) {
  const id = createUniqueId()
  const kindOf = (voter: VoterName) => props.faults.find(({ agent }) => agent === voter)?.kind ?? ''
  const reachesAll = (kind: CommonFault) =>
    props.faults.some((fault) => fault.agent === undefined && fault.kind === kind)

  function give(agent: VoterName, kind: string): void {
    const others = props.faults.filter((fault) => fault.agent !== agent)
    const seat = SEAT_FAULTS.find((known): known is SeatFault => known === kind)
    props.onChange(seat ? [...others, { kind: seat, agent }] : others)
  }

  function reach(kind: CommonFault, on: boolean): void {
    const others = props.faults.filter((fault) => fault.agent !== undefined || fault.kind !== kind)
    props.onChange(on ? [...others, { kind }] : others)
  }

  return (
    <details>
      <summary>Faults in this drill: {props.faults.length === 0 ? 'none' : props.faults.length}</summary>
      <p class="label">
        What goes wrong on purpose, in this drill alone: no real room has a way to take any of it. One faulty voter
        delays or asks a person; two are measured, not promised.
      </p>
      <For each={VOTERS}>
        {(voter) => (
          <div>
            <label for={`${id}-${voter}`}>{AGENT_TITLE[voter]}</label>
            <select
              id={`${id}-${voter}`}
              value={kindOf(voter)}
              onChange={(event) => give(voter, event.currentTarget.value)}
            >
              <option value="">honest</option>
              <For each={SEAT_FAULTS}>{(kind) => <option value={kind}>{words(kind)}</option>}</For>
            </select>
          </div>
        )}
      </For>
      <fieldset class="choices">
        <legend>Reaches all of them</legend>
        <For each={COMMON_FAULTS}>
          {(kind) => (
            <label>
              <input
                type="checkbox"
                checked={reachesAll(kind)}
                onChange={(event) => reach(kind, event.currentTarget.checked)}
              />
              <span>{COMMON_TITLE[kind]}</span>
            </label>
          )}
        </For>
      </fieldset>
    </details>
  )
}
