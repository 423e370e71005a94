import { beforeAll, expect, test } from 'vitest'
import type { Role } from '../../durable/protocol/domain.ts'
import { OPERATIONS } from '../../worker/openapi/operations.ts'
import type { Operation } from '../../worker/openapi/operation.ts'
import { api, json } from './api.ts'
import { type Good, keyOf, walk } from './walker.ts'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']
const AMPLE = 5_000_001
const DIGEST = 'a'.repeat(64)
const NOBODY = 'inc_aaaaaaaaaaaa'

/** Ids that are there. */
const there = { incident: '', other: '', third: '', silence: '', token: '', drill: '' }

const EVENT = { specversion: '1.0', id: '1', source: '/x', type: 'dev.ic.alert.firing', data: { title: 'x' } }
const until = () => new Date(Date.now() + 3_600_000).toISOString()

/** A request that each address can do something with, and what it answers then. A row without one fails. */
function goods(): Record<string, Good> {
  const { incident, other } = there
  const at = `/api/v1/incidents/${incident}`
  const ordered = (path: string, body: object, status = 200): Good => ({ path: `${at}/${path}`, body, status })
  const ingest = (intake: string, body: unknown, status: number): Record<string, Good> => ({
    [`POST /api/v1/ingest/${intake}`]: { body, status },
    [`POST /api/v1/ingest/${intake}/:source`]: { path: `/api/v1/ingest/${intake}/nobody`, body, status: 404 },
  })
  const cloud = { 'content-type': 'application/cloudevents+json' }
  const decision = { digest: DIGEST, reason: 'x' }
  return {
    'POST /api/v1/incidents': { body: { title: 'x', severity: 'SEV-4', service: 'search-api' }, status: 201 },
    'GET /api/v1/incidents/:id': { path: at, status: 200 },
    'GET /api/v1/incidents/:id/events': { path: `${at}/events`, status: 200 },
    'GET /api/v1/incidents/:id/room': { path: `${at}/room`, headers: { upgrade: 'websocket' }, status: 101 },
    'GET /api/v1/incidents/:id/export': { path: `${at}/export`, status: 200 },
    'POST /api/v1/incidents/:id/commands': ordered('commands', { cmd: 'c', command: { type: 'acknowledge' } }),
    'POST /api/v1/incidents/:id/acknowledge': ordered('acknowledge', {}, 409),
    'POST /api/v1/incidents/:id/notes': ordered('notes', { text: 'seen' }),
    'POST /api/v1/incidents/:id/severity': ordered('severity', { severity: 'SEV-2', reason: 'wider' }),
    'POST /api/v1/incidents/:id/roles': ordered('roles', { role: 'scribe', person: 'ada' }),
    'POST /api/v1/incidents/:id/roles/release': ordered('roles/release', { role: 'scribe', person: 'ada' }),
    'POST /api/v1/incidents/:id/tasks': ordered('tasks', { text: 'look' }),
    'POST /api/v1/incidents/:id/tasks/:task': { path: `${at}/tasks/none`, body: { state: 'done' }, status: 404 },
    'POST /api/v1/incidents/:id/fields': ordered('fields', { name: 'customer', value: 'all' }),
    'POST /api/v1/incidents/:id/privacy': ordered('privacy', { private: true, reason: 'x' }),
    'POST /api/v1/incidents/:id/access': ordered('access', { person: 'ada', allowed: true }),
    'POST /api/v1/incidents/:id/merge': ordered('merge', { into: incident, reason: 'x' }, 422),
    'POST /api/v1/incidents/:id/unmerge': ordered('unmerge', { reason: 'x' }, 409),
    'POST /api/v1/incidents/:id/split': ordered(
      'split',
      { alerts: [{ source: 'x', fingerprint: 'y' }], title: 'x', reason: 'x' },
      422,
    ),
    'POST /api/v1/incidents/:id/parent': ordered('parent', { parent: incident, reason: 'x' }, 422),
    'POST /api/v1/incidents/:id/escalate': ordered('escalate', { reason: 'x' }, 422),
    'POST /api/v1/incidents/:id/proposals/:proposal/approve': ordered('proposals/prp_a/approve', decision, 404),
    'POST /api/v1/incidents/:id/proposals/:proposal/reject': ordered('proposals/prp_a/reject', decision, 404),
    'POST /api/v1/incidents/:id/proposals/:proposal/request-changes': ordered(
      'proposals/prp_a/request-changes',
      { ...decision, wants: { pool_limit: 40 } },
      404,
    ),
    'POST /api/v1/incidents/:id/proposals/:proposal/undo': ordered('proposals/prp_a/undo', decision, 404),
    'POST /api/v1/incidents/:id/proposals/:proposal/steps/:step': ordered(
      'proposals/prp_a/steps/drain',
      { outcome: 'done', reason: 'x' },
      404,
    ),
    'POST /api/v1/incidents/:id/own-decision': ordered(
      'own-decision',
      { runbook: 'none', target: 'checkout', parameters: {}, confirm: 'checkout', reason: 'x' },
      422,
    ),
    'POST /api/v1/incidents/:id/outcome': ordered(
      'outcome',
      { proposal: 'prp_a', outcome: 'it-ran', reason: 'x' },
      409,
    ),
    'POST /api/v1/incidents/:id/kill-switch': ordered('kill-switch', { on: true, reason: 'x' }),
    'POST /api/v1/incidents/:id/dry-run-mode': ordered('dry-run-mode', { on: true, reason: 'x' }),
    'PUT /api/v1/kill-switch/services/:id': {
      path: '/api/v1/kill-switch/services/checkout',
      body: { on: false, reason: 'x' },
      status: 200,
    },
    'PUT /api/v1/dry-run': { body: { on: false, reason: 'x' }, status: 200 },
    'POST /api/v1/freezes': { body: { services: '*', until: until(), reason: 'x' }, status: 201 },
    // Nothing is published here: this instance was not made an issuer.
    'GET /.well-known/openid-configuration': { status: 404 },
    'GET /.well-known/jwks.json': { status: 404 },
    'DELETE /api/v1/freezes/:id': { path: '/api/v1/freezes/frz_aaaaaaaaaaaa', status: 404 },
    'PUT /api/v1/autonomy/:id': { path: '/api/v1/autonomy/none', body: { on: false, reason: 'x' }, status: 404 },
    'POST /api/v1/incidents/:id/mitigate': ordered('mitigate', { reason: 'x' }),
    'POST /api/v1/incidents/:id/resolve': ordered('resolve', { reason: 'x' }),
    'POST /api/v1/incidents/:id/reopen': ordered('reopen', { reason: 'x' }),
    'POST /api/v1/incidents/:id/cancel': {
      path: `/api/v1/incidents/${there.third}/cancel`,
      body: { reason: 'x' },
      status: 200,
    },
    'POST /api/v1/incidents/:id/close': {
      path: `/api/v1/incidents/${other}/close`,
      body: { reason: 'x' },
      status: 409,
    },
    'GET /api/v1/history/:id': { path: `/api/v1/history/${NOBODY}`, status: 404 },
    'POST /api/v1/imports': { body: { incident: NOBODY }, status: 400 },
    'PUT /api/v1/catalogue': { body: { version: 'x' }, status: 422 },
    'POST /api/v1/catalogue/diff': { body: { version: 'x' }, status: 422 },
    'GET /api/v1/catalogue/versions/:revision': { path: '/api/v1/catalogue/versions/9', status: 404 },
    'POST /api/v1/ingest/dry-run': { body: { intake: 'webhook', body: {} }, status: 200 },
    'POST /api/v1/silences': {
      body: { matchers: [{ name: 'service', value: 'x' }], comment: 'x', endsAt: until() },
      status: 201,
    },
    'DELETE /api/v1/silences/:id': { path: `/api/v1/silences/${there.silence}`, status: 204 },
    'POST /api/v1/targets/:name/enable': { path: '/api/v1/targets/none/enable', status: 404 },
    'PUT /api/v1/kill-switch': { body: { on: false, reason: 'x' }, status: 200 },
    'POST /api/v1/ingest/alertmanager': { body: {}, status: 202 },
    ...ingest('eventbridge', {}, 202),
    ...ingest('datadog', {}, 202),
    ...ingest('syslog', {}, 202),
    ...ingest('collectd', [], 200),
    ...ingest('webhook', {}, 202),
    ...ingest('grafana', {}, 202),
    ...ingest('sentry', {}, 202),
    ...ingest('standard-webhooks', {}, 202),
    'POST /api/v1/ingest/cloudevents': { body: EVENT, headers: cloud, status: 200 },
    'POST /api/v1/ingest/cloudevents/:source': {
      path: '/api/v1/ingest/cloudevents/nobody',
      body: EVENT,
      headers: cloud,
      status: 404,
    },
    'OPTIONS /api/v1/ingest/cloudevents': { headers: { 'webhook-request-origin': 'a.example' }, status: 200 },
    'OPTIONS /api/v1/ingest/cloudevents/:source': { path: '/api/v1/ingest/cloudevents/nobody', status: 404 },
    'POST /api/v1/ingest/sns': { body: {}, status: 401 },
    'POST /v2/enqueue': {
      body: {
        routing_key: 'dev',
        event_action: 'trigger',
        payload: { summary: 'x', source: 'x', severity: 'info' },
      },
      status: 202,
    },
    'POST /v2/change/enqueue': { body: { routing_key: 'dev', payload: { summary: 'x' } }, status: 202 },
    'POST /api/v2/alerts': { body: [{ labels: { alertname: 'x' } }], status: 200 },
    'POST /api/v1/changes': { body: { changes: [{ kind: 'deploy', service: 'x', title: 'x' }] }, status: 200 },
    'POST /api/v1/telemetry': { body: { series: [] }, status: 400 },
    'POST /api/v1/init': { body: { name: 'x' }, status: 401 },
    'POST /api/v1/tickets': { status: 201 },
    'POST /api/v1/tokens': { body: { kind: 'api', role: 'viewer', name: 'x' }, status: 201 },
    'DELETE /api/v1/tokens/:id': { path: `/api/v1/tokens/${there.token}`, status: 200 },
    'PUT /api/v1/secrets/:name': { path: '/api/v1/secrets/walked', body: { value: 'x' }, status: 200 },
    'DELETE /api/v1/secrets/:name': { path: '/api/v1/secrets/walked', status: 204 },
    'GET /api/v1/lobby': { headers: { upgrade: 'websocket' }, status: 101 },
    'POST /api/v1/drills': { body: { scenario: 'none', seed: 1, speed: 1 }, status: 422 },
    'GET /api/v1/drills/:id': { path: `/api/v1/drills/${there.drill}`, status: 200 },
    'POST /api/v1/drills/:id/stop': { path: `/api/v1/drills/${there.drill}/stop`, status: 200 },
  }
}

