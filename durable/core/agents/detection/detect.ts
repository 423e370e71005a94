import type { ChangePoint, FindingDetail, FindingDraft, Gap } from '../../../protocol/domain.ts'
import type { Situation } from '../agent.ts'
import { promisesKept } from '../promise.ts'
import { earliestOnset, gapOf, isTrouble, onsetOf, signalsOf, type Signal } from '../reading.ts'
import { symptomServices } from '../symptom.ts'
import { foundationsOf } from '../topology.ts'
import { durationText, levelText, listText, significant } from '../words.ts'

/** Changes that a finding lists; the largest stay. */
const CHANGES_MAX = 40
/** Changes that a summary names. */
const NAMED_MAX = 3

type Finding = FindingDraft<Extract<FindingDetail, { agent: 'detection' }>>

/**
 * Detection: where, when and how much the room's series changed. The incident's onset is the earliest trouble on the
 * symptom's services or on what they stand on; what changed elsewhere is listed and left out of the onset.
 */
export function detect(situation: Situation): Finding {
  const signals = signalsOf(situation)
  const symptoms = symptomServices(situation)
  const gaps = symptoms.flatMap((service) => gapOf(service, signals) ?? [])
  if (signals.every((signal) => signal.now === null)) return nothing('abstained', 'no-telemetry', gaps)
  const changed = signals.filter((signal) => signal.departure !== null)
  if (changed.length === 0) return nothing('inconclusive', 'no-change-found', gaps)

  const near = new Set(symptoms.flatMap((service) => [service, ...foundationsOf(situation.catalogue, service)]))
  const linked = changed.filter((signal) => near.has(signal.service))
  const troubled = linked.filter(isTrouble)
  const deciding = troubled.length > 0 ? troubled : linked
  const onsetAt = earliestOnset(deciding)
  const changes = changed
    .flatMap(changePointOf)
    .sort((a, b) => b.sizeSigma - a.sizeSigma)
    .slice(0, CHANGES_MAX)
    .sort((a, b) => a.onsetAt - b.onsetAt)
  return {
    outcome: onsetAt === null ? 'inconclusive' : 'found',
    reason: onsetAt === null ? 'no-change-near-symptom' : '',
    summary: summaryOf(situation, changed.length, onsetAt, deciding),
    cites: [...deciding, ...linked.filter((signal) => !deciding.includes(signal))]
      .map((signal) => signal.evidence)
      .slice(0, CHANGES_MAX),
    gaps,
    detail: { agent: 'detection', changes, onsetAt },
  }
}

function changePointOf(signal: Signal): ChangePoint[] {
  const { departure, window } = signal
  if (!departure) return []
  return [
    {
      evidence: signal.evidence,
      service: window.service,
      name: window.name,
      peer: window.peer,
      role: window.role,
      onsetAt: departure.onsetAt,
      direction: departure.direction,
      before: departure.before,
      after: departure.after,
      sizeSigma: departure.sizeSigma,
    },
  ]
}

function summaryOf(situation: Situation, changed: number, onsetAt: number | null, deciding: Signal[]): string {
  if (onsetAt === null) return `${changed} series changed, none of them on the symptom's services or what they call.`
  const first = [...deciding]
    .sort(
      (a, b) => (onsetOf(a) ?? 0) - (onsetOf(b) ?? 0) || (b.departure?.sizeSigma ?? 0) - (a.departure?.sizeSigma ?? 0),
    )
    .slice(0, NAMED_MAX)
  const named = first.map(({ window, departure }) => {
    if (!departure) return `${window.name} on ${window.service}`
    const levels = `${levelText(departure.before, window.unit)} to ${levelText(departure.after, window.unit)}`
    return `${window.name} on ${window.service} ${levels} (${significant(departure.sizeSigma)} sigma)`
  })
  const ago = durationText(situation.at - onsetAt)
  const kept = promisesKept(situation)
  const aside = kept ? ` Still, ${kept.says}.` : ''
  return `It began ${ago} ago. First: ${listText(named)}. ${changed} series changed in all.${aside}`
}

function nothing(outcome: 'inconclusive' | 'abstained', reason: string, gaps: Gap[]): Finding {
  const says =
    reason === 'no-telemetry' ? 'No series to look at.' : 'Every series is where its own recent past says it should be.'
  return { outcome, reason, summary: says, cites: [], gaps, detail: { agent: 'detection', changes: [], onsetAt: null } }
}
