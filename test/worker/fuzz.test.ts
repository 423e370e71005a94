import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IntakeCounters } from '../../durable/protocol/objects.ts'
import { hostile } from './bodies.ts'
import { api, json } from './api.ts'

/** Bodies per intake, over HTTP; IC_FUZZ raises it. */
const RUNS = Number((env as unknown as { IC_FUZZ?: string }).IC_FUZZ ?? '') || 500

const bytes = fc.uint8Array({ maxLength: 200 })
const text = fc.string({ maxLength: 200, unit: 'binary' })

/** A body as something may send it: torn JSON, bytes, or JSON of the right outside and a hostile inside. */
function bodies(wrap: (value: unknown) => unknown): fc.Arbitrary<string | Uint8Array> {
  const inside = hostile.map((value) => JSON.stringify(wrap(value)) ?? 'null')
  const torn = fc.tuple(inside, fc.nat(100)).map(([body, cut]) => body.slice(0, cut))
  return fc.oneof({ weight: 5, arbitrary: inside }, torn, bytes, text)
}

/** Each leaves a well-formed post around the value: in a field, or as one more item. */
const WRAPS: Record<string, (value: unknown) => unknown> = {
  '/api/v1/ingest/alertmanager': (value) => {
    const labels = { alertname: 'fuzz', service: 'fuzz', x: value }
    const alert = { status: 'firing', labels, startsAt: value, generatorURL: value, fingerprint: value }
    return { alerts: Array.isArray(value) ? [alert, ...(value as unknown[])] : [alert], groupKey: value }
  },
  '/api/v2/alerts': (value) => {
    const alert = { labels: { alertname: 'fuzz', service: 'fuzz', x: value }, startsAt: value, endsAt: value }
    return Array.isArray(value) ? [alert, ...(value as unknown[])] : [alert]
  },
  '/v2/enqueue': (value) => ({
    routing_key: 'dev',
    event_action: 'trigger',
    dedup_key: 'fuzz',
    payload: { summary: 'fuzz', source: 'fuzz', custom_details: value },
    links: value,
  }),
  '/v2/change/enqueue': (value) => ({ routing_key: 'dev', payload: { summary: 'fuzz', custom_details: value } }),
  '/api/v1/ingest/grafana': (value) => ({
    alerts: [{ status: 'firing', labels: { alertname: 'fuzz', service: 'fuzz' }, panelURL: value, values: value }],
    title: value,
  }),
  '/api/v1/ingest/eventbridge': (value) => ({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: ['arn:fuzz'],
    detail: { alarmName: 'fuzz', state: { value: 'ALARM', timestamp: value }, configuration: { metrics: value } },
  }),
  '/api/v1/ingest/standard-webhooks': (value) => ({
    type: 'alert.firing',
    data: { title: 'fuzz', key: 'fuzz', labels: value },
  }),
  '/api/v1/ingest/datadog': (value) => ({
    cycle: 'fuzz',
    title: 'fuzz',
    transition: 'Triggered',
    date: value,
    scope: value,
  }),
  '/api/v1/ingest/syslog': (value) => [
    { MESSAGE: 'fuzz', PRIORITY: 'err', PROGRAM: 'fuzz', HOST: value, ISODATE: value },
  ],
  '/api/v1/ingest/collectd': (value) => [
    { labels: { alertname: 'fuzz', instance: 'fuzz', x: value }, startsAt: value },
  ],
  '/api/v1/ingest/webhook': (value) => ({ title: 'fuzz', key: 'fuzz', labels: value, timestamp: value }),
  '/api/v1/changes': (value) => ({
    changes: [{ kind: 'deploy', service: 'fuzz', title: 't', ...(typeof value === 'object' && { setting: value }) }],
  }),
  '/api/v1/telemetry': (value) => ({
    series: [{ service: 'fuzz', name: 'n', samples: [[Date.now(), 1]], peer: value }],
  }),
}

for (const [path, wrap] of Object.entries(WRAPS))
  test(`[IN10] ${RUNS} hostile bodies to ${path}: every answer is one of the policy, none is 500`, {
    timeout: 120_000 + RUNS * 100,
  }, async () => {
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(bodies(wrap), async (body) => {
        const answer = await api(path, { method: 'POST', body })
        await answer.text()
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
        expect(path.startsWith('/v2/') ? [202, 400, 401] : [200, 202, 400]).toContain(answer.status)
      }),
      { numRuns: RUNS },
    )
    expect((seen.get(200) ?? 0) + (seen.get(202) ?? 0)).toBeGreaterThan(0)
    expect(({} as Record<string, unknown>)['alertname']).toBeUndefined()
  })

test(`[IN10] ${RUNS} hostile bodies to CloudEvents and Sentry, whose headers are part of what they say`, {
  timeout: 120_000 + RUNS * 100,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      bodies((value) => value),
      fc.boolean(),
      async (body, event) => {
        const path = event ? '/api/v1/ingest/cloudevents' : '/api/v1/ingest/sentry'
        const headers = event
          ? {
              'content-type': 'application/json',
              'ce-specversion': '1.0',
              'ce-id': 'f',
              'ce-source': 'f',
              'ce-type': 'alert.firing',
            }
          : { 'sentry-hook-resource': 'issue' }
        const answer = await api(path, { method: 'POST', body, headers: { ...headers } })
        await answer.text()
        expect([200, 202, 400]).toContain(answer.status)
      },
    ),
    { numRuns: RUNS },
  )
})

test('[IN10] after all of that the counters still add up and the API still answers', async () => {
  const sum = await json<IntakeCounters>(await api('/api/v1/intake'))
  expect(sum.received).toBe(sum.attached + sum.deduplicated + sum.suppressed + sum.quarantined + sum.pending)
  expect((await api('/api/v1/incidents')).status).toBe(200)
})
