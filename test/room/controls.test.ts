import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { IncidentMemory } from '../../durable/memory/index.ts'
import { RECENT_MAX, putActions, recentActions } from '../../durable/directory/recent.ts'
import type { RecentAction } from '../../durable/protocol/controls.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { ArchivedIncident } from '../../durable/protocol/ports.ts'
import type { ProposalRow } from '../../durable/protocol/rows.ts'
import { readControls } from '../../durable/room/controls.ts'
import { Kernel } from '../../durable/room/kernel.ts'
import { perform } from '../../durable/room/perform.ts'
import { Peers } from '../../durable/room/peers.ts'
import type { Place } from '../../durable/room/place.ts'
import { CATALOGUE, freshId, headOf, inside, opening, openRoom, quiet, roomNamed, type RoomStub } from './opening.ts'
import { directoryNamed, freshNamespace } from './directory.world.ts'
import { until } from './socket.ts'

const by = (on: boolean) => ({ on, by: 'ada', reason: on ? 'hold it' : 'go on' })
const HOUR_MS = 3_600_000

const action = (said: Partial<RecentAction> = {}): RecentAction => ({
  incident: 'inc_other01',
  proposal: 1,
  type: 'raise-pool-limit',
  target: 'db-proxy',
  at: Date.now(),
  end: 'recovered',
  ...said,
})

/** What stands for one room in that namespace. */
const ask = (target = 'db-proxy', incident = 'inc_asks0001') => ({ incident, target })

const own = (cmd: string, passed: ('data-fresh' | 'preconditions-hold' | 'no-freeze')[] = ['data-fresh']) => ({
  cmd,
  name: 'ada',
  role: 'commander' as const,
  command: {
    type: 'decide-myself' as const,
    runbook: 'rb-raise-pool',
    target: 'db-proxy',
    parameters: { limit: 60 },
    confirm: 'db-proxy',
    passed,
    reason: 'the pool is exhausted',
  },
})
const control = (cmd: string, which: 'kill-switch' | 'dry-run', on: boolean) => ({
  cmd,
  name: 'ada',
  role: 'commander' as const,
  command: { type: 'set-incident-control' as const, control: which, on, reason: 'first week' },
})

async function bodies(room: RoomStub) {
  return ((await room.events(0, 1_000))?.events ?? []).map(({ body }) => body)
}

async function proposalOf(room: RoomStub): Promise<ProposalRow | null> {
  const answer = await room.detail()
  return answer.found ? answer.detail.proposal : null
}

