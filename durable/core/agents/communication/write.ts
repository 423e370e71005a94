import type { FindingDetail, FindingDraft, Instant, Summary } from '../../../protocol/domain.ts'
import type { View } from '../../../protocol/view.ts'
import { durationText, levelText, significant } from '../words.ts'
import { factsOf, isOver, type Facts } from './facts.ts'
import { nextSentence } from './next.ts'

type Detail = Extract<FindingDetail, { agent: 'communication' }>

/**
 * Communication: what is going on, what we think caused it, what happens next; once for responders, with the evidence
 * behind each figure, once for executives, in the catalogue's titles. Everything comes from the view; what it does not
 * hold is said to be unknown. Free text of alerts and changes is never repeated.
 */
export function write(view: View, at: Instant): FindingDraft<Detail> {
  const facts = factsOf(view, at)
  const next = nextSentence(facts)
  const responders: Summary = { happening: happeningForResponders(facts), cause: causeForResponders(facts), next }
  const executives: Summary = { happening: happeningForExecutives(facts), cause: causeForExecutives(facts), next }
  return {
    outcome: 'found',
    reason: '',
    summary: responders.happening,
    cites: [...(facts.symptom ? [facts.symptom.evidence] : []), ...(facts.top?.for.slice(0, 3) ?? [])],
    gaps: [],
    detail: { agent: 'communication', responders, executives },
  }
}

function happeningForResponders(facts: Facts): string {
  const { view, service, firing, symptom } = facts
  if (isOver(view)) return `${service}: ${view.state}${lastedText(facts)}; ${firing} alerts fire now.`
  const recovered = facts.ended?.verification?.end === 'recovered'
  const alerts = `${firing} of ${Object.keys(view.alerts).length + view.alertsBeyond} alerts fire`
  const since = `since ${durationText(facts.at - facts.since)}`
  if (recovered) return `${service} has recovered by its signals after proposal ${facts.ended?.number}; ${alerts}.`
  if (!symptom)
    return `${service}: ${alerts} ${since}, ${view.severity}; no change of its own errors or latency is located.`
  const levels = `${levelText(symptom.after, facts.unit)}, before ${levelText(symptom.before, facts.unit)}`
  const sized = `${significant(symptom.sizeSigma)} sigma, ${symptom.evidence}`
  return `${service}: ${symptom.name} ${levels} (${sized}); ${alerts} ${since}, ${view.severity}.`
}

function happeningForExecutives(facts: Facts): string {
  const { view, title, symptom } = facts
  if (isOver(view)) return `${title} is back: ${view.state}${lastedText(facts)}.`
  const since = `since ${durationText(facts.at - facts.since)}`
  if (facts.ended?.verification?.end === 'recovered') return `${title} has recovered; we are watching that it stays so.`
  if (isWithinObjectives(view)) return `${title} is reported as failing ${since}, but keeps what it promises.`
  if (symptom?.role === 'errors' && facts.unit === 'ratio') {
    const share = levelText(symptom.after, facts.unit)
    return `${title} fails for about ${share} of requests ${since} (measured just now; normal is ${levelText(symptom.before, facts.unit)}).`
  }
  if (symptom?.role === 'latency') {
    const times = symptom.before > 0 ? `${significant(symptom.after / symptom.before)} times as slow as normal` : 'slow'
    return `${title} is ${times} ${since} (measured just now against the time before).`
  }
  return `${title} is reported as failing ${since}; how much of it is not measured.`
}

function causeForResponders(facts: Facts): string {
  const { view, top } = facts
  if (!view.findings.diagnosis) return 'Cause: not diagnosed yet.'
  if (isWithinObjectives(view)) return `Cause: none. ${view.findings.diagnosis.summary}`
  if (!top) return `Cause: open (${view.findings.diagnosis.reason || 'no hypothesis stands'}).`
  const sure = top.confidence === null ? 'confidence not settled' : `confidence ${significant(top.confidence * 100)} %`
  return `Cause: ${top.verdict}, ${top.title} (${sure} from ${top.for.length} items of evidence: ${top.for.slice(0, 4).join(', ')}).`
}

function causeForExecutives(facts: Facts): string {
  const { view, top } = facts
  if (isWithinObjectives(view)) return 'Nothing has failed so far as is measured, so there is no cause to find.'
  if (!top || top.verdict === 'INCONCLUSIVE') return 'The cause is not known yet.'
  const place = view.catalogue?.services.find(({ id }) => id === top.cause.service)?.title ?? top.cause.service
  const sure = top.verdict === 'CONFIRMED' ? 'The evidence shows' : 'It is likely'
  const what: Record<typeof top.cause.kind, string> = {
    saturation: 'has run out of a resource',
    memory: 'keeps memory that it never gives back',
    configuration: 'was changed in its configuration and no longer copes',
    deployment: 'got a new version that does not work as it should',
    dependency: 'is failing',
    capacity: 'gets more work than it can do',
    crash: 'has stopped',
    unknown: 'is where it began',
  }
  return `${sure} that ${place} ${what[top.cause.kind]}.`
}

/** Diagnosis read every promise of what is alerted about, and each is kept. */
function isWithinObjectives(view: View): boolean {
  return view.findings.diagnosis?.reason === 'within-objectives'
}

function lastedText(facts: Facts): string {
  const end = facts.view.times.resolved ?? facts.view.times.closed
  return end === null ? '' : ` after ${durationText(end - facts.since)}`
}
