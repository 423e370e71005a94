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

/** A crash costs the room up to its lease of five seconds; at this speed that is well within a verify window. */
const CRASH_SPEED = 20

/**
 * Whatever happened on the way: it ended recovered, what ran is what was approved, once, and the log is whole. An attempt that
 * surely did not run is followed by a new proposal with an approval of its own.
 */
async function endsWell(play: Playing): Promise<void> {
  const recovered = async () => {
    const { proposal } = await play.detail()
    if (proposal?.status === 'awaiting-approval') await play.approve()
    return proposal?.verification?.end === 'recovered'
  }
  await found('recovered', recovered).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await story(play)}`)
  })
  const events = await play.events()
  const bodies = events.map(({ body }) => body)
  const started = bodies.flatMap((body) => (body.type === 'execution-started' ? [body] : []))
  const surelyNot = bodies.filter((body) => body.type === 'outcome-settled' && body.outcome === 'it-did-not').length
  const approved = bodies.flatMap((body) => (body.type === 'decision-recorded' ? [body.decision.digest] : []))
  expect(started).toHaveLength(1 + surelyNot)
  for (const { digest } of started) expect(approved).toContain(digest)
  const actions = await runInDurableObject(stageOf(play.drill), (_, { storage: { sql } }) =>
    sql.exec<{ state: string; digest: string; token: number }>('SELECT state, digest, token FROM action').toArray(),
  )
  const ran = started.at(-1)
  expect(actions).toEqual([{ state: 'applied', digest: ran?.digest, token: ran?.token }])
  expect(await verifyChain(events, sha256)).toMatchObject({ ok: true, count: events.length })
  await inside(play.room, (_, { storage: { sql } }) => expect(canonical(load(sql))).toBe(canonical(replay(sql))))
}

/** What a failing run is told by: every event but words, and what the outbox still holds. */
async function story(play: Playing): Promise<string> {
  const events = (await play.events()).filter(({ body }) => body.type !== 'finding-reported')
  const rows = await inside(play.room, (_, { storage: { sql } }) => sql.exec('SELECT * FROM outbox').toArray())
  return [...events.map(({ seq, body }) => `#${seq} ${JSON.stringify(body).slice(0, 200)}`), JSON.stringify(rows)].join(
    '\n',
  )
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
    const play = await untilProposed(null, 13, CRASH_SPEED)
    await play.approve()
    await abortAllDurableObjects()
    await endsWell(play)
  })

  it('[AC73] between call and answer: the outcome is unknown, the driver is asked, and the action ran once', async () => {
    const play = await untilProposed('slow-answer', 17, CRASH_SPEED)
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
    const play = await untilProposed(null, 23, CRASH_SPEED)
    await abortAllDurableObjects()
    await play.approve()
    for (let n = 0; n < 4; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      await abortAllDurableObjects()
    }
    await endsWell(play)
  })
}, 90_000)
