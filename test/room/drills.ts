import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { IncidentDirectory } from '../../durable/directory/index.ts'
import type { ServiceMonitor } from '../../durable/monitor/index.ts'
import type { Catalogue } from '../../durable/protocol/domain.ts'
import type { DrillRow } from '../../durable/protocol/objects.ts'
import type { IncidentDetail, ProposalRow } from '../../durable/protocol/rows.ts'
import type { IncidentRoom } from '../../durable/room/index.ts'
import type { DrillStage } from '../../durable/stage/index.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'

export const stageOf = (drill: string) => env.STAGE.getByName(drill) as unknown as DurableObjectStub<DrillStage>
export const directoryOf = (name: string) =>
  env.DIRECTORY.getByName(name) as unknown as DurableObjectStub<IncidentDirectory>
export const monitorOf = (name: string) => env.MONITOR.getByName(name) as unknown as DurableObjectStub<ServiceMonitor>
export const roomOf = (drill: string, incident: string) =>
  env.ROOM.getByName(`drill/${drill}/${incident}`) as unknown as DurableObjectStub<IncidentRoom>

export interface Choice {
  speed?: number
  seed?: number
  variant?: string | null
  /** false: the catalogue has none, so nothing is ever proposed. */
  runbooks?: boolean
  /** what its catalogue has besides. */
  more?: Partial<Catalogue>
}

/** Starts a drill of the first story as the Worker does. Names must differ within a test file. */
export async function startDrill(
  drill: string,
  { speed = 60, seed = 1, variant = null, runbooks = true, more = {} }: Choice = {},
): Promise<DrillRow> {
  const live = await directoryOf('live').catalogue()
  const { world } = databaseCascade.begin(seed, variant)
  const catalogue: Catalogue = { version: 'test-1', runbooks: runbooks ? live.runbooks : [], ...world, ...more }
  return stageOf(drill).start({ drill, scenario: 'database-cascade', variant, seed, speed, by: 'dev' }, catalogue)
}

/** Looks until it sees something; a look that throws (an object that was just crashed) has seen nothing. */
export async function until<T>(what: string, look: () => Promise<T | null | false>, ms = 25_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const seen = await look().catch(() => null)
    if (seen !== null && seen !== false) return seen
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The drill's first incident in full, once it has one. */
export async function incidentOf(drill: string): Promise<IncidentDetail | null> {
  const { items } = await directoryOf(`drill/${drill}`).incidents({ state: null, cursor: null, limit: 10 })
  const [row] = items
  if (row === undefined) return null
  const answer = await roomOf(drill, row.id).detail()
  return answer.found ? answer.detail : null
}

/** Waits until the drill's proposal has one of these statuses. */
export function untilProposal(
  drill: string,
  statuses: readonly ProposalRow['status'][],
): Promise<{ incident: IncidentDetail; proposal: ProposalRow }> {
  return until(`a proposal that is ${statuses.join(' or ')}`, async () => {
    const incident = await incidentOf(drill)
    const proposal = incident?.proposal ?? null
    return incident !== null && proposal !== null && statuses.includes(proposal.status) ? { incident, proposal } : null
  })
}

/** A commander approves what waits. */
export async function approve(drill: string, incident: string, proposal: ProposalRow): Promise<void> {
  const command = { type: 'approve', proposal: proposal.id, digest: proposal.digest, reason: 'it fits' } as const
  const answer = await roomOf(drill, incident).order({
    cmd: `yes-${proposal.id}`,
    name: 'dev',
    role: 'commander',
    command,
  })
  if (!answer.ok) throw new Error(`approval refused: ${answer.reason}`)
}

/** What the stage wrote down about actions. */
export function actionsOn(drill: string): Promise<{ key: string; state: string; applied_ms: number | null }[]> {
  return runInDurableObject(stageOf(drill), (_, state) =>
    state.storage.sql
      .exec<{ key: string; state: string; applied_ms: number | null }>(
        'SELECT key, state, applied_ms FROM action ORDER BY n',
      )
      .toArray(),
  )
}
