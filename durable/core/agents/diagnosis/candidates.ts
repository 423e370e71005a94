import type { Gap, Instant } from '../../../protocol/domain.ts'
import type { Situation } from '../agent.ts'
import {
  changeEventsOf,
  earliestOnset,
  gapOf,
  isTrouble,
  signalsOf,
  type ChangeEvent,
  type Signal,
} from '../reading.ts'
import { symptomServices } from '../symptom.ts'
import { calleesOf, foundationsOf, pathBetween } from '../topology.ts'
import { tokensOf } from '../words.ts'

/** A service that could be where it began, with all that speaks about it. */
export interface Candidate {
  service: string
  /** its own series in trouble, the largest change first; calls that it makes are not its own. */
  troubled: Signal[]
  /** its own series, read fresh with at least one sample. */
  observed: Signal[]
  /** the resource of its own that is used up. */
  full: Signal | null
  /** calls to it that are in trouble, as its callers measured them. */
  edges: Signal[]
  /** earliest trouble of its own; null when nothing of it changed inside a window. */
  onsetAt: Instant | null
  /** the change on it that best fits in time, and how long before the trouble; null where none precedes. */
  event: { found: ChangeEvent; gapMs: number } | null
  /** changes on it that came only after the trouble. */
  late: ChangeEvent[]
  /** from it to a symptom, both included; null without a call path. */
  path: string[] | null
  /** a callee-side service in trouble at least as early: this one fails because that one does. */
  explainedBy: string | null
  /** direct callees of which nothing fresh was read. */
  blind: Gap[]
}

/** A change further back than this is not a reason for trouble now. Fifteen minutes: how far rooms gather changes. */
export const CHANGE_LOOKBACK_MS = 15 * 60_000
/** Clocks of two systems, and the sampling of each, differ by so much. */
export const CLOCK_SLACK_MS = 5_000

/** Services in trouble or with a change, in the catalogue's order; and when the symptom began, if a series shows it. */
export function candidatesOf(situation: Situation): {
  candidates: Candidate[]
  symptomAt: Instant | null
  signals: Signal[]
} {
  const { catalogue } = situation
  const signals = signalsOf(situation)
  const events = changeEventsOf(situation)
  const symptoms = symptomServices(situation)
  const symptomAt = symptomOnset(situation, signals, symptoms)
  const drafts = catalogue.services.map((service): Candidate => {
    const own = signals.filter((signal) => signal.service === service.id && signal.peer === null)
    const troubled = own.filter(isTrouble).sort((a, b) => (b.departure?.sizeSigma ?? 0) - (a.departure?.sizeSigma ?? 0))
    const onsetAt = earliestOnset(troubled)
    const mine = events.filter(({ change }) => change.service === service.id)
    const reference = onsetAt ?? symptomAt ?? situation.at
    return {
      service: service.id,
      troubled,
      observed: own.filter((signal) => signal.fresh && signal.now !== null),
      full: fullOf(troubled, mine),
      edges: signals.filter((signal) => signal.peer === service.id && isTrouble(signal)),
      onsetAt,
      event: nearest(mine, reference),
      late: mine.filter(({ change }) => change.at > reference + CLOCK_SLACK_MS),
      path: pathToSymptom(situation, service.id, symptoms),
      explainedBy: null,
      blind: blindSpots(situation, service.id, signals),
    }
  })
  for (const candidate of drafts) candidate.explainedBy = explanationOf(situation, candidate, drafts, signals)
  const candidates = drafts.filter(
    (candidate) => candidate.troubled.length > 0 || candidate.event !== null || candidate.late.length > 0,
  )
  return { candidates, symptomAt, signals }
}

