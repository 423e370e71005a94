import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { PersonCommand } from '../../durable/protocol/commands.ts'
import type { IncidentDetail } from '../../durable/protocol/rows.ts'
import { EFFECT_TRIES_MAX, enqueue, failed, pending } from '../../durable/room/outbox.ts'
import { readSnapshot } from '../../durable/room/snapshots.ts'
import { type DirectoryStub, alertOf, chain, freshNamespace, post, rows, settled } from './directory.world.ts'
import { type RoomStub, inside, note, openRoom, roomNamed } from './opening.ts'
import { until } from './socket.ts'

interface World {
  directory: DirectoryStub
  /** in the order in which they were opened. */
  ids: string[]
  room: (id: string | undefined) => RoomStub
}

let orders = 0
async function order(room: RoomStub, command: PersonCommand, expectSeq?: number) {
  orders += 1
  const said = { cmd: `o-${orders}`, name: 'ada', role: 'commander', command } as const
  return room.order(expectSeq === undefined ? said : { ...said, expectSeq })
}

async function detail(room: RoomStub): Promise<IncidentDetail> {
  const answer = await room.detail()
  if (!answer.found) throw new Error('no such incident')
  return answer.detail
}

/** One incident a service, each with the alerts named after it. */
async function world(alerts: Record<string, string[]>): Promise<World> {
  const { drill, directory } = await freshNamespace(chain(Object.keys(alerts), false))
  for (const [service, names] of Object.entries(alerts))
    await directory.intake(post(...names.map((name) => alertOf(name, { service }))))
  await settled(directory)
  const listed = (await rows(directory)).toReversed()
  const ids = Object.keys(alerts).flatMap((service) =>
    listed.filter((row) => row.service === service).map(({ id }) => id),
  )
  return { directory, ids, room: (id) => roomNamed(`drill/${drill}/${id ?? 'none'}`) }
}

const firing = async (room: RoomStub): Promise<string[]> =>
  (await detail(room)).alerts
    .filter(({ status }) => status === 'firing')
    .map(({ fingerprint }) => fingerprint)
    .toSorted()

async function mergedWorld() {
  const here = await world({ checkout: ['a', 'b'], search: ['c'] })
  const [from, into] = here.ids
  const [left, right] = [here.room(from), here.room(into)]
  expect(await order(left, { type: 'merge', into: into ?? '', reason: 'the same' })).toMatchObject({ ok: true })
  await until(async () => (await detail(left)).state === 'merged', 'it is merged')
  await until(async () => (await firing(right)).length === 3, 'the other one has its alerts')
  return { ...here, from: from ?? '', into: into ?? '', left, right }
}

describe('merging', () => {
  it('[LC29] the other incident takes the alerts, each names the other, and the merged one leaves the list', async () => {
    const { directory, from, into, left, right } = await mergedWorld()
    expect(await firing(right)).toEqual(['a', 'b', 'c'])
    expect((await detail(right)).links).toEqual([{ relation: 'merged-from', incident: from }])
    expect((await detail(left)).links).toEqual([{ relation: 'merged-into', incident: into }])
    const moved = (await detail(right)).alerts.find(({ fingerprint }) => fingerprint === 'a')
    expect(moved).toMatchObject({ reason: 'merged', matched: from })
    await until(async () => (await rows(directory)).length === 1, 'one is listed')
  })

  it('[LC33] what comes later goes to the other one: an end, a new alert of the same service', async () => {
    const { directory, left, right } = await mergedWorld()
    const { seq } = await detail(left)
    await directory.intake(post(alertOf('a', { status: 'resolved', endsAt: 2_000 }), alertOf('d')))
    await settled(directory)
    await until(async () => (await firing(right)).join() === 'b,c,d', 'the other one was told')
    expect((await detail(left)).seq).toBe(seq)
  })

  it('[LC33] the same move asked again moves nothing and is answered as before', async () => {
    const { directory, from, into, right } = await mergedWorld()
    const { seq } = await detail(right)
    const key = await inside(right, () => `${from}:again`)
    const request = { key, incident: from, move: { kind: 'merge', into } } as const
    const first = await directory.move(request)
    expect(await directory.move(request)).toEqual(first)
    await settled(directory)
    expect((await detail(right)).seq).toBe(seq)
  })

  it('[LC29] into one that is over, or that is not there, is refused and nothing changes', async () => {
    const { ids, room } = await world({ checkout: ['a'], search: ['c'] })
    const [left, right] = ids.map(room) as [RoomStub, RoomStub]
    await order(right, { type: 'cancel', reason: 'false alarm' })
    const namespace = ids[0]?.split('-')[0] ?? ''
    for (const into of [ids[1] ?? '', `${namespace}-nosuchincident`]) {
      const { seq } = await detail(left)
      await order(left, { type: 'merge', into, reason: '' })
      await until(
        async () => (await detail(left)).moving === null && (await detail(left)).seq > seq + 1,
        'it was answered',
      )
      expect(await detail(left)).toMatchObject({ state: 'triggered', links: [] })
      expect(await firing(left)).toEqual(['a'])
    }
  })

  it('[LC30] taken back: the alerts return, the other one lets go, and later words find the first again', async () => {
    const { directory, left, right } = await mergedWorld()
    await directory.intake(post(alertOf('b', { status: 'resolved', endsAt: 2_000 })))
    await settled(directory)
    await order(left, { type: 'unmerge', reason: 'not the same' })
    await until(async () => (await detail(left)).state === 'triggered', 'it is its own again')
    await until(async () => (await firing(right)).join() === 'c', 'the other one let go')
    expect(await firing(left)).toEqual(['a'])
    await until(async () => (await detail(right)).links.length === 0, 'it names it no longer')
    await directory.intake(
      post(alertOf('a', { severity: 'error', annotations: { summary: 'newer' }, startsAt: 1_000 })),
    )
    await directory.intake(post(alertOf('a', { status: 'resolved', endsAt: 3_000 })))
    await settled(directory)
    await until(async () => (await firing(left)).length === 0, 'its end came here')
    expect(await firing(right)).toEqual(['c'])
  })
})

