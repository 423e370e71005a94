import type { Hypothesis, Instant } from '../../../protocol/domain.ts'
import { durationText, levelText, listText, tokensOf } from '../words.ts'
import { CLOCK_SLACK_MS, type Candidate } from './candidates.ts'
import { ruledOut } from './settle.ts'

/** Sentences about one candidate. A setting's name is shown by its words alone; no other text of outsiders is. */
const SETTING_WORDS_MAX = 6

export function titleOf(candidate: Candidate, cause: Hypothesis['cause']): string {
  const { service, full, event } = candidate
  const after = event ? ` after a ${changeText(candidate)}` : ''
  if (full) return `${full.window.name} on ${service} is at its limit${after}`
  if (candidate.troubled.length === 0) {
    return candidate.observed.length === 0
      ? `Something on ${service}${after}, unseen`
      : `A change on ${service}, which is calm`
  }
  return `${cause.signal ?? 'Something'} on ${service} left its level${after}`
}

export function reasonOf(candidate: Candidate, cause: Hypothesis['cause'], symptomAt: Instant | null): string {
  const { service } = candidate
  switch (ruledOut(candidate)) {
    case 'no-call-path':
      return `no-call-path: no call leads from a service with the symptom to ${service}`
    case 'explained-by-callee':
      return `explained-by-callee: ${candidate.explainedBy} below it was in trouble no later`
    case 'changed-after-onset':
      return `changed-after-onset: the change on ${service} came after the symptom began`
    case 'changed-but-calm':
      return `changed-but-calm: ${service} was changed and none of its series is in trouble`
    default:
      return listText(standingFacts(candidate, cause, symptomAt), 6)
  }
}

function standingFacts(candidate: Candidate, cause: Hypothesis['cause'], symptomAt: Instant | null): string[] {
  const facts: string[] = []
  const { full, onsetAt, event, troubled } = candidate
  if (full && full.now !== null && full.window.limit !== null) {
    facts.push(`${full.window.name} stands at ${levelText(full.now, full.window.unit)} of ${full.window.limit}`)
  } else if (troubled[0]?.departure) {
    const { before, after } = troubled[0].departure
    const { unit, name } = troubled[0].window
    facts.push(`${name} went from ${levelText(before, unit)} to ${levelText(after, unit)}`)
  }
  if (event) facts.push(`a ${changeText(candidate)} came ${durationText(event.gapMs)} before`)
  if (onsetAt !== null && symptomAt !== null) {
    const lead = symptomAt - onsetAt
    if (lead > CLOCK_SLACK_MS) facts.push(`it began ${durationText(lead)} before the symptom`)
    else if (lead < -CLOCK_SLACK_MS) facts.push(`it began ${durationText(-lead)} after the symptom`)
    else facts.push('it began with the symptom')
  }
  if (candidate.edges.length > 0) facts.push(`${candidate.edges.length} measured calls to it are in trouble`)
  if (candidate.observed.length === 0) facts.push(`nothing of ${cause.service} itself was read`)
  if (event === null && candidate.blind.length > 0) {
    facts.push(`not seen: ${listText(candidate.blind.map((gap) => gap.what))}`)
  }
  return facts
}

/** A check that a person or a program can run. */
export function nextCheckOf(candidate: Candidate, cause: Hypothesis['cause']): string {
  const { service, event, full } = candidate
  switch (ruledOut(candidate)) {
    case 'no-call-path':
      return `look for calls toward ${service} that the catalogue does not list`
    case 'explained-by-callee':
      return `watch whether ${service} recovers when ${candidate.explainedBy} does`
    case 'changed-after-onset':
    case 'changed-but-calm':
      return `watch the series of ${service}; nothing asks for more`
    default:
  }
  if (candidate.observed.length === 0) return `read errors, latency and saturation of ${service} since the change`
  if (event === null && candidate.blind.length > 0)
    return `read ${listText(candidate.blind.map((gap) => gap.what))} over the last ten minutes`
  if (full && event) return `compare ${full.window.name} on ${service} with its limit before and after the change`
  if (full) return `find what holds ${full.window.name} on ${service}, and whether its limit can be raised`
  if (event) return `compare ${cause.signal ?? 'the series'} on ${service} before and after the change`
  return `read logs and recent changes of ${service}; nothing that was read explains ${cause.signal ?? 'it'}`
}

function changeText(candidate: Candidate): string {
  const change = candidate.event?.found.change
  if (!change) return 'change'
  const kind = { deploy: 'deploy', config: 'configuration change', flag: 'flag change' }[change.kind]
  const setting = change.setting ? tokensOf(change.setting.name).slice(0, SETTING_WORDS_MAX).join('_') : ''
  const { from, to } = change.setting ?? { from: null, to: null }
  const values = typeof from === 'number' && typeof to === 'number' ? ` ${from} to ${to}` : ''
  return setting === '' ? kind : `${kind} of ${setting}${values}`
}
