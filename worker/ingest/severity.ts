import type { SourceSeverity } from '../../durable/protocol/domain.ts'

/** The words of the field. A Map, so that `constructor` is no severity. */
const WORDS: ReadonlyMap<string, SourceSeverity> = new Map(
  (
    [
      ['critical', 'critical crit fatal disaster emergency emerg panic alert blocker p0 p1 sev0 sev1 sev-1'],
      ['error', 'error err high major severe p2 sev2 sev-2'],
      ['warning', 'warning warn average medium moderate minor p3 sev3 sev-3'],
      ['info', 'info informational information notice low debug trace none ok okay normal p4 p5 sev4 sev5 sev-4 sev-5'],
    ] as const
  ).flatMap(([severity, words]) => words.split(' ').map((word): [string, SourceSeverity] => [word, severity])),
)

/** The source's word as one of ours; an unknown or missing word is `error`, and said to be inferred. */
export function sourceSeverity(word: string | null | undefined): {
  severity: SourceSeverity
  severityInferred: boolean
} {
  const known = WORDS.get(word?.trim().toLowerCase() ?? '')
  return { severity: known ?? 'error', severityInferred: known === undefined }
}

/** The same where the source's own words come first, as the catalogue declares them. */
export function mappedSeverity(
  word: string | null,
  own: Record<string, SourceSeverity> | undefined,
): { severity: SourceSeverity; severityInferred: boolean } {
  const declared = own && word !== null && Object.hasOwn(own, word) ? own[word] : undefined
  return declared === undefined ? sourceSeverity(word) : { severity: declared, severityInferred: false }
}

/** A severity that only the words of a name tell (`checkout-critical`): used, and said to be inferred. */
export function severityInName(name: string): { severity: SourceSeverity; severityInferred: boolean } {
  for (const word of name.toLowerCase().split(/[^a-z0-9]+/)) {
    const severity = NAMED.get(word)
    if (severity !== undefined) return { severity, severityInferred: true }
  }
  return { severity: 'error', severityInferred: true }
}

/** Fewer than the table: in a name, `high`, `low`, `error` and `alert` speak of what is measured. */
const NAMED: ReadonlyMap<string, SourceSeverity> = new Map([
  ['critical', 'critical'],
  ['crit', 'critical'],
  ['p1', 'critical'],
  ['sev1', 'critical'],
  ['p2', 'error'],
  ['sev2', 'error'],
  ['warning', 'warning'],
  ['warn', 'warning'],
  ['p3', 'warning'],
  ['sev3', 'warning'],
  ['info', 'info'],
  ['p4', 'info'],
  ['p5', 'info'],
])