describe('a move that cannot be asked', () => {
  it('[LC33] is asked again for as long as it takes: its incident waits for the answer', async () => {
    const { room } = await openRoom()
    await inside(room, (_, { storage: { sql } }) => {
      const effect = { type: 'move-alerts', seq: 999, move: { kind: 'merge', into: 'inc_nowhere1' } } as const
      // Due when no test looks any more.
      const later = Date.now() + 3_600_000
      enqueue(sql, [effect], 999, later, later)
      const row = pending(sql).find(({ key }) => key === 'move-alerts:999')
      if (!row) throw new Error('not there')
      failed(sql, { ...row, attempts: 10 * EFFECT_TRIES_MAX }, later, 'no answer')
      expect(pending(sql).find(({ key }) => key === row.key)).toMatchObject({ parked: null, due: later + 30_000 })
    })
  })
})

describe('splitting', () => {
  it('[LC31] opens a new incident with the chosen alerts, and each names the other', async () => {
    const { directory, ids, room } = await world({ checkout: ['a', 'b', 'c'] })
    const old = room(ids[0])
    const alerts = ['b', 'c'].map((fingerprint) => ({ source: 'prometheus', fingerprint }))
    await order(old, { type: 'split', alerts, title: 'Another thing', reason: '' })
    await until(async () => (await firing(old)).join() === 'a', 'they left')
    const { links } = await detail(old)
    expect(links).toMatchObject([{ relation: 'split-into' }])
    const fresh = room(links[0]?.incident)
    await until(async () => (await fresh.detail()).found && (await detail(fresh)).links.length === 1, 'it is there')
    expect(await detail(fresh)).toMatchObject({
      title: 'Another thing',
      severity: 'SEV-1',
      links: [{ relation: 'split-from', incident: ids[0] }],
    })
    expect(await firing(fresh)).toEqual(['b', 'c'])
    await directory.intake(post(alertOf('b', { status: 'resolved', endsAt: 2_000 })))
    await settled(directory)
    await until(async () => (await firing(fresh)).join() === 'c', 'its end came to the new one')
    expect(await firing(old)).toEqual(['a'])
  })
})

describe('relations', () => {
  it('[LC32] a parent hears of its child, one that is not there is taken out, and so is one that has a parent', async () => {
    const { ids, room } = await world({ checkout: ['a'], search: ['c'], 'orders-db': ['e'] })
    const [a, b, c] = ids.map(room) as [RoomStub, RoomStub, RoomStub]
    await order(a, { type: 'set-parent', parent: ids[1] ?? '', reason: '' })
    await until(async () => (await detail(b)).links.length === 1, 'the parent heard')
    expect((await detail(b)).links).toEqual([{ relation: 'child', incident: ids[0] }])
    await until(async () => (await detail(a)).parent === ids[1], 'its row says so')
    await until(async () => {
      await order(c, { type: 'set-parent', parent: ids[0] ?? '', reason: '' })
      await new Promise((resolve) => setTimeout(resolve, 50))
      return (await detail(c)).links.length === 0
    }, 'a child is no parent')
    const page = await c.events(0, 1_000)
    expect(page?.events.map(({ body }) => (body.type === 'incident-unlinked' ? body.reason : ''))).toContain(
      'would-be-cycle',
    )
    await order(a, { type: 'set-parent', parent: null, reason: '' })
    await until(async () => (await detail(b)).links.length === 0, 'the parent lost it')
  })
})

describe('two people', () => {
  it('[LC34] order on the same seq: one wins, the other is told what changed', async () => {
    const { room } = await openRoom()
    const { seq } = await detail(room)
    const answers = await Promise.all([
      order(room, { type: 'acknowledge' }, seq),
      order(room, { type: 'cancel', reason: 'false alarm' }, seq),
    ])
    expect(answers.map(({ ok }) => ok)).toEqual([true, false])
    expect(answers[1]).toMatchObject({
      reason: 'seq-moved',
      detail: expect.stringContaining('incident-acknowledged by ada'),
    })
  })
})

describe('an older build’s snapshot', () => {
  it('[LC37] is not read: the log tells the state', async () => {
    const { room } = await openRoom()
    await room.order(note('before'))
    await inside(room, (_, { storage }) => {
      storage.sql.exec('DELETE FROM snapshots')
      const old = new TextEncoder().encode(JSON.stringify({ view: { seq: 1 } }))
      storage.sql.exec('INSERT INTO snapshots (seq, part, bytes) VALUES (1, 0, ?)', old)
      expect(readSnapshot(storage.sql)).toBeNull()
    })
    const before = await detail(room)
    await evictDurableObject(room)
    expect(await detail(room)).toEqual(before)
  })
})
