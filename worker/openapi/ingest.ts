import { changesSchema } from '../ingest/changes/parse.ts'
import { telemetrySchema } from '../ingest/telemetry/parse.ts'
import { type Answer, chapter, type Operation } from './operation.ts'
import * as shape from './shapes.ts'

const row = chapter('Sources')
const JSON_TYPE = 'application/json'
const DOWN = ['intake-overloaded', 'intake-storage', 'directory-unavailable', 'source-not-named', 'no-such-source']
const SIGNATURES = [
  'signature-missing',
  'signature-wrong',
  'signature-too-old',
  'signature-secret-unusable',
  'signature-secret-missing',
  'secret-unavailable',
]

const TAKEN: Record<number, Answer> = {
  200: { says: 'Stored before this was answered.', schema: shape.taken },
  202: { says: 'Not understood, or not wholly; kept in quarantine, nothing to send again.', schema: shape.taken },
}

/** What each intake reads, in the words of whoever sends it. */
const FORMATS = {
  alertmanager: 'Alertmanager webhook, version 4',
  eventbridge: 'EventBridge event of an API destination: CloudWatch Alarm State Change',
  datadog: 'Datadog webhook, by the template of the manual',
  syslog: 'syslog-ng http(): one JSON object, or several with line breaks between',
  collectd: 'collectd write_http, JSON',
  webhook: 'any JSON, by the mapping of its source in the catalogue',
  grafana: 'Grafana webhook contact point',
  sentry: 'Sentry integration webhook',
  'standard-webhooks': 'Standard Webhooks: any JSON by mapping',
  cloudevents: 'CloudEvents 1.0: binary, structured or batch',
  sns: 'Amazon SNS HTTPS notification, signature version 2',
} as const

function post(intake: keyof typeof FORMATS, path: string, more: readonly string[]): Operation {
  const says = FORMATS[intake]
  return row(`POST /api/v1/ingest/${intake}${path}`, 'sender', `Alerts: ${says}`, {
    body: { says, types: [JSON_TYPE] },
    answers: TAKEN,
    codes: [...DOWN, 'unknown-encoding', 'body-too-large', ...more],
  })
}

const CLOUD_EVENTS = ['undecodable', 'unknown-event-type']

function handshake(path: string): Operation {
  return row(`OPTIONS /api/v1/ingest/cloudevents${path}`, 'sender', 'CloudEvents webhook handshake', {
    answers: { 200: { says: 'The sender may post.' } },
    codes: [...DOWN, 'no-request-origin'],
  })
}

const named = (['eventbridge', 'datadog', 'syslog', 'collectd', 'webhook'] as const).flatMap((intake) => [
  post(intake, '', []),
  post(intake, '/:source', []),
])
const signed = (['grafana', 'sentry', 'standard-webhooks'] as const).flatMap((intake) => [
  post(intake, '', SIGNATURES),
  post(intake, '/:source', SIGNATURES),
])

/** What senders post. Never limited, never redirected; overload is 503, but for PagerDuty's clients, who repeat 429. */
export const INGEST: readonly Operation[] = [
  post('alertmanager', '', []),
  ...named,
  post('cloudevents', '', CLOUD_EVENTS),
  handshake(''),
  post('cloudevents', '/:source', CLOUD_EVENTS),
  handshake('/:source'),
  ...signed,
  post('sns', '', [
    'sns-topic-not-allowed',
    'sns-signature-version',
    'sns-timestamp',
    'sns-certificate-address',
    'sns-certificate',
    'sns-signature',
    'sns-not-confirmed',
    'sns-unreachable',
  ]),
  row('POST /v2/enqueue', 'sender', 'PagerDuty Events API v2: an alert', {
    body: { says: 'PagerDuty Events v2; its routing_key says who sends', types: [JSON_TYPE] },
    answers: {
      202: { says: 'Stored, with the dedup_key.', schema: shape.pagerDutyAnswer },
      400: { says: 'Not an event; kept in quarantine.', schema: shape.pagerDutyAnswer },
      429: { says: 'Overload, as its clients know it: send it again.', schema: shape.pagerDutyAnswer },
    },
    codes: [...DOWN, 'unknown-encoding', 'body-too-large'],
  }),
  row('POST /v2/change/enqueue', 'sender', 'PagerDuty Events API v2: a change', {
    body: { says: 'PagerDuty change event', types: [JSON_TYPE] },
    answers: {
      202: { says: 'Stored.', schema: shape.pagerDutyAnswer },
      400: { says: 'Not a change event; kept in quarantine.', schema: shape.pagerDutyAnswer },
      429: { says: 'Overload, as its clients know it: send it again.', schema: shape.pagerDutyAnswer },
    },
    codes: [...DOWN, 'unknown-encoding', 'body-too-large'],
  }),
  row('POST /api/v2/alerts', 'sender', 'Alerts as Prometheus sends them to an Alertmanager', {
    body: { says: 'Alertmanager API v2: a list of alerts', types: [JSON_TYPE] },
    answers: {
      200: { says: 'Stored before this was answered; no body.' },
      202: { says: 'Not understood, or not wholly; kept in quarantine.', schema: shape.taken },
    },
    codes: [...DOWN, 'unknown-encoding', 'body-too-large'],
  }),
  row('POST /api/v1/changes', 'sender', 'Deploys, flags and settings', {
    body: { schema: changesSchema },
    answers: { 200: { says: 'Stored; known ones are counted.', schema: shape.stored } },
    codes: [...DOWN, 'undecodable'],
  }),
  row('POST /api/v1/telemetry', 'sender', 'Series and samples', {
    body: { schema: telemetrySchema },
    answers: { 200: { says: 'Taken; what was not kept is counted by reason.', schema: shape.telemetryReceipt } },
    codes: [...DOWN, 'undecodable', 'monitor-unavailable'],
  }),
]
