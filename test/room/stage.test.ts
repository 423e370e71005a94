import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { httpDriver } from '../../bridge/act/http/index.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import { clockAt } from '../../durable/protocol/clock.ts'
import type { Catalogue, ProposalBody } from '../../durable/protocol/domain.ts'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import type { ActionOrder, RemediationPort } from '../../durable/protocol/ports.ts'
import { HISTORY_MS } from '../../durable/stage/begin.ts'
import type { DrillStage } from '../../durable/stage/index.ts'
import { sha256Hex } from '../../durable/stage/tokens.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'
import { until } from './drills.ts'

type Stage = DurableObjectStub<DrillStage>

const ENDPOINT = 'https://stage.invalid/actions'
let count = 0

const stageOf = (drill: string): Stage => env.STAGE.getByName(drill) as unknown as Stage

async function begin({
  speed = 1,
  variant = null as string | null,
  seed = 1,
} = {}): Promise<{ stage: Stage; row: DrillRow; drill: string }> {
  count += 1
  const drill = `drl_stage${String(count).padStart(3, '0')}`
  const stage = stageOf(drill)
  const catalogue: Catalogue = { version: 'test-1', runbooks: [], ...databaseCascade.begin(seed, variant).world }
  const request = { drill, scenario: 'database-cascade', variant, seed, speed, by: 'dev' }
  return { stage, drill, row: await stage.start(request, catalogue) }
}

function order(
  drill: string,
  change: { key?: string; token?: number; limit?: number; drill?: string } = {},
): ActionOrder {
  const body: ProposalBody = {
    instance: 'ins_test01',
    incident: `inc_${drill.slice(4)}-abcdef`,
    drill: change.drill ?? drill,
    number: 1,
    catalogue: 'test-1',
    policy: 'p1',
    evidenceDigest: 'e'.repeat(64),
    risk: 'reversible',
    notBefore: 0,
    expiresWall: 1,
    decidedBy: 'system',
    plan: {
      action: {
        runbook: 'raise-pool-limit',
        type: 'raise-pool-limit',
        target: 'db-proxy',
        parameters: { limit: change.limit ?? 36 },
      },
      title: 'Raise the pool limit',
      risk: 'reversible',
      preconditions: [],
      expected: 'checkout recovers',
      previous: {},
      rollback: null,
      verify: { signals: [], windowMs: 1, settleMs: 0 },
      cites: [],
      hypothesis: 'H-1',
    },
  }
  return {
    endpoint: 'orchestrator',
    key: change.key ?? 'inc:1:abc',
    token: change.token ?? 20,
    digest: sha256Hex(canonical(body)),
    body,
  }
}

async function driverOf(stage: Stage, timeoutMs = 8_000): Promise<RemediationPort> {
  const secret = await stage.actionSecret()
  return httpDriver({ fetch: (request) => stage.fetch(request), endpointUrl: ENDPOINT, secret, timeoutMs })
}

/** What the stage wrote down about actions, straight from its table. */
function actions(stage: Stage): Promise<{ key: string; state: string; applied_ms: number | null }[]> {
  return runInDurableObject(stage, (_, state) =>
    state.storage.sql
      .exec<{ key: string; state: string; applied_ms: number | null }>(
        'SELECT key, state, applied_ms FROM action ORDER BY n',
      )
      .toArray(),
  )
}

const waitingPosts = (stage: Stage): Promise<number> =>
  runInDurableObject(
    stage,
    (_, state) => state.storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM post').one().n,
  )

const played = (stage: Stage): Promise<number> =>
  runInDurableObject(
    stage,
    (_, state) => state.storage.sql.exec<{ played: number }>('SELECT played FROM drill').one().played,
  )

