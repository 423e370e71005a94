import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { CommandBody, PersonCommand } from '../../durable/protocol/commands.ts'
import type { Proposal } from '../../durable/protocol/domain.ts'
import { RESTARTED } from '../../durable/room/execution.ts'
import { Kernel, SYSTEM } from '../../durable/room/kernel.ts'
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

async function proposalOf(room: RoomStub): Promise<Pick<Proposal, 'status' | 'execution' | 'reason'> | null> {
  const answer = await room.detail()
  return answer.found ? answer.detail.proposal : null
}

/**
 * A room that died right after the commit of `execution-started`: its log and outbox stand, no instance of it ever ran the
 * call. With `claimed`, it died after the claim, so that nobody knows whether the call went out.
 */
async function diedBeforeAnswer(claimed: boolean, head = headOf(freshId()), tries = 0): Promise<RoomStub> {
  const room = roomNamed(`${head.namespace}/${head.id}`)
  await inside(room, (_, { storage }) => {
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
  })
  await evictDurableObject(room)
  await room.head()
  return room
}

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
      expect(pending(storage.sql).length).toBeGreaterThan(0)
      expect(await storage.getAlarm()).not.toBeNull()
      await opened
    })
  })
})
