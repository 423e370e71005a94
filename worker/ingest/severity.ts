import type { SourceSeverity } from '../../durable/protocol/domain.ts'

/** The words of the field. A Map, so that `constructor` is no severity. */
const WORDS: ReadonlyMap<string, SourceSeverity> = new Map([
  ['critical', 'critical'],
  ['fatal', 'critical'],
  ['disaster', 'critical'],
  ['p1', 'critical'],
  ['error', 'error'],
  ['high', 'error'],
  ['p2', 'error'],
  ['warning', 'warning'],
  ['average', 'warning'],
  ['p3', 'warning'],
  ['info', 'info'],
  ['low', 'info'],
  ['debug', 'info'],
  ['p4', 'info'],
  ['p5', 'info'],
])

/** The source's word as one of ours; an unknown or missing word is `error`, and said to be inferred. */
export function sourceSeverity(word: string | undefined): { severity: SourceSeverity; severityInferred: boolean } {
  const known = WORDS.get(word?.trim().toLowerCase() ?? '')
  return { severity: known ?? 'error', severityInferred: known === undefined }
}
