import { expect, test } from 'vitest'
import { parseChangeEvent } from '../../worker/ingest/pagerduty/change.ts'
import { parsePagerDuty } from '../../worker/ingest/pagerduty/parse.ts'
import firing from '../captures/am-pd-firing.json'
import resolved from '../captures/am-pd-resolved.json'
import acknowledge from '../captures/pd-client-acknowledge.json'
import change from '../captures/pd-client-change.json'
import resolve from '../captures/pd-client-resolve.json'
import trigger from '../captures/pd-client-trigger.json'
import { at } from './bodies.ts'
import { origin, RECEIVED } from './origin.ts'

const event = (body: unknown) => parsePagerDuty(body, origin(), 'made')
const alertOf = (body: unknown) => {
  const read = event(body)
  if (!read.ok || !read.alert) throw new Error('no alert')
  return read.alert
}
const changed = (body: unknown) => {
  const read = parseChangeEvent(body, origin())
  if (!read.ok) throw new Error('no change')
  return read.change
}

test('[IN60] a trigger fires under its dedup_key, with its words, severity, details and links', () => {
  expect(alertOf(trigger.request.body)).toMatchObject({
    source: 'tested',
    fingerprint: 'checkout/HighErrorRate/us-east-1',
    status: 'firing',
    title: 'High error rate on checkout',
    service: 'checkout',
    severity: 'critical',
    severityInferred: false,
    labels: { source: 'checkout.us-east-1', component: 'api', group: 'checkout', class: 'error-rate' },
    annotations: { rate: '0.31' },
    startsAt: RECEIVED,
    endsAt: null,
    validUntil: null,
    links: [
      { title: 'source', href: 'https://mon.example' },
      { title: 'Runbook', href: 'https://runbooks.example/x' },
    ],
  })
})

test('[IN60] a resolve of the same key ends it and carries no words; an acknowledgement is no alert', () => {
  expect(alertOf(resolve.request.body)).toMatchObject({
    fingerprint: 'checkout/HighErrorRate/us-east-1',
    status: 'resolved',
    endsAt: RECEIVED,
    wordless: true,
  })
  expect(event(acknowledge.request.body)).toMatchObject({ ok: true, action: 'acknowledge', alert: null })
  expect(alertOf(trigger.request.body)).not.toHaveProperty('wordless')
})

test('[IN60] a trigger without a key gets the one that is made for it; its timestamp is when it began', () => {
  const payload = { summary: 's', source: 'host', severity: 'warning', timestamp: '2026-11-22T07:00:00.000+0000' }
  const read = event({ event_action: 'trigger', payload })
  expect(read).toMatchObject({ ok: true, dedupKey: 'made' })
  expect(alertOf({ event_action: 'trigger', payload })).toMatchObject({
    fingerprint: 'made',
    service: 'host',
    startsAt: at('2026-11-22T07:00:00Z'),
  })
})

test('[IN61] what is no event is said in the sentences of PagerDuty', () => {
  const says = (body: unknown) => {
    const read = event(body)
    return read.ok ? [] : read.errors
  }
  expect(says(null)).toEqual(['The event must be a JSON object'])
  expect(says({})).toHaveLength(2)
  expect(says({ event_action: 'Trigger', dedup_key: 'k' })).toHaveLength(1)
  expect(says({ event_action: 'resolve' })).toEqual(["'dedup_key' is missing or blank"])
  expect(says({ event_action: 'trigger' })).toEqual(["'payload' is missing"])
  expect(says({ event_action: 'trigger', payload: { summary: ' ' } })).toEqual([
    "'payload.summary' is missing or blank",
  ])
})

test('[IN62] the details of Alertmanager give back the labels that all alerts of its group share', () => {
  const alert = alertOf(firing.request.body)
  expect(alert).toMatchObject({ status: 'firing', service: 'svc', severity: 'critical' })
  expect(alert.labels).toMatchObject({ alertname: 'HighErrorRate', instance: '127.0.0.1:9911', team: 'checkout' })
  const ended = alertOf(resolved.request.body)
  expect(ended).toMatchObject({ fingerprint: alert.fingerprint, status: 'resolved', service: 'svc' })
  expect(ended).not.toHaveProperty('wordless')
  const text = 'Labels:\n - a = 1\n - b = 2\nAnnotations:\n - c = 3\nLabels:\n - a = 1\n - b = 3\n'
  const group = { ...firing.request.body, payload: { summary: 's', custom_details: { num_firing: '2', firing: text } } }
  expect(alertOf(group).labels).toEqual({ a: '1' })
})

test('[IN63] a change event is a change: a deploy unless its details say flag or config, known by what it says', () => {
  expect(changed(change.request.body)).toMatchObject({
    kind: 'deploy',
    service: 'ci',
    title: 'deploy checkout v42',
    description: 'sha: abc123',
    at: at('2026-11-22T07:31:04.257Z'),
    setting: null,
  })
  const { payload } = change.request.body
  const details = { service: 'checkout', kind: 'flag' }
  expect(changed({ payload: { ...payload, custom_details: details } })).toMatchObject({
    kind: 'flag',
    service: 'checkout',
  })
  const other = changed({ ...change.request.body, routing_key: 'another' })
  expect(other.id).toBe(changed(change.request.body).id)
  expect(changed({ payload: { ...payload, summary: 'v43' } }).id).not.toBe(other.id)
  for (const body of [null, {}, { payload: {} }, { payload: { summary: '' } }])
    expect(parseChangeEvent(body, origin()).ok).toBe(false)
})
