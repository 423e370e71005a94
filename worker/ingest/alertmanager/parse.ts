import type { Instant } from '../../../durable/protocol/domain.ts'
import { ALERTS_PER_POST_MAX } from '../../../durable/protocol/limits.ts'
import { type ParsedAlert, type ParsedPost, alertOf, labelHash, sha256 } from '../alert.ts'
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
 */
export function parseAlertmanager(body: unknown, source: string, receivedAt: Instant): ParsedPost {
  if (!isRecord(body) || !Array.isArray(body['alerts'])) return { alerts: [], undecodable: 'not-an-alert-message' }
  const sent: unknown[] = body['alerts']
  if (sent.length > ALERTS_PER_POST_MAX) return { alerts: [], undecodable: 'too-many-alerts' }
  const groupKey = groupKeyOf(body['groupKey'])
  const alerts = sent.flatMap((item) => one(item, source, receivedAt, groupKey) ?? [])
  return { alerts, undecodable: alerts.length < sent.length ? 'some-alerts-undecodable' : null }
}

function one(item: unknown, source: string, receivedAt: Instant, groupKey: string | null): ParsedAlert | null {
  if (!isRecord(item)) return null
  const labels = textMap(item['labels'])
  const annotations = textMap(item['annotations'])
  if (!labels || !annotations || Object.keys(labels.map).length === 0) return null
  const status = item['status']
  if (status !== 'firing' && status !== 'resolved') return null
  const ended = status === 'resolved' ? notAhead(instantOf(item['endsAt']) ?? receivedAt, receivedAt) : null
  return alertOf({
    source,
    labels: labels.map,
    annotations: annotations.map,
    leftOut: labels.leftOut + annotations.leftOut,
    generatorUrl: item['generatorURL'],
    fingerprint: fingerprintOf(item['fingerprint']) ?? labelHash(labels.map),
    status,
    startsAt: notAhead(instantOf(item['startsAt']) ?? ended ?? receivedAt, receivedAt),
    endsAt: ended,
    validUntil: null,
    groupKey,
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
