import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { PersonCommand } from '../../durable/protocol/commands.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { EscalationPolicy } from '../../durable/protocol/oncall.ts'
import type { IncidentDetail } from '../../durable/protocol/rows.ts'
import { alertOf, chain, freshNamespace, post, rows, settled } from './directory.world.ts'
import { CATALOGUE, type RoomStub, freshId, headOf, opening, roomNamed } from './opening.ts'
import { directoryOf, stageOf, startDrill } from './drills.ts'
import { until } from './socket.ts'

/** Nothing may be sent to these: `.invalid` is nobody's, and the driver refuses it before it asks. */
const TARGETS: NonNullable<Catalogue['targets']> = [
  { name: 'pager', kind: 'webhook', url: 'https://pager.invalid/hook', secret: 'pager' },
  { name: 'leads', kind: 'webhook', url: 'https://leads.invalid/hook', secret: 'leads' },
]
const policy = (waitMs: number, said: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
  name: 'all',
  services: ['*'],
  steps: [
    { to: [{ rotation: 'first-line' }], waitMs },
    { to: [{ target: 'leads' }], waitMs },
  ],
  repeat: 0,
  ...said,
})
const calling = (waitMs: number, said: Partial<EscalationPolicy> = {}) => ({
  targets: TARGETS,
  rotations: [
    {
      name: 'first-line',
      zone: 'Europe/Berlin',
      people: ['ann'],
      startsOn: '2026-01-05',
      handover: '09:00',
      target: 'pager',
    },
  ],
  escalation: [policy(waitMs, said)],
})

async function detail(room: RoomStub): Promise<IncidentDetail> {
  const answer = await room.detail()
  if (!answer.found) throw new Error('no such incident')
  return answer.detail
}

async function opened(waitMs: number, said: Partial<EscalationPolicy> = {}, more: Partial<Catalogue> = {}) {
  const id = freshId()
  const room = roomNamed(`live/${id}`)
  const catalogue = { ...CATALOGUE, ...calling(waitMs, said), ...more }
  await room.open({ ...opening(headOf(id)), catalogue, clock: null })
  return room
}

const pages = async (room: RoomStub) => (await detail(room)).pages.length

describe('alarms of an escalation', () => {
  it('[ES13] the next step is called although the room died, and nobody after an acknowledgement', async () => {
    const room = await opened(700)
    expect(await pages(room)).toBe(1)
    await evictDurableObject(room)
    await until(async () => (await pages(room)) === 2, 'the second step was called')
    await until(async () => (await detail(room)).paging?.stopped === 'exhausted', 'nobody is left to call')
    const calm = await opened(700)
    await calm.order({ cmd: 'ack', name: 'ada', role: 'responder', command: { type: 'acknowledge' } })
    await evictDurableObject(calm)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await pages(calm)).toBe(1)
  })

  it('[ES13] an acknowledgement lapses and a promise is breached although the room died', async () => {
    const room = await opened(60_000, { ackTimeoutMs: 600 }, { sla: [{ severity: 'SEV-1', resolveMs: 500 }] })
    await room.order({ cmd: 'ack', name: 'ada', role: 'responder', command: { type: 'acknowledge' } })
    await evictDurableObject(room)
    await until(async () => (await detail(room)).state === 'triggered', 'the acknowledgement lapsed')
    const { breaches, pages: called } = await detail(room)
    expect(breaches.map(({ clock }) => clock)).toEqual(['resolve'])
    expect(called.map(({ reason }) => reason)).toEqual(['opened', 'ack-timeout'])
  })
})

