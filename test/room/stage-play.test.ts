import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import type { ServiceMonitor } from '../../durable/monitor/index.ts'
import { clockAt } from '../../durable/protocol/clock.ts'
import type { Catalogue, SeriesWindow } from '../../durable/protocol/domain.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import type { IncidentRoom } from '../../durable/room/index.ts'
import { HISTORY_MS } from '../../durable/stage/begin.ts'
import type { DrillStage } from '../../durable/stage/index.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'

const stageOf = (drill: string) => env.STAGE.getByName(drill) as unknown as DurableObjectStub<DrillStage>
const directoryOf = (name: string) => env.DIRECTORY.getByName(name) as unknown as DurableObjectStub<IncidentDirectory>
const monitorOf = (name: string) => env.MONITOR.getByName(name) as unknown as DurableObjectStub<ServiceMonitor>
const roomOf = (name: string) => env.ROOM.getByName(name) as unknown as DurableObjectStub<IncidentRoom>

let count = 0

async function begin({ speed = 60, seed = 1, variant = null as string | null } = {}): Promise<DrillRow> {
  count += 1
  const drill = `drl_play${String(count).padStart(4, '0')}`
  const live = await directoryOf('live').catalogue()
  const catalogue: Catalogue = {
    version: 'test-1',
    runbooks: live.runbooks,
    ...databaseCascade.begin(seed, variant).world,
  }
  return stageOf(drill).start({ drill, scenario: 'database-cascade', variant, seed, speed, by: 'dev' }, catalogue)
}

async function until<T>(what: string, look: () => Promise<T | null | false>, ms = 25_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const seen = await look()
    if (seen !== null && seen !== false) return seen
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The samples of one series from second 0 on, as the drill's monitor holds them. */
async function held(row: DrillRow, service: string, name: string, seconds: number): Promise<(number | null)[]> {
  const from = row.clock.startedAt - HISTORY_MS
  const windows: SeriesWindow[] = await monitorOf(`drill/${row.id}/${service}`).windows({
    from,
    to: from + (seconds - 1) * 1_000,
    stepMs: 1_000,
  })
  const window = windows.find((candidate) => candidate.name === name && candidate.peer === null)
  if (window === undefined) return []
  return Array.from(
    { length: seconds },
    (_, second) => window.values[second - (window.startsAt - from) / 1_000] ?? null,
  )
}

/** What the model alone gives off. */
function told(seed: number, service: string, name: string, seconds: number): number[] {
  const model = databaseCascade.begin(seed)
  return Array.from({ length: seconds }, (_, second) => {
    const [metrics] = model.step(second * 1_000, 0)
    const series = metrics?.series.find((one) => one.service === service && one.name === name && one.peer === null)
    return series?.samples[0]?.[1] ?? Number.NaN
  })
}

describe('the play reaches the drill, and only the drill', () => {
  it('[DR13] its samples stand in the monitors of its namespace, as the model gave them; live holds none', async () => {
    const row = await begin({ speed: 30, seed: 3 })
    const seconds = 200
    await until(
      'two hundred seconds',
      async () =>
        !(await held(row, 'checkout', 'rate', seconds)).includes(null) &&
        (await held(row, 'checkout', 'rate', seconds)).length === seconds,
    )
    for (const name of ['rate', 'errors', 'latency_p95'])
      expect(await held(row, 'checkout', name, seconds)).toEqual(told(3, 'checkout', name, seconds))
    const live = await monitorOf('live/checkout').windows({ from: 0, to: 1, stepMs: 1_000 })
    expect(live).toEqual([])
    await stageOf(row.id).stop()
  })

  it('[DR11] after crashes the samples are the same, none is missing, and none is another', async () => {
    const row = await begin({ speed: 30, seed: 4 })
    const seconds = 230
    for (let crash = 0; crash < 4; crash++) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      await abortAllDurableObjects()
    }
    const whole = await until('all seconds after the crashes', async () => {
      const values = await held(row, 'db-proxy', 'pool_in_use', seconds).catch(() => [null])
      return values.length === seconds && !values.includes(null) ? values : null
    })
    expect(whole).toEqual(told(4, 'db-proxy', 'pool_in_use', seconds))
    await stageOf(row.id).stop()
  })

  it('[DR11] what the intake does not take is sent again, in order, and nothing is dropped', async () => {
    const row = await begin({ speed: 60, seed: 5 })
    const directory = directoryOf(`drill/${row.id}`)
    const tokens = await runInDurableObject(directory, (_, state) => {
      const kept = state.storage.sql.exec<{ hash: string; source: string }>('SELECT hash, source FROM token').toArray()
      state.storage.sql.exec('DELETE FROM token')
      return kept
    })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const waiting = await runInDurableObject(stageOf(row.id), (_, state) =>
      state.storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM post').one(),
    )
    expect(waiting.n).toBeGreaterThan(0)
    await runInDurableObject(directory, (_, state) => {
      for (const { hash, source } of tokens)
        state.storage.sql.exec('INSERT INTO token (hash, source) VALUES (?, ?)', hash, source)
    })
    const seconds = 240
    const whole = await until('all seconds after the refusal', async () => {
      const values = await held(row, 'checkout', 'rate', seconds)
      return values.length === seconds && !values.includes(null) ? values : null
    })
    expect(whole).toEqual(told(5, 'checkout', 'rate', seconds))
    await stageOf(row.id).stop()
  })
})

