import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { CommandBody, PersonCommand } from '../../durable/protocol/commands.ts'
import type { Proposal } from '../../durable/protocol/domain.ts'
import { RESTARTED } from '../../durable/room/execution.ts'
import { Drain } from '../../durable/room/drain.ts'
import { Kernel, SYSTEM } from '../../durable/room/kernel.ts'
import { hasTables } from '../../durable/room/migrations.ts'
import { EFFECT_TRIES_MAX, claim, pending } from '../../durable/room/outbox.ts'
import { freshId, headOf, inside, opening, roomNamed, type RoomStub } from './opening.ts'
import { until } from './socket.ts'

const command: PersonCommand = {
  type: 'decide-myself',
  runbook: 'rb-raise-pool',
  target: 'db-proxy',
  parameters: { limit: 60 },
  confirm: 'db-proxy',
  passed: ['data-fresh', 'preconditions-hold'],
  reason: 'the pool is exhausted',
}

async function proposalOf(room: RoomStub): Promise<Pick<Proposal, 'status' | 'execution' | 'reason' | 'undo'> | null> {
  const answer = await room.detail()
  return answer.found ? answer.detail.proposal : null
}

/**
 * A room that died right after the commit of `execution-started`: its log and outbox stand, no instance of it ever ran the
 * call. With `claimed`, it died after the claim, so that nobody knows whether the call went out.
 */
async function diedBeforeAnswer(
  claimed: boolean,
  head = headOf(freshId()),
  tries = 0,
  more: (kernel: Kernel, storage: DurableObjectStorage) => void | Promise<void> = () => {},
): Promise<RoomStub> {
  const room = roomNamed(`${head.namespace}/${head.id}`)
  await inside(room, async (_, { storage }) => {
    const kernel = new Kernel(storage, () => {})
    kernel.prepare(null)
    const say = (body: Parameters<Kernel['submit']>[0]['body'], person: boolean) =>
      kernel.submit(
        {
          id: null,
          by: person ? { kind: 'person', name: 'ada' } : SYSTEM,
          role: person ? 'commander' : null,
          body,
          settles: null,
        },
        Date.now(),
      )
    expect(say(opening(head), false)).toMatchObject({ ok: true })
    expect(say(command, true)).toMatchObject({ ok: true })
    const proposal = kernel.state.view.proposals[0]
    if (!proposal) throw new Error('no proposal')
    const start: CommandBody = {
      type: 'start-execution',
      proposal: proposal.id,
      digest: proposal.digest,
      killSwitch: false,
      controls: { killSwitch: null, dryRun: false, freezes: [], maintenance: [], recent: [] },
      fresh: [],
    }
    expect(say(start, false)).toMatchObject({ ok: true })
    const call = pending(storage.sql).find(({ effect }) => effect.type === 'call-driver')
    if (!call) throw new Error('no call')
    storage.sql.exec('UPDATE outbox SET attempts = ? WHERE key = ?', tries, call.key)
    if (claimed) claim(storage.sql, call.key, Date.now())
    await more(kernel, storage)
  })
  await evictDurableObject(room)
  await room.head()
  return room
}

/** What ran is to be taken back: a person ordered it, and with `sent` it is on its way to the endpoint. */
function orderUndo(kernel: Kernel, storage: DurableObjectStorage, sent: boolean): void {
  const [proposal] = kernel.state.view.proposals
  if (!proposal?.execution) throw new Error('nothing ran')
  const { id, digest, execution } = proposal
  storage.sql.exec('DELETE FROM outbox')
  const says: CommandBody[] = [
    { type: 'answer-execution', proposal: id, key: execution.key, outcome: 'ran', detail: '' },
    { type: 'undo', proposal: id, digest, reason: 'it hurts' },
    ...(sent ? [{ type: 'start-undo', proposal: id, digest, killSwitch: false } as const] : []),
  ]
  for (const body of says) {
    const person = body.type === 'undo'
    const by = person ? ({ kind: 'person', name: 'ada' } as const) : SYSTEM
    const answer = kernel.submit({ id: null, by, role: person ? 'commander' : null, body, settles: null }, Date.now())
    expect(answer).toMatchObject({ ok: true })
  }
}

/** A room that died while the rollback was out. */
const diedUndoing = (claimed: boolean): Promise<RoomStub> =>
  diedBeforeAnswer(false, headOf(freshId()), 0, (kernel, storage) => {
    orderUndo(kernel, storage, true)
    const call = pending(storage.sql).find(({ effect }) => effect.type === 'call-driver')
    if (!call) throw new Error('no call')
    if (claimed) claim(storage.sql, call.key, Date.now())
  })

