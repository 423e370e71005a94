import { createHash } from 'node:crypto'
import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import { verifyChain } from '../../durable/protocol/verify.ts'
import { load, replay } from '../../durable/room/log.ts'
import { SNAPSHOT_EVENTS_MAX, readSnapshot } from '../../durable/room/snapshots.ts'
import { alert, freshId, headOf, inside, note, opening, openRoom, quiet, roomNamed, type RoomStub } from './opening.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function wholeLog(room: RoomStub): Promise<RoomEvent[]> {
  const events: RoomEvent[] = []
  for (;;) {
    const page = await room.events(events.length, 1_000)
    if (!page) throw new Error('no such room')
    events.push(...(page.events as RoomEvent[]))
    if (events.length >= page.head) return events
  }
}

describe('the log', () => {
  it('[AR1] is gapless from 1 and its hash chain verifies', async () => {
    const { room } = await openRoom()
    await Promise.all(Array.from({ length: 30 }, (_, n) => room.order(note(`note ${n}`))))
    const events = await wholeLog(room)
    expect(events.length).toBeGreaterThan(30)
    const verdict = await verifyChain(events, sha256)
    expect(verdict).toEqual({ ok: true, head: events.at(-1)?.hash, count: events.length })
  })

  it('[AR2] folds to the same state from the first event, from the snapshot and after an eviction, byte for byte', async () => {
    const { room } = await openRoom()
    for (let n = 0; n < SNAPSHOT_EVENTS_MAX + 20; n += 1) await room.order(note(`note ${n}`))
    await quiet(room)
    const before = canonical(await room.detail())
    const folded = await inside(room, (_, ctx) => {
      const snapshot = readSnapshot(ctx.storage.sql)
      const { sql } = ctx.storage
      return { snapshot: snapshot?.view.seq ?? 0, load: canonical(load(sql)), replay: canonical(replay(sql)) }
    })
    expect(folded.snapshot).toBeGreaterThanOrEqual(SNAPSHOT_EVENTS_MAX)
    expect(folded.load).toBe(folded.replay)
    await evictDurableObject(room)
    expect(canonical(await room.detail())).toBe(before)
  })

  it('[AR3] takes a snapshot at least every 500 events and keeps only the latest', async () => {
    const { room } = await openRoom()
    for (let n = 0; n < SNAPSHOT_EVENTS_MAX * 2 + 20 && n < 1_000; n += 1) await room.order(note(`note ${n}`))
    const seqs = await inside(room, (_, ctx) =>
      ctx.storage.sql.exec<{ seq: number }>('SELECT DISTINCT seq FROM snapshots').toArray(),
    )
    const head = (await room.head())?.seq ?? 0
    expect(seqs).toHaveLength(1)
    expect(head - (seqs[0]?.seq ?? 0)).toBeLessThan(SNAPSHOT_EVENTS_MAX)
  })

  it('[AR4] a snapshot larger than a storage row, with text of every plane, comes back as it was', async () => {
    const { room } = await openRoom()
    const text = '🧯é\u{1f4a5}'.repeat(700)
    for (let n = 0; n < SNAPSHOT_EVENTS_MAX + 10; n += 1) await room.order(note(text))
    await quiet(room)
    const parts = await inside(room, (_, ctx) => {
      const { sql } = ctx.storage
      expect(canonical(load(sql))).toBe(canonical(replay(sql)))
      return sql.exec<{ parts: number }>('SELECT count(*) AS parts FROM snapshots').one().parts
    })
    expect(parts).toBeGreaterThan(1)
  })

  it('[AR5] a commit that fails leaves no event, no answer and no changed state behind', async () => {
    const { room } = await openRoom()
    const seq = await quiet(room)
    await inside(room, async (instance, ctx) => {
      ctx.storage.sql.exec('ALTER TABLE answers RENAME TO answers_away')
      await expect(instance.order(note('lost', 'same-cmd'))).rejects.toThrow()
      ctx.storage.sql.exec('ALTER TABLE answers_away RENAME TO answers')
    })
    expect((await room.head())?.seq).toBe(seq)
    expect(await room.order(note('kept', 'same-cmd'))).toMatchObject({ ok: true, seq: seq + 1 })
    const { ok } = await verifyChain(await wholeLog(room), sha256)
    expect(ok).toBe(true)
  })
})

describe('a room', () => {
  it('[AR6] that was never opened answers not-found and stores nothing', async () => {
    const room = roomNamed('live/inc_guessed01')
    expect(await room.order(note('hello'))).toMatchObject({ ok: false, reason: 'not-found' })
    expect(await room.detail()).toEqual({ found: false })
    expect(await room.events(0, 10)).toBeNull()
    expect(await room.deliver({ id: 'b-1', alerts: [] })).toEqual({ ok: false, reason: 'not-open' })
    const tables = await inside(room, (_, ctx) =>
      ctx.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray(),
    )
    expect(tables).toEqual([])
  })

  it('[AR7] opens once: the same opening again is harmless, another incident or another room name is refused', async () => {
    const { id, room } = await openRoom()
    const seq = await quiet(room)
    expect(await room.open({ ...opening(headOf(id)), clock: null })).toEqual({ ok: true })
    expect((await room.head())?.seq).toBe(seq)
    expect(await room.open({ ...opening(headOf(freshId())), clock: null })).toEqual({ ok: false, reason: 'wrong-room' })
  })

  it('[AR8] answers the same command id with the first answer, also a refusal, and decides it once', async () => {
    const { room } = await openRoom()
    await quiet(room)
    const first = await room.order(note('once', 'cmd-1'))
    const again = await room.order(note('once', 'cmd-1'))
    expect(first.ok).toBe(true)
    expect(again.seq).toBe(first.seq)
    const close = {
      cmd: 'cmd-2',
      name: 'ada',
      role: 'commander' as const,
      command: { type: 'close' as const, reason: '' },
    }
    const refused = await room.order(close)
    expect(refused).toMatchObject({ ok: false, reason: 'invalid-transition' })
    await room.order({ ...close, cmd: 'cmd-3', command: { type: 'resolve', reason: 'done' } })
    expect(await room.order(close)).toEqual(refused)
    const events = await wholeLog(room)
    expect(events.filter(({ body }) => body.type === 'note-added')).toHaveLength(1)
    expect(await room.order({ ...note('another person', 'cmd-1'), name: 'grace' })).toMatchObject({ ok: true })
  })

  it('[AR9] takes a delivered batch once, and a batch that changes nothing is heard all the same', async () => {
    const { room } = await openRoom()
    const batch = { id: 'batch-1', alerts: [{ alert: alert('fp-2', { startsAt: 1 }), reason: 'same-service' }] }
    expect(await room.deliver(batch)).toEqual({ ok: true })
    const attached = async () => (await wholeLog(room)).filter(({ body }) => body.type === 'alert-attached').length
    expect(await attached()).toBe(2)
    expect(await room.deliver(batch)).toEqual({ ok: true })
    expect(await room.deliver({ ...batch, id: 'batch-2' })).toEqual({ ok: true })
    expect(await attached()).toBe(2)
  })
})