describe('the drill, end to end', () => {
  it('[DR14] page, proposal, a person approves, the action reaches the model once, the story recovers', async () => {
    const row = await begin({ speed: 60, seed: 1 })
    const directory = directoryOf(`drill/${row.id}`)
    const page = { state: null, cursor: null, limit: 10 }
    const proposed = await until('a proposal that waits for a person', async () => {
      const [incident] = (await directory.incidents(page)).items
      return incident?.proposal?.status === 'awaiting-approval' ? incident : null
    })
    expect(proposed).toMatchObject({ drill: row.id, service: 'checkout', severity: 'SEV-1' })
    const room = roomOf(`drill/${row.id}/${proposed.id}`)
    const found = await room.detail()
    if (!found.found || found.detail.proposal === null) throw new Error('no proposal in the room')
    const { proposal } = found.detail
    expect(proposal.action).toMatchObject({ type: 'raise-pool-limit', target: 'db-proxy' })
    const standing = await stageOf(row.id).status()
    expect(standing?.clock.pausedSinceWall).not.toBeNull()
    expect(standing?.incidents).toContain(proposed.id)
    expect(clockAt(standing?.clock ?? null, Date.now())).toBe(clockAt(standing?.clock ?? null, Date.now() + 60_000))

    const approve = { type: 'approve', proposal: proposal.id, digest: proposal.digest, reason: 'fits' } as const
    const order = await room.order({ cmd: 'cmd-1', name: 'dev', role: 'commander', command: approve })
    expect(order.ok).toBe(true)
    const done = await until('a verified end', async () => {
      const now = await room.detail()
      const status = now.found ? now.detail.proposal?.status : null
      return status === 'done' || status === 'undone' || status === 'revoked' ? now : null
    })
    expect(done.found && done.detail.proposal).toMatchObject({ status: 'done', verification: { end: 'recovered' } })
    const applied = await runInDurableObject(stageOf(row.id), (_, state) =>
      state.storage.sql.exec('SELECT state FROM action').toArray(),
    )
    expect(applied).toEqual([{ state: 'applied' }])
    await until('alerts clear', async () => {
      const now = await room.detail()
      return now.found && now.detail.alertsClearSince !== null
    })
    expect((await stageOf(row.id).status())?.clock.pausedSinceWall).toBeNull()
    expect((await directoryOf('live').incidents(page)).items).toEqual([])
    await stageOf(row.id).stop()
  })
})
