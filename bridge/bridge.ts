import type { Endpoint } from '../durable/protocol/domain.ts'
import type { NotifyTarget } from '../durable/protocol/oncall.ts'
import type {
  ArchivePort,
  CredentialsPort,
  EmbeddingPort,
  GuardrailPort,
  ModelPort,
  NotifyMessage,
  NotifyPort,
  RemediationPort,
} from '../durable/protocol/ports.ts'
import { driverOf } from './act/driver.ts'
import type { AwsConfig } from './aws-config.ts'
import type { AwsStores } from './aws/index.ts'
import { noCredentials } from './credentials.ts'
import { type ArchiveStore, embeddedArchive } from './embedded/archive.ts'
import { embeddedEmbedding } from './embedded/embedding.ts'
import { embeddedGuardrail } from './embedded/guardrail.ts'
import { embeddedModel } from './embedded/model.ts'
import { embeddingOrEmbedded, guardrailOrEmbedded, modelOrEmbedded } from './fallback.ts'
import { sinkDriver } from './notify/sink.ts'
import { webhookDriver } from './notify/webhook/index.ts'
import type { Way } from './way.ts'

/** What a bridge is made of: a transport, a store, where actions may be sent and the key that signs them. */
export interface BridgeParts {
  /** for notifications: the global fetch, the stage's in a drill. */
  fetch: (request: Request) => Promise<Response>
  /** how an endpoint is reached: a drill's all lead to its stage. */
  way: (endpoint: { url: string; binding?: string | undefined }) => Way
  archiveStore: ArchiveStore
  endpoints: readonly Endpoint[]
  /** The value of a secret by its name; null where there is none that can be read. */
  secretNamed: (name: string) => Promise<string | null>
  /** The same for the tokens that endpoints name. */
  tokenNamed: (name: string) => Promise<string | null>
  /** a drill's own: everything it would say goes there and nowhere else. */
  sink: ((message: NotifyMessage) => Promise<void>) | null
  /** addresses of this machine may be notified: local mode alone. */
  loopback: boolean
  /** null: this instance can sign nothing, so nothing is wired. */
  actionSecret: string | null
  /** an AWS account and where what outlives a call is kept; absent or null: the embedded engines answer alone. */
  aws?: { config: AwsConfig; stores?: AwsStores } | null
}

/** The room's way out. Every port has a driver that works with no credentials. */
export interface Bridge {
  archive: ArchivePort
  /** The driver of a catalogued endpoint; null when there is none or nothing to sign with. */
  remediation(endpoint: string): RemediationPort | null
  /** The driver of a notification target. */
  notify(target: NotifyTarget): NotifyPort
  model: ModelPort
  embedding: EmbeddingPort
  guardrail: GuardrailPort
  credentials: CredentialsPort
}

/** Makes the drivers. Constructing them calls nothing. */
export function createBridge(parts: BridgeParts): Bridge {
  const { archiveStore, endpoints, sink } = parts
  return {
    archive: embeddedArchive(archiveStore),
    remediation(endpoint) {
      const target = endpoints.find(({ name }) => name === endpoint)
      return target ? driverOf({ ...parts, drill: sink !== null }, target) : null
    },
    notify(target) {
      return sink ? sinkDriver(sink) : webhookDriver({ ...parts, ...target })
    },
    ...thinking(parts.aws ?? null),
  }
}

/** What thinks, and what it signs in with. With an account AWS is asked first, and the embedded engine where that gives nothing. */
function thinking(
  aws: NonNullable<BridgeParts['aws']> | null,
): Pick<Bridge, 'model' | 'embedding' | 'guardrail' | 'credentials'> {
  const [model, embedding, guardrail] = [embeddedModel(), embeddedEmbedding(), embeddedGuardrail()]
  if (!aws) return { model, embedding, guardrail, credentials: noCredentials() }
  // The only import of this folder: its code is evaluated when an account is configured and something is asked of it.
  const drivers = async () => (await import('./aws/index.ts')).awsDrivers(aws.config, aws.stores)
  return {
    model: modelOrEmbedded(async () => (await drivers()).model, model),
    embedding: embeddingOrEmbedded(async () => (await drivers()).embedding, embedding),
    guardrail: guardrailOrEmbedded(async () => (await drivers()).guardrail, guardrail),
    credentials: {
      driver: aws.config.credentials.by,
      credentials: async (purpose) => (await drivers()).credentials.credentials(purpose),
    },
  }
}
