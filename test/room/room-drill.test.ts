import { createHash } from 'node:crypto'
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { HistoryRow, Page } from '../../durable/protocol/objects.ts'
import { verifyChain } from '../../durable/protocol/verify.ts'
import { load, replay } from '../../durable/room/log.ts'
import { inside } from './opening.ts'
import { type Playing, api, found, patiently, stageOf, untilProposed } from './playing.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Whatever happened on the way: it ended recovered, the action ran once as approved, and the log is whole. */
async function endsWell(play: Playing): Promise<void> {
  await found('recovered', async () => (await play.detail()).proposal?.verification?.end === 'recovered')
  const events = await play.events()
  const started = events.flatMap(({ body }) => (body.type === 'execution-started' ? [body] : []))
  const made = events.flatMap(({ body }) => (body.type === 'proposal-made' ? [body.proposal.digest] : []))
  expect(started).toHaveLength(1)
  expect(made).toContain(started[0]?.digest)
  const actions = await runInDurableObject(stageOf(play.drill), (_, { storage: { sql } }) =>
    sql.exec<{ state: string; digest: string; token: number }>('SELECT state, digest, token FROM action').toArray(),
  )
  expect(actions).toEqual([{ state: 'applied', digest: started[0]?.digest, token: started[0]?.token }])
  expect(await verifyChain(events, sha256)).toMatchObject({ ok: true, count: events.length })
  await inside(play.room, (_, { storage: { sql } }) => expect(canonical(load(sql))).toBe(canonical(replay(sql))))
}

const answers = (play: Playing) =>
  play
    .events()
    .then((events) => events.flatMap(({ body }) => (body.type === 'execution-answered' ? [body.outcome] : [])))

describe('the whole way, with the stage as the world', () => {
  it('[AC70] a drill goes from alert to proposal, approval, one call, recovery, closing and history', async () => {
    const play = await untilProposed(null, 7)
    const { proposal } = await play.detail()
    expect(proposal?.votes.map(({ vote }) => vote)).toEqual(['support', 'support', 'support', 'support'])
    await play.approve()
    await endsWell(play)
    expect(await answers(play)).toEqual(['ran'])
    await found('alerts clear', async () => (await play.detail()).alertsClearSince !== null)
    await patiently(`/api/v1/incidents/${play.incident}/resolve`, { reason: 'recovered' })
    await patiently(`/api/v1/incidents/${play.incident}/close`, { reason: 'reviewed' })
    const row = await found('in history', async () => {
      const page = await api<Page<HistoryRow>>('/api/v1/history?drill=true')
      return page.items.find(({ id }) => id === play.incident)
    })
    expect(row).toMatchObject({ outcome: 'recovered-by-action', drill: play.drill })
  })

  it("[AC71] the drill's clock stands while a person is asked and goes on after the approval", async () => {
    const play = await untilProposed(null, 11)
    const clock = await found('the clock stands', async () => {
      const row = await api<{ clock: { pausedSinceWall: number | null } }>(`/api/v1/drills/${play.drill}`)
      return row.clock.pausedSinceWall !== null && row.clock
    })
    expect(clock.pausedSinceWall).not.toBeNull()
    const before = (await play.detail()).seq
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await play.detail()).seq - before).toBeLessThan(3)
    await play.approve()
    await endsWell(play)
  })
})

describe('everything dies', () => {
  it('[AC72] before the call: it completes all the same, and the action runs once', async () => {
    const play = await untilProposed(null, 13)
    await play.approve()
    await abortAllDurableObjects()
    await endsWell(play)
  })

  it('[AC73] between call and answer: the outcome is unknown, the driver is asked, and the action ran once', async () => {
    const play = await untilProposed('slow-answer', 17)
    await play.approve()
    await found('the call is out', () =>
      runInDurableObject(
        stageOf(play.drill),
        (_, { storage: { sql } }) => sql.exec('SELECT 1 FROM action').toArray().length > 0,
      ),
    )
    await abortAllDurableObjects()
    await endsWell(play)
    expect(await answers(play)).toEqual(['unknown'])
    const settled = (await play.events()).flatMap(({ body }) => (body.type === 'outcome-settled' ? [body.outcome] : []))
    expect(settled).toEqual(['it-ran'])
  })

  it('[AC74] an answer that never comes is unknown after the deadline, is settled by status, and the action ran once', async () => {
    const play = await untilProposed('answer-withheld', 19)
    await play.approve()
    await endsWell(play)
    expect(await answers(play)).toEqual(['unknown'])
  })

  it('[AC75] again and again while agents work and people decide: nothing runs twice and nothing is lost', async () => {
    const play = await untilProposed(null, 23)
    await abortAllDurableObjects()
    await play.approve()
    for (let n = 0; n < 4; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      await abortAllDurableObjects()
    }
    await endsWell(play)
  })
}, 90_000)
