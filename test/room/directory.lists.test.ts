import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { CHANGES_MAX } from '../../durable/directory/changes.ts'
import type { LobbyMessage } from '../../durable/protocol/messages.ts'
import { PING, PONG } from '../../durable/protocol/messages.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import type { IncidentRow } from '../../durable/protocol/rows.ts'
import {
  type DirectoryStub,
  alertOf,
  directoryNamed,
  freshNamespace,
  later,
  post,
  rows,
  settled,
} from './directory.world.ts'
import { roomNamed } from './opening.ts'
import { until } from './socket.ts'

function row(id: string, said: Partial<IncidentRow> = {}): IncidentRow {
  return {
    id,
    title: id,
    state: 'triggered',
    phase: 'detecting',
    severity: 'SEV-2',
    sourceSeverity: 'error',
    severityInferred: false,
    service: 'checkout',
    drill: null,
    proposal: null,
    openedAt: '2026-11-22T10:00:00.000Z',
    alertsClearSince: null,
    awaitingHuman: false,
    seq: 1,
    ...said,
  }
}

function drillRow(id: string, startedAt: string): DrillRow {
  return {
    id,
    scenario: 'database-cascade',
    title: 'Database cascade',
    seed: 1,
    speed: 60,
    state: 'running',
    startedAt,
    endsAt: startedAt,
    clock: { startedAt: 0, startedWall: 0, speed: 60, pausedMs: 0, pausedSinceWall: null },
    incidents: [],
  }
}

async function lobby(directory: DirectoryStub): Promise<{ socket: WebSocket; said: LobbyMessage[]; raw: string[] }> {
  const response = await directory.fetch('http://object/lobby', { headers: { upgrade: 'websocket' } })
  const socket = response.webSocket
  if (!socket) throw new Error(`no socket: ${response.status}`)
  const said: LobbyMessage[] = []
  const raw: string[] = []
  socket.addEventListener('message', ({ data }) => {
    raw.push(String(data))
    if (data !== PONG) said.push(JSON.parse(String(data)) as LobbyMessage)
  })
  socket.accept()
  await until(() => said.length > 0, 'hello')
  return { socket, said, raw }
}

describe('the index', () => {
  test('[IN47] lists what is not closed, newest first, page by page, and nothing shifts when rows come in between', async () => {
    const { directory } = await freshNamespace()
    const opened = (n: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, n >> 1)).toISOString()
    for (let n = 0; n < 7; n += 1) await directory.updateRow(row(`inc_list000${n}`, { openedAt: opened(n) }))
    await directory.updateRow(row('inc_list0003', { seq: 2, state: 'closed', openedAt: opened(3) }))
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await directory.incidents({ state: null, cursor, limit: 2 })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next
      await directory.updateRow(row(`inc_young${seen.length}`, { openedAt: '2026-11-22T11:00:00.000Z' }))
    } while (cursor !== null && seen.length < 20)
    expect(seen).toEqual([
      'inc_list0006',
      'inc_list0005',
      'inc_list0004',
      'inc_list0002',
      'inc_list0001',
      'inc_list0000',
    ])
    const closed = await directory.incidents({ state: 'closed', cursor: null, limit: 10 })
    expect(closed.items.map(({ id }) => id)).toEqual(['inc_list0003'])
  })

  test('[IN48] a row that is older than the known one, or the same, changes nothing', async () => {
    const { directory } = await freshNamespace()
    await directory.updateRow(row('inc_seq00001', { seq: 5, state: 'acknowledged' }))
    await directory.updateRow(row('inc_seq00001', { seq: 4, state: 'triggered' }))
    await directory.updateRow(row('inc_seq00001', { seq: 5, state: 'closed' }))
    expect(await rows(directory)).toMatchObject([{ seq: 5, state: 'acknowledged' }])
  })

  test('[IN48] what a room says reaches its own list and, from a drill, the list of all drills', async () => {
    const { directory, drill } = await freshNamespace()
    await directory.intake(post(alertOf('seen')))
    await until(async () => (await rows(directory)).some(({ seq }) => seq > 0), 'the room spoke to its directory')
    await until(
      async () => (await rows(directoryNamed('drills'))).some((one) => one.drill === drill),
      'the room spoke to the index of drills',
    )
    expect((await rows(directoryNamed('live'))).some((one) => one.drill !== null)).toBe(false)
  })
})

