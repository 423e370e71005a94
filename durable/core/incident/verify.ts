import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Proposal, SignalReading, VerificationEnd, VerifySignal } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { firingAlerts } from '../../protocol/view.ts'
import { assert } from '../assert.ts'
import { RECOVERED_READINGS, WORSE_READINGS } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askHuman } from './deliberate.ts'
import { settleByAlerts } from './lifecycle.ts'
import type { State } from './state.ts'

type Raw = Omit<SignalReading, 'judged'>

/** One reading of the signals that must recover. Judged here; ends the window when it is settled or over. */
export function sampleVerification(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'sample-verification' }>,
): Decided[] | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  const verification = proposal?.verification
  if (!proposal || !verification || verification.end !== null)
    return refuse('nothing-to-settle', 'nothing is being verified there')
  const { signals } = proposal.body.plan.verify
  const readings = body.readings.flatMap((raw): SignalReading[] => {
    const signal = signals[raw.signal]
    return signal ? [{ ...raw, judged: judge(signal, raw, verification.settleAt) }] : []
  })
  const events = said(command, { type: 'verification-sampled', proposal: proposal.id, readings })
  // While nobody knows whether it ran, signals are shown and nothing is concluded from them.
  if (proposal.status === 'outcome-unknown') return events
  const end = endOf(state, command, verification, readings)
  return end === null ? events : [...events, ...endVerification(state, command, proposal, end, readings)]
}

/** Only samples taken after the action had time to settle are judged. */
function judge(signal: VerifySignal, raw: Raw, settleAt: number): SignalReading['judged'] {
  if (raw.value === null || raw.at === null) return 'unreadable'
  // An alert is a level: 1 while it fires, read now.
  if (signal.kind === 'alert') return raw.value === 0 ? 'recovered' : 'no-better'
  if (raw.at < settleAt) return 'unreadable'
  const away = signal.direction === 'up' ? 1 : -1
  if (raw.value * away <= signal.recoveredAt * away) return 'recovered'
  return raw.value * away >= signal.worseAt * away ? 'worse' : 'no-better'
}

function endOf(
  state: State,
  command: Command,
  window: { settleAt: number; until: number },
  readings: SignalReading[],
): VerificationEnd | null {
  if (command.at < window.settleAt) return null
  const count = (judged: SignalReading['judged']) => readings.filter((reading) => reading.judged === judged).length
  const allRecovered = readings.length > 0 && count('recovered') === readings.length
  if (allRecovered && state.streak.recovered + 1 >= RECOVERED_READINGS) return 'recovered'
  if (count('worse') > 0 && state.streak.worse + 1 >= WORSE_READINGS) return 'worse'
  if (command.at < window.until) return null
  if (count('worse') > 0) return 'worse'
  if (readings.length === 0 || count('unreadable') > 0) return 'unreadable'
  return allRecovered ? 'recovered' : 'no-better'
}

/** Recovered mitigates; every other end goes up to people. Nothing undoes itself on what could not be read. */
export function endVerification(
  state: State,
  command: Command,
  proposal: Proposal,
  end: VerificationEnd,
  readings: SignalReading[],
): Decided[] {
  assert(proposal.verification, 'a verification ends once')
  const bodies: EventBody[] = [
    { type: 'verification-ended', proposal: proposal.id, end, readings },
    { type: 'proposal-moved', proposal: proposal.id, status: 'done', reason: end },
  ]
  if (end === 'recovered') {
    if (state.view.state === 'triggered' || state.view.state === 'acknowledged') {
      bodies.push({ type: 'incident-mitigated', reason: `${proposal.body.plan.title}: every named signal recovered` })
    }
    // The question is answered; whether nobody is on it is judged on the state that these events make.
    const alone = firingAlerts(state.view) === 0 && Object.keys(state.view.alerts).length > 0
    const settled = alone
      ? settleByAlerts(
          {
            ...state,
            view: { ...state.view, proposals: state.view.proposals.filter((other) => other.id !== proposal.id) },
          },
          command,
          false,
        )
      : []
    return [...added(command, ...bodies), ...settled]
  }
  bodies.push({ type: 'escalated', reason: `${proposal.body.plan.title}: ${end}` })
  return [
    ...added(command, ...bodies),
    ...askHuman(state, command, proposal.id, `verification-${end}`, 'a person decides: undo, try another way, or wait'),
  ]
}
