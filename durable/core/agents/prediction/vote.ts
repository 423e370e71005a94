/**
 * Prediction's vote: is the forecast with the action no worse, and is the blast radius in bounds?
 *
 * It looks at what the TARGET CALLS: every fresh saturation series with a limit on the target's direct callees. With the
 * action a callee carries at least what it carried before the onset, and at worst its present load times the factor by
 * which the action raises the target's limit. It opposes when that would pass HEADROOM_SHARE of the callee's limit, when
 * a callee is already heading for its limit within the verify window, or when the raised limit would still lie under what
 * the target needed before the onset. An action that adds nothing (no parameter) takes back what began on a callee only
 * after the target's own change: such a load is judged at its level before. Only this vote cites series of the target's
 * callees. It also opposes when more services, or more important ones, stand on the target than its risk class allows
 * (citing topology), and abstains when the target calls something whose load cannot be read.
 */
import type { Instant, ProposalBody, RiskClass, VoteDraft } from '../../../protocol/domain.ts'
import { timeToLimit } from '../../telemetry/index.ts'
import type { Situation } from '../agent.ts'
import { changeEventsOf, isTrouble, onsetOf, signalsWhere, topologyFor, type Signal } from '../reading.ts'
import { calleesOf, dependentsOf, serviceOf } from '../topology.ts'
import { levelText, listText, significant } from '../words.ts'

const METHOD = 'forecast-with-action'
/** Queues grow without bound as a resource nears full; nine tenths is where operators stop adding load. */
const HEADROOM_SHARE = 0.9
/** How many services may stand on the target, and from which tier on, by risk class. */
const BLAST: Record<RiskClass, { dependentsMax: number; tierFrom: 1 | 2 | 3 | 4 }> = {
  reversible: { dependentsMax: 12, tierFrom: 1 },
  wider: { dependentsMax: 6, tierFrom: 1 },
  irreversible: { dependentsMax: 2, tierFrom: 2 },
}
/** Series that a vote cites. */
const CITES_MAX = 4
/** Order is only claimed beyond this: onsets are located to about three samples, and two clocks are compared. */
const ORDER_SLACK_MS = 10_000

export function vote(situation: Situation, proposal: ProposalBody): VoteDraft {
  const { action, previous, verify } = proposal.plan
  const { target } = action
  const blast = blastReason(situation, target, proposal.risk)
  if (blast) return oppose(topologyCites(situation, target), blast)

  const factor = raisedBy(action.parameters, previous)
  const short = tooSmall(situation, target, action.parameters, previous)
  if (short) return oppose([short.evidence], short.says)

  const callees = calleesOf(situation.catalogue, target)
  const loads = signalsWhere(
    situation,
    (window) =>
      callees.includes(window.service) &&
      window.peer === null &&
      window.role === 'saturation' &&
      window.limit !== null &&
      window.breach === 'above',
  ).filter((signal) => signal.fresh && signal.now !== null)
  const changedAt = Object.keys(action.parameters).length > 0 ? null : firstChangeOf(situation, target)
  for (const load of loads) {
    if (takenBack(load, changedAt)) continue
    const worse = overload(load, factor, verify.windowMs)
    if (worse) return oppose([load.evidence], worse)
  }
  const unread = callees.filter((callee) => !loads.some(({ window }) => window.service === callee))
  if (unread.length > 0) return abstain(`the load of ${listText(unread)}, which ${target} calls, cannot be read`)
  const cites = loads.slice(0, CITES_MAX).map((load) => load.evidence)
  return {
    vote: 'support',
    cites: cites.length > 0 ? cites : topologyCites(situation, target),
    reason: `${callees.length === 0 ? `${target} calls nothing` : `${listText(callees)} can carry it`}, and ${
      dependentsOf(situation.catalogue, target).length
    } services stand on ${target}: in bounds for a ${proposal.risk} action`,
    method: METHOD,
  }
}

