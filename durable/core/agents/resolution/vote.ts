/**
 * Resolution's vote: does the runbook fit what is wrong with the target, and is its record not bad?
 *
 * It looks at three observables:
 *  - the record of actions in this incident: the same action on this target that failed, made things worse or no better.
 *  - CHANGE EVENTS on the target AFTER its trouble began whose setting speaks of the runbook's signal: when the newest of
 *    them already set it to the proposed value or beyond, the fix is under way and is opposed, whatever the (lagging)
 *    series say. Only this vote cites changes made after the trouble began.
 *  - the resource series that the runbook's tokens pick on the target: used up or in trouble, with the limit from which
 *    the proposed parameter follows. A calm resource, or a parameter that does not follow from its limit, is opposed.
 * A runbook that names no signal must find a change event on the target to undo where it undoes one, else a signal of the
 * target in trouble. It abstains when the series cannot be read fresh.
 */
import type { ProposalBody, Runbook, VoteDraft } from '../../../protocol/domain.ts'
import { needsLimit, parameterFor, speaks } from '../../runbooks/match.ts'
import type { Situation } from '../agent.ts'
import { changeEventsOf, earliestOnset, isTrouble, signalsWhere, type ChangeEvent, type Signal } from '../reading.ts'
import { serviceOf } from '../topology.ts'
import { badRecord } from './record.ts'
import { changeName, isSpokenOf } from './where.ts'

/** Clocks of a deploy system and of what it changes differ by less, ms. */
const CLOCK_SLACK_MS = 30_000
/** Under this share of its limit a resource is not short: queues grow from about four fifths on. */
const ROOM_SHARE = 0.8
const METHOD = 'runbook-fit-and-record'

export function vote(situation: Situation, proposal: ProposalBody): VoteDraft {
  const { action } = proposal.plan
  const runbook = situation.catalogue.runbooks.find(({ id }) => id === action.runbook)
  if (!runbook || runbook.action !== action.type) return oppose([], `no runbook of the catalogue takes ${action.type}`)
  const named = runbook.match.signalTokens.length > 0
  const resource = named ? resourceOf(situation, runbook, action.target) : null
  const cited = resource ? [resource.evidence] : []
  const bad = badRecord(situation.record, action.type, action.target)
  if (bad) return oppose(cited, `${action.type} on ${action.target} ended ${bad} before in this incident`)
  const events = changeEventsOf(situation).filter(({ change }) => change.service === action.target)
  const tier = serviceOf(situation.catalogue, action.target)?.tier ?? null
  if (runbook.match.tiers && (tier === null || !runbook.match.tiers.includes(tier)))
    return oppose(cited, `${runbook.title} is not for services of the tier of ${action.target}`)
  if (!named) return undoesChange(runbook) ? onChange(runbook, action.target, events) : onTrouble(situation, proposal)
  const told = resource ? undefined : events.findLast(({ change }) => speaks(runbook, changeName(change)))
  if (told && !needsLimit(runbook)) return onSwitch(situation, runbook, action.target, told)
  if (!resource) return abstain(`no fresh series of ${action.target} that ${runbook.title} speaks of`)
  const done = alreadyDone(runbook, action.parameters, resource, events)
  if (done) {
    const to = done.change.setting?.to ?? ''
    return oppose(
      [done.evidence],
      `the setting was already changed to ${to} on ${action.target} after the trouble began`,
    )
  }
  if (!resource.full && !isTrouble(resource))
    return oppose(cited, `${resource.window.name} on ${action.target} is calm`)
  if (addsCapacity(runbook) && hasRoom(resource))
    return oppose(cited, `${resource.window.name} on ${action.target} is raised and not short of anything`)
  for (const spec of runbook.parameters) {
    // A commander asked for this value: the guard holds it to the bounds, and a person approves it again.
    if (Object.hasOwn(proposal.plan.asked?.wants ?? {}, spec.name)) continue
    const follows = parameterFor(spec, resource.window)
    if (!follows.ok || follows.value !== action.parameters[spec.name]) {
      return oppose(cited, `${spec.name} does not follow from the limit that ${resource.window.name} shows now`)
    }
  }
  const cause = events.find(({ change }) => speaks(runbook, change.setting?.name ?? ''))
  return support(
    [...cited, ...(cause ? [cause.evidence] : [])],
    `${resource.window.name} on ${action.target} is what ${runbook.title} is for, and it was not tried in vain`,
  )
}

