import type { Instant } from '../../../durable/protocol/domain.ts'
import { ALERTS_PER_POST_MAX } from '../../../durable/protocol/limits.ts'
import { type ParsedAlert, type ParsedPost, alertOf, labelHash, withoutIgnored } from '../alert.ts'
import { textMap } from '../labels.ts'
import { isRecord } from '../record.ts'
import { instantOf, notAhead } from '../time.ts'

/** How long a firing alert without `endsAt` holds, in ms: Alertmanager's `resolve_timeout`, five minutes. */
export const RESOLVE_TIMEOUT_MS = 5 * 60_000

/**
 * What Prometheus, amtool or collectd post to an Alertmanager: an array of label sets. Identity is the sorted label
 * set without the labels that `ignore` names. Resolved when `endsAt` has come, else firing and valid until `endsAt`: it must be sent again or it expires.
 */
export function parseAlerts(
  body: unknown,
  source: string,
  receivedAt: Instant,
  ignore: readonly string[] = [],
): ParsedPost {
  if (!Array.isArray(body)) return { alerts: [], undecodable: 'not-an-alert-message' }
  const sent: unknown[] = body
  if (sent.length > ALERTS_PER_POST_MAX) return { alerts: [], undecodable: 'too-many-alerts' }
  const alerts = sent.flatMap((item) => one(item, source, receivedAt, ignore) ?? [])
  return { alerts, undecodable: alerts.length < sent.length ? 'some-alerts-undecodable' : null }
}

function one(item: unknown, source: string, receivedAt: Instant, ignore: readonly string[]): ParsedAlert | null {
  if (!isRecord(item)) return null
  const labels = textMap(item['labels'])
  const annotations = textMap(item['annotations'])
  if (!labels || !annotations || Object.keys(labels.map).length === 0) return null
  const own = withoutIgnored(labels.map, ignore)
  const ends = instantOf(item['endsAt']) ?? receivedAt + RESOLVE_TIMEOUT_MS
  const ended = ends <= receivedAt ? ends : null
  return alertOf({
    source,
    labels: own,
    annotations: annotations.map,
    leftOut: labels.leftOut + annotations.leftOut,
    generatorUrl: item['generatorURL'],
    fingerprint: labelHash(own),
    status: ended === null ? 'firing' : 'resolved',
    startsAt: notAhead(instantOf(item['startsAt']) ?? ended ?? receivedAt, receivedAt),
    endsAt: ended,
    validUntil: ended === null ? ends : null,
    groupKey: null,
  })
}
