import { createHash } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import type { AuditEntry, AuditPage } from '../../durable/protocol/access.ts'
import { verifyAudit } from '../../durable/protocol/audit.ts'
import { json, problem } from './api.ts'
import { adminToken, ask, auditLines, deployed, makeToken } from './deployed.ts'
import { openDrill } from './drill.ts'

const registry = () => env.REGISTRY.getByName('instance')
const use = (name: string) => deployed().REGISTRY.getByName('instance').secretNamed(name, 'signing posts')
const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex')

/** What was written while the work was done. */
async function written(work: () => Promise<unknown>): Promise<AuditEntry[]> {
  const before = (await auditLines()).length
  await work()
  return (await auditLines()).slice(before)
}

test('[AU1] every change by a person leaves one line: who, role, how, route, path, outcome and reason', async () => {
  const { token } = await makeToken({ role: 'commander' })
  const body = { title: 'Audited', severity: 'SEV-3', service: 'checkout' }
  let id = ''
  const lines = await written(async () => {
    id = (await json<{ id: string }>(await ask(deployed(), '/api/v1/incidents', { token, body }), 201)).id
    await ask(deployed(), '/api/v1/incidents', { token, body: {} })
    await ask(deployed(), '/api/v1/kill-switch', { method: 'PUT', token, body: { on: false, reason: 'a test' } })
    await expect.poll(async () => (await ask(deployed(), `/api/v1/incidents/${id}`, { token })).status).toBe(200)
    await ask(deployed(), `/api/v1/incidents/${id}/resolve`, { token, body: { reason: 'over' } })
    await ask(deployed(), `/api/v1/incidents/${id}/resolve`, { token, body: { reason: 'over' } })
    await ask(deployed(), `/api/v1/incidents/${id}/notes`, { token, body: { text: 'notes stand on the timeline' } })
    for (const command of [
      { type: 'resolve', reason: 'over' },
      { type: 'add-note', text: 'x' },
    ])
      await ask(deployed(), `/api/v1/incidents/${id}/commands`, { token, body: { cmd: command.type, command } })
    await ask(deployed(), '/api/v1/incidents', { token })
  })
  const person = { who: 'the commander', role: 'commander', via: 'token', more: 0 }
  expect(lines.map(({ action, subject, outcome, code }) => [action, subject, outcome, code])).toEqual([
    ['POST /api/v1/incidents', '/api/v1/incidents', 'ok', ''],
    ['POST /api/v1/incidents', '/api/v1/incidents', 'refused', 'invalid-body'],
    ['PUT /api/v1/kill-switch', '/api/v1/kill-switch', 'ok', ''],
    ['POST /api/v1/incidents/:id/resolve', `/api/v1/incidents/${id}/resolve`, 'ok', ''],
    ['POST /api/v1/incidents/:id/resolve', `/api/v1/incidents/${id}/resolve`, 'refused', 'invalid-transition'],
    [
      'POST /api/v1/incidents/:id/commands resolve',
      `/api/v1/incidents/${id}/commands`,
      'refused',
      'invalid-transition',
    ],
  ])
  for (const line of lines)
    expect(line).toMatchObject({ ...person, requestId: expect.stringMatching(/^[\w-]{8,}$/) as string })
})

test('[AU1] every refusal at the door leaves a line: nobody for 401, the person for a role too low', async () => {
  const { token } = await makeToken({ role: 'viewer' })
  const lines = await written(async () => {
    await ask(deployed(), '/api/v1/me')
    await ask(deployed(), '/api/v1/ingest/alertmanager', { token: 'nobody', body: {} })
    await ask(deployed(), '/api/v1/tokens', { token })
    await ask(deployed(), '/api/v1/me', { token, headers: { origin: 'https://evil.example' } })
  })
  expect(lines.map(({ who, via, action, outcome, code }) => [who, via, action, outcome, code])).toEqual([
    ['nobody', 'none', 'GET /api/v1/me', 'refused', 'unauthenticated'],
    ['nobody', 'none', 'POST /api/v1/ingest/alertmanager', 'refused', 'unauthenticated'],
    ['the viewer', 'token', 'GET /api/v1/tokens', 'refused', 'role-too-low'],
    ['nobody', 'none', 'GET /api/v1/me', 'refused', 'origin-not-allowed'],
  ])
})

