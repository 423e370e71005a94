import type { Command, Refusal, RoomCommand } from '../../protocol/commands.ts'
import type { Instant, Proposal, SignalReading, VerificationEnd, VerifySignal } from '../../protocol/domain.ts'
import type { Decided, EventBody } from '../../protocol/events.ts'
import { assert } from '../assert.ts'
import { RECOVERED_READINGS, VERIFY_EVERY_MS, WORSE_READINGS } from '../consensus/policy.ts'
import { added, refuse, said } from './answer.ts'
import { askAfter } from './retry.ts'
import type { State } from './state.ts'
import { advance } from './streak.ts'
import { undoesItself, undoing } from './undo.ts'

type Raw = Omit<SignalReading, 'judged'>

/**
 * One reading of the signals that must recover. Judged here; ends the window when it is settled or over. Every named signal
 * is judged: one that was not read is unreadable. A reading that follows too soon on the last is refused, so that a chain of
 * readings that was doubled by a repeated effect becomes one again.
 */
export function sampleVerification(
  state: State,
  command: Command,
  body: Extract<RoomCommand, { type: 'sample-verification' }>,
): Decided[] | Refusal {
  const proposal = state.view.proposals.find((candidate) => candidate.id === body.proposal)
  const verification = proposal?.verification
  if (!proposal || !verification || verification.end !== null || !isWatched(proposal))
    return refuse('nothing-to-settle', 'nothing is being verified there')
  const { readAt } = state.streak
  if (readAt !== null && command.at - readAt < VERIFY_EVERY_MS)
    return refuse('nothing-changed', 'these signals were read a moment ago')
  const { signals } = proposal.body.plan.verify
  const readings = signals.map((signal, index): SignalReading => {
    const raw = readable(index, body.readings)
    return { ...raw, judged: judge(signal, raw, verification.settleAt, command.at) }
  })
  const events = said(command, { type: 'verification-sampled', proposal: proposal.id, readings })
  // While nobody knows whether it ran, signals are shown and nothing is concluded from them.
  if (proposal.status === 'outcome-unknown') return events
  const end = endOf(state, command, verification, readings)
  return end === null ? events : [...events, ...endVerification(state, command, proposal, end, readings)]
}

/** While an outcome is unknown the signals are watched too; a proposal that was revoked or ended is watched no more. */
function isWatched(proposal: Proposal): boolean {
  return proposal.status === 'verifying' || proposal.status === 'outcome-unknown'
}

function readable(signal: number, readings: Raw[]): Raw {
  const raw = readings.find((candidate) => candidate.signal === signal)
  const read = raw !== undefined && raw.value !== null && raw.at !== null
  return read && Number.isFinite(raw.value) && Number.isFinite(raw.at)
    ? { signal, value: raw.value, at: raw.at }
    : { signal, value: null, at: null }
}

/** Only samples taken after the action had time to settle are judged. */
function judge(signal: VerifySignal, raw: Raw, settleAt: Instant, now: Instant): SignalReading['judged'] {
  if (raw.value === null || raw.at === null) return 'unreadable'
  // An alert is a level: 1 while it fires, as the room holds it now.
  if (signal.kind === 'alert') {
    if (now < settleAt) return 'unreadable'
    return raw.value === 0 ? 'recovered' : 'no-better'
  }
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
  const streak = advance(state.streak, readings, command.at)
  if (streak.recovered >= RECOVERED_READINGS) return 'recovered'
  if (streak.worse >= WORSE_READINGS) return 'worse'
  if (command.at < window.until) return null
  if (count('worse') > 0) return 'worse'
  if (readings.length === 0 || count('unreadable') > 0) return 'unreadable'
  return allRecovered ? 'recovered' : 'no-better'
}

/**
 * Recovered mitigates; every other end goes up to people. Worse takes the action back by itself, no better where the plan
 * says so; nothing undoes itself on what could not be read.
 */
export function endVerification(
  state: State,
  command: Command,
  proposal: Proposal,
  end: VerificationEnd,
  readings: SignalReading[],
): Decided[] {
  assert(proposal.verification, 'a verification ends once')
  const ended: EventBody = { type: 'verification-ended', proposal: proposal.id, end, readings }
  const escalated: EventBody = { type: 'escalated', reason: `${proposal.body.plan.title}: ${end}` }
  if (undoesItself(state.view, proposal, end)) return added(command, ended, undoing(proposal), escalated)
  const bodies: EventBody[] = [ended, { type: 'proposal-moved', proposal: proposal.id, status: 'done', reason: end }]
  if (end === 'recovered') {
    if (state.view.state === 'triggered' || state.view.state === 'acknowledged') {
      bodies.push({ type: 'incident-mitigated', reason: `${proposal.body.plan.title}: every named signal recovered` })
    }
    // Whoever decided on it is on the incident: with the alerts clear it waits for them.
    return added(command, ...bodies)
  }
  return [
    ...added(command, ...bodies, escalated),
    ...askAfter(state, command, proposal.id, `verification-${end}`, 'a person decides: undo, try another way, or wait'),
  ]
}
