import type { CauseKind, EvidenceKind, SourceSeverity } from '../../durable/protocol/domain.ts'
import type { Exhibit, ModelAnswer, ModelMaterial, SuggestedCause } from '../../durable/protocol/models.ts'
import type { ModelPort } from '../../durable/protocol/ports.ts'
import { nothingDropped } from '../claims.ts'
import { embeddedProvenance } from '../provenance.ts'
import { likeness, wordsOf } from './words.ts'

/**
 * The engine that needs no account: it reads words. It weighs what each exhibit speaks of, says only sentences that code
 * minted as evidence, and so invents nothing. The agents' own conclusions come from their engines, not from here.
 */

/** Words that speak of a kind of cause. Whole words, as they stand in alert and change titles. */
const SIGNS: Readonly<Record<Exclude<CauseKind, 'unknown'>, readonly string[]>> = {
  saturation: ['saturation', 'saturated', 'pool', 'connections', 'queue', 'exhausted', 'cpu', 'throttled', 'full'],
  memory: ['memory', 'heap', 'oom', 'oomkilled', 'leak', 'gc', 'rss'],
  configuration: ['config', 'configuration', 'setting', 'flag', 'limit', 'timeout'],
  deployment: ['deploy', 'deployed', 'deployment', 'release', 'released', 'rollout', 'version', 'build'],
  dependency: ['dependency', 'upstream', 'downstream', 'provider', 'dns', 'refused', 'unreachable'],
  capacity: ['traffic', 'requests', 'surge', 'load', 'rate', 'capacity', 'campaign'],
  crash: ['crash', 'crashed', 'panic', 'restart', 'restarts', 'segfault', 'exited', 'fatal'],
}
const SEVERE: readonly [SourceSeverity, readonly string[]][] = [
  ['critical', ['critical', 'down', 'outage', 'unavailable', 'fatal', 'paging']],
  ['error', ['error', 'errors', 'failed', 'failing', 'high', 'exhausted', 'saturated']],
  ['warning', ['warning', 'slow', 'degraded', 'elevated', 'rising']],
]
/** A change and an observation say more than a repetition in words. */
const WEIGHTS: Readonly<Record<EvidenceKind, number>> = {
  change: 3,
  metric: 2,
  edge: 2,
  log: 2,
  alert: 1,
  note: 1,
  'past-incident': 0.5,
  topology: 0,
}
/** Of everything that fits, the best few: who reads is in a hurry. */
const CLAIMS_MAX = 3
const SENTENCES_MAX = 6
/** Titles that share fewer of their words are not alike (Jaccard). */
const ALIKE_MIN = 0.2

export function embeddedModel(now: () => number = Date.now): ModelPort {
  const answer = <Value>(operation: string, make: () => Value): Promise<ModelAnswer<Value>> => {
    const from = now()
    const value = make()
    const provenance = embeddedProvenance(operation, now() - from)
    return Promise.resolve({
      ok: true,
      value,
      dropped: nothingDropped(),
      leftOut: 0,
      degraded: null,
      provenance,
      tried: [],
    })
  }
  return {
    driver: 'embedded',
    classify: (ask) =>
      answer('classify', () => {
        const [best] = causesOf(ask)
        return {
          kind: best?.kind ?? 'unknown',
          severity: severityOf(ask),
          because: best ? [{ says: best.says, cites: best.cites }] : [],
        }
      }),
    matchPatterns: (ask) =>
      answer('match-patterns', () => ({
        matches: ask.patterns
          .flatMap(({ id, title }) => {
            const [closest] = ask.evidence
              .map((exhibit) => ({ exhibit, likeness: likeness(title, exhibit.text) }))
              .sort((a, b) => b.likeness - a.likeness)
            return closest && closest.likeness >= ALIKE_MIN
              ? [{ pattern: id, says: closest.exhibit.text, cites: [closest.exhibit.id], likeness: closest.likeness }]
              : []
          })
          .sort((a, b) => b.likeness - a.likeness)
          .slice(0, CLAIMS_MAX)
          .map(({ pattern, says, cites }) => ({ pattern, says, cites })),
      })),
    analyse: (ask, draft) =>
      answer('analyse', () => {
        const causes = causesOf(ask).slice(0, CLAIMS_MAX)
        for (const cause of causes) draft?.(cause)
        return { causes }
      }),
    write: (ask) =>
      answer('write', () => ({
        // What outsiders wrote is not for customers' and executives' eyes; responders see it marked as tainted elsewhere.
        sentences: ask.evidence
          .filter(({ tainted }) => !tainted)
          .sort((a, b) => WEIGHTS[b.kind] - WEIGHTS[a.kind])
          .slice(0, SENTENCES_MAX)
          .map(({ id, text }) => ({ says: text, cites: [id] })),
      })),
  }
}

/** One suggestion for each kind of cause that some exhibit speaks of, the best supported first. */
function causesOf(ask: ModelMaterial): SuggestedCause[] {
  const kinds = Object.entries(SIGNS) as [Exclude<CauseKind, 'unknown'>, readonly string[]][]
  return kinds
    .flatMap(([kind, signs]) => {
      const speaking = ask.evidence
        .filter(({ tainted }) => !tainted)
        .map((exhibit) => ({ exhibit, weight: weightOf(exhibit, signs) }))
        .filter(({ weight }) => weight > 0)
        .sort((a, b) => b.weight - a.weight)
      const [best] = speaking
      if (!best) return []
      const service = ask.services.find((id) => best.exhibit.text.includes(id)) ?? ask.services[0]
      if (service === undefined) return []
      const weight = speaking.reduce((sum, one) => sum + one.weight, 0)
      const cites = speaking.map(({ exhibit }) => exhibit.id)
      return [{ cause: { kind, service, says: best.exhibit.text, cites }, weight }]
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ cause }) => cause)
}

function weightOf({ kind, text }: Exhibit, signs: readonly string[]): number {
  const words = wordsOf(text)
  return words.filter((word) => signs.includes(word)).length * WEIGHTS[kind]
}

function severityOf({ title, evidence }: ModelMaterial): SourceSeverity {
  const words = new Set(
    wordsOf([title, ...evidence.filter(({ tainted }) => !tainted).map(({ text }) => text)].join(' ')),
  )
  return SEVERE.find(([, signs]) => signs.some((sign) => words.has(sign)))?.[0] ?? 'info'
}
