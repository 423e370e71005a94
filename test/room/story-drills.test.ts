import { exports } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { DrillRow, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import { scenarioNamed } from '../../scenarios/index.ts'
import { api, found, patiently, stageOf } from './playing.ts'

const SPEED = 60

interface Begun {
  drill: string
  incident: string
  detail(): Promise<IncidentDetail>
}

/** Starts a story and waits for the incident that its page opens. */
async function begin(scenario: string, variant: string | null, seed: number): Promise<Begun> {
  const { id: drill } = await api<DrillRow>('/api/v1/drills', { scenario, seed, speed: SPEED, variant })
  const { id: incident } = await found('an incident is open', async () => {
    const page = await api<Page<IncidentRow>>('/api/v1/incidents?drill=true')
    return page.items.find((row) => row.drill === drill)
  })
  return { drill, incident, detail: () => patiently<IncidentDetail>(`/api/v1/incidents/${incident}`) }
}

/** A named commander of local mode approves what waits; who approved already is refused, which is fine here. */
async function approveAs(name: string, play: Begun): Promise<void> {
  const { proposal } = await play.detail()
  if (proposal?.status !== 'awaiting-approval') return
  const body = JSON.stringify({ digest: proposal.digest, reason: 'seen, go' })
  const headers = { authorization: `Bearer dev:${name}`, 'content-type': 'application/json' }
  const url = `http://127.0.0.1/api/v1/incidents/${play.incident}/proposals/${proposal.id}/approve`
  const answer = await exports.default.fetch(new Request(url, { method: 'POST', headers, body }))
  await answer.text()
}

const actionsOn = (drill: string): Promise<number> =>
  runInDurableObject(stageOf(drill), (_, { storage: { sql } }) => sql.exec('SELECT 1 FROM action').toArray().length)

describe('each story in a live drill', () => {
  it.each([
    ['bad-deployment', null, 4],
    ['memory-leak', 'deployed', 2],
    ['memory-leak', 'not-deployed', 3],
  ])('[DR50] %s (%s): page, proposal, approval, one call, recovery', async (scenario, variant, seed) => {
    const play = await begin(scenario, variant, seed)
    const end = await found('the action is verified', async () => {
      const { proposal } = await play.detail()
      if (proposal?.status === 'awaiting-approval') {
        await approveAs('ada', play)
        await approveAs('ben', play)
      }
      return proposal?.verification?.end ?? null
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${JSON.stringify((await play.detail()).proposal)}`)
    })
    expect(end).toBe('recovered')
    const { proposal } = await play.detail()
    const truth = scenarioNamed(scenario)?.begin(seed, variant).truth
    expect(truth?.acceptable).toContainEqual({ type: proposal?.action.type, target: proposal?.action.target })
    expect(proposal?.gate?.sources.length).toBeGreaterThanOrEqual(2)
    expect(await actionsOn(play.drill)).toBe(1)
    await found('alerts clear', async () => (await play.detail()).alertsClearSince !== null)
  })

  it.each([
    [null, 5],
    ['flapping-probe', 6],
  ])('[DR50] marketing-surge (%s): people are asked and told why, nothing runs', async (variant, seed) => {
    const play = await begin('marketing-surge', variant, seed)
    const told = await found('people are told', async () => {
      const { findings } = await play.detail()
      return findings.find(({ agent, reason }) => agent === 'resolution' && reason === 'within-objectives')
    })
    expect(told.summary).toContain('what is promised is kept')
    await found('it resolves by itself', async () => (await play.detail()).state === 'resolved')
    expect((await play.detail()).proposals).toEqual([])
    expect(await actionsOn(play.drill)).toBe(0)
  })
}, 90_000)
