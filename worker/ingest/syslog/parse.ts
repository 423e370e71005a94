import { type ParsedPost, type Reading, alertOf, readAll, withoutIgnored } from '../alert.ts'
import { identityOfParts } from '../fingerprint.ts'
import { textMap } from '../labels.ts'
import type { Origin } from '../origin.ts'
import { isRecord } from '../record.ts'
import { sourceSeverity } from '../severity.ts'
import { firstText } from '../text.ts'
import { anyInstantOf, notAhead } from '../time.ts'

/** How long a line keeps its alert firing, in ms: a log has no "it is over", so five minutes without another are. */
export const LINE_HOLDS_MS = 5 * 60_000
const TEMPLATE_CHARS_MAX = 300

/**
 * Lines as syslog-ng's `format-json` writes them. A line of `warning` or worse is an alert that lasts while lines like
 * it come: known by host, program and the line with its numbers taken out, so that a loop of one error is one alert.
 * What is milder is understood and skipped.
 */
export function parseSyslog(body: unknown, origin: Origin): ParsedPost {
  return readAll(Array.isArray(body) ? body : [body], (item) => (isRecord(item) ? line(item, origin) : null))
}

function line(item: Record<string, unknown>, origin: Origin): Reading {
  const message = firstText(item, ['MESSAGE', 'message', 'MSG'])
  const program = firstText(item, ['PROGRAM', 'program', 'APP-NAME'])
  const priority = firstText(item, ['PRIORITY', 'LEVEL', 'priority', 'severity'])
  if (message === null || priority === null) return null
  const severity = sourceSeverity(priority)
  if (severity.severity === 'info') return { skipped: 'below-warning' }
  const host = firstText(item, ['HOST', 'host'])
  const template = templateOf(message)
  const at = notAhead(
    anyInstantOf(item['ISODATE'] ?? item['S_ISODATE'] ?? item['timestamp']) ?? origin.receivedAt,
    origin.receivedAt,
  )
  const labels = textMap({ host, program, facility: firstText(item, ['FACILITY', 'facility']), severity: priority })
  return alertOf({
    source: origin.source,
    labels: withoutIgnored(labels?.map ?? {}, origin.ignoreLabels),
    annotations: { template },
    leftOut: 0,
    generatorUrl: null,
    fingerprint: identityOfParts([host, program, template]),
    status: 'firing',
    startsAt: at,
    endsAt: null,
    validUntil: at + LINE_HOLDS_MS,
    groupKey: null,
    title: `${program ?? 'log'}: ${template}`,
    service: program ?? host,
    severity,
  })
}

/** The line without what differs from one occurrence to the next: ids, addresses and numbers. */
export function templateOf(message: string): string {
  return message
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replace(/\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,})\b/gi, '<id>')
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .slice(0, TEMPLATE_CHARS_MAX)
    .toWellFormed()
}
