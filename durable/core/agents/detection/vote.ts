/**
 * Detection's vote: is the symptom present now, and is the target's signal part of it?
 *
 * It looks at two observables, and at nothing else:
 *  - the symptom: the ERRORS series (else the latency series) of the leading alerting service itself, call edges left
 *    out. Present: departed and not come back. A symptom that came back by itself is opposed, though its alert may still
 *    fire and the target may still be strained. Only this vote cites the alerting service's own errors and latency.
 *  - the target's own series: at least one of them in trouble now (departed toward its bound, or at its limit).
 * It opposes when everything that is alerted about keeps what it promises, when the symptom has cleared (citing its series) or when nothing on the target is in trouble (citing what it
 * read there), and abstains when either cannot be read fresh, or when the window begins after the alert did.
 */
import type { Instant, ProposalBody, VoteDraft } from '../../../protocol/domain.ts'
import type { Situation } from '../agent.ts'
import { promisesKept } from '../promise.ts'
import { isTrouble, signalsWhere, type Signal } from '../reading.ts'
import { symptomServices } from '../symptom.ts'
import { levelText } from '../words.ts'

const METHOD = 'symptom-and-target-signal'
/** Series of the target that a vote cites. */
const TARGET_CITES_MAX = 3

export function vote(situation: Situation, proposal: ProposalBody): VoteDraft {
  const { target } = proposal.plan.action
  const leading = symptomServices(situation)[0]
  if (leading === undefined) return abstain('no alerting service is in the catalogue')
  const kept = promisesKept(situation)
  if (kept) return { vote: 'oppose', cites: kept.cites, reason: kept.says, method: METHOD }
  const symptom = symptomOf(situation, leading)
  if (!symptom) return abstain(`no fresh errors or latency of ${leading} to read`)
  if (symptom.departure && !symptom.departure.present) {
    const { before, now } = symptom.departure
    const levels = `${levelText(now, symptom.window.unit)} now, ${levelText(before, symptom.window.unit)} before`
    return oppose([symptom], `${symptom.window.name} on ${leading} came back by itself: ${levels}`)
  }
  if (!isTrouble(symptom)) {
    // What rose before the window began looks level inside it: that is no sign of calm.
    if (symptom.window.startsAt > beganAt(situation, leading))
      return abstain(`the window of ${leading} begins too late`)
    return oppose([symptom], `${symptom.window.name} on ${leading} is not departed`)
  }

  const own = signalsWhere(
    situation,
    (window) => window.service === target && window.peer === null && window.role !== 'rate' && window.role !== 'other',
  ).filter((signal) => signal.fresh && signal.now !== null)
  if (own.length === 0) return abstain(`no fresh series of ${target} to read`)
  const troubled = own.filter(isTrouble).sort((a, b) => (b.departure?.sizeSigma ?? 0) - (a.departure?.sizeSigma ?? 0))
  if (troubled.length === 0) return oppose(own, `none of ${own.length} series of ${target} is in trouble`)
  const cited = [symptom, ...troubled.filter((signal) => signal !== symptom).slice(0, TARGET_CITES_MAX)]
  const named = troubled[0]?.window.name ?? ''
  return {
    vote: 'support',
    cites: cited.map((signal) => signal.evidence),
    reason: `${symptom.window.name} on ${leading} is still departed and ${named} on ${target} is part of it`,
    method: METHOD,
  }
}

/** The errors that people feel, else their waiting: what departed speaks, errors before latency. */
function symptomOf(situation: Situation, service: string): Signal | null {
  const felt = signalsWhere(
    situation,
    (window) =>
      window.service === service && window.peer === null && (window.role === 'errors' || window.role === 'latency'),
  ).filter((signal) => signal.fresh && signal.now !== null)
  const errors = felt.filter((signal) => signal.window.role === 'errors')
  const told = (signal: Signal): boolean => signal.departure !== null || signal.broken
  return errors.find(told) ?? felt.find(told) ?? felt[0] ?? null
}

/** When the leading service's alert started, else when the incident was opened. */
function beganAt(situation: Situation, leading: string): Instant {
  const starts = situation.alerts.filter(({ service }) => service === leading).map(({ startsAt }) => startsAt)
  return Math.min(situation.head.openedAt, ...starts)
}

function abstain(reason: string): VoteDraft {
  return { vote: 'abstain', cites: [], reason, method: METHOD }
}

function oppose(signals: Signal[], reason: string): VoteDraft {
  return {
    vote: 'oppose',
    cites: signals.slice(0, TARGET_CITES_MAX).map((signal) => signal.evidence),
    reason,
    method: METHOD,
  }
}
