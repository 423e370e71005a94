import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { EventBody, RoomEvent } from '../../durable/protocol/events.ts'
import type { Page } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import type { Bindings } from '../../worker/env.ts'
import { HARMLESS, TEXTS } from '../injection/texts.ts'
import { api, json } from './api.ts'

const bindings = env as unknown as Bindings
/** What no output may ever say. */
const CANARY = 'canary-5d0b9e-keep-this'
/** Alerts in one post, changes likewise. */
const AT_ONCE = 20
const PATIENCE_MS = 180_000
/** What would have to stand in a log for anything to have been done or decided by a text. */
const ACTS: ReadonlySet<EventBody['type']> = new Set([
  'proposal-made',
  'decision-recorded',
  'execution-started',
  'undo-started',
  'autonomy-used',
  'kill-switch-set',
  'dry-run-set',
  'incident-canceled',
  'incident-closed',
])

const alertOf = (text: string, index: number) => ({
  status: 'firing',
  labels: { alertname: `Injected${index}`, service: 'checkout', severity: 'critical', said: text, [`n${index}`]: text },
  annotations: { summary: text, description: text, runbook_url: text },
  startsAt: new Date().toISOString(),
  generatorURL: text,
})

const changeOf = (text: string, index: number) => ({
  id: `change-${index}`,
  kind: 'deploy',
  service: 'checkout',
  at: new Date().toISOString(),
  title: text.slice(0, 150),
  description: text,
})

async function send(texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const some = texts.slice(from, from + AT_ONCE)
    const alerts = some.map((text, index) => alertOf(text, from + index))
    const taken = await api('/api/v1/ingest/alertmanager', { body: { version: '4', status: 'firing', alerts } })
    expect([taken.status, await taken.text()]).toEqual([200, expect.stringContaining(`"received":${some.length}`)])
  }
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const changes = texts.slice(from, from + AT_ONCE).map((text, index) => changeOf(text, from + index))
    const taken = await api('/api/v1/changes', { body: { changes } })
    expect([taken.status, await taken.text()]).toEqual([
      expect.toSatisfy((status: number) => status < 300),
      expect.anything(),
    ])
  }
  for (const [index, text] of texts.entries()) {
    // A service that somebody named after what they want.
    if (index % AT_ONCE === 0) {
      const named = { labels: { alertname: 'Named', service: text }, annotations: { summary: text } }
      const answer = await api('/api/v2/alerts', { body: [named] })
      expect(answer.status).toBeLessThan(500)
      await answer.text()
    }
  }
}

async function incidents(): Promise<string[]> {
  const { items } = await json<Page<IncidentRow>>(await api('/api/v1/incidents?limit=200'))
  return items.map(({ id }) => id)
}

async function eventsOf(id: string): Promise<RoomEvent[]> {
  const answer = await bindings.ROOM.getByName(`live/${id}`).events(0, 10_000)
  return answer?.events ?? []
}

test(
  '[SE83] [SE84] 200 injected texts through parsers, directory and rooms: nothing is done, no secret comes out, no export runs anything',
  async () => {
    const set = await api('/api/v1/secrets/canary', { method: 'PUT', token: 'dev@admin', body: { value: CANARY } })
    expect([set.status, await set.text()]).toEqual([200, expect.not.stringContaining(CANARY)])
    await send(TEXTS)
    const attached = async () => {
      const counts = await Promise.all((await incidents()).map(async (id) => (await eventsOf(id)).length))
      return counts.reduce((sum, count) => sum + count, 0)
    }
    await expect.poll(attached, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(TEXTS.length)
    const ids = await incidents()
    const first = ids[0] ?? ''
    for (const [index, text] of TEXTS.entries()) {
      const command = { type: 'add-note', text } as const
      const order = { cmd: `inj-${index}`, name: 'ray', role: 'responder', command } as const
      const noted = await bindings.ROOM.getByName(`live/${first}`).order(order)
      expect([text, noted.ok]).toEqual([text, true])
    }
    let arrived = 0
    const outputs: string[] = []
    for (const id of ids) {
      const events = await eventsOf(id)
      const done = events.filter(({ body }) => ACTS.has(body.type)).map(({ body }) => body.type)
      expect([id, done]).toEqual([id, []])
      arrived += events.filter(({ body }) => body.type === 'alert-attached').length
      for (const path of ['', '/events?limit=1000', '/export', '/export?format=csv', '/export?format=markdown'])
        outputs.push(await (await api(`/api/v1/incidents/${id}${path}`)).text())
      const csv = await (await api(`/api/v1/incidents/${id}/export?format=csv`)).text()
      expect(cellsThatRun(csv)).toEqual([])
      const markdown = await (await api(`/api/v1/incidents/${id}/export?format=markdown`)).text()
      expect(markdown.match(/(?<!\\)(?:\]\(|<(?:img|script|a)\b|!\[)/g)).toBeNull()
      expect(markdown).not.toMatch(/[\u202e\u200b\u{e0020}-\u{e007f}]/u)
      expect(markdown).not.toContain('\u001b')
    }
    expect(arrived).toBeGreaterThan(100)
    const elsewhere = [
      '/api/v1/incidents',
      '/api/v2/alerts',
      '/api/v1/audit',
      '/api/v1/intake',
      '/api/v1/secrets',
      '/metrics',
    ]
    for (const path of [...elsewhere, '/api/v1/incidents/{{secrets.canary}}', '/api/v1/quarantine', '/api/v1/controls'])
      outputs.push(await (await api(path, { token: 'dev@admin' })).text())
    expect(outputs.filter((text) => text.includes(CANARY))).toEqual([])
    expect(outputs.join('').includes('javascript:alert(1)')).toBe(true)
    console.log(`${TEXTS.length} texts, ${ids.length} incidents, ${arrived} alerts, ${outputs.length} outputs read`)
  },
  PATIENCE_MS,
)

test('[SE84] the check sees a cell that runs', () => {
  expect(cellsThatRun('a,"=1+1"\r\n"ok","\'=1"\r\n')).toEqual(['=1+1'])
  expect(HARMLESS).not.toMatch(/^[=+\-@]/)
})

/** Cells that a spreadsheet would take for a formula. */
function cellsThatRun(csv: string): string[] {
  const cells = [...csv.matchAll(/"((?:[^"]|"")*)"/g)].map((found) => found[1] ?? '')
  return cells.filter((cell) => /^[=+\-@\t\r|%]/.test(cell))
}