describe('what the directory knows', () => {
  it('[AC111] a switch of a service reaches every room, also of drills, and one that opens under it; it survives', async () => {
    const live = directoryNamed('live')
    const { directory, drill } = await freshNamespace()
    expect(await live.setServiceSwitch('no-such-service', by(true))).toBeNull()
    const set = await live.setServiceSwitch('checkout', by(true))
    expect(set).toMatchObject({ service: 'checkout', on: true, by: 'ada', reason: 'hold it' })
    await evictDurableObject(live)
    for (const asked of [live, directory]) {
      expect(await asked.controls(ask('checkout'))).toMatchObject({
        killSwitch: { on: true, scope: 'service', reason: 'hold it' },
      })
      expect((await asked.controls(ask('search'))).killSwitch).toBeNull()
    }
    const { id } = await directory.declare({
      title: 'x',
      severity: 'SEV-3',
      service: 'search',
      by: 'ada',
      role: 'commander',
    })
    const room = roomNamed(`drill/${drill}/${id}`)
    await until(async () => {
      const answer = await room.detail()
      return answer.found && answer.detail.stops.services['checkout'] === 'hold it'
    }, 'it opened knowing')
    await until(
      async () =>
        (await directoryNamed('drills').incidents({ state: null, cursor: null, limit: 50 })).items.some(
          (row) => row.id === id,
        ),
      'the index of drills knows it',
    )
    await live.setServiceSwitch('checkout', by(false))
    await until(async () => {
      const answer = await room.detail()
      return answer.found && answer.detail.stops.services['checkout'] === undefined
    }, 'it heard')
    expect((await live.controlsRow()).services).toEqual([])
  })

  it('[AC111] dry run and freezes of the instance are the real world’s: a drill has its own', async () => {
    const live = directoryNamed('live')
    const { directory } = await freshNamespace()
    await live.setDryRun(by(true))
    const { id } = await live.declare({
      title: 'x',
      severity: 'SEV-3',
      service: 'checkout',
      by: 'ada',
      role: 'commander',
    })
    const room = roomNamed(`live/${id}`)
    await until(async () => {
      const answer = await room.detail()
      return answer.found && answer.detail.dryRun.global === 'hold it'
    }, 'it opened in dry run')
    expect(await live.controls(ask())).toMatchObject({ dryRun: true })
    expect(await directory.controls(ask())).toMatchObject({ dryRun: false })
    await live.setDryRun(by(false))
    await until(async () => {
      const answer = await room.detail()
      return answer.found && answer.detail.dryRun.global === null
    }, 'it heard')
  })

  it('[AC113] a freeze names known services or all, stands in its span, and is ended by its id', async () => {
    const { directory } = await freshNamespace()
    const now = Date.now()
    const said = { services: ['db-proxy'], from: now - 1, until: now + HOUR_MS, reason: 'books close', by: 'ada' }
    expect(await directory.freeze({ ...said, services: ['payroll'] })).toMatchObject({
      ok: false,
      reason: 'no-such-service',
    })
    const kept = await directory.freeze(said)
    await directory.freeze({ ...said, services: '*', from: now + HOUR_MS, until: null })
    if (!kept.ok) throw new Error(kept.reason)
    expect(kept.freeze).toMatchObject({ state: 'active', origin: 'api', by: 'ada' })
    expect((await directory.controls(ask())).freezes).toEqual([
      { id: kept.freeze.id, until: said.until, reason: 'books close' },
    ])
    expect((await directory.controls(ask('checkout'))).freezes).toEqual([])
    expect((await directory.controlsRow()).freezes.map(({ state }) => state)).toEqual(['active', 'pending'])
    expect(await directory.endFreeze(kept.freeze.id)).toBe(true)
    expect(await directory.endFreeze(kept.freeze.id)).toBe(false)
    expect((await directory.controls(ask())).freezes).toEqual([])
  })

  it('[AC102] a maintenance window over the whole target is named, one over some of its alerts is not', async () => {
    const { directory } = await freshNamespace()
    const now = Date.now()
    const window = { comment: 'x', startsAt: now - 1, endsAt: now + HOUR_MS, by: 'ada' }
    const service = { name: 'service', op: '=' as const, value: 'db-proxy' }
    await directory.silence({ ...window, kind: 'silence', matchers: [service] })
    await directory.silence({
      ...window,
      kind: 'maintenance',
      matchers: [service, { name: 'alertname', op: '=', value: 'DiskFull' }],
    })
    expect((await directory.controls(ask())).maintenance).toEqual([])
    const whole = await directory.silence({ ...window, kind: 'maintenance', matchers: [service] })
    if (!whole.ok) throw new Error(whole.reason)
    expect((await directory.controls(ask())).maintenance).toEqual([whole.silence.id])
    expect((await directory.controls(ask('checkout'))).maintenance).toEqual([])
  })

  it('[AC112] other incidents’ actions on the target, never the asker’s own; bounded, and what is not settled stays', async () => {
    const { directory } = await freshNamespace()
    await runInDurableObject(directory, (_, { storage: { sql } }) => {
      const now = Date.now()
      const old = now - 8 * 24 * HOUR_MS
      putActions(sql, [action({ at: old, end: 'outcome-unknown' }), action({ incident: 'inc_asks0001' })], now)
      putActions(
        sql,
        [action({ incident: 'inc_other02', at: old }), action({ incident: 'inc_other03', target: 'search' })],
        now,
      )
      const seen = recentActions(sql, { ...ask(), now })
      expect(seen.map(({ incident, end }) => [incident, end])).toEqual([['inc_other01', 'outcome-unknown']])
      putActions(sql, [action({ at: now })], now)
      expect(recentActions(sql, { ...ask(), now })).toMatchObject([{ end: 'recovered', at: now }])
      const many = Array.from({ length: RECENT_MAX + 10 }, (_, index) =>
        action({ proposal: index + 2, at: now - index }),
      )
      putActions(sql, [action({ incident: 'inc_other09', at: now - 10_000_000, end: 'running' }), ...many], now)
      const { n } = sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM recent_action').one()
      expect(n).toBeLessThanOrEqual(RECENT_MAX + 1)
      expect(recentActions(sql, { ...ask(), now })[0]).toMatchObject({ incident: 'inc_other09', end: 'running' })
    })
  })

  it('[AC105] a room tells its namespace what it started, and another room is locked by it', async () => {
    const { id, room } = await openRoom()
    await quiet(room)
    await room.order(own('mine', ['data-fresh', 'preconditions-hold']))
    // Nothing is wired here: the call is surely not done, which touches nothing and locks nothing.
    await until(async () => (await proposalOf(room))?.status === 'refused', 'it ended')
    const live = directoryNamed('live')
    await until(
      async () => (await live.controls(ask())).recent.some(({ incident }) => incident === id),
      'the directory knows',
    )
    expect((await live.controls(ask('db-proxy', id))).recent.some(({ incident }) => incident === id)).toBe(false)
    expect((await live.controls(ask())).recent.find(({ incident }) => incident === id)).toMatchObject({
      type: 'raise-pool-limit',
      target: 'db-proxy',
      end: 'failed',
    })
  })
})

