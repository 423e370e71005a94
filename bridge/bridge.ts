import type { ArchivePort, RemediationPort } from '../durable/protocol/ports.ts'
import { httpDriver } from './act/http/index.ts'
import { type ArchiveStore, embeddedArchive } from './embedded/archive.ts'

/** What a bridge is made of: a transport, a store, where actions may be sent and the key that signs them. */
export interface BridgeParts {
  /** the global fetch for real targets, the stage's for a drill: same request, other world. */
  fetch: (request: Request) => Promise<Response>
  archiveStore: ArchiveStore
  endpoints: readonly { name: string; url: string }[]
  /** null: this instance can sign nothing, so nothing is wired. */
  actionSecret: string | null
}

/** The room's way out. Every port has a driver that works with no credentials. */
export interface Bridge {
  archive: ArchivePort
  /** The driver of a catalogued endpoint; null when there is none or nothing to sign with. */
  remediation(endpoint: string): RemediationPort | null
}

/** Makes the drivers. Constructing them calls nothing. */
export function createBridge({ fetch, archiveStore, endpoints, actionSecret }: BridgeParts): Bridge {
  return {
    archive: embeddedArchive(archiveStore),
    remediation(endpoint) {
      const target = endpoints.find(({ name }) => name === endpoint)
      if (!target || actionSecret === null) return null
      return httpDriver({ fetch, endpointUrl: target.url, secret: actionSecret, driver: 'http' })
    },
  }
}
