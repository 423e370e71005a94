/**
 * Diagnosis' vote: does a cited path link the target to the symptom, and did the target's own change come first?
 *
 * It looks at the CALL EDGES (series with a peer, measured at the caller) on the path from the target to the leading
 * symptom: the earliest of them in trouble is when the trouble began to travel. Only this vote cites edges. The target's
 * own change is the earliest of: change events on it at most 15 minutes back, and the onsets of its own series in trouble.
 * It opposes when everything that is alerted about keeps what it promises, when there is no call path, when no change of the target's own is in sight though its series were read, or when
 * the edge was in trouble more than ORDER_SLACK_MS before the target's own change: then the trouble is older than what the
 * action would undo. Without a measured edge the alert's own start stands in, and it abstains when the target shows
 * nothing to compare with.
 */
import type { Instant, ProposalBody, VoteDraft } from '../../../protocol/domain.ts'
import type { Situation } from '../agent.ts'
import { promisesKept } from '../promise.ts'
import { changeEventsOf, isTrouble, onsetOf, signalsWhere, topologyFor, type Signal } from '../reading.ts'
import { symptomServices } from '../symptom.ts'
import { pathBetween } from '../topology.ts'
import { durationText, listText } from '../words.ts'
import { CHANGE_LOOKBACK_MS } from './candidates.ts'

const METHOD = 'cited-path-and-order'
/** Order is only claimed beyond this: onsets are located to about three samples, and two clocks are compared. */
const ORDER_SLACK_MS = 10_000

interface Seen {
  evidence: string
  at: Instant
}

export function vote(situation: Situation, proposal: ProposalBody): VoteDraft {
  const { target } = proposal.plan.action
  const symptoms = symptomServices(situation)
  const path = symptoms.map((symptom) => pathBetween(situation.catalogue, target, symptom)).find((way) => way !== null)
  if (symptoms.length === 0) return abstain('no alerting service is in the catalogue')
  const kept = promisesKept(situation)
  if (kept) return oppose(kept.cites, `there is nothing to undo: ${kept.says}`)
  const mapped = path ? topologyFor(situation, path) : null
  if (!path) {
    const any = situation.evidence.find((item) => item.data.kind === 'topology')
    return oppose(any ? [any.id] : [], `no call path leads from ${listText(symptoms)} to ${target}`)
  }
  const edges = edgesOn(situation, path)
  const travelled = edges.filter(isTrouble).flatMap((signal) => seen(signal))
  const own = ownChange(situation, target, Math.min(...travelled.map((edge) => edge.at), situation.at))
  if (!own) return abstain(`no change on ${target} is in sight to compare with`)
  // Only a window that begins before the target's change can show that its calls stayed calm after it.
  const calm = edges.filter(
    ({ fresh, now, window }) => fresh && now !== null && window.startsAt < own.at - ORDER_SLACK_MS,
  )
  if (travelled.length === 0 && calm.length > 0) {
    return oppose(
      calm.slice(0, 2).map((signal) => signal.evidence),
      `calls on the path ${listText(path)} are measured and calm`,
    )
  }
  const first = earliest(travelled) ?? alertStart(situation, path.at(-1) ?? target)
  if (!first) return abstain('nothing on the path says when the trouble travelled')
  const cites = [...(mapped ? [mapped] : []), first.evidence, own.evidence]
  const ahead = own.at - first.at
  if (ahead > ORDER_SLACK_MS) {
    return oppose(
      cites,
      `calls on the path were in trouble ${durationText(ahead)} before anything changed on ${target}`,
    )
  }
  return {
    vote: 'support',
    cites: [...new Set(cites)],
    reason: `${listText(path)} call one another in this order, and ${target} changed ${durationText(-ahead)} before its calls`,
    method: METHOD,
  }
}

/** Calls between neighbours on the path, measured at the caller. The path runs from callee to caller. */
function edgesOn(situation: Situation, path: string[]): Signal[] {
  const pairs = path.slice(1).map((caller, index) => ({ caller, callee: path[index] ?? '' }))
  return signalsWhere(situation, (window) =>
    pairs.some(({ caller, callee }) => window.service === caller && window.peer === callee),
  )
}

/** The earliest change of the target's own: an event that says what was done there, or trouble in its series. */
function ownChange(situation: Situation, target: string, reference: Instant): Seen | null {
  const events = changeEventsOf(situation)
    .filter(({ change }) => change.service === target && change.at >= reference - CHANGE_LOOKBACK_MS)
    .map(({ evidence, change }) => ({ evidence, at: change.at }))
  const series = signalsWhere(situation, (window) => window.service === target && window.peer === null)
    .filter(isTrouble)
    .flatMap(seen)
  return earliest([...events, ...series])
}

function alertStart(situation: Situation, symptom: string): Seen | null {
  const starts = situation.evidence.flatMap((item): Seen[] =>
    item.data.kind === 'alert' && item.service === symptom ? [{ evidence: item.id, at: item.data.startsAt }] : [],
  )
  return earliest(starts)
}

function seen(signal: Signal): Seen[] {
  const at = onsetOf(signal)
  return at === null ? [] : [{ evidence: signal.evidence, at }]
}

function earliest(list: Seen[]): Seen | null {
  return list.reduce<Seen | null>((first, item) => (first === null || item.at < first.at ? item : first), null)
}

function abstain(reason: string): VoteDraft {
  return { vote: 'abstain', cites: [], reason, method: METHOD }
}

function oppose(cites: string[], reason: string): VoteDraft {
  return { vote: 'oppose', cites: [...new Set(cites)], reason, method: METHOD }
}