describe('the lobby', () => {
  test('[LM10] says the list, then rows: the first at once, what follows within 100 ms as the latest of each', async () => {
    const { directory } = await freshNamespace()
    await directory.updateRow(row('inc_lobby001'))
    const { said, socket } = await lobby(directory)
    expect(said[0]).toMatchObject({
      type: 'hello',
      version: 1,
      items: [{ id: 'inc_lobby001' }],
      killSwitch: { on: false },
    })
    for (let seq = 2; seq <= 40; seq += 1) {
      await directory.updateRow(row('inc_lobby001', { seq }))
      await directory.updateRow(row('inc_lobby002', { seq }))
    }
    const last = (id: string) => said.findLast((message) => message.type === 'row' && message.row.id === id)
    await until(
      () => [1, 2].every((n) => JSON.stringify(last(`inc_lobby00${n}`))?.includes('"seq":40')),
      'the latest rows',
    )
    expect(said[1]).toMatchObject({ type: 'row', row: { seq: 2 } })
    const frames = said.filter(({ type }) => type === 'row').length
    expect(frames).toBeLessThan(78)
    socket.close()
  })

  test('[IN54] keeps its sockets through hibernation, answers pings asleep, and closes back', async () => {
    const { directory } = await freshNamespace()
    const { said, raw, socket } = await lobby(directory)
    await evictDurableObject(directory, { webSockets: 'hibernate' })
    socket.send(PING)
    await until(() => raw.includes(PONG), 'a pong')
    await directory.updateRow(row('inc_awake001'))
    await until(() => said.some((message) => message.type === 'row'), 'a row after waking')
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code))
    })
    socket.close(1000, 'bye')
    expect(await closed).toBe(1000)
  })

  test('[IN54] an alert is in the lobby before its room has spoken', async () => {
    const { directory } = await freshNamespace()
    const { said, socket } = await lobby(directory)
    await directory.intake(post(alertOf('seen')))
    await until(() => said.some((message) => message.type === 'row'), 'a row')
    expect(said[1]).toMatchObject({ type: 'row', row: { seq: 0, state: 'triggered' } })
    socket.close()
  })
})

describe('the kill switch', () => {
  test('[IN55] is one: turned anywhere it is the live directory’s, survives, and reaches lobbies and open rooms', async () => {
    const live = directoryNamed('live')
    const { directory, drill } = await freshNamespace()
    await live.intake(post(alertOf('real')))
    await directory.intake(post(alertOf('drilled')))
    await Promise.all([settled(live), settled(directory)])
    const [real] = await rows(live)
    const [drilled] = await rows(directory)
    if (!real || !drilled) throw new Error('no incidents')
    await until(
      async () => (await rows(directoryNamed('drills'))).some(({ id }) => id === drilled.id),
      'the index of drills knows the room',
    )
    const { said, socket } = await lobby(live)
    const set = await directory.setKillSwitch({ on: true, by: 'ada', reason: 'something is off' })
    expect(set).toMatchObject({ on: true, by: 'ada', reason: 'something is off' })
    await evictDurableObject(live, { webSockets: 'hibernate' })
    expect(await live.killSwitch()).toEqual(set)
    expect(await directory.killSwitch()).toEqual(set)
    await until(() => said.some(({ type }) => type === 'kill-switch'), 'the lobby heard')
    for (const name of [`live/${real.id}`, `drill/${drill}/${drilled.id}`]) {
      await until(async () => {
        const answer = await roomNamed(name).detail()
        return answer.found && answer.detail.killSwitch
      }, `${name} heard`)
    }
    await live.setKillSwitch({ on: false, by: 'ada', reason: 'fine again' })
    expect(await directory.killSwitch()).toMatchObject({ on: false })
    socket.close()
  })
})

describe('bounds', () => {
  test('[IN49] the youngest changes are kept', async () => {
    const { directory } = await freshNamespace()
    const changes = Array.from({ length: CHANGES_MAX + 2 }, (_, n) => ({
      id: `c${n}`,
      kind: 'deploy' as const,
      service: 'checkout',
      at: n,
      title: 'deploy',
      description: '',
      setting: null,
    }))
    for (let n = 0; n < changes.length; n += 1_000)
      await directory.intakeChanges({ source: 'deploys', changes: changes.slice(n, n + 1_000) })
    expect((await directory.changesBetween(0, 3)).map(({ id }) => id)).toEqual(['c2', 'c3'])
  })

  test('[IN55] rooms of drills that are over are not woken by the switch', async () => {
    const drills = directoryNamed('drills')
    const { drill } = await freshNamespace()
    await drills.updateRow(row(`inc_${drill.slice(4)}-over01`, { drill }))
    await drills.registerDrill({ ...drillRow(drill, '2026-01-01T00:00:00.000Z'), state: 'ended' })
    await drills.relayKillSwitch({ on: true, by: 'ada', reason: '', at: 1 })
    const waiting = await runInDurableObject(drills, (_, { storage }) =>
      storage.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM outbox WHERE target LIKE ?', `%over01`).one(),
    )
    expect(waiting.n).toBe(0)
  })
})

