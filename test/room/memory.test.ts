import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { IncidentMemory } from '../../durable/memory/index.ts'
import type { RoomEvent } from '../../durable/protocol/events.ts'
import type { ArchivedIncident } from '../../durable/protocol/ports.ts'
import { createBridge } from '../../bridge/bridge.ts'
import { headOf, note, openRoom, quiet, type RoomStub } from './opening.ts'
import { until } from './socket.ts'

const memories = env.MEMORY as unknown as DurableObjectNamespace<IncidentMemory>
type MemoryStub = DurableObjectStub<IncidentMemory>

let count = 0
const memory = (): MemoryStub => {
  count += 1
  return memories.getByName(`test-${count}`)
}

const person = (cmd: string, command: { type: 'resolve' | 'close'; reason: string }) => ({
  cmd,
  name: 'ada',
  role: 'commander' as const,
  command,
})

/** A room that was worked on, resolved and closed by a person. */
async function closedRoom(): Promise<{ id: string; room: RoomStub }> {
  const { id, room } = await openRoom()
  await quiet(room)
  await room.order(note('looked at it'))
  await room.order(person('r', { type: 'resolve', reason: 'mended by hand' }))
  await room.order(person('c', { type: 'close', reason: 'reviewed' }))
  return { id, room }
}

/** What that room's archive effect would put. */
async function archived(seq: number, closedAt = 1_000, text = ''): Promise<ArchivedIncident> {
  const { id, room } = await closedRoom()
  const answer = await room.detail()
  const page = await room.events(0, 1_000)
  if (!answer.found || !page) throw new Error('no such room')
  const events = (page.events as RoomEvent[]).map((event) =>
    event.body.type === 'incident-closed' ? { ...event, at: closedAt } : event,
  )
  const detail = { ...answer.detail, seq, title: text || answer.detail.title }
  return { id, namespace: 'live', detail, chainHead: detail.chainHead, events }
}

describe('the memory', () => {
  it('[AR20] keeps an incident whole and answers it by id; null for one it never had', async () => {
    const store = memory()
    const incident = await archived(40)
    expect(await store.put(incident)).toEqual({ reference: `memory/${incident.id}` })
    expect(await store.get(incident.id)).toEqual(incident)
    expect(await store.get('inc_neverwas')).toBeNull()
  })

  it('[AR21] a second put of the same or an older log changes nothing, a longer one replaces it', async () => {
    const store = memory()
    const incident = await archived(40)
    const first = await store.put(incident)
    const older = { ...incident, detail: { ...incident.detail, seq: 39, title: 'older' } }
    expect(await store.put(older)).toEqual(first)
    expect(await store.put(incident)).toEqual(first)
    expect((await store.get(incident.id))?.detail.title).toBe(incident.detail.title)
    await store.put({ ...incident, detail: { ...incident.detail, seq: 50, title: 'closed again' } })
    const { items } = await store.history({ drill: false, cursor: null, limit: 10 })
    expect(items.map(({ title, seq }) => ({ title, seq }))).toEqual([{ title: 'closed again', seq: 50 }])
  })

  it('[AR22] history lists the newest closing first, page by page, nothing twice and nothing missing', async () => {
    const store = memory()
    const one = await archived(10)
    const ids = ['inc_aaaaaa', 'inc_bbbbbb', 'inc_cccccc', 'inc_dddddd', 'inc_eeeeee']
    for (const [n, id] of ids.entries()) {
      // Two closed in the same millisecond: the id breaks the tie.
      const events = one.events.map((event) =>
        event.body.type === 'incident-closed' ? { ...event, at: n === 0 ? 2_000 : 1_000 * (n + 1) } : event,
      )
      await store.put({ ...one, id, detail: { ...one.detail, id }, events })
    }
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<MemoryStub['history']>> = await store.history({ drill: false, cursor, limit: 2 })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor !== null)
    expect(seen).toEqual(['inc_eeeeee', 'inc_dddddd', 'inc_cccccc', 'inc_bbbbbb', 'inc_aaaaaa'])
  })

  it('[AR23] an incident larger than a storage row comes back as it was', async () => {
    const store = memory()
    const incident = await archived(40, 1_000, '🧯é'.repeat(500_000))
    await runInDurableObject<IncidentMemory, void>(store, async (instance) => {
      await instance.put(incident)
      expect((await instance.get(incident.id))?.detail.title).toBe(incident.detail.title)
    })
  })

  it('[AR24] a drill is listed among drills only', async () => {
    const store = memory()
    const incident = await archived(10)
    await store.put({ ...incident, detail: { ...incident.detail, drill: 'drl_abcdef' } })
    expect((await store.history({ drill: false, cursor: null, limit: 5 })).items).toEqual([])
    expect((await store.history({ drill: true, cursor: null, limit: 5 })).items).toHaveLength(1)
  })
})

describe('closing', () => {
  it('[AR25] archives the room through the embedded driver and records where', async () => {
    const { id, room } = await closedRoom()
    await until(
      async () => ((await room.events(0, 1_000))?.events ?? []).some(({ body }) => body.type === 'incident-archived'),
      'archived',
    )
    const { items } = await memories.getByName('live').history({ drill: false, cursor: null, limit: 200 })
    expect(items.find((row) => row.id === id)).toMatchObject({ outcome: 'by-person', drill: null })
    const kept = await memories.getByName('live').get(id)
    expect(kept?.events.at(-1)?.hash).toBe(kept?.chainHead)
    expect(kept?.detail.id).toBe(headOf(id).id)
  })

  it('[AR26] a bridge without a key or without the endpoint wires nothing', () => {
    const parts = {
      fetch: () => Promise.reject(new Error('no call may be made')),
      way: () => ({ ok: true, by: 'public', fetch: () => Promise.reject(new Error('no call may be made')) }) as const,
      archiveStore: { put: () => Promise.reject(new Error('no call may be made')) },
      endpoints: [{ name: 'orchestrator', url: 'https://orchestrator.invalid/actions' }],
      secretNamed: () => Promise.resolve(null),
      tokenNamed: () => Promise.resolve(null),
      sink: null,
      loopback: false,
    }
    expect(createBridge({ ...parts, actionSecret: null }).remediation('orchestrator')).toBeNull()
    expect(createBridge({ ...parts, actionSecret: 'k' }).remediation('elsewhere')).toBeNull()
    expect(createBridge({ ...parts, actionSecret: 'k' }).remediation('orchestrator')?.driver).toBe('http')
    expect(createBridge({ ...parts, actionSecret: null }).archive.driver).toBe('embedded')
  })
})