function goodOf(operation: Operation): Good {
  const good = goods()[keyOf(operation)]
  if (good) return good
  expect([keyOf(operation), operation.method, operation.path.includes(':')]).toEqual([keyOf(operation), 'GET', false])
  return { status: 200 }
}

/** An address with ids that are of the right form. */
function placeOf(operation: Operation): string {
  return (goods()[keyOf(operation)]?.path ?? operation.path).replaceAll(/:[a-z]+/g, 'none')
}

function isPersons({ who }: Operation): boolean {
  return who !== 'anyone' && who !== 'sender' && who !== 'init'
}

beforeAll(async () => {
  const declare = async (service: string) =>
    (
      await json<{ id: string }>(
        await api('/api/v1/incidents', { body: { title: 'x', severity: 'SEV-3', service } }),
        201,
      )
    ).id
  there.incident = await declare('checkout')
  there.other = await declare('storefront')
  there.third = await declare('search-api')
  const silence = { matchers: [{ name: 'service', value: 'y' }], comment: 'x', endsAt: until() }
  there.silence = (await json<{ id: string }>(await api('/api/v1/silences', { body: silence }), 201)).id
  const token = { kind: 'api', role: 'viewer', name: 'walked' }
  there.token = (await json<{ id: string }>(await api('/api/v1/tokens', { token: 'dev@admin', body: token }), 201)).id
  const drill = { scenario: 'database-cascade', seed: 1, speed: 1 }
  there.drill = (await json<{ id: string }>(await api('/api/v1/drills', { body: drill }), 201)).id
})

