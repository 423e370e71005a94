import type { Evidence, FindingDetail, FindingDraft, Gap, Hypothesis } from '../../../protocol/domain.ts'
import type { Situation } from '../agent.ts'
import { promisesKept, type Kept } from '../promise.ts'
import { gapOf, topologyFor, type Signal } from '../reading.ts'
import { calleesOf } from '../topology.ts'
import { candidatesOf, type Candidate } from './candidates.ts'
import { causeOf } from './kind.ts'
import { UNLINKED_SHARE, confidenceOf, ruledOut, supportFor, unsettled, verdictOf } from './settle.ts'
import { nextCheckOf, reasonOf, titleOf } from './words.ts'

/** Hypotheses that a person can weigh; the best supported stay. */
const HYPOTHESES_MAX = 6
/** Own series and calls that one hypothesis cites. */
const OWN_CITES_MAX = 4
const EDGE_CITES_MAX = 2

type Finding = FindingDraft<Extract<FindingDetail, { agent: 'diagnosis' }>>

/**
 * Diagnosis: where it began. Candidates are services in trouble or with a change; what fails because its callee fails is
 * explained away, what has no call path to the symptom is ruled out and kept with its reason. The rest is weighed
 * (`settle.ts`); when the best supported place cannot be seen, or calls something that cannot, the answer is open. Where
 * everything that is alerted about keeps its promises nothing failed, and no change is the cause of anything.
 */
export function diagnose(situation: Situation): Finding {
  const { candidates, symptomAt, signals } = candidatesOf(situation)
  if (candidates.length === 0) return nothing(situation)
  const weighed = candidates
    .map((candidate) => ({ candidate, support: supportFor(candidate, symptomAt), out: ruledOut(candidate) }))
    .sort((a, b) => Number(a.out !== null) - Number(b.out !== null) || b.support - a.support)
    .slice(0, HYPOTHESES_MAX)
  const standing = weighed.filter(({ out }) => out === null)
  const hypotheses = weighed.map(({ candidate, support }, rank): Hypothesis => {
    const rivals = weighed.flatMap((other) => {
      if (other.candidate === candidate) return []
      if (other.out === 'no-call-path') return [UNLINKED_SHARE * other.support]
      return other.out === null ? [other.support] : []
    })
    const cited = citesFor(situation, candidate)
    const items = itemsOf(situation, cited)
    const confidence = confidenceOf({
      support,
      rival: Math.max(0, ...rivals),
      completeness: completenessOf(situation, candidate, signals),
      freshness: freshnessOf(situation, items),
    })
    const sources = new Set(items.filter((item) => item.kind !== 'topology').map((item) => item.source)).size
    const verdict = verdictOf(candidate, confidence, sources)
    const cause = causeOf(candidate)
    return {
      id: `H${rank + 1}`,
      title: titleOf(candidate, cause),
      cause,
      for: cited,
      against: citesAgainst(situation, candidate, candidates),
      verdict,
      reason: reasonOf(candidate, cause, symptomAt),
      confidence: verdict === 'RULED_OUT' ? null : confidence,
      next: nextCheckOf(candidate, cause),
      path: candidate.path ?? [candidate.service],
    }
  })
  const kept = promisesKept(situation)
  return kept ? withinPromises(hypotheses, kept) : findingOf(hypotheses, standing[0]?.candidate ?? null, signals)
}

/** What changed is kept for people to see; none of it is settled, for there is nothing that it caused. */
function withinPromises(hypotheses: Hypothesis[], kept: Kept): Finding {
  const open = hypotheses.map((hypothesis): Hypothesis => {
    if (hypothesis.verdict === 'RULED_OUT') return hypothesis
    const reason = `within-objectives: ${hypothesis.reason}`
    return { ...hypothesis, verdict: 'INCONCLUSIVE', confidence: null, reason }
  })
  return {
    outcome: 'inconclusive',
    reason: 'within-objectives',
    summary: `Nothing failed, so nothing is the cause: ${kept.says}. An alert fires; nothing asks for an action.`,
    cites: kept.cites,
    gaps: [],
    detail: { agent: 'diagnosis', hypotheses: open },
  }
}