describe('a room that calls', () => {
  it('[NT9] leaves receipts: a target that is not catalogued any more is parked, one that cannot be reached is tried again', async () => {
    const { directory, drill } = await freshNamespace({ ...chain(['checkout'], false), ...calling(60_000) })
    await directory.intake(post(alertOf('a')))
    await settled(directory)
    const [row] = await rows(directory)
    const room = roomNamed(`drill/${drill}/${row?.id}`)
    // No stage was started for this namespace: its sink throws.
    await until(async () => (await detail(room)).notifications[0]?.state === 'failed', 'the try failed')
    const [receipt] = (await detail(room)).notifications
    expect(receipt).toMatchObject({ page: 'P-01', target: 'pager', person: 'ann', attempt: 1 })
    expect(receipt?.retryWall).toBeGreaterThan(Date.now())
    const live = await opened(60_000)
    await until(async () => (await detail(live)).notifications[0]?.state === 'parked', 'it was parked')
    expect((await detail(live)).notifications[0]?.reason).toBe('no-such-rotation')
  })

  it('[NT3] a target that wants nothing is asked by nobody, until it is enabled or has another address', async () => {
    const { directory, drill } = await freshNamespace({ ...chain(['checkout', 'search'], false), ...calling(60_000) })
    await directory.disableTarget({ name: 'pager', url: 'https://pager.invalid/hook', reason: 'target-gone' })
    expect(await directory.targets()).toMatchObject([{ state: 'off', reason: 'target-gone' }, { state: 'on' }])
    await directory.intake(post(alertOf('a')))
    await settled(directory)
    const [row] = await rows(directory)
    const room = roomNamed(`drill/${drill}/${row?.id}`)
    await until(async () => (await detail(room)).notifications[0]?.state === 'parked', 'it was parked')
    expect((await detail(room)).notifications[0]?.reason).toBe('target-disabled')
    expect(await directory.enableTarget('pager')).toBe(true)
    expect(await directory.enableTarget('pager')).toBe(false)
    expect((await directory.reach()).off).toEqual([])
  })

  it('[NT13] looks up who is on call when the page goes out, in the catalogue of that moment', async () => {
    const today = { ...chain(['checkout'], false), ...calling(60_000) }
    const { directory, drill, clock } = await freshNamespace(today)
    expect(await directory.onCall(null)).toMatchObject([{ rotation: 'first-line', person: 'ann', target: 'pager' }])
    const [rotation] = today.rotations
    const yesterday = { ...today, rotations: rotation ? [{ ...rotation, people: ['bob'] }] : [] }
    const id = `inc_${drill.slice('drl_'.length)}-onduty`
    const room = roomNamed(`drill/${drill}/${id}`)
    await room.open({ ...opening(headOf(id, `drill/${drill}`, drill)), catalogue: yesterday, clock })
    await until(async () => (await detail(room)).notifications[0]?.attempt === 1, 'it was tried')
    expect((await detail(room)).notifications[0]?.person).toBe('ann')
  })

  it('[NT10] a storm is one page, and said again it is one message', async () => {
    const { room, incident, drill } = await stormed('drl_paging01')
    await settled(directoryOf(`drill/${drill}`))
    expect(await pages(room)).toBe(1)
    const kept = await stageOf(drill).notifications()
    expect(kept.map(({ id, type }) => `${id} ${type}`)).toEqual([`msg_${incident}_P-01_0 incident.triggered`])
    // As a crash between sending and writing down would send it.
    for (const message of kept) await stageOf(drill).notified(message)
    expect(await stageOf(drill).notifications()).toHaveLength(1)
  })

  it('[NT11] what a drill says stays in the drill: its sink has it all, and no address was asked', async () => {
    const { room, drill } = await stormed('drl_paging02')
    expect((await detail(room)).notifications).toMatchObject([
      { state: 'sent', reason: 'kept in the drill', person: 'ann' },
    ])
    const [message] = await stageOf(drill).notifications()
    expect(message?.data).toMatchObject({
      title: 'HighErrors on checkout',
      service: 'checkout',
      reason: 'opened',
      drill,
    })
  })

  it('[NT12] the page of a private incident says neither title nor service', async () => {
    const { room, drill } = await stormed('drl_paging03')
    const order = (command: PersonCommand) => room.order({ cmd: command.type, name: 'ada', role: 'commander', command })
    await order({ type: 'set-privacy', private: true, reason: 'customer data' })
    await order({ type: 'resolve', reason: 'x' })
    await order({ type: 'reopen', reason: 'x' })
    await until(async () => (await stageOf(drill).notifications()).length === 2, 'two are kept')
    const [, hidden] = await stageOf(drill).notifications()
    expect(hidden).toMatchObject({ type: 'incident.reopened', data: { title: 'a private incident', service: null } })
  })
})

/** A drill in which two hundred alerts come at once. */
async function stormed(drill: string): Promise<{ drill: string; incident: string; room: RoomStub }> {
  await startDrill(drill, { speed: 1, more: calling(600_000) })
  const directory = directoryOf(`drill/${drill}`)
  await until(async () => (await directory.clock()) !== null, 'the namespace is open')
  await directory.intake(
    post(...Array.from({ length: 200 }, (_, n) => alertOf(`storm-${n}`, { startsAt: Date.now() }))),
  )
  await until(async () => (await rows(directory)).length === 1, 'an incident')
  const [row] = await rows(directory)
  const incident = row?.id ?? ''
  const room = roomNamed(`drill/${drill}/${incident}`)
  await until(async () => {
    const answer = await room.detail()
    return answer.found && answer.detail.notifications[0]?.state === 'sent'
  }, 'it was sent')
  return { drill, incident, room }
}
