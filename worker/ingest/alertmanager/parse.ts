import type { Instant } from '../../../durable/protocol/domain.ts'
import { ALERTS_PER_POST_MAX } from '../../../durable/protocol/limits.ts'
import { type ParsedAlert, type ParsedPost, alertOf, labelHash, sha256, withoutIgnored } from '../alert.ts'
import { textMap } from '../labels.ts'
import { isRecord } from '../record.ts'
import { instantOf, notAhead } from '../time.ts'

/** Longest fingerprint and group key kept as sent, in characters; Alertmanager's fingerprint has 16. */
const FINGERPRINT_CHARS_MAX = 128
const GROUP_KEY_CHARS_MAX = 1_024

/**
 * Alertmanager's webhook message, version 4, as its senders write it; fields we do not know (Grafana's, 0.34's) are
 * left alone. Each alert speaks for itself: a firing group may carry resolved ones. Identity is the alert's
 * `fingerprint`, not its start (a flap's resolve carries another start); a firing alert stays until it is resolved.
 * `ignore` names labels that are no part of an alert, `links` members of one that hold an address, with their titles.
 */
export function parseAlertmanager(
  body: unknown,
  source: string,
  receivedAt: Instant,
  ignore: readonly string[] = [],
  links: readonly (readonly [string, string])[] = [],
): ParsedPost {
  if (!isRecord(body) || !Array.isArray(body['alerts'])) return { alerts: [], undecodable: 'not-an-alert-message' }
  const sent: unknown[] = body['alerts']
  if (sent.length > ALERTS_PER_POST_MAX) return { alerts: [], undecodable: 'too-many-alerts' }
  const groupKey = groupKeyOf(body['groupKey'])
  const alerts = sent.flatMap((item) => one(item, source, receivedAt, groupKey, ignore, links) ?? [])
  const undecodable = alerts.length < sent.length ? 'some-alerts-undecodable' : null
  const withheld: unknown = body['truncatedAlerts']
  // Its `max_alerts` kept them from us: nobody here knows which they were, but that they were can be said.
  if (typeof withheld !== 'number' || !Number.isSafeInteger(withheld) || withheld <= 0) return { alerts, undecodable }
  return { alerts, undecodable, skipped: { 'truncated-by-sender': withheld } }
}

function one(
  item: unknown,
  source: string,
  receivedAt: Instant,
  groupKey: string | null,
  ignore: readonly string[],
  links: readonly (readonly [string, string])[],
): ParsedAlert | null {
  if (!isRecord(item)) return null
  const labels = textMap(item['labels'])
  const annotations = textMap(item['annotations'])
  if (!labels || !annotations || Object.keys(labels.map).length === 0) return null
  const status = item['status']
  if (status !== 'firing' && status !== 'resolved') return null
  const own = withoutIgnored(labels.map, ignore)
  // Alertmanager made its fingerprint of all labels: where one is not to count, the identity is made here.
  const sent = own === labels.map ? fingerprintOf(item['fingerprint']) : null
  const ended = status === 'resolved' ? notAhead(instantOf(item['endsAt']) ?? receivedAt, receivedAt) : null
  return alertOf({
    source,
    labels: own,
    annotations: annotations.map,
    leftOut: labels.leftOut + annotations.leftOut,
    generatorUrl: item['generatorURL'],
    fingerprint: sent ?? labelHash(own),
    status,
    startsAt: notAhead(instantOf(item['startsAt']) ?? ended ?? receivedAt, receivedAt),
    endsAt: ended,
    validUntil: null,
    groupKey,
    links: links.map(([title, field]) => [title, item[field]] as const),
  })
}

function fingerprintOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value.length > FINGERPRINT_CHARS_MAX) return null
  return value.toWellFormed()
}

function groupKeyOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null
  return value.length <= GROUP_KEY_CHARS_MAX ? value.toWellFormed() : `sha256:${sha256(value)}`
}