describe('a room that dies while it takes something back', () => {
  it('[AC231] between the claim of the rollback and its answer: unknown, never sent again, its status is asked for', async () => {
    const room = await diedUndoing(true)
    await until(async () => (await proposalOf(room))?.undo?.outcome === 'unknown', 'the outcome is unknown')
    expect(await proposalOf(room)).toMatchObject({ status: 'outcome-unknown', undo: { detail: RESTARTED } })
    const rows = await inside(room, (_, { storage }) => pending(storage.sql))
    expect(rows.filter(({ effect }) => effect.type === 'call-driver')).toEqual([])
    expect(rows.some(({ effect }) => effect.type === 'ask-status' && effect.undo === true)).toBe(true)
  })

  it('[AC231] before the claim it is sent after the restart; with nothing to sign with it is surely not done', async () => {
    const room = await diedUndoing(false)
    await until(async () => (await proposalOf(room))?.undo?.outcome === 'failed', 'it was tried')
    expect(await proposalOf(room)).toMatchObject({ status: 'done', reason: 'undo-failed' })
  })

  it('[AC232] a rollback whose last check cannot be made is not sent, and people are told', async () => {
    await diedBeforeAnswer(false, headOf(freshId()), 0, async (kernel, storage) => {
      orderUndo(kernel, storage, false)
      storage.sql.exec("UPDATE outbox SET attempts = ? WHERE key LIKE 'begin-undo:%'", EFFECT_TRIES_MAX - 1)
      storage.sql.exec("DELETE FROM outbox WHERE key NOT LIKE 'begin-undo:%'")
      const tries: Promise<void>[] = []
      const place = () => {
        throw new Error('nowhere to look')
      }
      const drain = new Drain({ kernel, storage, place, hold: (one) => void tries.push(one), finished: () => {} })
      drain.pump(Date.now())
      await Promise.all(tries)
      expect(kernel.state.view.proposals[0]).toMatchObject({ status: 'done', reason: 'undo-stopped' })
      expect(kernel.state.view.humanAsked).toMatchObject({ reason: 'kill-switch-unreadable' })
    })
  })
})

describe('a room that dies', () => {
  it('[AC49] between the claim of a call and its answer says outcome-unknown, never calls again, and asks for the status', async () => {
    const room = await diedBeforeAnswer(true)
    await until(async () => (await proposalOf(room))?.execution?.outcome === 'unknown', 'the outcome is unknown')
    const proposal = await proposalOf(room)
    expect(proposal?.execution?.detail).toBe(RESTARTED)
    const rows = await inside(room, (_, { storage }) => pending(storage.sql))
    expect(rows.filter(({ effect }) => effect.type === 'call-driver')).toEqual([])
    expect(rows.filter(({ effect }) => effect.type === 'ask-status').length).toBeGreaterThan(0)
    expect(proposal?.status).toBe('outcome-unknown')
  })

  it('[AC50] before the claim makes its call after the restart; with nothing to sign with it is surely not done', async () => {
    const room = await diedBeforeAnswer(false)
    await until(async () => (await proposalOf(room))?.execution?.outcome === 'failed', 'the call was tried')
    expect((await proposalOf(room))?.execution?.detail).toBe('nothing-wired')
  })

  it('[AC54] a call that cannot even be prepared is declared not done after the last try, and people are told', async () => {
    // A drill whose stage was never started has no key to sign with.
    const head = headOf('inc_ghost02-room01', 'drill/drl_ghost02', 'drl_ghost02')
    const room = await diedBeforeAnswer(false, head, EFFECT_TRIES_MAX - 1)
    await until(async () => (await proposalOf(room))?.execution?.outcome === 'failed', 'it was given up')
    expect((await proposalOf(room))?.execution?.detail).toMatch(/^never called: /)
    const events = (await room.events(0, 1_000))?.events ?? []
    const asked = events.flatMap(({ body }) => (body.type === 'human-asked' ? [body.reason] : []))
    expect(asked).toContain('driver-declares-not-done')
  })

  it('[AC51] wakes by itself: the alarm stands from the commit on, before anything is performed', async () => {
    const id = freshId()
    const room = roomNamed(`live/${id}`)
    await inside(room, async (instance, { storage }) => {
      const opened = instance.open({ ...opening(headOf(id)), clock: null })
      // The keys are read first; then events, effects and alarm come in one turn.
      while (!hasTables(storage.sql) || pending(storage.sql).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 0))
      expect(await storage.getAlarm()).not.toBeNull()
      await opened
    })
  })
})
