import type { Instant, Verdict } from '../../../protocol/domain.ts'
import type { Candidate } from './candidates.ts'

/**
 * How much speaks for a candidate. Each part is 0..1; the weights say what an engineer would ask first: did something
 * change there just before, is a resource used up, is it itself in trouble, was it first, do its callers complain of it.
 */
const WEIGHTS = { change: 1.2, full: 1, trouble: 1, first: 0.8, callers: 0.4 }
/** A change this long before the trouble is worth 1/e of one right before. */
const CHANGE_FADES_MS = 120_000
/** A departure of so many sigmas is half of the trouble there can be. */
const HALF_TROUBLE_SIGMAS = 10
/** Being this much earlier than the symptom is being first; as much later is being last. */
const LEAD_MS = 10_000
/**
 * Support of which each further piece halves less of the doubt that is left: 1 - e^(-support / 1.6) is 0.46 for trouble
 * alone, 0.83 where it was also first and something changed there or is used up, 0.94 where all is said.
 */
const SUPPORT_FADES = 1.6
/** What has no call path cannot be it, unless the catalogue lacks a call: its support stays a rival by this share. */
export const UNLINKED_SHARE = 0.25

/** Confidence never passes this before it has been measured against outcomes. */
const CONFIDENCE_MAX = 0.95
export const CONFIRMED_FROM = 0.8
export const LIKELY_FROM = 0.5

/** Sum of the weighted parts, 0 to 4.4. */
export function supportFor(candidate: Candidate, symptomAt: Instant | null): number {
  const largest = candidate.troubled[0]?.departure?.sizeSigma ?? 0
  const inTrouble = candidate.troubled.length > 0
  const trouble = inTrouble ? Math.max(0.5, largest / (largest + HALF_TROUBLE_SIGMAS)) : 0
  const change = candidate.event ? Math.exp(-candidate.event.gapMs / CHANGE_FADES_MS) : 0
  const lead = candidate.onsetAt === null || symptomAt === null ? 0 : symptomAt - candidate.onsetAt
  const first = inTrouble ? Math.min(1, Math.max(0, 0.5 + lead / (2 * LEAD_MS))) : 0
  return (
    WEIGHTS.change * change +
    WEIGHTS.full * (candidate.full ? 1 : 0) +
    WEIGHTS.trouble * trouble +
    WEIGHTS.first * first +
    WEIGHTS.callers * (candidate.edges.length > 0 ? 1 : 0)
  )
}

export interface Standing {
  support: number
  /** the best support of another candidate that is not ruled out, or a share of one that only lacks a path; 0 without. */
  rival: number
  /** share of what matters (services on the path, direct callees, calls on the path) of which something fresh was read. */
  completeness: number
  /** how new the cited observations are, on average: 1 just now, 1/2 at the end of their freshness, 0 when stale. */
  freshness: number
}

/**
 * Confidence as code settles it: (1 - e^(-support / 1.6)) × completeness × freshness × (1 + separation) / 2, at most 0.95.
 * Separation is (support - rival) / the larger of both, from -1 to 1: a tie halves, a lead keeps, a trailing one loses all.
 */
export function confidenceOf(standing: Standing): number {
  const { support, rival, completeness, freshness } = standing
  const larger = Math.max(support, rival)
  if (larger === 0) return 0
  const separation = (support - rival) / larger
  const settled = (1 - Math.exp(-support / SUPPORT_FADES)) * completeness * freshness * ((1 + separation) / 2)
  return Math.round(Math.min(CONFIDENCE_MAX, settled) * 100) / 100
}

/** Why a candidate cannot be it; null when it can. */
export function ruledOut(candidate: Candidate): string | null {
  if (candidate.explainedBy !== null) return 'explained-by-callee'
  if (candidate.path === null) return 'no-call-path'
  if (candidate.troubled.length === 0 && candidate.event === null) return 'changed-after-onset'
  if (candidate.troubled.length === 0 && candidate.observed.length > 0 && candidate.edges.length === 0) {
    return 'changed-but-calm'
  }
  return null
}

/** Why a candidate that could be it is not settled yet; null when nothing of it is unseen. */
export function unsettled(candidate: Candidate): string | null {
  if (candidate.observed.length === 0) return 'cause-not-observed'
  if (candidate.troubled.length === 0) return 'no-trouble-of-its-own'
  // Without a change of its own, trouble here may come from what it calls; that must be seen to be calm.
  if (candidate.event === null && candidate.blind.length > 0) return 'callee-not-observed'
  return null
}

/** CONFIRMED also asks for a change of its own before it and for two sources; what is unseen is never more than open. */
export function verdictOf(candidate: Candidate, confidence: number, sources: number): Verdict {
  if (ruledOut(candidate) !== null) return 'RULED_OUT'
  if (unsettled(candidate) !== null || confidence < LIKELY_FROM) return 'INCONCLUSIVE'
  return confidence >= CONFIRMED_FROM && candidate.event !== null && sources >= 2 ? 'CONFIRMED' : 'LIKELY'
}
