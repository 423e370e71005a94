import { beforeAll, expect, test } from 'vitest'
import type { IntakeCounters, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import bearer from '../captures/am-webhook-bearer.json'
import two from '../captures/am-webhook-firing-2-alerts.json'
import flap from '../captures/am-webhook-flap.json'
import partition from '../captures/am-webhook-ha-partition-duplicate.json'
import down from '../captures/am-webhook-instancedown-firing.json'
import up from '../captures/am-webhook-instancedown-resolved.json'
import mixed from '../captures/am-webhook-mixed.json'
import repeat from '../captures/am-webhook-repeat.json'
import resolved from '../captures/am-webhook-resolved.json'
import oneOfStorm from '../captures/am-webhook-storm-one-of-1000-groups.json'
import truncated from '../captures/am-webhook-truncated-max_alerts-10.json'
import pdFiring from '../captures/am-pd-firing.json'
import pdResolved from '../captures/am-pd-resolved.json'
import binary from '../captures/cloudevents-binary.json'
import structured from '../captures/cloudevents-structured.json'
import collectd from '../captures/collectd-notification.json'
import acknowledge from '../captures/pd-client-acknowledge.json'
import change from '../captures/pd-client-change.json'
import resolve from '../captures/pd-client-resolve.json'
import trigger from '../captures/pd-client-trigger.json'
import direct from '../captures/prom-api-v2-alerts-firing.json'
import directResolved from '../captures/prom-api-v2-alerts-resolved.json'
import syslog from '../captures/syslog-ng-http.json'
import { stormGroup } from '../captures/storm.ts'
import { api, json } from './api.ts'
import { withSources } from './ingest-catalogue.ts'

const WEBHOOK = '/api/v1/ingest/alertmanager'
const ALERTS = '/api/v2/alerts'
const CE = '/api/v1/ingest/cloudevents'
const EVENT = { 'content-type': 'application/cloudevents+json' }

/**
 * In the order in which they were recorded: capture, where it is posted, the documented status, and its effect on the
 * counters: [received, of these news to somebody]. `news` is what a room hears of; the rest is deduplicated.
 */
const TABLE: [string, string, unknown, number, [received: number, news: number], Record<string, string>?][] = [
  ['am-webhook-firing-2-alerts', WEBHOOK, two.request.body, 200, [2, 2]],
  ['am-webhook-repeat', WEBHOOK, repeat.request.body, 200, [2, 0]],
  ['am-webhook-mixed', WEBHOOK, mixed.request.body, 200, [2, 1]],
  ['am-webhook-resolved', WEBHOOK, resolved.request.body, 200, [1, 1]],
  ['am-webhook-instancedown-firing', WEBHOOK, down.request.body, 200, [1, 1]],
  ['am-webhook-instancedown-resolved', WEBHOOK, up.request.body, 200, [1, 1]],
  ['am-webhook-bearer', WEBHOOK, bearer.request.body, 200, [1, 1]],
  ['am-webhook-truncated-max_alerts-10', WEBHOOK, truncated.request.body, 200, [10, 10]],
  ['am-webhook-storm-one-of-1000-groups', WEBHOOK, oneOfStorm.request.body, 200, [1, 1]],
  ['am-webhook-flap, firing', WEBHOOK, flap.messages[0]?.body, 200, [1, 1]],
  ['am-webhook-flap, resolved', WEBHOOK, flap.messages[1]?.body, 200, [1, 1]],
  ['am-webhook-ha-partition-duplicate, first', WEBHOOK, partition.messages[0], 200, [1, 1]],
  ['am-webhook-ha-partition-duplicate, second', WEBHOOK, partition.messages[1], 200, [1, 0]],
  ['am-pd-firing', '/v2/enqueue', pdFiring.request.body, 202, [1, 1]],
  ['am-pd-resolved', '/v2/enqueue', pdResolved.request.body, 202, [1, 1]],
  ['pd-client-trigger', '/v2/enqueue', trigger.request.body, 202, [1, 1]],
  ['pd-client-acknowledge', '/v2/enqueue', acknowledge.request.body, 202, [0, 0]],
  ['pd-client-resolve', '/v2/enqueue', resolve.request.body, 202, [1, 1]],
  ['pd-client-change', '/v2/change/enqueue', change.request.body, 202, [0, 0]],
  ['prom-api-v2-alerts-firing', ALERTS, direct.request.body, 200, [4, 0]],
  ['prom-api-v2-alerts-resolved', ALERTS, directResolved.request.body, 200, [1, 0]],
  ['collectd-notification', '/api/v1/ingest/collectd', collectd.request.body, 200, [1, 1]],
  ['cloudevents-structured', CE, structured.request.body, 200, [1, 1], EVENT],
  ['cloudevents-binary', CE, binary.request.body, 200, [1, 0], binary.request.headers],
  ['syslog-ng-http', '/api/v1/ingest/syslog', syslog.request.body, 200, [3, 0]],
]

beforeAll(async () => {
  await withSources({ name: 'pager', intakes: ['pagerduty'], routingKeys: ['pager-key'] })
  const value = trigger.request.body.routing_key
  await json(await api('/api/v1/secrets/pager-key', { method: 'PUT', token: 'dev@admin', body: { value } }))
})

const counters = async () => json<IntakeCounters>(await api('/api/v1/intake'))

test.each(TABLE)(
  '[IN79] %s to %s is accepted with its status and its effect',
  async (_name, path, body, status, effect, headers) => {
    const before = await counters()
    const answer = await api(path, { body, ...(headers && { headers }) })
    expect([answer.status, await answer.text()]).toEqual([status, expect.any(String)])
    const after = await counters()
    const news =
      after.attached + after.pending + after.suppressed - before.attached - before.pending - before.suppressed
    expect([after.received - before.received, news]).toEqual(effect)
    expect(after.quarantined).toBe(before.quarantined)
  },
)

async function fingerprints(): Promise<string[]> {
  const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents?limit=200'))
  const details = items.map(async ({ id }) => json<IncidentDetail>(await api(`/api/v1/incidents/${id}`)))
  return (await Promise.all(details)).flatMap(({ alerts }) => alerts.map(({ fingerprint }) => fingerprint))
}

test.each([
  trigger.request.body.dedup_key,
  pdFiring.request.body.dedup_key,
  down.request.body.alerts[0]?.fingerprint ?? '',
  flap.messages[0]?.body.alerts[0]?.fingerprint ?? '',
  bearer.request.body.alerts[0]?.fingerprint ?? '',
])('[IN79] the alert %s stands under its own identity, in one incident', async (fingerprint) => {
  const counted = async () => (await fingerprints()).filter((one) => one === fingerprint).length
  await expect.poll(counted, { timeout: 10_000 }).toBe(1)
})

test('[IN78] what an Alertmanager withheld by its max_alerts is said in the answer', async () => {
  expect(await json(await api(WEBHOOK, { body: truncated.request.body }))).toMatchObject({
    received: 10,
    skipped: { 'truncated-by-sender': 990 },
  })
})

test('[IN79] am-webhook-storm-1000-in-one-group is taken whole', async () => {
  const before = await counters()
  expect(await json(await api(WEBHOOK, { body: stormGroup(1_000, Date.now()) }))).toMatchObject({ received: 1_000 })
  expect((await counters()).received).toBe(before.received + 1_000)
})
