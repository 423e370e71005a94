import { beforeAll, expect, test } from 'vitest'
import type { AlertMapping } from '../../durable/protocol/domain.ts'
import type { IntakeCounters } from '../../durable/protocol/objects.ts'
import { parseAlertmanager } from '../../worker/ingest/alertmanager/parse.ts'
import { parseAlerts } from '../../worker/ingest/alerts/parse.ts'
import pagerduty from '../captures/pd-client-trigger.json'
import { api, json, problem } from './api.ts'
import { only } from './bodies.ts'
import { withSources } from './ingest-catalogue.ts'
import { RECEIVED } from './origin.ts'

const mapping: AlertMapping = {
  identity: ['/check'],
  title: '/text',
  status: { at: '/state', firing: ['bad'], resolved: ['good'] },
  service: 'constant-service',
}
const said = { check: 'c1', text: 'Broken', state: 'bad', host: 'a' }

beforeAll(async () => {
  await withSources(
    { name: 'mapped', intakes: ['webhook'], mapping },
    { name: 'plain', intakes: ['webhook'] },
    { name: 'pair', intakes: ['collectd'], ignoreLabels: ['replica'] },
  )
})

interface DryRun {
  understood: boolean
  reason: string | null
  alerts: { title: string; service: string; catalogued: boolean; fingerprint: string }[]
  skipped: Record<string, number>
}
const dryRun = async (body: object) => json<DryRun>(await api('/api/v1/ingest/dry-run', { body }))

test('[IN76] a dry run shows what a payload would become, by the settings of a source, and keeps nothing', async () => {
  const before = await json<IntakeCounters>(await api('/api/v1/intake'))
  const shown = await dryRun({ intake: 'webhook', source: 'mapped', body: said })
  expect(shown).toMatchObject({ understood: true, reason: null })
  expect(only(shown.alerts)).toMatchObject({ title: 'Broken', service: 'constant-service', catalogued: false })
  const pasted = await dryRun({ intake: 'pagerduty', body: JSON.stringify(pagerduty.request.body) })
  expect(only(pasted.alerts)).toMatchObject({ service: 'checkout', catalogued: true })
  expect(await json<IntakeCounters>(await api('/api/v1/intake'))).toEqual(before)
})

test('[IN76] a mapping can be tried out before it is declared, and what is not understood says why', async () => {
  const tried = await dryRun({ intake: 'webhook', mapping: { identity: ['/a'], title: '/b' }, body: { a: 1, b: 'B' } })
  expect(only(tried.alerts)).toMatchObject({ fingerprint: '1', title: 'B' })
  expect(await dryRun({ intake: 'webhook', body: '{"torn' })).toMatchObject({ understood: false, reason: 'not-json' })
  expect(await dryRun({ intake: 'webhook', source: 'mapped', body: { ...said, state: 'so-so' } })).toMatchObject({
    understood: false,
    reason: 'some-alerts-undecodable',
  })
  const headers = { 'Sentry-Hook-Resource': 'comment' }
  expect(await dryRun({ intake: 'sentry', headers, body: { action: 'created', data: {} } })).toMatchObject({
    skipped: { comment: 1 },
  })
  for (const body of [{}, { intake: 'telemetry', body: 1 }, { intake: 'webhook', mapping: { identity: [] }, body: 1 }])
    await problem(await api('/api/v1/ingest/dry-run', { body }), 400, 'invalid-body')
})

test('[IN75] over HTTP the source at the end of the address is read by its mapping', async () => {
  expect(await json(await api('/api/v1/ingest/webhook/mapped', { body: said }))).toMatchObject({ received: 1 })
  const other = await json(await api('/api/v1/ingest/webhook/plain', { body: said }), 202)
  expect(other).toMatchObject({ received: 0, quarantined: true })
  await problem(await api('/api/v1/ingest/webhook', { body: said }), 400, 'source-not-named')
  await problem(await api('/api/v1/ingest/webhook/pair', { body: said }), 404, 'no-such-source')
})

test('[IN77] two observers that differ in an ignorable label say one alert', async () => {
  const labels = (replica: string) => ({ alertname: 'A', service: 's', replica })
  const hook = (replica: string, fingerprint: string) =>
    only(
      parseAlertmanager({ alerts: [{ status: 'firing', labels: labels(replica), fingerprint }] }, 'p', RECEIVED, [
        'replica',
      ]).alerts,
    )
  expect(hook('a', 'f1')).toEqual(hook('b', 'f2'))
  expect(hook('a', 'f1').labels).toEqual({ alertname: 'A', service: 's' })
  const direct = (replica: string) =>
    only(parseAlerts([{ labels: labels(replica) }], 'p', RECEIVED, ['replica']).alerts)
  expect(direct('a')).toEqual(direct('b'))
  expect(hook('a', 'f1').fingerprint).toBe(direct('b').fingerprint)
  const untouched = { alerts: [{ status: 'firing', labels: { alertname: 'A' }, fingerprint: 'f1' }] }
  expect(only(parseAlertmanager(untouched, 'p', RECEIVED, ['replica']).alerts).fingerprint).toBe('f1')

  const notify = (replica: string) => ({
    labels: { alertname: 'collectd_x', instance: 'h', severity: 'FAILURE', replica },
    startsAt: '2026-11-22T07:00:00Z',
  })
  const taken = await json(await api('/api/v1/ingest/collectd/pair', { body: [notify('a'), notify('b')] }))
  expect(taken).toMatchObject({ received: 2, deduplicated: 1 })
})
