import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IntakeCounters } from '../../durable/protocol/objects.ts'
import { apiOf } from '../e2e/api.ts'
import { freePort, removeFolder, tempFolder } from '../e2e/server.ts'
import { until } from '../e2e/until.ts'
import { serve } from '../load/serving.ts'
import { type CrashRun, crashRounds } from './rounds.ts'

const ROUNDS = 12
const WRITERS = 24
/** What is journaled but not yet in a room after the last start is delivered within this. */
const SETTLE_MS_MAX = 90_000

let run: CrashRun
beforeAll(async () => {
  run = await crashRounds('product', ROUNDS, WRITERS)
}, 600_000)
afterAll(() => run.end())

test('[GR10] twelve kills under 24 writers lose no acknowledged alert', async () => {
  const api = apiOf(run.server.url)
  await until('nothing is pending', SETTLE_MS_MAX, async () =>
    (await api.get<IntakeCounters>('/api/v1/intake')).pending === 0 ? true : null,
  )
  const stored = new Set<string>()
  for (const { id } of await api.incidents())
    for (const { body } of await api.events(id))
      if (body.type === 'alert-attached' || body.type === 'alert-updated') stored.add(body.alert.fingerprint)
  const lost = [...run.acknowledged].filter((fingerprint) => !stored.has(fingerprint))
  console.log(`${ROUNDS} kills, ${run.acknowledged.size} acknowledged, ${stored.size} in rooms, ${lost.length} lost`)
  expect(run.acknowledged.size).toBeGreaterThan(ROUNDS * WRITERS)
  expect(lost).toEqual([])
})

test('[GR11] after the kills every log is gapless, its chain verifies, and the counters add up', async () => {
  const api = apiOf(run.server.url)
  const rows = await api.incidents()
  expect(rows.length).toBeGreaterThan(0)
  for (const { id } of rows) expect(await api.chain(id)).toMatchObject({ ok: true })
  const counts = await api.get<IntakeCounters>('/api/v1/intake')
  const { received, attached, deduplicated, suppressed, quarantined, pending } = counts
  expect(attached + deduplicated + suppressed + quarantined + pending).toBe(received)
})

test('[GR12] an alarm that fell due while the server was dead fires after the next start', async () => {
  const port = await freePort()
  const state = tempFolder('overdue')
  const first = await serve('product', { port, state })
  const labels = { alertname: 'Overdue', service: 'overdue', severity: 'critical' }
  await apiOf(first.url).post('/api/v2/alerts', [{ labels, endsAt: new Date(Date.now() + 2_500).toISOString() }])
  const { id } = await until(
    'the incident is open',
    10_000,
    async () => (await apiOf(first.url).incidents())[0] ?? null,
  )
  await first.kill()
  await sleep(4_000)

  const second = await serve('product', { port, state })
  // Nobody asks for anything while the overdue alarm has its chance.
  await sleep(3_000)
  const events = await apiOf(second.url).events(id)
  expect(events.map((event) => event.body.type)).toContain('incident-resolved')
  await second.kill()
  removeFolder(state)
})
