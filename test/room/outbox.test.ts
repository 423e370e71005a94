import { runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { initialState } from '../../durable/core/incident/index.ts'
import type { Effect } from '../../durable/protocol/effects.ts'
import { LEASE_MS, nextAlarm } from '../../durable/room/alarms.ts'
import {
  EFFECT_TRIES_MAX,
  type OutboxRow,
  enqueue,
  failed,
  isDue,
  pending,
  startable,
  unpark,
} from '../../durable/room/outbox.ts'
import { headOf, inside, note, opening, openRoom, quiet, roomNamed } from './opening.ts'
import { until } from './socket.ts'

const row = (effect: Effect, change: Partial<OutboxRow> = {}): OutboxRow => ({
  key: JSON.stringify(effect) + (change.seq ?? 1),
  seq: 1,
  effect,
  clock: 'wall',
  due: 0,
  attempts: 0,
  claimed: null,
  parked: null,
  ...change,
})

const index: Effect = { type: 'update-index' }
const gather: Effect = { type: 'gather-evidence', run: 1, after: null }
const keys = (rows: OutboxRow[]) => rows.map(({ key }) => key)

describe('what may start', () => {
  it('[AC40] independent effects start together; one in the making or parked does not', () => {
    const rows = ['detection', 'diagnosis', 'prediction', 'resolution'].map((voter) =>
      row({ type: 'ask-voter', proposal: 'p', voter } as Effect),
    )
    const [first, second] = rows
    if (!first || !second) throw new Error('no rows')
    expect(startable(rows, new Set())).toEqual(rows)
    expect(startable([first, { ...second, parked: 'why' }], new Set([first.key]))).toEqual([])
  })

  it('[AC41] of the index only the newest row is told, one at a time', () => {
    const rows = [row(index, { seq: 1 }), row(index, { seq: 2 }), row(index, { seq: 3 })]
    expect(keys(startable(rows, new Set()))).toEqual([rows[2]?.key])
    expect(startable(rows, new Set([rows[0]?.key ?? '']))).toEqual([])
  })

  it('[AC42] a clock resumes only after the pause before it', () => {
    const pause = row({ type: 'pause-clock', proposal: 'p' })
    const resume = row({ type: 'resume-clock', proposal: 'p' })
    const other = row({ type: 'resume-clock', proposal: 'q' })
    expect(startable([pause, resume, other], new Set())).toEqual([pause, other])
    const step = row({ type: 'resume-clock', proposal: 'p', step: 'drain' })
    expect(startable([pause, resume, step], new Set())).toEqual([pause, step])
    expect(startable([resume], new Set())).toEqual([resume])
  })
})

describe('when it is due', () => {
  it('[AC59] what another row holds back sets no alarm of its own', () => {
    const state = initialState()
    const pause = row({ type: 'pause-clock', proposal: 'p' }, { due: 9_000 })
    const resume = row({ type: 'resume-clock', proposal: 'p' }, { due: 100 })
    expect(nextAlarm(state, [pause, resume], new Set(), null, 600)).toBe(9_000)
    expect(nextAlarm(state, [pause, resume], new Set([pause.key]), null, 600)).toBe(600 + LEASE_MS)
    expect(nextAlarm(state, [resume], new Set(), null, 600)).toBe(600)
  })

  const clock = { startedAt: 1_000, startedWall: 500, speed: 60, pausedMs: 0, pausedSinceWall: null }

  it('[AC43] a delay on the room clock is converted when the alarm is set, and waits while the clock stands', () => {
    const later = row(gather, { clock: 'room', due: 1_000 + 60_000 })
    const state = initialState()
    expect(nextAlarm(state, [later], new Set(), clock, 600)).toBe(1_500)
    expect(isDue(later, clock, 1_499)).toBe(false)
    expect(isDue(later, clock, 1_500)).toBe(true)
    expect(nextAlarm(state, [later], new Set(), { ...clock, pausedSinceWall: 600 }, 700)).toBeNull()
    expect(nextAlarm(state, [], new Set(), null, 700)).toBeNull()
  })

  it('[AC44] an effect in the making holds a lease, so that a room that dies wakes by itself', () => {
    const now = row(gather)
    expect(nextAlarm(initialState(), [now], new Set([now.key]), null, 700)).toBe(700 + LEASE_MS)
    expect(nextAlarm(initialState(), [now], new Set(), null, 700)).toBe(700)
    expect(nextAlarm(initialState(), [{ ...now, parked: 'why' }], new Set(), null, 700)).toBeNull()
  })
})

describe('the outbox', () => {
  it('[AC45] holds one row a key, tries again later and later, and parks after 8 tries with the reason', async () => {
    const { room } = await openRoom()
    await quiet(room)
    await inside(room, (_, { storage: { sql } }) => {
      const effect: Effect = { type: 'ask-clerk', proposal: 'p-1' }
      enqueue(sql, [effect], 1, 0, 0)
      enqueue(sql, [effect], 2, 0, 0)
      const mine = () => pending(sql).filter(({ key }) => key === 'ask-clerk:p-1')
      expect(mine()).toHaveLength(1)
      const waits: number[] = []
      for (let tries = 1; tries <= EFFECT_TRIES_MAX; tries += 1) {
        const [before] = mine()
        if (!before) throw new Error('the row is gone')
        expect(before.parked).toBeNull()
        failed(sql, before, 0, 'the clerk is out')
        waits.push(mine()[0]?.due ?? 0)
      }
      expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
      expect(mine()[0]).toMatchObject({ parked: 'the clerk is out', attempts: EFFECT_TRIES_MAX })
      expect(unpark(sql, 7)).toBe(1)
      expect(mine()[0]).toMatchObject({ parked: null, attempts: 0, due: 7 })
    })
  })

  it('[AC46] a parked effect is shown by name with its reason and can be tried again', async () => {
    // A drill whose stage was never started: its clock cannot be paused.
    const id = 'inc_ghost01-room01'
    const room = roomNamed(`drill/drl_ghost01/${id}`)
    const clock = { startedAt: Date.now(), startedWall: Date.now(), speed: 1, pausedMs: 0, pausedSinceWall: null }
    await room.open({ ...opening(headOf(id, 'drill/drl_ghost01', 'drl_ghost01')), clock })
    await quiet(room)
    await inside(room, (_, { storage: { sql } }) => {
      enqueue(sql, [{ type: 'pause-clock', proposal: 'p-1' }], 1, 0, 0)
      sql.exec('UPDATE outbox SET attempts = ? WHERE key = ?', EFFECT_TRIES_MAX - 1, 'pause-clock:p-1')
    })
    const parkedEffects = async () => {
      const answer = await room.detail()
      return answer.found ? answer.parked : []
    }
    const parked = async () => (await parkedEffects()).map(({ key, attempts }) => ({ key, attempts }))
    await room.order(note('anything wakes the outbox'))
    await until(async () => (await parked()).length === 1, 'parked')
    expect(await parked()).toEqual([{ key: 'pause-clock:p-1', attempts: EFFECT_TRIES_MAX }])
    expect((await parkedEffects())[0]?.reason).not.toBe('')
    expect(await room.retryParked()).toBe(1)
    await until(
      () =>
        inside(
          room,
          (_, { storage: { sql } }) => (pending(sql).find(({ key }) => key === 'pause-clock:p-1')?.attempts ?? 0) > 0,
        ),
      'tried again',
    )
  })

  it('[AC47] an effect and its answer are settled in one transaction: nothing is performed again after it was answered', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const page = await room.events(0, 1_000)
    const evidence = (page?.events ?? []).filter(({ body }) => body.type === 'evidence-recorded')
    expect(evidence).toHaveLength(1)
    const left = await inside(room, (_, { storage: { sql } }) => pending(sql).map(({ key }) => key))
    expect(left.filter((key) => key.startsWith('gather-evidence:1:') || key.startsWith('run-agent'))).toEqual([])
  })

  it('[AC48] the alarm never throws and stands again while something is due', async () => {
    const { room } = await openRoom()
    await quiet(room)
    await inside(room, (_, { storage: { sql } }) => {
      sql.exec(
        "INSERT INTO outbox (key, seq, effect, clock, due) VALUES ('broken', 1, ?, 'wall', 0)",
        '{"type":"no-such-effect"}',
      )
    })
    await inside(room, async (instance, { storage }) => {
      await instance.alarm()
      await until(() => (pending(storage.sql).find(({ key }) => key === 'broken')?.attempts ?? 0) > 0, 'tried and kept')
      expect(await storage.getAlarm()).not.toBeNull()
    })
    await runDurableObjectAlarm(room)
  })

  it('[AC52] the kill switch reaches the log once, whoever tells it again', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const set = { on: true, by: 'ada', reason: 'everything stops' }
    await room.setKillSwitch(set)
    await room.setKillSwitch(set)
    const events = (await room.events(0, 1_000))?.events ?? []
    const told = events.filter(({ body }) => body.type === 'kill-switch-set')
    expect(told.map(({ by, body }) => ({ by: by.name, body }))).toEqual([
      { by: 'ada', body: { type: 'kill-switch-set', on: true, reason: 'everything stops' } },
    ])
  })

  it('[AC53] a look at the world names what it could not read and why', async () => {
    const { room } = await openRoom()
    await until(async () => ((await room.head())?.seq ?? 0) > 3, 'the first look')
    const events = (await room.events(0, 1_000))?.events ?? []
    const gaps = events.flatMap(({ body }) => (body.type === 'evidence-recorded' ? body.gaps : []))
    for (const service of ['checkout', 'db-proxy', 'orders-db'])
      expect(gaps).toContainEqual({ what: `telemetry of ${service}`, reason: 'not-watched' })
  })
})