describe('the endpoint', () => {
  it('[DR20] carries a signed action out once and answers a repeat with the first answer', async () => {
    const { stage, drill } = await begin()
    const driver = await driverOf(stage)
    const first = await driver.call(order(drill))
    expect(first).toEqual({ outcome: 'ran', detail: 'pool limit 40 -> 36' })
    expect(await driver.call(order(drill))).toEqual(first)
    expect(await driver.status(order(drill))).toMatchObject({ outcome: 'it-ran' })
    expect(await actions(stage)).toMatchObject([{ key: 'inc:1:abc', state: 'applied' }])
  })

  it('[DR20] the same key with another body is carried out for the first one only, and settles nothing', async () => {
    const { stage, drill } = await begin()
    const driver = await driverOf(stage)
    await driver.call(order(drill))
    expect((await driver.call(order(drill, { limit: 50 }))).outcome).toBe('unknown')
    expect(await actions(stage)).toHaveLength(1)
  })

  it('[DR21] a wrong secret, a changed body, an old timestamp or a bare request does nothing', async () => {
    const { stage, drill } = await begin()
    const secret = await stage.actionSecret()
    const send = (request: Request): Promise<Response> => stage.fetch(request)
    const stranger = httpDriver({ fetch: send, endpointUrl: ENDPOINT, secret: 'guessed' })
    expect(await stranger.call(order(drill))).toEqual({ outcome: 'failed', detail: 'the signature does not match' })
    const changed = httpDriver({
      endpointUrl: ENDPOINT,
      secret,
      fetch: async (request) => {
        const body = (await request.text()).replace('36', '99')
        return send(new Request(request.url, { method: 'POST', headers: request.headers, body }))
      },
    })
    expect((await changed.call(order(drill))).outcome).toBe('failed')
    const old = httpDriver({ fetch: send, endpointUrl: ENDPOINT, secret, now: () => Date.now() - 600_000 })
    expect((await old.call(order(drill))).outcome).toBe('failed')
    expect((await old.status(order(drill))).outcome).toBe('unknown')
    expect((await send(new Request(ENDPOINT, { method: 'POST', body: '{}' }))).status).toBe(401)
    expect((await send(new Request(ENDPOINT, { method: 'DELETE' }))).status).toBe(405)
    expect(await actions(stage)).toEqual([])
  })

  it('[DR21] an order whose digest is not its own, or for another namespace, is refused', async () => {
    const { stage, drill } = await begin()
    const driver = await driverOf(stage)
    const forged = { ...order(drill), digest: 'f'.repeat(64) }
    expect(await driver.call(forged)).toMatchObject({ outcome: 'failed', detail: expect.stringMatching(/digest/) })
    expect((await driver.call(order(drill, { drill: 'drl_another' }))).outcome).toBe('failed')
    expect(await actions(stage)).toEqual([])
  })

  it('[DR22] a fencing token lower than the last one of the incident is refused', async () => {
    const { stage, drill } = await begin()
    const driver = await driverOf(stage)
    expect((await driver.call(order(drill, { key: 'second', token: 30 }))).outcome).toBe('ran')
    expect((await driver.call(order(drill, { key: 'first', token: 29 }))).outcome).toBe('failed')
    expect((await driver.status(order(drill, { key: 'first' }))).outcome).toBe('it-did-not')
  })

  it('[DR23] a key that was asked about before it came is barred: it-did-not stays true', async () => {
    const { stage, drill } = await begin()
    const driver = await driverOf(stage)
    expect((await driver.status(order(drill))).outcome).toBe('it-did-not')
    expect((await driver.call(order(drill))).outcome).toBe('failed')
    expect((await driver.status(order(drill))).outcome).toBe('it-did-not')
    expect(await actions(stage)).toMatchObject([{ state: 'barred' }])
  })

  it('[DR24] what the model refuses is answered as refused, once and for all', async () => {
    const { stage, drill } = await begin()
    const driver = await driverOf(stage)
    expect((await driver.call(order(drill, { limit: 100_000 }))).outcome).toBe('failed')
    expect((await driver.status(order(drill))).outcome).toBe('it-did-not')
  })

  it('[DR25] a withheld answer leaves the outcome unknown, and the status says that it ran', async () => {
    const { stage, drill } = await begin({ variant: 'answer-withheld' })
    const driver = await driverOf(stage, 400)
    expect((await driver.call(order(drill))).outcome).toBe('unknown')
    expect((await driver.status(order(drill))).outcome).toBe('it-ran')
  })

  it('[DR25] a slow action is pending until it took effect, survives a crash, and takes effect once', async () => {
    const { stage, drill } = await begin({ variant: 'slow-answer' })
    const driver = await driverOf(stage, 300)
    expect((await driver.call(order(drill))).outcome).toBe('unknown')
    expect((await driver.status(order(drill))).detail).toBe('not decided yet')
    await abortAllDurableObjects()
    const again = stageOf(drill)
    await until('the delayed action', async () => (await actions(again))[0]?.state === 'applied')
    expect((await (await driverOf(again)).status(order(drill))).outcome).toBe('it-ran')
    expect(await actions(again)).toHaveLength(1)
  })
})