test('[AP3] asked what it can do, each address answers as its row says', async () => {
  const unknown = Object.keys(goods()).filter((key) => !OPERATIONS.some((operation) => keyOf(operation) === key))
  expect(unknown).toEqual([])
  const wrong: string[] = []
  for (const operation of OPERATIONS) {
    const { path = operation.path, status, ...ask } = goodOf(operation)
    const said = await walk(operation, 'valid', { path, ...ask })
    if (said.status !== status) wrong.push(`${keyOf(operation)}: ${status}, not ${said.status} ${said.code}`)
  }
  expect(wrong).toEqual([])
})

test('[AP3] no token is 401 wherever somebody is asked for', async () => {
  for (const operation of OPERATIONS) {
    const said = await walk(operation, 'no token', { path: placeOf(operation), token: null })
    if (operation.who === 'anyone')
      expect([operation.path, said.status]).toEqual([operation.path, goodOf(operation).status])
    else expect([keyOf(operation), said.status]).toEqual([keyOf(operation), 401])
  }
})

test('[AP3] each role comes in from its least role on, and is refused by the row’s word below it', async () => {
  for (const operation of OPERATIONS.filter(isPersons))
    for (const [rank, role] of ROLES.entries()) {
      const said = await walk(operation, role, { path: placeOf(operation), token: `dev:walker@${role}` })
      const at = `${keyOf(operation)} ${role}`
      if (rank < ROLES.indexOf(operation.who as Role)) expect([at, said.code]).toEqual([at, 'role-too-low'])
      else expect([at, said.status === 401]).toEqual([at, false])
    }
})

