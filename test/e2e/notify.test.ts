import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { IncidentDetail } from '../../durable/protocol/rows.ts'
import { Receiver } from '../bridge/notify/server.ts'
import { apiOf } from './api.ts'
import { removeFolder, startServer, tempFolder } from './server.ts'
import { until } from './until.ts'

const SECRET = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`
const WAIT_MS = 30_000

test('[NT1] the product pages a real receiver: signed, with the same id again after a failure and a restart', async () => {
  const state = tempFolder('notify')
  const receiver = new Receiver()
  const url = await receiver.listen()
  receiver.answers = { status: 503 }
  let server = await startServer({ state })
  try {
    const admin = apiOf(server.url, 'dev:root@admin')
    const stands = await admin.send('GET', '/api/v1/catalogue')
    const catalogue = (await stands.json()) as Catalogue
    const put = await fetch(`${server.url}/api/v1/catalogue`, {
      method: 'PUT',
      headers: {
        authorization: 'Bearer dev:root@admin',
        'content-type': 'application/json',
        'if-match': stands.headers.get('etag') ?? '',
      },
      body: JSON.stringify({
        ...catalogue,
        version: 'paging-1',
        targets: [{ name: 'pager', kind: 'webhook', url, secret: 'pager' }],
        escalation: [
          { name: 'all', services: ['*'], steps: [{ to: [{ target: 'pager' }], waitMs: 3_600_000 }], repeat: 0 },
        ],
      }),
    })
    expect([put.status, put.ok ? '' : await put.text()]).toEqual([put.status, ''])
    expect((await admin.send('PUT', '/api/v1/secrets/pager', { value: SECRET })).ok).toBe(true)
    const { id } = await admin.post<{ id: string }>('/api/v1/incidents', {
      title: 'Checkout fails',
      severity: 'SEV-1',
      service: 'checkout',
    })
    await until('the first try', WAIT_MS, () => receiver.got[0] ?? null)
    receiver.answers = { status: 204 }
    await server.kill()
    server = await startServer({ state })
    await until('the second try', WAIT_MS, () => receiver.got[1] ?? null)
    const messages = receiver.got.map(({ body, headers }) =>
      new Webhook(SECRET).verify(body, headers as Record<string, string>),
    )
    expect(messages[0]).toMatchObject({ type: 'incident.triggered', data: { incident: id, title: 'Checkout fails' } })
    expect(messages[1]).toMatchObject({ type: 'incident.triggered', data: { incident: id, page: 'P-01' } })
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const again = apiOf(server.url, 'dev:root@admin')
    const detail = await until('its receipt', WAIT_MS, async () => {
      const incident = await again.get<IncidentDetail>(`/api/v1/incidents/${id}`)
      return incident.notifications[0]?.state === 'sent' ? incident : null
    })
    expect(detail.notifications).toMatchObject([
      { page: 'P-01', target: 'pager', state: 'sent', reason: 'answered 204' },
    ])
    expect(JSON.stringify(detail) + server.log()).not.toContain(SECRET)
  } finally {
    await server.kill()
    await receiver.close()
    removeFolder(state)
  }
})
