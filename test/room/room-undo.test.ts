import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { Action } from '../../durable/protocol/domain.ts'
import { type Playing, found, patiently, stageOf, untilProposed } from './playing.ts'

type Acted = {
  key: string
  token: number
  digest: string
  state: string
}

const actedOn = (play: Playing): Promise<Acted[]> =>
  runInDurableObject(stageOf(play.drill), (_, { storage: { sql } }) =>
    sql.exec<Acted>('SELECT key, token, digest, state FROM action').toArray(),
  )
const limitsOf = async (play: Playing): Promise<(number | string | undefined)[]> =>
  runInDurableObject(stageOf(play.drill), (_, { storage: { sql } }) =>
    sql
      .exec<{ action: string }>('SELECT action FROM action WHERE state = ?', 'applied')
      .toArray()
      .map(({ action }) => Object.values((JSON.parse(action) as Action).parameters)[0]),
  )

async function recovered(play: Playing): Promise<{ id: string; digest: string }> {
  await play.approve()
  const { proposal } = await found('recovered', async () => {
    const detail = await play.detail()
    return detail.proposal?.verification?.end === 'recovered' && detail
  })
  if (!proposal) throw new Error('no proposal')
  return proposal
}

const order = (play: Playing, { id, digest }: { id: string; digest: string }): Promise<unknown> =>
  patiently(`/api/v1/incidents/${play.incident}/proposals/${id}/undo`, { digest, reason: 'take it back' })

const undone = (play: Playing) =>
  found('undone', async () => (await play.detail()).proposal?.status === 'undone' && play.detail())

/** The action and its rollback, each carried out once, under the approved digest. */
async function actedTwice(play: Playing, digest: string): Promise<void> {
  const [action, rollback, ...more] = await actedOn(play)
  expect(more).toEqual([])
  expect(action).toMatchObject({ state: 'applied', digest })
  expect(rollback).toMatchObject({ state: 'applied', digest, key: `${action?.key}:undo` })
  expect(rollback?.token).toBeGreaterThan(action?.token ?? 0)
}

describe('what ran is taken back, with the stage as the world', () => {
  it('[AC230] a commander orders the undo: the plan’s rollback is sent once, under the approved digest', async () => {
    const play = await untilProposed(null, 31)
    const proposal = await recovered(play)
    await order(play, proposal)
    const detail = await undone(play)
    expect(detail.proposal).toMatchObject({ undoWhy: 'by-person', undo: { outcome: 'ran' } })
    await actedTwice(play, proposal.digest)
    const [raised, back] = await limitsOf(play)
    expect(back).not.toBe(raised)
    expect(back).toBe(Object.values(detail.proposal?.plan.previous ?? {})[0])
  })

  it('[AC231] everything dies while the rollback is out: it is asked for, and was carried out once', async () => {
    const play = await untilProposed('slow-answer', 37, 20)
    const proposal = await recovered(play)
    await order(play, proposal)
    await found('the rollback is out', async () => (await actedOn(play)).length === 2)
    await abortAllDurableObjects()
    await undone(play)
    await actedTwice(play, proposal.digest)
  })

  it('[AC212] changes are asked for and proposed: another digest, approved anew', async () => {
    const play = await untilProposed(null, 7)
    const { proposal } = await play.detail()
    if (!proposal) throw new Error('no proposal')
    const [name, value] = Object.entries(proposal.action.parameters)[0] ?? ['', 0]
    const wants = { [name]: Number(value) - 1 }
    const path = `/api/v1/incidents/${play.incident}/proposals/${proposal.id}/request-changes`
    await patiently(path, { digest: proposal.digest, wants, reason: 'a little less' })
    const next = await found('the next proposal', async () => {
      const detail = await play.detail()
      return detail.proposal?.status === 'awaiting-approval' && detail.proposal.id !== proposal.id && detail.proposal
    })
    expect(next.action.parameters).toEqual(wants)
    expect(next.plan.asked).toMatchObject({ by: 'dev', proposal: 1 })
    await recovered(play)
    expect(await limitsOf(play)).toEqual([Number(value) - 1])
  })
}, 90_000)
