import type { AlertIntake } from '../../durable/protocol/objects.ts'
import { type ParsedPost, sha256 } from './alert.ts'
import { parseAlertmanager } from './alertmanager/parse.ts'
import { parseAlerts } from './alerts/parse.ts'
import { parseCloudEvents } from './cloudevents/parse.ts'
import { readCloudEvents } from './cloudevents/read.ts'
import { parseCollectd } from './collectd/parse.ts'
import { parseDatadog } from './datadog/parse.ts'
import { parseEventBridge } from './eventbridge/parse.ts'
import { parseGeneric } from './generic/parse.ts'
import { parseGrafana } from './grafana/parse.ts'
import type { Origin } from './origin.ts'
import { parsePagerDuty } from './pagerduty/parse.ts'
import { parseSentry } from './sentry/parse.ts'
import { snsMessage } from './sns/message.ts'
import { parseSns } from './sns/parse.ts'
import { parseStandardWebhook } from './standard-webhooks/parse.ts'
import { parseSyslog } from './syslog/parse.ts'

/** What a body is worth as alerts. None throws, whatever the body. */
export type Parser = (body: unknown, origin: Origin) => ParsedPost

const NOT_ONE: ParsedPost = { alerts: [], undecodable: 'not-an-alert-message' }

/** Every way in that alerts take. */
export const PARSERS: Readonly<Record<AlertIntake['intake'], Parser>> = {
  alertmanager: (body, { source, receivedAt, ignoreLabels }) =>
    parseAlertmanager(body, source, receivedAt, ignoreLabels),
  grafana: parseGrafana,
  alerts: (body, { source, receivedAt, ignoreLabels }) => parseAlerts(body, source, receivedAt, ignoreLabels),
  pagerduty(body, origin) {
    const event = parsePagerDuty(body, origin, sha256(String(origin.receivedAt)))
    if (!event.ok) return NOT_ONE
    if (event.alert === null) return { alerts: [], undecodable: null, skipped: { [event.action]: 1 } }
    return { alerts: [event.alert], undecodable: null }
  },
  sns(body, origin) {
    const message = snsMessage(body)
    if (!message) return NOT_ONE
    if (message.type !== 'Notification') return { alerts: [], undecodable: null, skipped: { [message.type]: 1 } }
    return parseSns(message.said, origin)
  },
  cloudevents(body, origin) {
    const headers = new Headers({ 'content-type': origin.header('content-type') ?? 'application/cloudevents+json' })
    const read = readCloudEvents(body, headers)
    return read.ok ? parseCloudEvents(read.events, origin) : NOT_ONE
  },
  eventbridge: parseEventBridge,
  'standard-webhooks': parseStandardWebhook,
  datadog: parseDatadog,
  sentry: parseSentry,
  syslog: parseSyslog,
  collectd: parseCollectd,
  webhook: parseGeneric,
}