describe('dry run in a room', () => {
  it('[AC109] it reports what would be called, and the driver is never called', async () => {
    const { room } = await openRoom()
    await quiet(room)
    await room.order(control('dry', 'dry-run', true))
    const calls = { call: 0, dryRun: 0 }
    const report = { driver: 'http', says: 'one signed POST', calls: [], effect: 'limit 60', canCheck: false }
    const driver = {
      driver: 'http',
      can: { dryRun: false, status: true, honoursKeys: true },
      call: async () => ((calls.call += 1), { outcome: 'ran' as const, detail: '' }),
      status: async () => ({ outcome: 'unknown' as const, detail: '' }),
      dryRun: async () => ((calls.dryRun += 1), report),
    }
    await inside(room, async (_, { storage }) => {
      const kernel = new Kernel(storage, () => {})
      const wall = Date.now()
      const person = { kind: 'person', name: 'ada' } as const
      const said = { id: 'o', by: person, role: 'commander' as const, body: own('o').command, settles: null }
      expect(
        kernel.submit({ ...said, body: { ...said.body, passed: ['data-fresh', 'preconditions-hold'] } }, wall),
      ).toMatchObject({ ok: true })
      // Everything that follows is performed with a driver that counts.
      for (let round = 0; round < 6; round += 1) {
        const { view } = kernel.state
        const proposal = view.proposals.at(-1)
        if (!proposal || !view.head || !view.catalogue || proposal.status === 'done') break
        const place = {
          view,
          head: view.head,
          catalogue: view.catalogue,
          clock: null,
          at: kernel.now(wall),
          wall,
          peers: new Peers(env, 'live'),
          bridge: async () => ({ remediation: () => driver }),
          claim: async () => expect.unreachable('a call was claimed'),
          faults: async () => null,
        } as unknown as Place
        const rows = storage.sql.exec<{ effect: string }>('SELECT effect FROM outbox').toArray()
        for (const { effect } of rows) {
          const parsed = JSON.parse(effect) as Parameters<typeof perform>[0]
          if (!['begin-execution', 'call-driver', 'preview-driver'].includes(parsed.type)) continue
          const done = await perform(parsed, { ...place, view: kernel.state.view })
          if (done) kernel.submit({ id: null, ...done, role: null, settles: null }, wall)
        }
      }
      expect(calls).toEqual({ call: 0, dryRun: 1 })
      expect(kernel.state.view.proposals.at(-1)).toMatchObject({
        status: 'done',
        reason: 'dry-run',
        dryRun: report,
        execution: null,
      })
    })
  })

  it('[AC109] a switch of the incident, thrown over a socket or by HTTP, is on record with who threw it', async () => {
    const { room } = await openRoom()
    await quiet(room)
    expect(await room.order({ ...control('low', 'kill-switch', true), role: 'responder' })).toMatchObject({
      ok: false,
      reason: 'role-too-low',
    })
    expect(await room.order(control('k', 'kill-switch', true))).toMatchObject({ ok: true })
    expect(await room.order(own('mine', ['data-fresh', 'preconditions-hold']))).toMatchObject({
      ok: false,
      reason: 'guard-refuses',
      detail: 'kill-switch-on:incident',
    })
    expect((await bodies(room)).filter(({ type }) => type === 'kill-switch-set')).toEqual([
      { type: 'kill-switch-set', on: true, scope: 'incident', reason: 'first week' },
    ])
  })
})

