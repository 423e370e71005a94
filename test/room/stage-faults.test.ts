import { abortAllDurableObjects } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { VOTERS, type VoterName } from '../../durable/protocol/domain.ts'
import { actionsOn, approve, incidentOf, stageOf, startDrill, until, untilProposal } from './drills.ts'

let count = 0
const nextDrill = (): string => `drl_fault${String(++count).padStart(4, '0')}`

const ENDS = ['done', 'undone', 'revoked', 'rejected', 'refused', 'expired'] as const

/** Waits for the end of an approved action and checks that the model was acted on once. */
async function recoversOnce(drill: string): Promise<void> {
  const { proposal } = await untilProposal(drill, ENDS)
  expect(proposal).toMatchObject({ status: 'done', verification: { end: 'recovered' } })
  expect((await actionsOn(drill)).map(({ state }) => state)).toEqual(['applied'])
  await stageOf(drill).stop()
}

describe('an action under faults', () => {
  it('[DR15] one answer withheld until the timeout: the status settles it and the story recovers', async () => {
    const drill = nextDrill()
    await startDrill(drill, { variant: 'answer-withheld' })
    const { incident, proposal } = await untilProposal(drill, ['awaiting-approval'])
    await approve(drill, incident.id, proposal)
    await until('outcome unknown', async () => (await incidentOf(drill))?.proposal?.status === 'outcome-unknown')
    await recoversOnce(drill)
  }, 60_000)

  it('[DR15] a crash between call and answer: asked for its status, the action had run once', async () => {
    const drill = nextDrill()
    await startDrill(drill, { variant: 'slow-answer' })
    const { incident, proposal } = await untilProposal(drill, ['awaiting-approval'])
    await approve(drill, incident.id, proposal)
    await until('the call', async () => (await actionsOn(drill)).length === 1)
    await abortAllDurableObjects()
    await recoversOnce(drill)
  }, 60_000)

  it('[DR15] a crash right after the approval, before the call: it still runs once', async () => {
    const drill = nextDrill()
    await startDrill(drill, { variant: null, seed: 2 })
    const { incident, proposal } = await untilProposal(drill, ['awaiting-approval'])
    await approve(drill, incident.id, proposal)
    await abortAllDurableObjects()
    await recoversOnce(drill)
  }, 60_000)
})

describe('each voter opposes on its variant, in a real drill', () => {
  it.each<[VoterName, string[]]>([
    ['detection', ['awaiting-approval']],
    ['prediction', ['awaiting-approval']],
    ['diagnosis', ['not-carried']],
    ['resolution', ['not-carried']],
  ])('[DR6] %s-opposes: three support, one opposes, and the ballot ends %s', async (opposing, ends) => {
    const drill = nextDrill()
    await startDrill(drill, { variant: `${opposing}-opposes`, seed: 7 })
    const { proposal } = await untilProposal(drill, ['awaiting-approval', 'not-carried', 'refused'])
    const votes = Object.fromEntries(proposal.votes.map(({ voter, vote }) => [voter, vote]))
    for (const voter of VOTERS)
      expect(votes[voter], JSON.stringify(proposal.votes)).toBe(voter === opposing ? 'oppose' : 'support')
    expect(ends).toContain(proposal.status)
    const own = proposal.votes.find(({ voter }) => voter === opposing)?.cites ?? []
    const others = proposal.votes.filter(({ voter }) => voter !== opposing).flatMap(({ cites }) => cites)
    expect(own.some((id) => !others.includes(id))).toBe(true)
    expect(await actionsOn(drill)).toEqual([])
    await stageOf(drill).stop()
  })
})
