import { expect, test } from 'vitest'
import { parseEventBridge } from '../../worker/ingest/eventbridge/parse.ts'
import { severityInName } from '../../worker/ingest/severity.ts'
import { parseSns } from '../../worker/ingest/sns/parse.ts'
import sns from '../captures/sns-signed-v2-selfmade.json'
import { at, only } from './bodies.ts'
import { origin } from './origin.ts'

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-5xx'
const inside = JSON.parse(sns.note.Message) as Record<string, unknown>
const said = (more: object) => parseSns({ ...sns.note, Message: JSON.stringify({ ...inside, ...more }) }, origin())

const event = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-11-22T07:04:41Z',
  region: 'us-east-1',
  resources: [ARN],
  detail: {
    alarmName: 'checkout-5xx',
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-11-22T07:04:40.989+0000' },
    previousState: { value: 'OK' },
    configuration: {
      metrics: [
        {
          id: 'm',
          metricStat: {
            metric: { namespace: 'AWS/ApiGateway', name: '5XXError', dimensions: { ApiName: 'checkout' } },
          },
        },
      ],
    },
  },
}
const bridged = (detail: object, more: object = {}) =>
  parseEventBridge({ ...event, ...more, detail: { ...event.detail, ...detail } }, origin())

test('[IN65] an alarm is one alert by SNS and by EventBridge: its ARN, its service, when its state changed', () => {
  const both = [only(said({}).alerts), only(bridged({}).alerts)]
  for (const alert of both)
    expect(alert).toMatchObject({
      fingerprint: ARN,
      status: 'firing',
      title: 'checkout-5xx',
      service: 'checkout',
      startsAt: at('2026-11-22T07:04:40.989Z'),
      severity: 'error',
      severityInferred: true,
      labels: { account: '123456789012', metric: '5XXError', region: 'us-east-1', namespace: 'AWS/ApiGateway' },
    })
})

test('[IN65] OK resolves at its own time; INSUFFICIENT_DATA neither fires nor resolves', () => {
  const ok = { NewStateValue: 'OK', StateChangeTime: '2026-11-22T07:09:00.000+0000' }
  expect(only(said(ok).alerts)).toMatchObject({ status: 'resolved', endsAt: at('2026-11-22T07:09:00Z') })
  const state = { value: 'OK', timestamp: '2026-11-22T07:09:00.000+0000' }
  expect(only(bridged({ state }).alerts)).toMatchObject({ status: 'resolved', endsAt: at('2026-11-22T07:09:00Z') })
  for (const post of [said({ NewStateValue: 'INSUFFICIENT_DATA' }), bridged({ state: { value: 'INSUFFICIENT_DATA' } })])
    expect(post).toMatchObject({ alerts: [], undecodable: null, skipped: { 'insufficient-data': 1 } })
})

test('[IN65] a severity stands in the alarm name or nowhere, and is said to be inferred', () => {
  expect(severityInName('checkout-5xx-critical')).toEqual({ severity: 'critical', severityInferred: true })
  expect(severityInName('P3 queue depth')).toEqual({ severity: 'warning', severityInferred: true })
  expect(severityInName('high-error-rate')).toEqual({ severity: 'error', severityInferred: true })
})

test('[IN65] what is no alarm is read by convention or by the mapping, else it is undecodable', () => {
  const other = (Message: string, more: object = {}) => parseSns({ ...sns.note, Message, ...more }, origin())
  expect(only(other('{"status":"firing","service":"a","severity":"p1"}').alerts)).toMatchObject({
    title: sns.note.Subject,
    service: 'a',
    severity: 'critical',
    startsAt: at(sns.note.Timestamp),
  })
  expect(other('plain words').undecodable).not.toBeNull()
  expect(said({ AlarmArn: 'no arn' }).undecodable).not.toBeNull()
  expect(said({ NewStateValue: 'WHO KNOWS' }).undecodable).not.toBeNull()
})

test('[IN66] a change of an alarm is skipped; other events are alerts only by a mapping', () => {
  expect(bridged({}, { 'detail-type': 'CloudWatch Alarm Configuration Change' })).toMatchObject({
    undecodable: null,
    skipped: { 'configuration-change': 1 },
  })
  const health = {
    ...event,
    source: 'aws.health',
    'detail-type': 'AWS Health Event',
    detail: { code: 'X', state: 'open' },
  }
  expect(parseEventBridge(health, origin()).undecodable).not.toBeNull()
  const mapping = {
    identity: ['/detail/code'],
    title: '/detail-type',
    status: { at: '/detail/state', firing: ['open'], resolved: ['closed'] },
  }
  expect(only(parseEventBridge(health, origin({ mapping })).alerts)).toMatchObject({
    fingerprint: 'X',
    title: 'AWS Health Event',
    startsAt: at('2026-11-22T07:04:41Z'),
  })
})
