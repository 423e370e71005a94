import type { DrillRow, HistoryRow, Page } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, ProposalRow } from '../../durable/protocol/rows.ts'
import type { Api } from './api.ts'
import { until } from './until.ts'

/** A proposal stands within this of wall time at speed 60; the product's promise, with the machine's hiccups inside. */
export const PROPOSAL_MS_MAX = 60_000
/** From approval to recovery at speed 60: call, settle time, verify window. */
export const RECOVERY_MS_MAX = 120_000

export interface DrillWish {
  scenario?: string
  seed?: number
  speed?: number
  variant?: string
}

export interface Started {
  drill: DrillRow
  incident: string
  /** wall milliseconds from the start of the drill to the open incident. */
  openedMs: number
  startedAt: number
}

/** Starts a drill and waits until its alert has opened an incident. */
export async function startDrill(api: Api, wish: DrillWish = {}): Promise<Started> {
  const startedAt = performance.now()
  const drill = await api.post<DrillRow>('/api/v1/drills', {
    scenario: 'database-cascade',
    seed: 1,
    speed: 60,
    ...wish,
  })
  const row = await until('the drill has an open incident', PROPOSAL_MS_MAX, async () => {
    const rows = await api.incidents('drill=true')
    return rows.find((candidate) => candidate.drill === drill.id) ?? null
  })
  return { drill, incident: row.id, openedMs: performance.now() - startedAt, startedAt }
}

/** Waits until a proposal waits for a person. */
export async function awaitProposal(api: Api, incident: string): Promise<ProposalRow> {
  return until('a proposal awaits approval', PROPOSAL_MS_MAX, async () => {
    const { proposal } = await api.detail(incident)
    return proposal?.status === 'awaiting-approval' ? proposal : null
  })
}

/** Approves it as the local commander. */
export async function approve(api: Api, incident: string, proposal: ProposalRow): Promise<void> {
  await api.post(`/api/v1/incidents/${incident}/proposals/${proposal.id}/approve`, {
    digest: proposal.digest,
    reason: 'the evidence fits',
  })
}

/** Waits until the proposal's verification has ended and gives the incident as it then is. */
export async function awaitVerified(api: Api, incident: string, proposal: string): Promise<IncidentDetail> {
  return until('the action is verified', RECOVERY_MS_MAX, async () => {
    const detail = await api.detail(incident)
    const row = detail.proposals.find((candidate) => candidate.id === proposal)
    return row?.verification?.end ? detail : null
  })
}

/** Waits until the alerts are clear, resolves and closes as a person, and waits for the archive. */
export async function finish(api: Api, incident: string): Promise<HistoryRow> {
  await until('the alerts are clear', RECOVERY_MS_MAX, async () =>
    (await api.detail(incident)).alertsClearSince !== null ? true : null,
  )
  await api.post(`/api/v1/incidents/${incident}/resolve`, { reason: 'recovered' })
  await api.post(`/api/v1/incidents/${incident}/close`, { reason: 'nothing left to do' })
  return until('it stands in the history', 30_000, async () => {
    const page = await api.get<Page<HistoryRow>>('/api/v1/history?drill=true')
    return page.items.find((row) => row.id === incident) ?? null
  })
}
