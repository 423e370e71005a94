import { type ParsedPost, type Reading, alertOf, readAll, withoutIgnored } from '../alert.ts'
import { identityOf } from '../fingerprint.ts'
import { textMap } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { sourceSeverity } from '../severity.ts'
import { firstText } from '../text.ts'
import { anyInstantOf, notAhead } from '../time.ts'

/** Paste this into the payload of a Datadog webhook, with a custom header `Authorization: Bearer <token>`. */
export const DATADOG_TEMPLATE = `{
  "id": "$ID", "cycle": "$ALERT_CYCLE_KEY", "aggregate": "$AGGREG_KEY", "scope": "$ALERT_SCOPE",
  "transition": "$ALERT_TRANSITION", "priority": "$ALERT_PRIORITY", "title": "$ALERT_TITLE", "host": "$HOSTNAME",
  "tags": "$TAGS", "link": "$LINK", "date": "$DATE_POSIX", "query": "$ALERT_QUERY"
}`

/** What Datadog calls what happened; `Re-` before it says it again. */
const TRANSITIONS: ReadonlyMap<string, { status: 'firing' | 'resolved'; severity: string | null }> = new Map([
  ['triggered', { status: 'firing', severity: null }],
  ['renotify', { status: 'firing', severity: null }],
  ['warn', { status: 'firing', severity: 'warning' }],
  ['no data', { status: 'firing', severity: null }],
  ['recovered', { status: 'resolved', severity: null }],
])

/**
 * The webhook of our template. Identity is the alert cycle's key, the same from trigger to recovery; severity is the
 * monitor's priority, else the transition's.
 */
export function parseDatadog(body: unknown, origin: Origin): ParsedPost {
  return readAll(Array.isArray(body) ? body : [body], (item) => (isRecord(item) ? one(item, origin) : null))
}

function one(item: Record<string, unknown>, origin: Origin): Reading {
  const key = read(item, ['cycle', 'alert_cycle_key']) ?? aggregateOf(item)
  const word = read(item, ['transition', 'alert_transition'])?.toLowerCase().replace(/^re-/, '')
  const title = read(item, ['title', 'alert_title', 'event_title'])
  const transition = TRANSITIONS.get(word ?? '')
  if (key === null || title === null) return null
  if (!transition) return word === 'test' ? { skipped: 'test' } : null
  const tags = tagsOf(read(item, ['tags']))
  const at = notAhead(anyInstantOf(read(item, ['date'])) ?? origin.receivedAt, origin.receivedAt)
  const scope = read(item, ['scope', 'alert_scope'])
  const labels = textMap({ ...tags, scope, host: read(item, ['host', 'hostname']), query: read(item, ['query']) })
  return alertOf({
    source: origin.source,
    labels: withoutIgnored(labels?.map ?? {}, origin.ignoreLabels),
    annotations: { summary: title },
    leftOut: 0,
    generatorUrl: read(item, ['link']),
    fingerprint: identityOf(key),
    status: transition.status,
    startsAt: at,
    endsAt: transition.status === 'resolved' ? at : null,
    validUntil: null,
    groupKey: null,
    // Datadog puts the transition before the title; the alert is the same one with and without it.
    title: title.replace(/^\[(?:P[1-5]\] \[)?(?:Re-)?(?:Triggered|Warn|No Data|Recovered|Renotify)[^\]]*\] /, ''),
    service: tags['service'] ?? read(item, ['host', 'hostname']),
    severity: sourceSeverity(read(item, ['priority', 'alert_priority']) ?? transition.severity),
  })
}

function aggregateOf(item: Record<string, unknown>): string | null {
  const key = read(item, ['aggregate', 'aggreg_key'])
  return key === null ? null : `${key} ${read(item, ['scope', 'alert_scope']) ?? ''}`
}

// A variable that Datadog does not know stays as it stands in the template.
function read(item: Record<string, unknown>, names: readonly string[]): string | null {
  const text = firstText(item, names)
  return text === null || /^\$[A-Z_]+$/.test(text) ? null : text
}

/** `env:prod,service:checkout,urgent` as labels; a tag without a value is its own. */
function tagsOf(tags: string | null): Record<string, string> {
  const pairs = (tags ?? '').split(',').map((tag): [string, string] => {
    const [name = '', ...value] = tag.trim().split(':')
    return [name, value.length === 0 ? 'true' : value.join(':')]
  })
  return Object.fromEntries(pairs.filter(([name]) => name !== ''))
}
