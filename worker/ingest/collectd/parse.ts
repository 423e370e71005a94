import { type ParsedPost, type Reading, alertOf, labelHash, readAll, withoutIgnored } from '../alert.ts'
import { textMap } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { sourceSeverity } from '../severity.ts'
import { instantOf, notAhead } from '../time.ts'

/** collectd's words; `OKAY` ends what the others began. */
const SEVERITIES: ReadonlyMap<string, string> = new Map([
  ['FAILURE', 'critical'],
  ['WARNING', 'warning'],
])

/**
 * Notifications of collectd's write_http. They look like Alertmanager's alerts, but the severity stands among the
 * labels and changes with the level: identity is the label set without it, and `OKAY` resolves. collectd speaks when the
 * level changes and not again, so a firing one stays until then.
 */
export function parseCollectd(body: unknown, origin: Origin): ParsedPost {
  if (!Array.isArray(body)) return { alerts: [], undecodable: 'not-an-alert-message' }
  return readAll(body, (item) => one(item, origin))
}

function one(item: unknown, origin: Origin): Reading {
  if (!isRecord(item)) return null
  const labels = textMap(item['labels'])
  const annotations = textMap(item['annotations'])
  if (!labels || !annotations || !Object.hasOwn(labels.map, 'alertname')) return null
  const { severity = '', ...rest } = labels.map
  const resolved = severity === 'OKAY'
  const own = withoutIgnored(rest, origin.ignoreLabels)
  const at = notAhead(instantOf(item['startsAt']) ?? origin.receivedAt, origin.receivedAt)
  return alertOf({
    source: origin.source,
    labels: own,
    annotations: annotations.map,
    leftOut: labels.leftOut + annotations.leftOut,
    generatorUrl: null,
    fingerprint: labelHash(own),
    status: resolved ? 'resolved' : 'firing',
    startsAt: at,
    endsAt: resolved ? at : null,
    validUntil: null,
    groupKey: null,
    severity: sourceSeverity(SEVERITIES.get(severity) ?? severity),
    // The label `service` is always collectd: who is in trouble is the host.
    service: Object.hasOwn(rest, 'instance') ? rest['instance'] : null,
  })
}
