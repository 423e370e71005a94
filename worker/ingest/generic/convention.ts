import { type ParsedAlert } from '../alert.ts'
import { identityOf, identityOfParts } from '../fingerprint.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { sourceSeverity } from '../severity.ts'
import { levelOf } from '../status.ts'
import { firstText } from '../text.ts'
import { anyInstantOf } from '../time.ts'
import { genericAlert } from './alert.ts'

/** What an envelope says of the alert inside it; the alert's own members come first. */
export interface Envelope {
  level: 'firing' | 'resolved' | null
  /** what makes two events of this envelope the same alert, where the alert itself names nothing. */
  identity: readonly (string | null)[] | null
  title: string | null
  service: string | null
  at: number | null
}

const NO_ENVELOPE: Envelope = { level: null, identity: null, title: null, service: null, at: null }

/** Members by the names that most senders give them; the first that has a text counts. */
const NAMES = {
  title: ['title', 'summary', 'name', 'alertname', 'message', 'subject'],
  status: ['status', 'state', 'event_action', 'action'],
  identity: ['fingerprint', 'dedup_key', 'dedupKey', 'alert_key', 'alias', 'key', 'id'],
  service: ['service', 'app', 'component', 'job', 'host'],
  severity: ['severity', 'level', 'priority', 'urgency'],
  summary: ['description', 'summary', 'message', 'details'],
  link: ['url', 'link', 'href'],
  group: ['group', 'groupKey'],
} as const

/**
 * An alert read by the names that most senders use, for a source that declares no mapping. Null when it has no title, or
 * says a status that is no known word. Without a status (its own or the envelope's) it fires; without a key of its own it
 * is known by service and title.
 */
export function byConvention(item: unknown, origin: Origin, envelope: Envelope = NO_ENVELOPE): ParsedAlert | null {
  if (!isRecord(item)) return null
  const title = firstText(item, NAMES.title) ?? envelope.title
  if (title === null) return null
  const word = firstText(item, NAMES.status)
  const status = word === null ? (envelope.level ?? 'firing') : (levelOf(word) ?? envelope.level)
  if (status === null) return null
  const service = firstText(item, NAMES.service) ?? envelope.service
  const key = firstText(item, NAMES.identity)
  return genericAlert(
    {
      fingerprint: key === null ? identityOfParts(envelope.identity ?? [service, title]) : identityOf(key),
      status,
      title,
      service,
      severity: sourceSeverity(firstText(item, NAMES.severity)),
      startsAt: item['startsAt'] ?? item['starts_at'] ?? item['startedAt'] ?? timeOfFiring(item, status),
      endsAt: item['endsAt'] ?? item['ends_at'] ?? item['resolvedAt'] ?? item['timestamp'] ?? item['time'],
      summary: firstText(item, NAMES.summary),
      link: firstText(item, NAMES.link),
      group: firstText(item, NAMES.group),
      labels: isRecord(item['labels']) ? item['labels'] : isRecord(item['tags']) ? item['tags'] : {},
    },
    origin,
    envelope.at ?? origin.receivedAt,
  )
}

// `timestamp` is when it was said: the beginning of what fires, the end of what is over.
function timeOfFiring(item: Record<string, unknown>, status: string): unknown {
  if (status === 'resolved') return undefined
  return anyInstantOf(item['timestamp']) === null ? item['time'] : item['timestamp']
}
