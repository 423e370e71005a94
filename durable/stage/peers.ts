import type { DrillClock, IncidentState } from '../protocol/domain.ts'
import type { DrillNamespace, DrillRow, Page } from '../protocol/objects.ts'
import type { IncidentRow } from '../protocol/rows.ts'

/** What a stage asks of directories; it imports none of their classes. */
export interface DirectoryPeer {
  openNamespace(namespace: DrillNamespace): Promise<void>
  incidents(query: { state: IncidentState | null; cursor: null; limit: number }): Promise<Page<IncidentRow>>
  setClock(clock: DrillClock): Promise<void>
  registerDrill(row: DrillRow): Promise<void>
  updateDrill(row: DrillRow): Promise<void>
}

/** The directory of one drill's namespace, or `drills`, the index of all of them. */
export function directoryNamed(env: Env, name: string): DirectoryPeer {
  return env.DIRECTORY.getByName(name) as unknown as DirectoryPeer
}

/** The Worker's own entrypoint: what a stage posts takes the same road as what comes over the network. */
export function ownWorker(ctx: DurableObjectState): { fetch(request: Request): Promise<Response> } {
  return (ctx.exports as unknown as { default: { fetch(request: Request): Promise<Response> } }).default
}
