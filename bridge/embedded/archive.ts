import type { ArchivePort, ArchivedIncident } from '../../durable/protocol/ports.ts'

/** Where the embedded archive keeps incidents: the memory object, given as a port. */
export interface ArchiveStore {
  put(incident: ArchivedIncident): Promise<{ reference: string }>
}

/** Keeps closed incidents beside the rooms, with no account anywhere. Throws what the store throws; the outbox tries again. */
export function embeddedArchive(store: ArchiveStore): ArchivePort {
  return { driver: 'embedded', put: (incident) => store.put(incident) }
}