/** When the symptom began: by the leading service's own series, else by its alert. */
function symptomOnset(situation: Situation, signals: Signal[], symptoms: string[]): Instant | null {
  const leading = symptoms[0]
  const own = signals.filter((signal) => signal.service === leading && signal.peer === null && isTrouble(signal))
  const seen = earliestOnset(own)
  if (seen !== null) return seen
  const starts = situation.alerts.filter((alert) => alert.service === leading).map((alert) => alert.startsAt)
  return starts.length > 0 ? Math.min(...starts) : null
}

/** The latest change that precedes the trouble, with how long it did. */
function nearest(events: ChangeEvent[], reference: Instant): Candidate['event'] {
  const before = events.filter(
    ({ change }) => change.at <= reference + CLOCK_SLACK_MS && change.at >= reference - CHANGE_LOOKBACK_MS,
  )
  const found = before.at(-1)
  return found ? { found, gapMs: Math.max(0, reference - found.change.at) } : null
}

/** The used-up resource; of several, the one that a change on this service named, else the one that changed most. */
function fullOf(troubled: Signal[], events: ChangeEvent[]): Signal | null {
  const full = troubled.filter((signal) => signal.full)
  const named = full.find((signal) => events.some(({ change }) => speaksOf(change.setting?.name ?? '', signal)))
  return named ?? full[0] ?? null
}

/** True when a setting's name shares a word with the signal's. */
export function speaksOf(setting: string, signal: Signal): boolean {
  const words = new Set(tokensOf(signal.window.name))
  return tokensOf(setting).some((token) => words.has(token))
}

function pathToSymptom(situation: Situation, service: string, symptoms: string[]): string[] | null {
  for (const symptom of symptoms) {
    const path = pathBetween(situation.catalogue, service, symptom)
    if (path) return path
  }
  return null
}

/** Direct callees that cannot be judged; one that is observed and calm shields what lies behind it. */
function blindSpots(situation: Situation, service: string, signals: Signal[]): Gap[] {
  return calleesOf(situation.catalogue, service).flatMap((callee) => gapOf(callee, signals) ?? [])
}

/**
 * What fails because its callee fails is explained away, unless a change of its own precedes its trouble: then both stand
 * and are weighed. Trouble arrives by calls: nothing explains it that is only reached by calls which are measured and calm.
 * Where all of it is older than the windows nobody sees whose came first: then the earlier change below explains a later one.
 */
function explanationOf(situation: Situation, candidate: Candidate, all: Candidate[], signals: Signal[]): string | null {
  const { event, onsetAt } = candidate
  if (candidate.troubled.length === 0 || (event !== null && onsetAt !== null)) return null
  const open = calleesOf(situation.catalogue, candidate.service).filter(
    (callee) => onsetAt === null || !isCalm(signals, candidate.service, callee, onsetAt),
  )
  const below = new Set(open.flatMap((callee) => [callee, ...foundationsOf(situation.catalogue, callee)]))
  // In a circle of calls a service stands below itself, and explains nothing there.
  below.delete(candidate.service)
  const earlier = all.filter((other) => {
    if (!below.has(other.service) || other.troubled.length === 0) return false
    if (event !== null) return other.event !== null && other.event.found.change.at < event.found.change.at
    if (other.onsetAt === null) return true
    return onsetAt !== null && other.onsetAt <= onsetAt + CLOCK_SLACK_MS
  })
  // The deepest one: what explains it must not itself be explained by another of these, if any is not.
  const roots = earlier.filter((other) => {
    const under = new Set(foundationsOf(situation.catalogue, other.service))
    return !earlier.some((deeper) => deeper !== other && under.has(deeper.service))
  })
  return (roots[0] ?? earlier[0])?.service ?? null
}

/** Its calls to a callee, as it measures them itself, were read fresh from before `since` on, and none is in trouble. */
function isCalm(signals: Signal[], caller: string, callee: string, since: Instant): boolean {
  const calls = signals.filter(({ service, peer, fresh, now, window }) => {
    return service === caller && peer === callee && fresh && now !== null && window.startsAt < since
  })
  return calls.length > 0 && !calls.some(isTrouble)
}