function findingOf(hypotheses: Hypothesis[], best: Candidate | null, signals: Signal[]): Finding {
  const top = hypotheses[0]
  const settled = top !== undefined && (top.verdict === 'CONFIRMED' || top.verdict === 'LIKELY')
  const open = best ? (unsettled(best) ?? 'no-separation') : 'no-candidate-left'
  const gaps = best === null || settled ? [] : gapsOf(best, signals)
  return {
    outcome: settled ? 'found' : 'inconclusive',
    reason: settled ? '' : open,
    summary: settled
      ? `${top.verdict}: ${top.title}. ${top.reason}`
      : `Open (${open}): ${top ? `${top.title} is best supported so far. Next: ${top.next}` : 'nothing stands out.'}`,
    cites: [...new Set(hypotheses.slice(0, 2).flatMap((hypothesis) => [...hypothesis.for, ...hypothesis.against]))],
    gaps,
    detail: { agent: 'diagnosis', hypotheses },
  }
}

function gapsOf(best: Candidate, signals: Signal[]): Gap[] {
  const own = gapOf(best.service, signals)
  return own ? [own, ...best.blind] : best.blind
}

/** What speaks for it: the used-up resource and its largest changes, the change event, calls to it, the call path. */
function citesFor(situation: Situation, candidate: Candidate): string[] {
  const own = [candidate.full, ...candidate.troubled].flatMap((signal) => signal?.evidence ?? [])
  const topology = candidate.path ? topologyFor(situation, candidate.path) : null
  const ids = [
    ...[...new Set(own)].slice(0, OWN_CITES_MAX),
    ...(candidate.event ? [candidate.event.found.evidence] : []),
    ...candidate.edges.slice(0, EDGE_CITES_MAX).map((signal) => signal.evidence),
    ...(topology ? [topology] : []),
  ]
  return [...new Set(ids)]
}

/** What speaks against it: whoever explains it, and changes that came only after its trouble. */
function citesAgainst(situation: Situation, candidate: Candidate, all: Candidate[]): string[] {
  const explaining = all.find((other) => other.service === candidate.explainedBy)
  const ids = [
    ...(explaining ? explaining.troubled.slice(0, 2).map((signal) => signal.evidence) : []),
    ...candidate.late.map(({ evidence }) => evidence),
  ]
  if (candidate.path === null) {
    const mapped = situation.evidence.find((item) => item.data.kind === 'topology')
    if (mapped) ids.push(mapped.id)
  }
  if (candidate.troubled.length === 0) ids.push(...candidate.observed.slice(0, 2).map((signal) => signal.evidence))
  return [...new Set(ids)]
}

/**
 * Share of what matters of which something fresh was read: the services on its path, those that it calls directly, and the
 * calls between neighbours on the path, as their callers measure them.
 */
function completenessOf(situation: Situation, candidate: Candidate, signals: Signal[]): number {
  const path = candidate.path ?? [candidate.service]
  const services = [...new Set([...path, ...calleesOf(situation.catalogue, candidate.service)])]
  const seen = services.filter((service) => gapOf(service, signals) === null).length
  const calls = path.slice(1).map((caller, index) => ({ caller, callee: path[index] }))
  const measured = calls.filter(({ caller, callee }) =>
    signals.some(({ service, peer, fresh, now }) => service === caller && peer === callee && fresh && now !== null),
  )
  return (seen + measured.length) / (services.length + calls.length)
}

/** How new the cited observations are: what nears the end of its freshness says less of now; what is past it, nothing. */
function freshnessOf(situation: Situation, items: Evidence[]): number {
  const observed = items.filter((item) => item.kind === 'metric' || item.kind === 'edge')
  if (observed.length === 0) return 1
  const shares = observed.map(({ at, freshMs }) => {
    const age = Math.max(0, situation.at - at)
    return age > freshMs ? 0 : 1 - age / (2 * freshMs)
  })
  return shares.reduce((sum, share) => sum + share, 0) / observed.length
}

function itemsOf(situation: Situation, ids: string[]): Evidence[] {
  return situation.evidence.filter((item) => ids.includes(item.id))
}

function nothing(situation: Situation): Finding {
  const blind = !situation.evidence.some((item) => item.kind === 'metric' || item.kind === 'edge')
  return {
    outcome: blind ? 'abstained' : 'inconclusive',
    reason: blind ? 'no-telemetry' : 'no-candidate',
    summary: blind ? 'No series to look at.' : 'No service is in trouble or was changed.',
    cites: [],
    gaps: blind ? [{ what: 'telemetry of any service', reason: 'not-watched' }] : [],
    detail: { agent: 'diagnosis', hypotheses: [] },
  }
}
