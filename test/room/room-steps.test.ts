import { exports } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { Action, Catalogue, RunbookStep } from '../../durable/protocol/domain.ts'
import type { EventBody } from '../../durable/protocol/events.ts'
import type { ProposalRow } from '../../durable/protocol/rows.ts'
import { type Playing, api, found, patiently, stageOf, untilProposed } from './playing.ts'

/** Fewer than a fifth of what was there: whoever sets this takes the shop down. */
const FAR_TOO_FEW = 5

const STEPS: RunbookStep[] = [
  { kind: 'manual', id: 'tell', says: 'tell the shop that it may blink' },
  { kind: 'wait', id: 'pause', ms: 20_000 },
  {
    kind: 'verify',
    id: 'still',
    when: { of: 'symptom', signal: 'error', is: 'above', value: 0 },
    withinMs: 120_000,
  },
  { kind: 'http', id: 'act' },
]

/** What the endpoint was told to do and did, in order. */
const applied = (play: Playing): Promise<{ key: string; action: Action }[]> =>
  runInDurableObject(stageOf(play.drill), (_, { storage: { sql } }) =>
    sql
      .exec<{ key: string; action: string }>("SELECT key, action FROM action WHERE state = 'applied' ORDER BY n")
      .toArray()
      .map(({ key, action }) => ({ key, action: JSON.parse(action) as Action })),
  )

const bodies = async <T extends EventBody['type']>(play: Playing, type: T) =>
  (await play.events()).flatMap(({ body }) => (body.type === type ? [body as Extract<EventBody, { type: T }>] : []))

const last = (play: Playing, what: string, look: (proposal: ProposalRow) => boolean): Promise<ProposalRow> =>
  found(what, async () => {
    const { proposals } = await play.detail()
    return proposals.findLast(look)
  }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${JSON.stringify((await play.detail()).proposals)}`)
  })

const stands = async ({ drill }: Playing): Promise<boolean> =>
  (await api<{ clock: { pausedSinceWall: number | null } }>(`/api/v1/drills/${drill}`)).clock.pausedSinceWall !== null

/** The catalogue with these steps in the pool's runbook; drills that start from now on have them. */
async function withSteps(steps: RunbookStep[]): Promise<void> {
  const standing = await api<Catalogue>('/api/v1/catalogue')
  const runbooks = standing.runbooks.map((one) => (one.id === 'raise-pool-limit' ? { ...one, steps } : one))
  const answer = await exports.default.fetch(
    new Request('http://127.0.0.1/api/v1/catalogue', {
      method: 'PUT',
      headers: { authorization: 'Bearer dev@admin', 'content-type': 'application/json' },
      body: JSON.stringify({ ...standing, version: 'with-steps', runbooks }),
    }),
  )
  if (!answer.ok) throw new Error(await answer.text())
}

describe('what follows an approval, with the stage as the world', () => {
  it('[AC244] what made it worse is taken back by the room itself, exactly once', async () => {
    const play = await untilProposed(null, 41)
    const { proposal: first } = await play.detail()
    if (!first) throw new Error('no proposal')
    const at = `/api/v1/incidents/${play.incident}`
    await patiently(`${at}/proposals/${first.id}/reject`, { digest: first.digest, reason: 'I know better' })
    const { target } = first.action
    const [name, before] = Object.entries(first.plan.previous)[0] ?? ['', 0]
    await patiently(`${at}/own-decision`, {
      runbook: 'raise-pool-limit',
      target,
      parameters: { [name]: FAR_TOO_FEW },
      confirm: target,
      reason: 'fewer of them will do',
    })
    const undone = await last(play, 'it is undone', ({ status }) => status === 'undone')
    expect(undone).toMatchObject({ undoWhy: 'worse', verification: { end: 'worse' }, undo: { outcome: 'ran' } })
    const acts = await applied(play)
    expect(acts.map(({ action }) => action.parameters[name])).toEqual([FAR_TOO_FEW, before])
    expect(acts[1]?.key).toBe(`${acts[0]?.key}:undo`)
    expect(await bodies(play, 'undo-started')).toMatchObject([{ proposal: undone.id, why: 'worse' }])
    expect(await bodies(play, 'undo-ordered')).toEqual([])
  })

  it('[AC245] a runbook’s steps come before its call: one by hand while the story stands, a wait, a look, then the call', async () => {
    await withSteps(STEPS)
    const play = await untilProposed(null, 43)
    await play.approve()
    const asked = await last(play, 'a person is asked', ({ steps }) => steps?.[0]?.state === 'running')
    await found('the clock stands', () => stands(play))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await stands(play)).toBe(true)
    expect(await applied(play)).toEqual([])
    await patiently(`/api/v1/incidents/${play.incident}/proposals/${asked.id}/steps/tell`, {
      outcome: 'done',
      reason: 'told them',
    })
    const verified = await last(play, 'it is verified', ({ verification }) => (verification?.end ?? null) !== null)
    expect(verified.verification?.end).toBe('recovered')
    expect(verified.steps?.map(({ id, state, by }) => [id, state, by])).toEqual([
      ['tell', 'done', 'dev'],
      ['pause', 'done', null],
      ['still', 'done', null],
    ])
    expect(await stands(play)).toBe(false)
    expect(await applied(play)).toHaveLength(1)
    const events = await play.events()
    const seqOf = (type: EventBody['type']) => events.findLast(({ body }) => body.type === type)?.seq ?? 0
    expect(seqOf('step-ended')).toBeLessThan(seqOf('execution-started'))
  })
}, 90_000)