test('[AU2] what the registry changes and the line about it are one: init, tokens, secrets', async () => {
  const admin = await adminToken()
  let made = ''
  const lines = await written(async () => {
    made = (await makeToken({ source: 'prometheus' })).id
    await ask(deployed(), '/api/v1/secrets/sealed', { method: 'PUT', token: admin, body: { value: 'v' } })
    await ask(deployed(), '/api/v1/secrets/sealed', { method: 'DELETE', token: admin })
    await ask(deployed(), `/api/v1/tokens/${made}`, { method: 'DELETE', token: admin })
  })
  expect(lines.map(({ action, subject }) => [action, subject])).toEqual([
    ['POST /api/v1/tokens', made],
    ['PUT /api/v1/secrets/:name', 'sealed'],
    ['DELETE /api/v1/secrets/:name', 'sealed'],
    ['DELETE /api/v1/tokens/:id', made],
  ])
  expect((await auditLines())[0]).toMatchObject({ seq: 1, action: 'POST /api/v1/init', who: 'init token' })
})

test('[AU3] the use of a secret is told once in ten minutes, with what it was used for', async () => {
  await ask(deployed(), '/api/v1/secrets/told', { method: 'PUT', token: await adminToken(), body: { value: 'v' } })
  const lines = await written(async () => {
    for (let uses = 0; uses < 5; uses += 1) await use('told')
    await use('no-such-secret')
  })
  expect(lines.map(({ who, action, subject }) => [who, action, subject])).toEqual([
    ['system', 'secret-used', 'told for signing posts'],
  ])
})

test('[AU4] no line holds a token, a ticket, a body or a query', async () => {
  const { token } = await makeToken({ role: 'responder' })
  const ticket = (
    await json<{ ticket: string }>(await ask(deployed(), '/api/v1/tickets', { method: 'POST', token }), 201)
  ).ticket
  const junk = `icw_${'a'.repeat(28)}`
  await ask(deployed(), `/api/v1/lobby?ticket=${junk}`, { headers: { upgrade: 'websocket' } })
  await ask(deployed(), `/api/v1/incidents/${token}/acknowledge`, { method: 'POST' })
  await ask(deployed(), '/api/v1/incidents?why=canary-query', { token: 'canary-token' })
  await ask(deployed(), '/api/v1/kill-switch', { method: 'PUT', token, body: { on: true, reason: 'canary-body' } })
  const text = JSON.stringify(await auditLines())
  for (const secret of [token, ticket, junk, 'canary']) expect(text).not.toContain(secret)
  expect(text).toContain('[redacted]')
})

test('[AU5] drills leave no lines', async () => {
  const token = await openDrill('drl_audited00001', 'metrics')
  const { token: commander } = await makeToken({ role: 'commander' })
  const lines = await written(async () => {
    await ask(deployed(), '/api/v1/ingest/alertmanager', { token: `${token}0`, body: {} })
    await ask(deployed(), '/api/v1/incidents/inc_audited00001-abcdef12/acknowledge', {
      token: commander,
      method: 'POST',
    })
  })
  expect(lines).toEqual([])
})

test('[AU6] the log is read by an admin in pages that chain from anchor to head, and verified where it stands', async () => {
  const token = await adminToken()
  const items: AuditEntry[] = []
  let page: AuditPage
  let after = '0'
  do {
    page = await json<AuditPage>(await ask(deployed(), `/api/v1/audit?limit=3&after=${after}`, { token }))
    items.push(...page.items)
    after = page.next ?? after
  } while (page.next !== null)
  expect(verifyAudit(items, sha256Hex, page.anchor)).toEqual({ ok: true, head: page.head.hash, count: page.head.seq })
  expect(await json(await ask(deployed(), '/api/v1/audit/verify', { token }))).toMatchObject({ ok: true })
  await runInDurableObject(registry(), (_, { storage }) =>
    storage.sql.exec(`UPDATE audit SET entry = replace(entry, '"ok"', '"no"') WHERE seq = 2`).toArray(),
  )
  expect(await json(await ask(deployed(), '/api/v1/audit/verify', { token }))).toEqual({
    ok: false,
    seq: 2,
    reason: 'hash-differs',
  })
  const { token: commander } = await makeToken({ role: 'commander' })
  await problem(await ask(deployed(), '/api/v1/audit', { token: commander }), 403, 'role-too-low')
})
