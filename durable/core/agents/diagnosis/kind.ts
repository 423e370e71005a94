import type { Hypothesis } from '../../../protocol/domain.ts'
import { tokensOf } from '../words.ts'
import { CLOCK_SLACK_MS, speaksOf, type Candidate } from './candidates.ts'

/** A rate that fell below this share of what it was has stopped. */
const STOPPED_SHARE = 0.05
/** What people call memory in a signal's name; a disk fills as memory does, and only its name says that it is none. */
const MEMORY_WORDS: ReadonlySet<string> = new Set(['memory', 'mem', 'heap', 'rss'])

/**
 * What kind of cause a candidate would be, from the role of its signals and the kind of change before them; names decide
 * nothing, except that a setting and the signal it sets share a word, and that memory is called so. In this order:
 * - a change of a setting that names the used-up resource is `configuration`, whichever way it was rolled out;
 * - a deploy before the trouble is `deployment`, a config or flag `configuration`;
 * - memory that fills without a change, though the service is asked no more than before, is `memory`;
 * - a used-up resource without a change is `capacity` when the service's own rate rose first, else `saturation`;
 * - a rate that stopped is a `crash`; a place that is only seen through its callers is a `dependency`; else `unknown`.
 */
export function causeOf(candidate: Candidate): Hypothesis['cause'] {
  const { full, event, service } = candidate
  const signal = full ?? candidate.troubled.find(({ window }) => window.role === 'saturation') ?? candidate.troubled[0]
  const name = signal?.window.name ?? null
  return { service, kind: kindOf(candidate, name, event?.found.change.kind ?? null), signal: name }
}

function kindOf(
  candidate: Candidate,
  signal: string | null,
  change: 'deploy' | 'config' | 'flag' | null,
): Hypothesis['cause']['kind'] {
  const { full, event } = candidate
  if (full && event && speaksOf(event.found.change.setting?.name ?? '', full)) return 'configuration'
  if (change === 'deploy') return 'deployment'
  if (change !== null) return 'configuration'
  if (signal !== null && isMemory(signal) && !rateRoseFirst(candidate)) return 'memory'
  if (full) return rateRoseFirst(candidate) ? 'capacity' : 'saturation'
  if (hasStopped(candidate)) return 'crash'
  if (candidate.troubled.some(({ window }) => window.role === 'saturation')) return 'saturation'
  return candidate.observed.length === 0 ? 'dependency' : 'unknown'
}

function isMemory(signal: string): boolean {
  return tokensOf(signal).some((word) => MEMORY_WORDS.has(word))
}

function rateRoseFirst(candidate: Candidate): boolean {
  const fullSince = candidate.full?.departure?.onsetAt ?? candidate.onsetAt
  return candidate.observed.some(
    ({ window, departure }) =>
      window.role === 'rate' &&
      departure?.direction === 'up' &&
      (fullSince === null || departure.onsetAt <= fullSince + CLOCK_SLACK_MS),
  )
}

function hasStopped(candidate: Candidate): boolean {
  return candidate.observed.some(
    ({ window, departure }) =>
      window.role === 'rate' && departure?.present === true && departure.after < STOPPED_SHARE * departure.before,
  )
}