test('[AP3] a body that is missing, no JSON or of another shape is refused by the row’s word', async () => {
  const bad = [undefined, '{', '[1]', '{"nope":1}', 'null', '"x"', `{"a":${'['.repeat(500)}${']'.repeat(500)}}`]
  for (const operation of OPERATIONS.filter(({ body }) => body)) {
    for (const body of bad) {
      const said = await walk(operation, String(body).slice(0, 20), { path: placeOf(operation), body })
      const { schema, optional } = operation.body ?? {}
      const at = `${keyOf(operation)} ${String(body).slice(0, 20)}`
      const isRefused = said.status >= 400 && said.status < 500
      if (schema && operation.who !== 'sender' && !(optional && body === undefined))
        expect([at, isRefused, said.status]).toEqual([at, true, said.status])
    }
  }
})

test('[AP3] a body that is too long is 413, and a compression that nobody knows 415', async () => {
  for (const operation of OPERATIONS.filter(({ body }) => body)) {
    if (operation.who === 'init') continue
    const long = operation.path === '/api/v1/imports' ? AMPLE * 2 : AMPLE
    const path = placeOf(operation)
    const isNamed = path.endsWith('/nobody')
    const large = await walk(operation, 'oversized', { path, body: 'x'.repeat(long) })
    expect([keyOf(operation), large.status]).toEqual([keyOf(operation), isNamed ? 404 : 413])
    const coded = await walk(operation, 'encoded', { path, body: '{}', headers: { 'content-encoding': 'br' } })
    expect([keyOf(operation), coded.status]).toEqual([keyOf(operation), isNamed ? 404 : 415])
  }
})

test('[AP3] a name that the query does not know is 400 wherever there is one', async () => {
  for (const operation of OPERATIONS.filter(({ query }) => query)) {
    const said = await walk(operation, 'unknown query', { path: `${placeOf(operation)}?nope=1` })
    expect([keyOf(operation), said.code]).toEqual([keyOf(operation), 'invalid-query'])
  }
})

test('[AP3] an id that is not there, or is none, is 404 by its word', async () => {
  const ids = [NOBODY, 'none', '%00', 'x'.repeat(300)]
  for (const operation of OPERATIONS.filter((one) => isPersons(one) && one.path.includes('/:')))
    for (const id of ids) {
      const path = operation.path.replace(/:[a-z]+/, id).replaceAll(/:[a-z]+/g, 'prp_a')
      const body = operation.body ? goods()[keyOf(operation)]?.body : undefined
      const said = await walk(operation, id, { path, body })
      // A socket is asked for before an incident, and a secret may have any name.
      const isLater = operation.path.endsWith('/room') || operation.path.includes('/secrets/')
      if (!isLater) expect([keyOf(operation), id, said.status]).toEqual([keyOf(operation), id, 404])
    }
})
