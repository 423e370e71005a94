import type { CredentialsPort, EmbeddingPort, GuardrailPort, ModelPort } from '../../durable/protocol/ports.ts'
import type { AwsConfig } from '../aws-config.ts'
import { type BreakerStore, breakersInMemory } from '../breaker.ts'
import { type SpendStore, spendInMemory } from '../budget.ts'
import { cachedCredentials } from '../credentials.ts'
import { evaluated } from '../evaluated.ts'
import type { Bedrock } from './bedrock/call.ts'
import { bedrockClient } from './bedrock/client.ts'
import { bedrockEmbedding } from './bedrock/embedding.ts'
import { bedrockGuardrail } from './bedrock/guardrail.ts'
import { bedrockModel } from './bedrock/model.ts'
import { staticCredentials, webIdentityCredentials } from './sts/index.ts'

// Everything below costs an isolate memory and start-up time, so nobody evaluates it before it is needed.
evaluated.aws += 1

/** Where a caller keeps what outlives one call. Absent: this isolate's memory, as long as it lives. */
export interface AwsStores {
  breakers?: BreakerStore
  spend?: SpendStore
  /** a keeper's, which has them for everybody. */
  credentials?: CredentialsPort
}

export interface AwsDrivers {
  model: ModelPort
  embedding: EmbeddingPort
  guardrail: GuardrailPort
  credentials: CredentialsPort
}

interface Shared {
  client: Bedrock['client']
  credentials: CredentialsPort
  breakers: BreakerStore
  spend: SpendStore
}

/** One client for each configuration, not one for each caller: it remembers its connections and credentials. */
const shared = new WeakMap<AwsConfig, Shared>()

/** The drivers of a configured account. Making them calls nobody. */
export function awsDrivers(config: AwsConfig, stores: AwsStores = {}): AwsDrivers {
  const own = shared.get(config) ?? sharedOf(config)
  const credentials = stores.credentials ?? own.credentials
  const bedrock: Bedrock = {
    config,
    client: stores.credentials ? clientOf(config, stores.credentials) : own.client,
    credentials,
    breakers: stores.breakers ?? own.breakers,
    spend: stores.spend ?? own.spend,
    now: Date.now,
  }
  const guardrail = bedrockGuardrail(bedrock)
  return { model: bedrockModel(bedrock, guardrail), embedding: bedrockEmbedding(bedrock), guardrail, credentials }
}

/** The same for credentials that somebody else keeps. */
const clients = new WeakMap<CredentialsPort, Bedrock['client']>()

function clientOf(config: AwsConfig, credentials: CredentialsPort): Bedrock['client'] {
  const known = clients.get(credentials)
  if (known) return known
  const made = bedrockClient(config, credentials)
  clients.set(credentials, made)
  return made
}

function sharedOf(config: AwsConfig): Shared {
  const way = config.credentials
  const credentials =
    way.by === 'static' ? staticCredentials(way) : cachedCredentials(webIdentityCredentials(config, way))
  const made = {
    client: bedrockClient(config, credentials),
    credentials,
    breakers: breakersInMemory(),
    spend: spendInMemory(),
  }
  shared.set(config, made)
  return made
}