describe('changes and watched services', () => {
  test('[IN56] a change is stored once by source and id, mapped, and found by its time; it opens nothing', async () => {
    const { directory } = await freshNamespace()
    const change = (id: string, at: number, service = 'db-proxy') => ({
      id,
      kind: 'config' as const,
      service,
      at,
      title: 'pool limit set',
      description: '',
      setting: { name: 'pool_limit', from: 60, to: 20 },
    })
    const changes = [change('c2', 2_000, 'nowhere'), change('c1', 1_000)]
    expect(await directory.intakeChanges({ source: 'deploys', changes })).toEqual({ stored: 2, deduplicated: 0 })
    expect(await directory.intakeChanges({ source: 'deploys', changes })).toEqual({ stored: 0, deduplicated: 2 })
    expect(await directory.intakeChanges({ source: 'flags', changes: [change('c1', 3_000)] })).toMatchObject({
      stored: 1,
    })
    const found = await directory.changesBetween(1_000, 2_000)
    expect(found.map(({ id, source, catalogued }) => [id, source, catalogued])).toEqual([
      ['c1', 'deploys', true],
      ['c2', 'deploys', false],
    ])
    expect(await rows(directory)).toEqual([])
  })
})

describe('a drill’s directory', () => {
  test('[IN57] knows its tokens, catalogue, clock and instance; no other namespace knows them', async () => {
    const { directory } = await freshNamespace()
    const live = directoryNamed('live')
    expect(await directory.checkToken('ab12')).toBe('prometheus')
    expect(await directory.checkToken('ab13')).toBeNull()
    expect(await live.checkToken('ab12')).toBeNull()
    expect((await directory.catalogue()).services.map(({ id }) => id)).toContain('search')
    expect((await live.catalogue()).version).toBe('sample-1')
    expect(await live.clock()).toBeNull()
    expect(await directory.instance()).toBe(await live.instance())
    expect(await live.instance()).toMatch(/^ins_[a-z0-9]{16}$/)
  })

  test('[IN58] times are its clock’s, and a turned clock reaches its open rooms', async () => {
    const { directory, clock, drill } = await freshNamespace()
    const tomorrow = later(clock, 86_400_000)
    await directory.setClock(tomorrow)
    expect(await directory.clock()).toEqual(tomorrow)
    await directory.intake(post(alertOf('timed')))
    await settled(directory)
    const [incident] = await rows(directory)
    if (!incident) throw new Error('no incident')
    expect(Date.parse(incident.openedAt) - clock.startedAt).toBeGreaterThanOrEqual(86_400_000)
    await directory.setClock(later(clock, 2 * 86_400_000))
    await until(async () => {
      const note = await roomNamed(`drill/${drill}/${incident.id}`).order({
        cmd: crypto.randomUUID(),
        name: 'ada',
        role: 'commander',
        command: { type: 'add-note', text: 'what time is it?' },
      })
      if (!note.ok) return false
      const page = await roomNamed(`drill/${drill}/${incident.id}`).events(note.seq - 1, 1)
      return (page?.events[0]?.at ?? 0) >= clock.startedAt + 2 * 86_400_000
    }, 'the room is on the new time')
  })

  test('[IN59] the index of drills lists them newest first, as they are now', async () => {
    const drills = directoryNamed('drills')
    for (let n = 0; n < 60; n += 1)
      await drills.registerDrill(
        drillRow(`drl_list${String(n).padStart(2, '0')}`, new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()),
      )
    await drills.updateDrill({
      ...drillRow('drl_list59', new Date(Date.UTC(2026, 0, 1, 0, 59)).toISOString()),
      state: 'stopped',
    })
    const first = await drills.drills(null)
    expect(first.items[0]).toMatchObject({ id: 'drl_list59', state: 'stopped' })
    const rest = await drills.drills(first.next)
    const listed = [...first.items, ...rest.items].map(({ id }) => id).filter((id) => id.startsWith('drl_list'))
    expect(listed).toEqual(Array.from({ length: 60 }, (_, n) => `drl_list${String(59 - n).padStart(2, '0')}`))
    expect(rest.next).toBeNull()
  })
})
