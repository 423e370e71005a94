import type { Catalogue, Evidence, EvidenceKind, GateVerdict, Instant } from '../../protocol/domain.ts'
import { onPath } from './reach.ts'

/** Kinds that say what is happening now; one of them must lie on the target or on the path to the symptom. */
const NOW_KINDS: ReadonlySet<EvidenceKind> = new Set(['metric', 'log', 'edge', 'change'])
/** Kinds that support and never count. */
const SUPPORTING: ReadonlySet<EvidenceKind> = new Set(['topology', 'past-incident'])

export interface GateInput {
  /** the evidence that was cited, as the room holds it. */
  cited: Evidence[]
  catalogue: Catalogue
  /** services that show the symptom. */
  symptoms: string[]
  target: string
  at: Instant
  /** who approved so far: their own notes never count for them. */
  approvers: readonly string[]
}

/**
 * The evidence gate: at least two kinds from at least two sources, one of them observed now on the target or on its path
 * to the symptom; a target that the symptom does not call, directly or through others, passes with nothing. Tainted text counts zero; topology and past incidents support; evidence off the path counts nothing.
 */
export function judgeGate(input: GateInput): GateVerdict {
  const path = onPath(input.catalogue, input.symptoms, input.target)
  const notCounted: GateVerdict['notCounted'] = []
  const counted: Evidence[] = []
  let notes = 0
  for (const item of input.cited) {
    const why = whyNot(item, path, input.at)
    if (why) {
      notCounted.push({ evidence: item.id, why })
      continue
    }
    if (item.data.kind === 'note') {
      if (input.approvers.includes(item.data.by) || notes > 0) {
        notCounted.push({ evidence: item.id, why: 'supports-only' })
        continue
      }
      notes += 1
    }
    counted.push(item)
  }
  const kinds = [...new Set(counted.map((item) => item.kind))].sort()
  const sources = [...new Set(counted.map((item) => item.source))].sort()
  const observedNow = counted.filter((item) => NOW_KINDS.has(item.kind)).map((item) => item.id)
  // Trouble that happens beside the symptom is no part of it, however well it is observed: not even its own signals speak then.
  const linked = input.symptoms.some((symptom) => path.has(symptom))
  const reason = linked
    ? reasonFor(counted.length, kinds.length, sources.length, observedNow.length)
    : 'target-off-path'
  return {
    passes: reason === 'passes',
    reason,
    kinds,
    sources,
    observedNow,
    notCounted,
    wouldDecide: wouldDecide(reason, kinds, sources, input.target),
  }
}

function whyNot(item: Evidence, path: Set<string>, at: Instant): GateVerdict['notCounted'][number]['why'] | null {
  if (SUPPORTING.has(item.kind)) return 'supports-only'
  if (item.tainted) return 'tainted'
  if (item.kind !== 'note' && !touches(item, path)) return 'off-path'
  if (at - item.at > item.freshMs) return 'stale'
  if (item.data.kind === 'alert' && item.data.status !== 'firing') return 'stale'
  return null
}

function touches(item: Evidence, path: Set<string>): boolean {
  if (item.service !== null && path.has(item.service)) return true
  return item.data.kind === 'edge' && item.data.series.peer !== null && path.has(item.data.series.peer)
}

function reasonFor(counted: number, kinds: number, sources: number, now: number): string {
  if (counted === 0) return 'no-countable-evidence'
  if (kinds < 2 || sources < 2) return 'evidence-one-sided'
  if (now === 0) return 'nothing-observed-now'
  return 'passes'
}

function wouldDecide(reason: string, kinds: string[], sources: string[], target: string): string {
  switch (reason) {
    case 'passes':
      return ''
    case 'target-off-path':
      return `a call path from the symptom down to ${target} in the catalogue; a person may decide without one`
    case 'no-countable-evidence':
      return `a fresh metric, log, call edge or change of ${target} or of a service on its path`
    case 'nothing-observed-now':
      return `a fresh metric, log, call edge or change on ${target} or on its path to the symptom`
    default:
      return sources.length < 2
        ? `another source than ${sources.join(', ')} that sees ${target} or its path`
        : `another kind of evidence than ${kinds.join(', ')} on ${target} or its path`
  }
}
