import { DurableObject } from 'cloudflare:workers'
import type { AutonomyRecord } from '../protocol/controls.ts'
import type { Instant } from '../protocol/domain.ts'
import type { ExportAsk, ExportPart, HistoryRow, ImportAnswer, Page } from '../protocol/objects.ts'
import type { ArchivedIncident } from '../protocol/ports.ts'
import { get, history, put, type HistoryQuery } from './archive.ts'
import { exportArchived } from './export.ts'
import { type ImportAsk, importFile } from './import.ts'
import { migrate } from './migrations.ts'
import { actionRecord } from './record.ts'

/** What is kept of closed incidents. Named `live` or `drills`, so that a drill's past is never taken for a real one. */
export class IncidentMemory extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
  }

  /** Keeps one closed incident; again with the same or an older log is the first put. */
  async put(incident: ArchivedIncident): Promise<{ reference: string }> {
    return put(this.ctx.storage, incident)
  }

  /** Newest closing first. */
  async history(query: HistoryQuery): Promise<Page<HistoryRow>> {
    return history(this.ctx.storage.sql, query)
  }

  async get(id: string): Promise<ArchivedIncident | null> {
    return get(this.ctx.storage.sql, id)
  }

  /** An archived incident as a file; null for one that it never had or that this reader may not see. */
  async exported(id: string, ask: ExportAsk): Promise<ExportPart | null> {
    const incident = get(this.ctx.storage.sql, id)
    return incident && exportArchived(incident, ask, Date.now())
  }

  /** What an action came to on a service; drills have a memory, and so a record, of their own. */
  async actionRecord(ask: { type: string; target: string; since: Instant | null }): Promise<AutonomyRecord> {
    return actionRecord(this.ctx.storage.sql, ask)
  }

  /** Takes an exported incident in, or says why not. */
  async importFile(ask: ImportAsk): Promise<ImportAnswer> {
    return importFile(this.ctx.storage, ask)
  }
}