describe('the record that earns autonomy', () => {
  const memory = () =>
    (env.MEMORY as unknown as DurableObjectNamespace<IncidentMemory>).getByName(`record-${crypto.randomUUID()}`)
  const RECORD = { type: 'raise-pool-limit', target: 'db-proxy', since: null }

  async function archived(
    end: 'recovered' | 'worse' | 'no-better' | null,
    said: { status?: string; at?: number } = {},
  ): Promise<ArchivedIncident> {
    const { id, room } = await openRoom()
    await quiet(room)
    await room.order({ cmd: 'r', name: 'ada', role: 'commander', command: { type: 'resolve', reason: '' } })
    await room.order({ cmd: 'c', name: 'ada', role: 'commander', command: { type: 'close', reason: '' } })
    const answer = await room.detail()
    const page = await room.events(0, 1_000)
    if (!answer.found || !page) throw new Error('no room')
    const proposal = {
      number: 1,
      status: said.status ?? 'done',
      action: { runbook: 'rb-raise-pool', type: 'raise-pool-limit', target: 'db-proxy', parameters: {} },
      execution: { startedAt: said.at ?? 1_000, outcome: 'ran' },
      verification: end && { end },
    } as unknown as ProposalRow
    return {
      id,
      namespace: 'live',
      detail: { ...answer.detail, proposals: [proposal] },
      chainHead: answer.detail.chainHead,
      events: page.events as unknown as ArchivedIncident['events'],
    }
  }

  it('[AC125] verified recoveries count, what got worse or was undone is a regression, the rest is neither', async () => {
    const store = memory()
    expect(await store.actionRecord(RECORD)).toEqual({ n: 0, regressions: 0 })
    const first = await archived('recovered')
    await store.put(first)
    await store.put(first)
    await store.put(await archived('recovered', { at: 5_000 }))
    await store.put(await archived('no-better'))
    await store.put(await archived(null))
    expect(await store.actionRecord(RECORD)).toEqual({ n: 2, regressions: 0 })
    expect(await store.actionRecord({ ...RECORD, since: 1_000 })).toEqual({ n: 1, regressions: 0 })
    expect(await store.actionRecord({ ...RECORD, target: 'checkout' })).toEqual({ n: 0, regressions: 0 })
    await store.put(await archived('worse'))
    await store.put(await archived('recovered', { status: 'undone' }))
    expect(await store.actionRecord(RECORD)).toEqual({ n: 2, regressions: 2 })
  })

  it('[AC125] what was imported earns nothing', async () => {
    const { id, room } = await openRoom()
    await quiet(room)
    await room.order(own('mine', ['data-fresh', 'preconditions-hold']))
    await until(async () => ((await proposalOf(room))?.execution ?? null) !== null, 'it was tried')
    await quiet(room)
    await room.order({ cmd: 'r', name: 'ada', role: 'commander', command: { type: 'resolve', reason: '' } })
    await room.order({ cmd: 'c', name: 'ada', role: 'commander', command: { type: 'close', reason: '' } })
    let text = ''
    for (let next: { after: number; upTo: number } | null = null; ; ) {
      const part: Awaited<ReturnType<typeof room.exported>> = await room.exported({
        format: 'json',
        next,
        reader: { name: 'ada', role: 'commander' },
      })
      if (!part) throw new Error('no export')
      text += part.text
      next = part.next
      if (next === null) break
    }
    const answer = await room.detail()
    const page = await room.events(0, 1_000)
    if (!answer.found || !page) throw new Error('no room')
    const [lived, imported] = [memory(), memory()]
    const events = page.events as unknown as ArchivedIncident['events']
    const { chainHead } = answer.detail
    await lived.put({ id, namespace: 'live', detail: answer.detail, chainHead, events })
    const at = new Date().toISOString()
    expect(await imported.importFile({ text, by: 'ada', at, livesHere: false })).toMatchObject({ ok: true })
    const kept = (store: typeof lived) =>
      runInDurableObject(store, (_, { storage: { sql } }) => sql.exec('SELECT * FROM action_record').toArray().length)
    expect([await kept(lived), await kept(imported)]).toEqual([1, 0])
  })

  it('[AC122] a revocation ends it at once, and the record begins anew from there', async () => {
    const clause = { id: 'pool', action: 'raise-pool-limit', service: 'db-proxy', minSuccesses: 1, note: 'n' }
    const catalogue: Catalogue = {
      ...CATALOGUE,
      runbooks: CATALOGUE.runbooks.map((book) => ({ ...book, checklist: ['Look.'] })),
      autonomy: [clause],
    }
    const { directory } = await freshNamespace(catalogue)
    expect((await directory.controls(ask())).autonomy).toEqual(['pool'])
    expect(await directory.setAutonomy('none', by(false))).toBeNull()
    const before = Date.now()
    const revoked = await directory.setAutonomy('pool', by(false))
    expect(revoked).toMatchObject({ on: false, by: 'ada' })
    expect(Date.parse(revoked?.since ?? '')).toBeGreaterThanOrEqual(before)
    expect((await directory.controls(ask())).autonomy).toEqual([])
    await evictDurableObject(directory)
    const again = await directory.setAutonomy('pool', by(true))
    expect(again).toMatchObject({ on: true, since: revoked?.since })
    expect((await directory.controls(ask())).autonomy).toEqual(['pool'])
  })
})

describe('a room that cannot ask', () => {
  it('[AC100] starts nothing: what is unreadable refuses', async () => {
    const id = freshId()
    const room = roomNamed(`live/${id}`)
    await room.open({ ...opening(headOf(id)), clock: null })
    await quiet(room)
    await inside(room, async (_, { storage }) => {
      const kernel = new Kernel(storage, () => {})
      const { view } = kernel.state
      const broken = { directory: () => ({ controls: () => Promise.reject(new Error('gone')) }) }
      const place = { head: view.head, peers: broken } as unknown as Place
      expect(await readControls(place, 'db-proxy')).toBeNull()
    })
  })
})