describe('the clock', () => {
  it('[DR12] stands while any proposal waits, and goes on when none does', async () => {
    const { stage } = await begin({ speed: 60 })
    expect((await stage.pauseClock('prp_a')).pausedSinceWall).not.toBeNull()
    const again = await stage.pauseClock('prp_a')
    expect((await stage.pauseClock('prp_b')).pausedSinceWall).toBe(again.pausedSinceWall)
    expect((await stage.resumeClock('prp_a')).pausedSinceWall).not.toBeNull()
    const before = await played(stage)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(await played(stage)).toBe(before)
    const clock = await stage.resumeClock('prp_b')
    expect(clock.pausedSinceWall).toBeNull()
    expect(clock.pausedMs).toBeGreaterThanOrEqual(700)
    expect(await stage.resumeClock('prp_b')).toEqual(clock)
    await until('play goes on', async () => (await played(stage)) > before)
  })

  it('[DR12] a pause that arrives after its release stops nothing', async () => {
    const { stage } = await begin()
    await stage.resumeClock('prp_late')
    expect((await stage.pauseClock('prp_late')).pausedSinceWall).toBeNull()
  })
})

describe('the play', () => {
  it('[DR10] starts once, with three minutes of history, and answers its row again', async () => {
    const { stage, row, drill } = await begin()
    expect(row).toMatchObject({ id: drill, scenario: 'database-cascade', state: 'running', seed: 1, speed: 1 })
    expect(Date.parse(row.endsAt) - Date.parse(row.startedAt)).toBe(databaseCascade.durationMs - HISTORY_MS)
    await until('history', async () => (await played(stage)) >= HISTORY_MS)
    const other = { drill, scenario: 'database-cascade', variant: null, seed: 2, speed: 99, by: 'x' }
    const again = await stage.start(other, { version: 'x', services: [], runbooks: [], sources: [], endpoints: [] })
    expect(again).toMatchObject({ seed: 1, speed: 1, startedAt: row.startedAt })
  })

  it('[DR10] a stage that was never started has no row and keeps no table', async () => {
    const stage = stageOf('drl_nobody')
    expect(await stage.status()).toBeNull()
    expect(await stage.stop()).toBeNull()
    const tables = await runInDurableObject(stage, (_, state) =>
      state.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray(),
    )
    expect(tables).toEqual([])
  })

  it('[DR11] keeps to its clock: no second is played before the clock shows it', async () => {
    const { stage, row } = await begin({ speed: 30 })
    await until('some play', async () => (await played(stage)) > HISTORY_MS + 20_000)
    const ms = await played(stage)
    expect(row.clock.startedAt - HISTORY_MS + ms).toBeLessThanOrEqual(clockAt(row.clock, Date.now()))
  })

  it('[DR11] stopping ends the play; an action after it does nothing', async () => {
    const { stage, drill } = await begin({ speed: 60 })
    expect(await stage.stop()).toMatchObject({ state: 'stopped' })
    const before = await played(stage)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await played(stage)).toBe(before)
    expect(await (await driverOf(stage)).call(order(drill))).toEqual({ outcome: 'failed', detail: 'the drill is over' })
    await until('the last posts', async () => (await waitingPosts(stage)) === 0)
  })

  it('[DR16] a drill that is over revokes its ingest tokens once its last posts are in', async () => {
    const { stage, drill } = await begin({ speed: 60 })
    const directory = env.DIRECTORY.getByName(`drill/${drill}`) as unknown as DurableObjectStub<IncidentDirectory>
    const { tokens } = await runInDurableObject(
      stage,
      (_, state) =>
        JSON.parse(state.storage.sql.exec<{ json: string }>('SELECT json FROM drill').one().json) as {
          tokens: Record<string, string>
        },
    )
    expect(Object.keys(tokens)).toEqual(['metrics', 'deploys'])
    for (const [source, token] of Object.entries(tokens)) {
      expect(token).toMatch(new RegExp(`^ict_${drill.slice(4)}_${source}_[0-9a-f]{32}$`))
      expect(await directory.checkToken(sha256Hex(token))).toBe(source)
    }
    await stage.stop()
    await until('revoked tokens', async () => (await directory.checkToken(sha256Hex(tokens['metrics'] ?? ''))) === null)
    expect(await waitingPosts(stage)).toBe(0)
  })

  it('[DR11] a calm story ends after its length', async () => {
    const { stage } = await begin({ speed: 120, variant: 'healthy' })
    const row = await until('the end', async () => {
      const seen = await stage.status()
      return seen?.state === 'ended' ? seen : null
    })
    expect(row.state).toBe('ended')
    expect(await played(stage)).toBe(databaseCascade.durationMs - 1_000)
  })
})
