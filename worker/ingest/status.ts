/** What senders call an alert's two levels. Sets, so that `constructor` is none. */
const FIRING: ReadonlySet<string> = new Set(
  'firing fire fired trigger triggered alerting alarm alert active open opened problem problems failing failed failure down critical error warning warn created raised unresolved'.split(
    ' ',
  ),
)
const RESOLVED: ReadonlySet<string> = new Set(
  'resolved resolve ok okay recovered recovery recover closed close cleared clear inactive up normal healthy fixed success succeeded'.split(
    ' ',
  ),
)

/** The word as a level; null for a word that nobody knows: which it is must not be guessed. */
export function levelOf(word: string): 'firing' | 'resolved' | null {
  const lower = word.trim().toLowerCase()
  if (FIRING.has(lower)) return 'firing'
  return RESOLVED.has(lower) ? 'resolved' : null
}

/**
 * An event type such as `dev.ic.alert.firing.v1` as its level and the rest, which both levels have in common. The last
 * word that is a level counts; `alert`, `error` and their like name things there, and count only at the end.
 */
export function levelInType(type: string): { level: 'firing' | 'resolved' | null; rest: string } {
  const words = type.split(/[._:/-]+/)
  const last = words.findLastIndex((word, index) => {
    if (levelOf(word) === null) return false
    return !THINGS.has(word.toLowerCase()) || index === words.length - 1
  })
  if (last === -1) return { level: null, rest: type }
  return { level: levelOf(words[last] ?? ''), rest: words.filter((_, index) => index !== last).join('.') }
}

const THINGS: ReadonlySet<string> = new Set(['alert', 'alarm', 'problem', 'failure', 'error', 'warning', 'critical'])