/** Why so much may not stand on the target; null when the class allows it. */
function blastReason(situation: Situation, target: string, risk: RiskClass): string | null {
  const { dependentsMax, tierFrom } = BLAST[risk]
  const dependents = dependentsOf(situation.catalogue, target)
  if (dependents.length > dependentsMax)
    return `${dependents.length} services stand on ${target}; ${risk} allows ${dependentsMax}`
  const tops = dependents.filter((id) => (serviceOf(situation.catalogue, id)?.tier ?? 1) < tierFrom)
  return tops.length > 0 ? `${listText(tops)} of tier 1 stand on ${target}; ${risk} allows none` : null
}

/** The factor by which the action raises what is limited; 1 where it raises nothing that is known. */
function raisedBy(parameters: Record<string, number | string>, previous: Record<string, number>): number {
  const factors = Object.entries(previous).map(([name, before]) => {
    const next = parameters[name]
    return before > 0 && typeof next === 'number' ? next / before : 1
  })
  return Math.max(1, ...factors)
}

/** The limited series whose raised limit would still lie under the level of before the onset. */
function tooSmall(
  situation: Situation,
  target: string,
  parameters: Record<string, number | string>,
  previous: Record<string, number>,
): { evidence: string; says: string } | null {
  for (const [name, before] of Object.entries(previous)) {
    const next = parameters[name]
    if (typeof next !== 'number' || next <= before) continue
    const [limited] = signalsWhere(
      situation,
      (window) => window.service === target && window.peer === null && window.limit === before,
    ).filter((signal) => signal.full && signal.departure?.direction === 'down' && signal.departure.before > next)
    if (!limited?.departure) continue
    const needed = levelText(limited.departure.before, limited.window.unit)
    return { evidence: limited.evidence, says: `${name} ${next} is still under the ${needed} it needed before` }
  }
  return null
}

/** When anything first happened on the target itself: a change event, or trouble in its series. */
function firstChangeOf(situation: Situation, target: string): Instant | null {
  const events = changeEventsOf(situation).filter(({ change }) => change.service === target)
  const series = signalsWhere(situation, (window) => window.service === target && window.peer === null)
  const times = [
    ...events.map(({ change }) => change.at),
    ...series.filter(isTrouble).flatMap((signal) => onsetOf(signal) ?? []),
  ]
  return times.length === 0 ? null : Math.min(...times)
}

/** A load that rose on the callee only after the target changed, and that was well within its limit before. */
function takenBack({ departure, window }: Signal, changedAt: Instant | null): boolean {
  if (changedAt === null || departure?.direction !== 'up' || window.limit === null) return false
  return departure.onsetAt >= changedAt - ORDER_SLACK_MS && departure.before <= HEADROOM_SHARE * window.limit
}

/** Why a callee could not carry it; null when it could. */
function overload(load: Signal, factor: number, windowMs: number): string | null {
  const { window, departure, now } = load
  if (window.limit === null || now === null) return null
  const carried = Math.max(now * factor, departure?.before ?? 0)
  const share = carried / window.limit
  if (share > HEADROOM_SHARE) {
    const levels = `${levelText(now, window.unit)} now, up to ${levelText(carried, window.unit)} with the action`
    return `${window.name} on ${window.service} has no headroom: ${levels}, limit ${levelText(window.limit, window.unit)}`
  }
  const ahead = timeToLimit(window, window.limit)
  if (!ahead.found || ahead.minutes.median * 60_000 > windowMs) return null
  return `${window.name} on ${window.service} reaches its limit in ${significant(ahead.minutes.median)} min as it is`
}

function topologyCites(situation: Situation, target: string): string[] {
  const mapped = topologyFor(situation, [target])
  return mapped ? [mapped] : []
}

function oppose(cites: string[], reason: string): VoteDraft {
  return { vote: 'oppose', cites, reason, method: METHOD }
}

function abstain(reason: string): VoteDraft {
  return { vote: 'abstain', cites: [], reason, method: METHOD }
}
