import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { clockAt } from '../../durable/protocol/clock.ts'
import type { SeriesWindow } from '../../durable/protocol/domain.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import { HISTORY_MS } from '../../durable/stage/begin.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'
import {
  actionsOn,
  approve,
  type Choice,
  directoryOf,
  incidentOf,
  monitorOf,
  stageOf,
  startDrill,
  until,
  untilProposal,
} from './drills.ts'

let count = 0

const begin = (choice: Choice): Promise<DrillRow> => startDrill(`drl_play${String(++count).padStart(4, '0')}`, choice)

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
      const values = await held(row, 'db-proxy', 'pool_in_use', seconds)
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

it('[DR11] a story whose alert still fires goes on past its end, up to three times its length', async () => {
  const row = await begin({ speed: 120, seed: 6, runbooks: false })
  const shorterMs = 300_000
  await runInDurableObject(stageOf(row.id), (_, state) => {
    const drill = JSON.parse(state.storage.sql.exec<{ json: string }>('SELECT json FROM drill').one().json) as object
    state.storage.sql.exec('UPDATE drill SET json = ?', JSON.stringify({ ...drill, durationMs: shorterMs }))
  })
  // The model is forgotten and begun again, now with the shorter story.
  await abortAllDurableObjects()
  const played = () =>
    runInDurableObject(
      stageOf(row.id),
      (_, state) => state.storage.sql.exec<{ played: number }>('SELECT played FROM drill').one().played,
    )
  await until('play past the end', async () => (await played()) > shorterMs + 60_000)
  await until('the end of overtime', async () => (await stageOf(row.id).status())?.state === 'ended')
  expect(await played()).toBe(3 * shorterMs - 1_000)
})

describe('the drill, end to end', () => {
  it('[DR14] page, proposal, a person approves, the action reaches the model once, the story recovers', async () => {
    const row = await begin({ seed: 1 })
    const { incident, proposal } = await untilProposal(row.id, ['awaiting-approval'])
    expect(incident).toMatchObject({ drill: row.id, service: 'checkout', severity: 'SEV-1' })
    expect(proposal.action).toMatchObject({ type: 'raise-pool-limit', target: 'db-proxy' })
    const standing = await until('a clock that stands', async () => {
      const seen = await stageOf(row.id).status()
      return seen?.clock.pausedSinceWall ? seen : null
    })
    expect(standing.incidents).toContain(incident.id)
    expect(clockAt(standing.clock, Date.now())).toBe(clockAt(standing.clock, Date.now() + 60_000))

    await approve(row.id, incident.id, proposal)
    const ended = await untilProposal(row.id, ['done', 'undone', 'revoked', 'expired'])
    expect(ended.proposal).toMatchObject({ status: 'done', verification: { end: 'recovered' } })
    expect((await actionsOn(row.id)).map(({ state }) => state)).toEqual(['applied'])
    await until('alerts clear', async () => {
      const now = await incidentOf(row.id)
      return now !== null && now.alertsClearSince !== null
    })
    expect((await stageOf(row.id).status())?.clock.pausedSinceWall).toBeNull()
    const live = await directoryOf('live').incidents({ state: null, cursor: null, limit: 10 })
    expect(live.items).toEqual([])
    await stageOf(row.id).stop()
  })
})
