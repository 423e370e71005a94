import { For, Show } from 'solid-js'
import type { Proposal, SignalReading, VerifySignal } from '../../../../durable/protocol/domain.ts'
import { measured, words } from '../../format/figures.ts'
import { age, clockTime, stopwatch } from '../../format/time.ts'
import type { View } from '../../../../durable/protocol/view.ts'
import { useRoom } from '../context.tsx'

const END_WORD = {
  recovered: 'Recovered: every named signal is back.',
  worse: 'It made things worse.',
  'no-better': 'It made things no better.',
  unreadable: 'A named signal had no fresh sample: nobody can say.',
} as const

const JUDGED_TONE = { recovered: 'well', worse: 'harm', 'no-better': 'doubt', unreadable: 'doubt' } as const

/** The named signals, their latest readings and how the window ended. */
export function VerificationPanel(props: { proposal: Proposal }) {
  const { room } = useRoom()
  const signals = () => props.proposal.body.plan.verify.signals
  const unit = (signal: VerifySignal): string => unitOf(room.state.view, signal)
  return (
    <Show when={props.proposal.verification}>
      {(verification) => (
        <div class="verification" role="group" aria-label="Verification">
          <h3>
            <Show
              when={verification().end}
              fallback={
                <>
                  Verifying <span class="label">{stopwatch(verification().until - room.now())} left</span>
                </>
              }
              keyed
            >
              {(end) => <span class={`word ${JUDGED_TONE[end]}`}>{END_WORD[end]}</span>}
            </Show>
          </h3>
          <table>
            <thead>
              <tr>
                <th scope="col">Signal</th>
                <th scope="col">Now</th>
                <th scope="col">Recovered at</th>
                <th scope="col">Judged</th>
              </tr>
            </thead>
            <tbody>
              <For each={signals()}>
                {(signal, index) => {
                  const reading = () => verification().readings.find((candidate) => candidate.signal === index())
                  return (
                    <tr>
                      <th scope="row">{signalName(signal)}</th>
                      <td class="num">{now(signal, reading(), room.now(), unit(signal))}</td>
                      <td class="num">{bound(signal, unit(signal))}</td>
                      <td>
                        <Show when={reading()} fallback={<span class="dim">not read yet</span>}>
                          {(read) => <span class={`word ${JUDGED_TONE[read().judged]}`}>{words(read().judged)}</span>}
                        </Show>
                      </td>
                    </tr>
                  )
                }}
              </For>
            </tbody>
          </table>
          <p class="label">
            from {clockTime(verification().startedAt)}, judged from {clockTime(verification().settleAt)} on fresh
            samples
          </p>
        </div>
      )}
    </Show>
  )
}

/** The unit that the evidence of the same series names; empty when the room holds none. */
function unitOf(view: View, signal: VerifySignal): string {
  if (signal.kind === 'alert') return ''
  const { source, service, name, peer } = signal.series
  for (const item of Object.values(view.evidence)) {
    if (item.data.kind !== 'metric' && item.data.kind !== 'edge') continue
    const { series } = item.data
    if (series.source === source && series.service === service && series.name === name && series.peer === peer)
      return series.unit
  }
  return ''
}

function signalName(signal: VerifySignal): string {
  if (signal.kind === 'alert') return `alert of ${signal.source}`
  const { service, name, peer } = signal.series
  return `${words(name)} of ${service}${peer === null ? '' : ` → ${peer}`}`
}

function now(signal: VerifySignal, reading: SignalReading | undefined, at: number, unit: string): string {
  if (!reading || reading.value === null) return 'no data'
  const value = signal.kind === 'alert' ? (reading.value > 0 ? 'firing' : 'clear') : measured(reading.value, unit)
  return reading.at === null ? value : `${value}, ${age(at - reading.at)}`
}

function bound(signal: VerifySignal, unit: string): string {
  if (signal.kind === 'alert') return 'resolved'
  return `${signal.direction === 'up' ? '≤' : '≥'} ${measured(signal.recoveredAt, unit)}`
}
