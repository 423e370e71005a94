/** Longest details read, in characters: a group of a hundred alerts. */
const DETAILS_CHARS_MAX = 100_000

/**
 * Alertmanager's PagerDuty notifier puts its alerts' labels into the details as text (`Labels:\n - service = svc\n`).
 * These are the labels that all of them share; null where the details are not its own.
 */
export function alertmanagerLabels(details: Record<string, unknown>): Record<string, string> | null {
  if (!Object.hasOwn(details, 'num_firing')) return null
  const text = [details['firing'], details['resolved']].find((part) => typeof part === 'string' && part !== '')
  if (typeof text !== 'string') return null
  const alerts = text.slice(0, DETAILS_CHARS_MAX).split('Labels:\n').slice(1).map(labelsOf)
  const [first, ...others] = alerts
  if (!first) return null
  const shared = [...first].filter(([name, value]) => others.every((labels) => labels.get(name) === value))
  return Object.fromEntries(shared)
}

function labelsOf(block: string): Map<string, string> {
  const labels = new Map<string, string>()
  for (const line of block.split('\n')) {
    const match = /^ - ([^=]{1,200}?) = (.*)$/.exec(line)
    if (!match) break
    labels.set(match[1] ?? '', match[2] ?? '')
  }
  return labels
}
