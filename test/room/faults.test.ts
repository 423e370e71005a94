import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Vote } from '../../durable/protocol/domain.ts'
import type { Fault } from '../../durable/protocol/faults.ts'
import type { DrillRow, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, IncidentRow } from '../../durable/protocol/rows.ts'
import { Peers } from '../../durable/room/peers.ts'
import { api, found, patiently } from './playing.ts'

async function faulty(faults: Fault[]): Promise<IncidentDetail> {
  const { id: drill } = await api<DrillRow>('/api/v1/drills', {
    scenario: 'database-cascade',
    seed: 11,
    speed: 60,
    faults,
  })
  const { id } = await found('an incident is open', async () => {
    const page = await api<Page<IncidentRow>>('/api/v1/incidents?drill=true')
    return page.items.find((row) => row.drill === drill)
  })
  return found('its first ballot is closed', async () => {
    const detail = await patiently<IncidentDetail>(`/api/v1/incidents/${id}`)
    const closed = (detail.proposal?.votes.length ?? 0) > 0 && detail.proposal?.status !== 'voting'
    return closed ? detail : null
  })
}

describe('faults in a live drill', { timeout: 60_000 }, () => {
  it('[DR68] a voter that signs a yes and a no stands with both, and the others decide', async () => {
    const { proposal } = await faulty([{ kind: 'equivocation', agent: 'prediction' }])
    const votes: Vote[] = proposal?.votes ?? []
    const own = votes.filter(({ voter }) => voter === 'prediction')
    expect(own.some((vote) => vote.void === 'second-vote')).toBe(true)
    expect(new Set(own.map(({ vote }) => vote)).size).toBe(2)
    expect(proposal?.status).toBe('awaiting-approval')
  })

  it('[DR68] what a voter signs in the names of others is void, and accuses none of them', async () => {
    const { proposal } = await faulty([{ kind: 'forged-vote', agent: 'prediction' }])
    const votes: Vote[] = proposal?.votes ?? []
    const forged = votes.filter((vote) => vote.void === 'bad-signature')
    expect(forged.map(({ voter }) => voter).sort()).toEqual(['detection', 'diagnosis', 'resolution'])
    expect(votes.filter((vote) => vote.void === 'second-vote')).toEqual([])
  })
})

it('[DR61] a live room has no stage, so it has nobody to ask for faults; a drill asks its own', () => {
  expect(new Peers(env, 'live').stage()).toBe(null)
  expect(new Peers(env, 'drill/drl_abcdefabcdef').stage()).not.toBe(null)
})