/** What is for causes of too little, and for nothing else. */
function addsCapacity({ match }: Runbook): boolean {
  return match.causeKinds.every((kind) => kind === 'capacity' || kind === 'saturation')
}

/** More work than before, well within the limit: trouble elsewhere makes such, and more of it helps nobody. */
function hasRoom({ full, now, window }: Signal): boolean {
  const { limit, role, breach } = window
  if (full || now === null || limit === null || role !== 'saturation' || breach !== 'above') return false
  return now < ROOM_SHARE * limit
}

/** What takes a change back is for causes that are changes, and for nothing else. */
function undoesChange({ match }: Runbook): boolean {
  return match.causeKinds.every((kind) => kind === 'deployment' || kind === 'configuration')
}

function onChange(runbook: Runbook, target: string, events: ChangeEvent[]): VoteDraft {
  const undone = events.at(-1)
  return undone
    ? support([undone.evidence], `${runbook.title} undoes the latest change on ${target}; nothing speaks against it`)
    : oppose([], `${runbook.title} undoes a change, and ${target} had none`)
}

/** A switch that was turned before the trouble began is worth turning back; one turned since is somebody's own attempt. */
function onSwitch(situation: Situation, runbook: Runbook, target: string, told: ChangeEvent): VoteDraft {
  const troubled = signalsWhere(situation, ({ service, peer }) => service === target && peer === null).filter(isTrouble)
  const onset = earliestOnset(troubled)
  if (onset !== null && told.change.at > onset + CLOCK_SLACK_MS)
    return oppose([told.evidence], `${changeName(told.change)} on ${target} was changed after the trouble began`)
  return support([told.evidence], `${runbook.title} turns back ${changeName(told.change)} on ${target}`)
}

/** Any signal of the target will do, or a call to it at its caller; what looks well there needs no runbook. */
function onTrouble(situation: Situation, { plan }: ProposalBody): VoteDraft {
  const { target } = plan.action
  const seen = signalsWhere(situation, ({ service, peer }) => (peer === null ? service === target : peer === target))
  const fresh = seen.filter((signal) => signal.fresh && signal.now !== null)
  const [any] = fresh
  if (!any) return abstain(`nothing of ${target} is seen now`)
  const worst = fresh.find(isTrouble)
  if (!worst) return oppose([any.evidence], `what is seen of ${target} is calm`)
  return support([worst.evidence], `${worst.window.name} on ${target} is in trouble, and it was not tried in vain`)
}

/** The resource that the runbook's tokens pick: the used-up one, else one in trouble, else any. */
function resourceOf(situation: Situation, runbook: Runbook, target: string): Signal | null {
  const spoken = signalsWhere(
    situation,
    (window) =>
      window.service === target && window.peer === null && isSpokenOf(window.role) && speaks(runbook, window.name),
  ).filter((signal) => signal.fresh && signal.now !== null)
  return spoken.find(({ full }) => full) ?? spoken.find(isTrouble) ?? spoken[0] ?? null
}

/** The newest change of that setting, if it came after the trouble began and already goes as far as the proposal. */
function alreadyDone(
  runbook: Runbook,
  parameters: Record<string, number | string>,
  resource: Signal,
  events: ChangeEvent[],
): ChangeEvent | null {
  const newest = events.findLast(({ change }) => change.setting !== null && speaks(runbook, change.setting.name))
  const to = newest?.change.setting?.to
  const since = resource.departure?.onsetAt
  if (!newest || typeof to !== 'number' || since === undefined || newest.change.at <= since) return null
  const wanted = Object.values(parameters).filter((value) => typeof value === 'number')
  const limit = resource.window.limit ?? 0
  return wanted.some((value) => (value >= limit ? to >= value : to <= value)) ? newest : null
}

function support(cites: string[], reason: string): VoteDraft {
  return { vote: 'support', cites, reason, method: METHOD }
}

function oppose(cites: string[], reason: string): VoteDraft {
  return { vote: 'oppose', cites, reason, method: METHOD }
}

function abstain(reason: string): VoteDraft {
  return { vote: 'abstain', cites: [], reason, method: METHOD }
}
