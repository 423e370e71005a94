import { LABELS_MAX, LABEL_CHARS_MAX } from '../../durable/protocol/limits.ts'

/** What was cut from one alert: entries left out, values shortened. */
export interface Cut {
  entries: number
  values: number
}

/** Kept first when there are too many: people and grouping read these. */
const KEPT_FIRST: readonly string[] = [
  'alertname',
  'service',
  'app',
  'job',
  'severity',
  'instance',
  'summary',
  'description',
]

/**
 * An object's text entries as own data, well-formed Unicode; numbers and booleans become text, empty ones count as
 * absent (as Alertmanager has it), and `leftOut` counts what has no text. Null when `value` is no object.
 * `Object.fromEntries` defines own properties, so a key `__proto__` is data like any other.
 */
export function textMap(value: unknown): { map: Record<string, string>; leftOut: number } | null {
  if (value === undefined || value === null) return { map: {}, leftOut: 0 }
  if (typeof value !== 'object' || Array.isArray(value)) return null
  let leftOut = 0
  const entries: [string, string][] = []
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') {
      if (item !== '') entries.push([key.toWellFormed(), item.toWellFormed()])
    } else if (typeof item === 'number' || typeof item === 'boolean') {
      entries.push([key.toWellFormed(), String(item)])
    } else {
      leftOut += 1
    }
  }
  return { map: Object.fromEntries(entries), leftOut }
}

/**
 * At most LABELS_MAX entries of at most LABEL_CHARS_MAX characters each, sorted, the well-known ones first in line; adds
 * to `cut`. With `said`, that label says what was cut from the alert; a sender cannot say it for us.
 */
export function withCutSaid(map: Record<string, string>, cut: Cut, said: string | null): Record<string, string> {
  const sent = Object.entries(map).filter(([key]) => key !== said)
  const sorted = sent.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const kept = sorted.slice(0, LABELS_MAX)
  cut.entries += sorted.length - kept.length
  const short = kept.map(([key, value]): [string, string] => {
    if (value.length > LABEL_CHARS_MAX || key.length > LABEL_CHARS_MAX) cut.values += 1
    return [cutText(key), cutText(value)]
  })
  if (said !== null && cut.entries + cut.values > 0) short.push([said, `entries:${cut.entries},values:${cut.values}`])
  return Object.fromEntries(short)
}

function rank(key: string): number {
  const at = KEPT_FIRST.indexOf(key)
  return at === -1 ? KEPT_FIRST.length : at
}

/** The text at LABEL_CHARS_MAX characters at most, well-formed: a surrogate pair is not cut in two. */
export function cutText(text: string): string {
  return text.length <= LABEL_CHARS_MAX ? text : text.slice(0, LABEL_CHARS_MAX).toWellFormed()
}
