import { expect, test } from 'vitest'
import type { Page } from '../../durable/protocol/objects.ts'
import type { SourceWatch } from '../../durable/protocol/keeper.ts'
import { apiOf } from '../e2e/api.ts'
import { need } from '../e2e/need.ts'
import { freePort, removeFolder, startServer } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { Programs } from './programs.ts'

/** A pull comes once a minute; the server starts again in between. */
const PULL_MS_MAX = 120_000

test('[NO21] an alert that a real Alertmanager never delivered opens an incident by the pull, and its end resolves it', async (context) => {
  need(context, 'prometheus')
  const programs = new Programs()
  let server = await startServer()
  const { port, state } = server
  try {
    const address = `127.0.0.1:${await freePort()}`
    const config = programs.write('am.yml', 'route: {receiver: none}\nreceivers: [{name: none}]\n')
    await programs.start(
      'prometheus-alertmanager',
      [`--config.file=${config}`, '--storage.path=am', `--web.listen-address=${address}`, '--cluster.listen-address='],
      `http://${address}/-/ready`,
    )
    const say = async (endsAt: Date) => {
      const alerts = [{ labels: { alertname: 'NeverSent', service: 'lonely', severity: 'critical' }, endsAt }]
      const said = await fetch(`http://${address}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      })
      expect(said.status).toBe(200)
    }
    await say(new Date(Date.now() + 3_600_000))
    await putSource(server.url, `http://${address}`)
    const api = () => apiOf(server.url)
    const row = await until('the incident is open', PULL_MS_MAX, async () => {
      return (await api().incidents()).find(({ service }) => service === 'lonely') ?? null
    })
    expect(row.severity).toBe('SEV-1')
    await say(new Date())
    await server.stop()
    server = await startServer({ port, state })
    await until('it resolved', PULL_MS_MAX, async () => {
      const resolved = (await api().detail(row.id)).state === 'resolved'
      return resolved ? true : null
    })
    const { items } = await api().get<Page<SourceWatch>>('/api/v1/sources')
    expect(items.find(({ pull }) => pull !== null)).toMatchObject({ pull: { ok: true } })
  } finally {
    await server.kill()
    await programs.end()
    removeFolder(state)
  }
})

/** The catalogue as it stands, with an address for its first source that an Alertmanager speaks for. */
async function putSource(url: string, address: string): Promise<void> {
  const headers = { authorization: 'Bearer dev@admin', 'content-type': 'application/json' }
  const there = await fetch(`${url}/api/v1/catalogue`, { headers })
  const catalogue = (await there.json()) as { version: string; sources: { intakes: string[]; url?: string }[] }
  const source = catalogue.sources.find(({ intakes }) => intakes.includes('alertmanager'))
  if (source) source.url = address
  catalogue.version = 'with-an-address'
  const put = await fetch(`${url}/api/v1/catalogue`, {
    method: 'PUT',
    headers: { ...headers, 'if-match': there.headers.get('etag') ?? '*' },
    body: JSON.stringify(catalogue),
  })
  expect([put.status, await put.text()]).toEqual([200, expect.any(String)])
}
